"""The law of execution: one compiled step from bar to bar, used by everything that trades.

A position lives in a flat float64 array (`new_state`), one slot per fact, because that is what a
batch loop, a parameter sweep and a live session can all hold without converting. `step` is the
only function that moves it. The rules are numbered as in docs/engine.md.
"""

import numpy as np
import numpy.typing as npt

from engine.compilation import compiled

Floats = npt.NDArray[np.float64]

# Columns of an order row, in the order of engine.decisions.LEVELS behind the flags.
FLAGS, STOP_LOSS, TAKE_PROFIT, STOP_DISTANCE, TARGET_DISTANCE = 0, 1, 2, 3, 4
STOP_LEVEL, TARGET_LEVEL, TRAILING_STOP, TRAILING_DISTANCE, TARGET_MULTIPLE, SIZE = (
    5,
    6,
    7,
    8,
    9,
    10,
)
MAX_BARS, REVERSE, INTRABAR = 11, 12, 13
ORDER_FIELDS = 14

# Slots of the state.
BAR, CASH, EQUITY, COMMISSION, SLIPPAGE = 0, 1, 2, 3, 4
QUANTITY, SIDE, ENTRY_BAR, ENTRY_PRICE, ENTRY_COSTS, ENTRY_FEE = 5, 6, 7, 8, 9, 10
STOP, TARGET, TRAIL, TRAIL_WIDTH, PEAK, EXTREME, HOLD, INSIDE = 11, 12, 13, 14, 15, 16, 17, 18
LEAVING, WANTED = 19, 20
CHARGED_COMMISSION, CHARGED_SLIPPAGE = 21, 22
PENDING = 23  # the order row that asked for the wanted entry
STATE_FIELDS = PENDING + ORDER_FIELDS

# Columns of a trade row.
T_SIDE, T_ENTRY_BAR, T_EXIT_BAR, T_ENTRY_PRICE, T_EXIT_PRICE = 0, 1, 2, 3, 4
T_QUANTITY, T_PNL, T_COSTS, T_REASON = 5, 6, 7, 8
TRADE_FIELDS = 9
MOST_EXITS_A_BAR = 2  # the old position at the open and the new one at its stop

BY_SIGNAL, BY_STOP, BY_TARGET, BY_TRAIL, BY_TIME, BY_REVERSE, BY_END = 1, 2, 3, 4, 5, 6, 7
REASONS = ("", "signal", "stop", "target", "trail", "time", "reverse", "end")


def new_state(cash: float, commission: float, slippage: float) -> Floats:
    """Return the state before the first bar: flat, with cash and the costs of a fill."""
    state = np.zeros(STATE_FIELDS)
    state[CASH] = state[EQUITY] = cash
    state[COMMISSION] = commission
    state[SLIPPAGE] = slippage
    return state


@compiled("float64(float64, float64, float64)")
def _nearer(current: float, candidate: float, towards: float) -> float:
    """The level that is reached first; NaN is no level. `towards` is +1 for the higher one."""
    if np.isnan(candidate):
        return current
    if np.isnan(current) or (candidate - current) * towards > 0:
        return candidate
    return current


@compiled("void(float64[::1], float64, float64[:, ::1], int64, float64)")
def _close(state: Floats, price: float, closed: Floats, number: int, reason: float) -> None:
    """Sell what is held (or buy it back) for about `price` and write down the trade."""
    side = state[SIDE]
    held = state[QUANTITY] * side
    fill = price * (1.0 - side * state[SLIPPAGE])
    fee = held * fill * state[COMMISSION]
    slipped = held * abs(price - fill)
    state[CASH] += side * held * fill - fee
    state[CHARGED_COMMISSION] += fee
    state[CHARGED_SLIPPAGE] += slipped
    trade = closed[number]
    trade[T_SIDE] = side
    trade[T_ENTRY_BAR] = state[ENTRY_BAR]
    trade[T_EXIT_BAR] = state[BAR]
    trade[T_ENTRY_PRICE] = state[ENTRY_PRICE]
    trade[T_EXIT_PRICE] = fill
    trade[T_QUANTITY] = held
    trade[T_PNL] = side * held * (fill - state[ENTRY_PRICE]) - state[ENTRY_FEE] - fee
    trade[T_COSTS] = state[ENTRY_COSTS] + fee + slipped
    trade[T_REASON] = reason
    state[QUANTITY] = 0.0
    state[SIDE] = 0.0


