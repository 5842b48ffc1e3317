"""Several symbols in one account: target weights in, lots and cash out (docs/engine.md).

The money side (fills, fees, spreads, tiers) is that of a single symbol: `engine.kernel.fills`.
"""

import numpy as np
import numpy.typing as npt

from engine.compilation import inner
from engine.kernel.fills import commission_of, fee_of, fill_price, rounded
from engine.kernel.layout import BORROW_RATE, BY_SIGNAL, CASH_RATE, HALF_SPREAD, WHOLE, Floats

Ints = npt.NDArray[np.int64]

# The state of an account.
MONEY, WORTH, FEES, SLIPPED, SPREADS, BORROWED, INTEREST = 0, 1, 2, 3, 4, 5, 6
ACCOUNT_FIELDS = 7
# A lot, first in, first out.
UNITS, BEGAN, PAID, FEE, COST, BORROW = 0, 1, 2, 3, 4, 5
PORTFOLIO_LOT_FIELDS = 6
# A closed trade: the fields of `layout`, and the number of the symbol.
SYMBOL = 10
PORTFOLIO_TRADE_FIELDS = 11

# Orders below this share of equity are rounding, not a decision.
DUST = 1e-9
SCALING_STEPS = 60
# Whole units jump: a finer share would only decide on which side of a rounding it falls.
SCALING_STEPS_OF_WHOLE = 30


@inner("float64(float64[::1], float64, float64)")
def _money_for(rules: Floats, units: float, fill: float) -> float:
    """What buying so many units costs, fee and spread included."""
    if not units > 0.0:
        return 0.0
    notional = units * fill
    fee = fee_of(rules, units, notional, commission_of(rules, notional))
    return float(notional + fee + notional * rules[HALF_SPREAD])


@inner(
    "int64(float64[::1], float64, int64, float64, float64, float64, float64, int64,"
    " float64[:, ::1], int64)"
)
def _close(
    lot: Floats,
    side: float,
    bar: int,
    fill: float,
    most: float,
    toll: float,
    lost: float,
    symbol: int,
    closed: Floats,
    number: int,
) -> int:
    """Close a lot or a part of it, and write down the trade."""
    held = abs(lot[UNITS])
    part = held if held <= most * (1.0 + DUST) else most
    share = part / held
    borrow = lot[BORROW] * share
    trade = closed[number]
    trade[0], trade[1], trade[2] = side, lot[BEGAN], bar
    trade[3], trade[4], trade[5] = lot[PAID], fill, part
    trade[6] = side * part * (fill - lot[PAID]) - lot[FEE] * share - toll * part - borrow
    trade[7] = lot[COST] * share + (toll + lost) * part + borrow
    trade[8], trade[9], trade[SYMBOL] = BY_SIGNAL, number, symbol
    lot[UNITS] -= side * part
    lot[FEE] -= lot[FEE] * share
    lot[COST] -= lot[COST] * share
    lot[BORROW] -= borrow
    return number + 1


@inner(
    "int64(float64[::1], float64[:, :, ::1], int64[:, ::1], float64[::1], int64, int64, float64,"
    " float64, float64, float64[:, ::1], int64)"
)
def _deal(
    account: Floats,
    lots: Floats,
    queue: Ints,
    rules: Floats,
    symbol: int,
    bar: int,
    price: float,
    atr: float,
    units: float,
    closed: Floats,
    number: int,
) -> int:
    """Buy (units > 0) or sell: lots of the other side close first, what is left opens one."""
    direction = 1.0 if units > 0.0 else -1.0
    amount = abs(units)
    fill = fill_price(rules, price, direction, atr)
    notional = amount * fill
    fee = fee_of(rules, amount, notional, commission_of(rules, notional))
    spread, slipped = notional * rules[HALF_SPREAD], amount * abs(price - fill)
    account[MONEY] -= units * fill + fee + spread
    account[FEES] += fee
    account[SPREADS] += spread
    account[SLIPPED] += slipped
    toll, lost = (fee + spread) / amount, slipped / amount
    left = amount
    while left > DUST * amount and queue[symbol, 0] < queue[symbol, 1]:
        lot = lots[symbol, queue[symbol, 0]]
        if lot[UNITS] * direction > 0.0:
            break
        number = _close(lot, -direction, bar, fill, left, toll, lost, symbol, closed, number)
        left -= closed[number - 1, 5]
        if abs(lot[UNITS]) <= DUST * amount:
            queue[symbol, 0] += 1
    if left > DUST * amount:
        lot = lots[symbol, queue[symbol, 1]]
        lot[UNITS], lot[BEGAN], lot[PAID], lot[BORROW] = direction * left, bar, fill, 0.0
        lot[FEE], lot[COST] = toll * left, (toll + lost) * left
        queue[symbol, 1] += 1
    return number


@inner("float64(float64[:, :, ::1], int64[:, ::1], int64)")
def held_units(lots: Floats, queue: Ints, symbol: int) -> float:
    """Signed units of a symbol over all its lots."""
    units = 0.0
    for k in range(queue[symbol, 0], queue[symbol, 1]):
        units += lots[symbol, k, UNITS]
    return units


