"""Where everything lies: the kernel works on flat float64 arrays, one slot per fact.

That is what a batch loop, a parameter sweep and a live session can all hold without converting.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# A bar: prices, the ATR(14) of the bar before (for `slippage_atr`), the time since it in years.
OPEN, HIGH, LOW, CLOSE, ATR_BEFORE, YEARS = 0, 1, 2, 3, 4, 5
BAR_FIELDS = 6

# An order row: what is decided at one close, in the order of engine.decisions.LEVELS.
FLAGS, STOP_LOSS, TAKE_PROFIT, STOP_DISTANCE, TARGET_DISTANCE = 0, 1, 2, 3, 4
STOP_LEVEL, TARGET_LEVEL, TRAILING_STOP, TRAILING_DISTANCE = 5, 6, 7, 8
TARGET_MULTIPLE, SIZE, ENTRY_LIMIT, ENTRY_STOP, EXIT_SIZE = 9, 10, 11, 12, 13
BREAKEVEN, BREAKEVEN_MULTIPLE, TRAILING_LEVEL = 14, 15, 16
ORDER_FIELDS = 17

# The rules of a run: settings of the decisions, then of the account, then legs and tiers.
MAX_BARS, REVERSE, INTRABAR, SIZING, EXPIRY, MAX_ENTRIES = 0, 1, 2, 3, 4, 5
AFTER_TARGET, COOLDOWN, FROM_HIGH = 6, 7, 8
COMMISSION, SLIPPAGE, HALF_SPREAD, PER_UNIT, FIXED_FEE, MINIMUM_FEE = (
    9,
    10,
    11,
    12,
    13,
    14,
)
SLIPPAGE_ATR, BORROW_RATE, CASH_RATE, WHOLE = 15, 16, 17, 18
LEGS, LEG_TABLE, LEG_FIELDS = (
    19,
    20,
    4,
)  # how many; share, profit, multiple, distance of each
TIERS, TIER_TABLE = 36, 37  # how many; notional from which, commission of each
BY_EQUITY, BY_CASH, BY_UNITS, BY_RISK = 0, 1, 2, 3

# The state of an account.
BAR, CASH, EQUITY, POSITION, SIDE, LOTS = 0, 1, 2, 3, 4, 5
ENTRIES_MADE, LOTS_MADE, CLOSE_BEFORE, WIDTH, FLOOR, FLAT_BAR = 6, 7, 8, 9, 10, 11
PAID_COMMISSION, PAID_SLIPPAGE, PAID_SPREAD, PAID_BORROW, EARNED = 12, 13, 14, 15, 16
# The waiting order: its side, its last bar, whether its stop has been reached.
WANTED, EXPIRES, REACHED = 17, 18, 19
START = 20  # cash at the start
PENDING = 21  # the order row of the waiting order
STATE_FIELDS = PENDING + ORDER_FIELDS

# A lot: part of an entry that lives and leaves by itself.
L_UNITS, L_ENTRY_BAR, L_FILL, L_FEE, L_COSTS, L_BORROW = 0, 1, 2, 3, 4, 5
L_STOP, L_TARGET, L_TRAIL, L_BREAKEVEN, L_PEAK, L_EXTREME = 6, 7, 8, 9, 10, 11
L_LEAVING, L_SHARE, L_ENTRY, L_NUMBER, L_LEG, L_MOVE = 12, 13, 14, 15, 16, 17
LOT_FIELDS = 18

# A closed trade.
T_SIDE, T_ENTRY_BAR, T_EXIT_BAR, T_ENTRY_PRICE, T_EXIT_PRICE = 0, 1, 2, 3, 4
T_QUANTITY, T_PNL, T_COSTS, T_REASON, T_LOT = 5, 6, 7, 8, 9
TRADE_FIELDS = 10

BY_SIGNAL, BY_STOP, BY_TARGET, BY_TRAIL, BY_TIME, BY_REVERSE, BY_END = (
    1,
    2,
    3,
    4,
    5,
    6,
    7,
)
REASONS = ("", "signal", "stop", "target", "trail", "time", "reverse", "end")

LONG_AGO = -1e18  # a bar before every bar


def new_state(cash: float) -> Floats:
    """Return the state before the first bar: flat, with cash."""
    state = np.zeros(STATE_FIELDS)
    state[CASH] = state[EQUITY] = state[START] = cash
    state[FLAT_BAR] = LONG_AGO
    state[WIDTH] = state[FLOOR] = np.nan
    return state


def new_bar() -> Floats:
    """Return a bar to fill in, without ATR and time."""
    bar = np.zeros(BAR_FIELDS)
    bar[ATR_BEFORE] = np.nan
    return bar


def new_lots(rules: Floats) -> Floats:
    """Return room for every lot that can be held at once."""
    return np.zeros((int(rules[MAX_ENTRIES] * (rules[LEGS] + 1)), LOT_FIELDS))


def exits_a_bar(lots: Floats) -> int:
    """How many trades one bar can close: a part at the open, the rest and a new entry inside."""
    return 3 * len(lots)


def empty_order() -> Floats:
    """Return the order row that asks for nothing."""
    order = np.full(ORDER_FIELDS, np.nan)
    order[FLAGS] = 0.0
    order[SIZE] = order[EXIT_SIZE] = 1.0
    return order