@compiled("void(float64[::1], float64)")
def _open(state: Floats, price: float) -> None:
    """Enter the wanted side at the open; stops and targets start from the fill (rules 3, 6, 12)."""
    side = state[WANTED]
    order = state[PENDING:]
    fill = price * (1.0 + side * state[SLIPPAGE])
    held = state[CASH] * order[SIZE] / (fill * (1.0 + state[COMMISSION]))
    if not held > 0.0:
        return  # nothing left to trade with
    fee = held * fill * state[COMMISSION]
    slipped = held * abs(fill - price)
    state[CASH] -= side * held * fill + fee
    state[QUANTITY] = side * held
    state[SIDE] = side
    state[ENTRY_BAR] = state[BAR]
    state[ENTRY_PRICE] = fill
    state[ENTRY_FEE] = fee
    state[ENTRY_COSTS] = fee + slipped
    state[CHARGED_COMMISSION] += fee
    state[CHARGED_SLIPPAGE] += slipped
    stop = _nearer(np.nan, fill * (1.0 - side * order[STOP_LOSS]), side)
    stop = _nearer(stop, fill - side * order[STOP_DISTANCE], side)
    state[STOP] = _nearer(stop, order[STOP_LEVEL], side)
    target = _nearer(np.nan, fill * (1.0 + side * order[TAKE_PROFIT]), -side)
    target = _nearer(target, fill + side * order[TARGET_DISTANCE], -side)
    target = _nearer(target, order[TARGET_LEVEL], -side)
    risk = abs(fill - state[STOP])
    state[TARGET] = _nearer(target, fill + side * order[TARGET_MULTIPLE] * risk, -side)
    state[TRAIL] = order[TRAILING_STOP]
    state[TRAIL_WIDTH] = order[TRAILING_DISTANCE]
    state[INSIDE] = order[INTRABAR]
    state[HOLD] = order[MAX_BARS]
    state[PEAK] = np.nan  # the entry bar's close is the first one counted (rule 7)
    state[EXTREME] = fill


@compiled("float64(float64[::1], float64, float64)")
def _trail_level(state: Floats, peak: float, width: float) -> float:
    """Where a trailing stop stands below `peak` (above it for a short)."""
    side = state[SIDE]
    level = peak * (1.0 - side * state[TRAIL])
    return _nearer(level, peak - side * width, side)


@compiled("int64(float64[::1], float64[::1], float64[:, ::1], int64)")
def _protect(state: Floats, bar: Floats, closed: Floats, number: int) -> int:
    """Check stop and target inside the bar (rule 6); returns how many trades closed."""
    side = state[SIDE]
    stop, reason = state[STOP], BY_STOP
    if state[INSIDE] > 0.0:
        trail = _trail_level(state, state[EXTREME], state[TRAIL_WIDTH])
        if _nearer(stop, trail, side) == trail:
            stop, reason = trail, BY_TRAIL
    target = state[TARGET]
    first, worst, best = bar[0], bar[2], bar[1]
    if side < 0.0:
        worst, best = bar[1], bar[2]
    if (first - stop) * side <= 0.0:
        _close(state, first, closed, number, reason)
    elif (first - target) * side >= 0.0:
        _close(state, first, closed, number, BY_TARGET)
    elif (worst - stop) * side <= 0.0:
        _close(state, stop, closed, number, reason)
    elif (best - target) * side >= 0.0:
        _close(state, target, closed, number, BY_TARGET)
    else:
        state[EXTREME] = max(state[EXTREME], best) if side > 0.0 else min(state[EXTREME], best)
        return 0
    return 1