@inner("void(float64[::1], float64[:, :, ::1], int64[:, ::1], float64[::1], float64[::1], float64)")
def _carry(
    account: Floats, lots: Floats, queue: Ints, rules: Floats, before: Floats, years: float
) -> None:
    """Earn interest on idle money and pay for borrowed units since the bar before (rule 23)."""
    gross = 0.0
    for symbol in range(len(before)):
        gross += abs(held_units(lots, queue, symbol)) * before[symbol]
    idle = account[WORTH] - gross
    if idle > 0.0:
        interest = idle * rules[CASH_RATE] * years
        account[MONEY] += interest
        account[INTEREST] += interest
    for symbol in range(len(before)):
        for k in range(queue[symbol, 0], queue[symbol, 1]):
            if lots[symbol, k, UNITS] < 0.0:
                borrow = -lots[symbol, k, UNITS] * before[symbol] * rules[BORROW_RATE] * years
                lots[symbol, k, BORROW] += borrow
                account[MONEY] -= borrow
                account[BORROWED] += borrow


@inner("float64(float64[::1], float64[::1], float64[::1], float64[::1], float64)")
def _scale(rules: Floats, orders: Floats, opens: Floats, atr: Floats, money: float) -> float:
    """The largest common share of all purchases that the money pays for."""
    low, high, share = 0.0, 1.0, 1.0
    for step in range(SCALING_STEPS_OF_WHOLE if rules[WHOLE] > 0.0 else SCALING_STEPS):
        total = 0.0
        for symbol in range(len(orders)):
            if orders[symbol] > 0.0:
                fill = fill_price(rules, opens[symbol], 1.0, atr[symbol])
                total += _money_for(rules, rounded(rules, share * orders[symbol]), fill)
        if total <= money:
            low = share
            if step == 0:
                return 1.0
        else:
            high = share
        share = (low + high) / 2.0
    return low


@inner(
    "int64(float64[::1], float64[:, :, ::1], int64[:, ::1], float64[::1], float64[::1],"
    " float64[::1], float64[::1], float64[::1], int64, float64[:, ::1], int64)"
)
def rebalance(
    account: Floats,
    lots: Floats,
    queue: Ints,
    rules: Floats,
    opens: Floats,
    atr: Floats,
    target: Floats,
    orders: Floats,
    bar: int,
    closed: Floats,
    number: int,
) -> int:
    """Trade to the target weights at the opens: sales first, then purchases scaled alike.

    Parameters
    ----------
    account : ndarray, shape (ACCOUNT_FIELDS,)
    lots : ndarray, shape (k, most lots, PORTFOLIO_LOT_FIELDS)
    queue : ndarray of int64, shape (k, 2)
        The first open lot of each symbol and the row after its last. All three change.
    rules : ndarray
        Settings of the account, see `engine.kernel.layout`.
    opens, atr, target : ndarray, shape (k,)
    orders : ndarray, shape (k,)
        Overwritten with the units wanted.
    closed : ndarray
        Receives the trades that closed, from row `number` on.

    Returns
    -------
    int
        The row after the last trade.
    """
    equity = account[MONEY]
    for symbol in range(len(opens)):
        orders[symbol] = held_units(lots, queue, symbol)
        equity += orders[symbol] * opens[symbol]
    if not equity > 0.0:
        return number  # nothing left to divide
    for symbol in range(len(opens)):
        wanted = abs(target[symbol]) * equity / opens[symbol]
        wanted = np.copysign(rounded(rules, wanted), target[symbol])
        orders[symbol] = wanted - orders[symbol]
        if abs(orders[symbol]) * opens[symbol] <= DUST * equity:
            orders[symbol] = 0.0
    for symbol in range(len(opens)):
        if orders[symbol] < 0.0:
            number = _deal(
                account, lots, queue, rules, symbol, bar, opens[symbol], atr[symbol],
                orders[symbol], closed, number,
            )  # fmt: skip
    share = _scale(rules, orders, opens, atr, account[MONEY])
    for symbol in range(len(opens)):
        units = share * orders[symbol]
        if rules[WHOLE] > 0.0:
            units = rounded(rules, units)
        if units > 0.0 and units * opens[symbol] > DUST * equity:
            number = _deal(
                account, lots, queue, rules, symbol, bar, opens[symbol], atr[symbol],
                units, closed, number,
            )  # fmt: skip
    return number


@inner(
    "int64(float64[::1], float64[:, :, ::1], int64[:, ::1], float64[::1], float64[:, ::1],"
    " float64[:, ::1], float64[:, ::1], float64[::1], float64[:, ::1], float64[::1],"
    " float64[:, ::1], float64[::1], float64[::1], float64[:, ::1])"
)
def run_portfolio(
    account: Floats,
    lots: Floats,
    queue: Ints,
    rules: Floats,
    opens: Floats,
    closes: Floats,
    atr: Floats,
    years: Floats,
    targets: Floats,
    orders: Floats,
    closed: Floats,
    equity: Floats,
    cash: Floats,
    units: Floats,
) -> int:
    """Live through all bars; returns the number of closed trades.

    Parameters
    ----------
    opens, closes, atr, targets, units : ndarray, shape (n, k)
        `targets` is NaN on bars that decide nothing; `units` receives what is held at closes.
    years : ndarray, shape (n,)
        Time since the bar before; 0 where neither interest nor borrowing is paid.
    equity, cash : ndarray, shape (n,)
        Receive the account at closes.
    """
    number = 0
    for t in range(len(opens)):
        if t > 0 and years[t] > 0.0:
            _carry(account, lots, queue, rules, closes[t - 1], years[t])
        if t > 0 and not np.isnan(targets[t - 1, 0]):
            number = rebalance(
                account, lots, queue, rules, opens[t], atr[t], targets[t - 1], orders, t,
                closed, number,
            )  # fmt: skip
        worth = account[MONEY]
        for symbol in range(opens.shape[1]):
            units[t, symbol] = held_units(lots, queue, symbol)
            worth += units[t, symbol] * closes[t, symbol]
        account[WORTH] = worth
        equity[t], cash[t] = worth, account[MONEY]
    return number