@compiled("void(float64[::1], float64, float64[::1])")
def _decide_held(state: Floats, close: float, orders: Floats) -> None:
    """In a position at the close: does anything make us leave at the next open?"""
    side = state[SIDE]
    flags = int(orders[FLAGS])
    if np.isnan(state[PEAK]) or (close - state[PEAK]) * side > 0.0:
        state[PEAK] = close
    state[TRAIL_WIDTH] = orders[TRAILING_DISTANCE]
    leave = flags & 2 if side > 0.0 else flags & 8
    against = flags & 4 if side > 0.0 else flags & 1
    if orders[REVERSE] > 0.0 and against:
        state[LEAVING] = BY_REVERSE
        state[WANTED] = -side
        state[PENDING:] = orders
    elif leave:
        state[LEAVING] = BY_SIGNAL
    elif (
        state[INSIDE] == 0.0
        and (close - _trail_level(state, state[PEAK], orders[TRAILING_DISTANCE])) * side <= 0.0
    ):
        state[LEAVING] = BY_TRAIL
    elif state[HOLD] > 0.0 and state[BAR] - state[ENTRY_BAR] + 1.0 >= state[HOLD]:
        state[LEAVING] = BY_TIME


@compiled("int64(float64[::1], float64[::1], float64[::1], float64[:, ::1])")
def step(state: Floats, bar: Floats, orders: Floats, closed: Floats) -> int:
    """Live through one bar.

    Parameters
    ----------
    state : ndarray, shape (STATE_FIELDS,)
        Changed in place.
    bar : ndarray, shape (4,)
        Open, high, low, close.
    orders : ndarray, shape (ORDER_FIELDS,)
        What is decided at this bar's close; it fills at the next bar's open (rule 2).
    closed : ndarray, shape (>= 2, TRADE_FIELDS)
        Receives the trades that this bar closed.

    Returns
    -------
    int
        How many trades the bar closed: 0, 1 or 2.
    """
    number = 0
    if state[LEAVING] > 0.0 and state[SIDE] != 0.0:
        _close(state, bar[0], closed, number, state[LEAVING])
        number += 1
    if state[WANTED] != 0.0 and state[SIDE] == 0.0:
        _open(state, bar[0])
    state[LEAVING] = 0.0
    state[WANTED] = 0.0
    if state[SIDE] != 0.0:
        number += _protect(state, bar, closed, number)
    close = bar[3]
    state[EQUITY] = state[CASH] + state[QUANTITY] * close
    if state[SIDE] != 0.0:
        _decide_held(state, close, orders)
    else:
        flags = int(orders[FLAGS])
        if flags & 1:  # both sides at once: long first
            state[WANTED] = 1.0
        elif flags & 4:
            state[WANTED] = -1.0
        if state[WANTED] != 0.0:
            state[PENDING:] = orders
    state[BAR] += 1.0
    return number


@compiled(
    "int64(float64[::1], float64[:, ::1], float64[:, ::1],"
    " float64[:, ::1], float64[::1], float64[::1], float64[::1])"
)
def batch(
    state: Floats,
    bars: Floats,
    orders: Floats,
    trades: Floats,
    equity: Floats,
    position: Floats,
    cash: Floats,
) -> int:
    """Run `step` over all bars; returns the number of closed trades written to `trades`."""
    count = 0
    for t in range(len(bars)):
        count += step(state, bars[t], orders[t], trades[count:])
        equity[t] = state[EQUITY]
        position[t] = state[QUANTITY]
        cash[t] = state[CASH]
    return count


def order_rows(columns: list[Floats], max_bars: int, reverse: bool, intrabar: bool) -> Floats:
    """Lay flags and levels (in the order of the constants above) side by side."""
    rows = np.empty((len(columns[0]), ORDER_FIELDS))
    for number, column in enumerate(columns):
        rows[:, number] = column
    rows[:, MAX_BARS] = max_bars
    rows[:, REVERSE] = reverse
    rows[:, INTRABAR] = intrabar
    return rows


def warm() -> None:
    """Load everything heavy once, so that processes forked from this one find it ready.

    Importing this module has already compiled (or loaded) the kernel; what remains are the
    libraries that a script and the harness will ask for.
    """
    from importlib import import_module  # late, like what it imports

    for name in ("pandas", "talib", "engine.harness", "engine.command", "engine.indicators"):
        import_module(name)
    for name in ("engine.metrics", "engine.statistics", "engine.lookahead", "engine.contract"):
        import_module(name)
    step(new_state(1.0, 0.0, 0.0), np.ones(4), np.zeros(ORDER_FIELDS), np.zeros((2, TRADE_FIELDS)))
