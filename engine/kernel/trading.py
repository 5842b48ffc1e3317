"""The law of execution: one compiled step from bar to bar, used by everything that trades.

`step` is the only way from one bar to the next. It is made of two halves, so that a strategy
that walks can look at its position in between: `live` is everything that happens up to the close,
`decide` reads what is asked for at it. The rules are numbered as in docs/engine.md.
"""

import numpy as np

from engine.compilation import inner
from engine.kernel.layout import (
    BAR,
    BORROW_RATE,
    BY_REVERSE,
    BY_SIGNAL,
    BY_TIME,
    BY_TRAIL,
    CASH,
    CASH_RATE,
    CLOSE,
    CLOSE_BEFORE,
    COOLDOWN,
    EARNED,
    ENTRY_LIMIT,
    ENTRY_STOP,
    EQUITY,
    EXIT_SIZE,
    EXPIRES,
    EXPIRY,
    FLAGS,
    FLAT_BAR,
    FLOOR,
    FROM_HIGH,
    HIGH,
    INTRABAR,
    L_BORROW,
    L_ENTRY,
    L_ENTRY_BAR,
    L_LEAVING,
    L_PEAK,
    L_SHARE,
    L_TRAIL,
    L_UNITS,
    LOTS,
    LOW,
    MAX_BARS,
    MAX_ENTRIES,
    OPEN,
    ORDER_FIELDS,
    PAID_BORROW,
    PENDING,
    POSITION,
    REACHED,
    REVERSE,
    SIDE,
    T_LOT,
    TRADE_FIELDS,
    TRAILING_DISTANCE,
    TRAILING_LEVEL,
    WANTED,
    WIDTH,
    YEARS,
    Floats,
)
from engine.kernel.lots import enter, leave, settle
from engine.kernel.protection import arm, move_stops, protect, trail_level


@inner("void(float64[::1], float64[:, ::1], float64[::1], float64[::1])")
def _carry(state: Floats, lots: Floats, bar: Floats, rules: Floats) -> None:
    """Earn interest and pay for borrowed units since the bar before (rule 23)."""
    years, price = bar[YEARS], state[CLOSE_BEFORE]
    if not years > 0.0:
        return
    idle = state[EQUITY] - abs(state[POSITION]) * price
    if rules[CASH_RATE] > 0.0 and idle > 0.0:
        interest = idle * rules[CASH_RATE] * years
        state[CASH] += interest
        state[EARNED] += interest
    if rules[BORROW_RATE] > 0.0 and state[SIDE] < 0.0:
        for k in range(int(state[LOTS])):
            borrow = lots[k, L_UNITS] * price * rules[BORROW_RATE] * years
            lots[k, L_BORROW] += borrow
            state[CASH] -= borrow
            state[PAID_BORROW] += borrow


@inner("float64(float64[::1], float64)")
def _met_at_open(state: Floats, price: float) -> float:
    """The price at which the wanted order fills at the open; NaN while it waits (rule 17)."""
    side = state[WANTED]
    limit, stop = state[PENDING + ENTRY_LIMIT], state[PENDING + ENTRY_STOP]
    if not np.isnan(stop) and state[REACHED] == 0.0:
        if (price - stop) * side < 0.0:
            return np.nan
        state[REACHED] = 1.0
    return np.nan if (price - limit) * side > 0.0 else price


@inner("float64(float64[::1], float64[::1])")
def _met_inside(state: Floats, bar: Floats) -> float:
    """The price at which a waiting order fills inside the bar; NaN while it waits (rule 17)."""
    side = state[WANTED]
    limit, stop = state[PENDING + ENTRY_LIMIT], state[PENDING + ENTRY_STOP]
    cheapest, dearest = (bar[LOW], bar[HIGH]) if side > 0.0 else (bar[HIGH], bar[LOW])
    if not np.isnan(stop) and state[REACHED] == 0.0:
        if (dearest - stop) * side < 0.0:
            return np.nan
        state[REACHED] = 1.0
        # Whether the price came back to the limit after the stop is not known: from tomorrow.
        return np.nan if (stop - limit) * side > 0.0 else stop
    return limit if (cheapest - limit) * side <= 0.0 else np.nan


@inner("void(float64[:, ::1], int64, int64)")
def _oldest_first(closed: Floats, first: int, number: int) -> None:
    """Order the trades of one bar by lot; there are few, and mostly in order already."""
    for i in range(first + 1, number):
        k = i
        while k > first and closed[k - 1, T_LOT] > closed[k, T_LOT]:
            for column in range(TRADE_FIELDS):
                value = closed[k, column]
                closed[k, column] = closed[k - 1, column]
                closed[k - 1, column] = value
            k -= 1


@inner("int64(float64[::1], float64[:, ::1], float64[::1], float64[::1], float64[:, ::1], int64)")
def _at_open(
    state: Floats, lots: Floats, bar: Floats, rules: Floats, closed: Floats, number: int
) -> int:
    """Leave, then enter, at the open; returns the row after the last trade closed."""
    before = number
    for k in range(int(state[LOTS])):
        if lots[k, L_LEAVING] > 0.0:
            reason, lots[k, L_LEAVING] = lots[k, L_LEAVING], 0.0
            share = lots[k, L_SHARE]
            number += leave(state, lots, k, bar, rules, bar[OPEN], share, reason, closed, number)
    if number > before:
        settle(state, lots)
    if state[WANTED] != 0.0:
        price = _met_at_open(state, bar[OPEN])
        if not np.isnan(price):
            arm(state, lots, enter(state, lots, bar, rules, price))
    return number


@inner("int64(float64[::1], float64[:, ::1], float64[::1], float64[::1], float64[:, ::1], int64)")
def _inside(
    state: Floats, lots: Floats, bar: Floats, rules: Floats, closed: Floats, number: int
) -> int:
    """Protect what is held, then fill what waits; returns the row after the last trade closed."""
    before = number
    best = bar[HIGH] if state[SIDE] > 0.0 else bar[LOW]
    for k in range(int(state[LOTS])):
        number += protect(state, lots, k, bar, rules, bar[OPEN], best, closed, number)
    if number > before:
        settle(state, lots)
    if state[WANTED] == 0.0:
        return number
    by_stop = state[REACHED] == 0.0
    price = _met_inside(state, bar)
    if not np.isnan(price):
        by_stop = by_stop and state[REACHED] > 0.0
        made = enter(state, lots, bar, rules, price)
        arm(state, lots, made)
        best = bar[HIGH] if state[SIDE] > 0.0 else bar[LOW]
        if not by_stop:
            best = bar[CLOSE]  # the rest of the range may have come before the fill
        last, before = int(state[LOTS]), number
        for k in range(last - made, last):
            number += protect(state, lots, k, bar, rules, price, best, closed, number)
        if number > before:
            settle(state, lots)
    elif state[BAR] >= state[EXPIRES]:
        state[WANTED] = 0.0
    return number


@inner("int64(float64[::1], float64[:, ::1], float64[::1], float64[::1], float64[:, ::1], int64)")
def live(
    state: Floats, lots: Floats, bar: Floats, rules: Floats, closed: Floats, first: int
) -> int:
    """Live through one bar up to its close; returns the row after the last trade closed."""
    _carry(state, lots, bar, rules)
    number = _at_open(state, lots, bar, rules, closed, first)
    if state[LOTS] > 0.0 or state[WANTED] != 0.0:
        number = _inside(state, lots, bar, rules, closed, number)
    if number > first:
        _oldest_first(closed, first, number)
        if state[LOTS] == 0.0:
            state[FLAT_BAR] = state[BAR]
    move_stops(state, lots)
    state[CLOSE_BEFORE] = bar[CLOSE]
    state[EQUITY] = state[CASH] + state[POSITION] * bar[CLOSE]
    return number


@inner("boolean(float64[::1], float64[:, ::1], float64, float64[::1], float64[::1])")
def _some_leave(state: Floats, lots: Floats, close: float, order: Floats, rules: Floats) -> bool:
    """Does any lot leave by its trailing stop or its age (rules 7 and 8)?"""
    side, some = state[SIDE], False
    for k in range(int(state[LOTS])):
        if rules[FROM_HIGH] == 0.0 and not (close - lots[k, L_PEAK]) * side <= 0.0:
            lots[k, L_PEAK] = close
        level = trail_level(side, lots[k, L_PEAK], lots[k, L_TRAIL], order[TRAILING_DISTANCE])
        lots[k, L_SHARE] = 1.0
        if rules[INTRABAR] == 0.0 and (close - level) * side <= 0.0:
            lots[k, L_LEAVING] = BY_TRAIL
        elif rules[MAX_BARS] > 0.0 and state[BAR] - lots[k, L_ENTRY_BAR] + 1.0 >= rules[MAX_BARS]:
            lots[k, L_LEAVING] = BY_TIME
        some |= lots[k, L_LEAVING] > 0.0
    return some


@inner("void(float64[::1], float64[:, ::1], float64, float64)")
def _all_leave(state: Floats, lots: Floats, reason: float, share: float) -> None:
    """Let every lot leave; one that leaves anyway leaves whole."""
    for k in range(int(state[LOTS])):
        lots[k, L_SHARE] = 1.0 if lots[k, L_LEAVING] > 0.0 else share
        lots[k, L_LEAVING] = reason


@inner("float64(float64[::1], float64[:, ::1])")
def _entries_open(state: Floats, lots: Floats) -> float:
    number, last = 0.0, 0.0
    for k in range(int(state[LOTS])):
        if lots[k, L_ENTRY] != last:
            last = lots[k, L_ENTRY]
            number += 1.0
    return number


@inner("float64(float64[::1], float64[:, ::1], float64, float64[::1], float64[::1])")
def _wanted(state: Floats, lots: Floats, close: float, order: Floats, rules: Floats) -> float:
    """Mark the lots that leave at the next open; returns the side that an entry asks for."""
    side, flags = state[SIDE], int(order[FLAGS])
    if state[BAR] < state[FLAT_BAR] + rules[COOLDOWN]:
        flags &= 10  # a pause: exits only
    if side == 0.0:
        if flags & 1:  # both sides at once: long first
            return 1.0
        return -1.0 if flags & 4 else 0.0
    same, against = (1, 4) if side > 0.0 else (4, 1)
    some = _some_leave(state, lots, close, order, rules)
    if rules[REVERSE] > 0.0 and flags & against:
        _all_leave(state, lots, BY_REVERSE, 1.0)
        return float(-side)
    if flags & (same << 1):
        _all_leave(state, lots, BY_SIGNAL, order[EXIT_SIZE])
    elif not some and flags & same and _entries_open(state, lots) < rules[MAX_ENTRIES]:
        return float(side)
    return 0.0


@inner("void(float64[::1], float64[:, ::1], float64, float64[::1], float64[::1])")
def decide(state: Floats, lots: Floats, close: float, order: Floats, rules: Floats) -> None:
    """Read what is asked for at the close; it fills from the next bar on (rule 2)."""
    wanted = _wanted(state, lots, close, order, rules)
    if wanted != 0.0:
        state[WANTED] = wanted
        for field in range(ORDER_FIELDS):
            state[PENDING + field] = order[field]
        state[REACHED] = 0.0
        state[EXPIRES] = state[BAR] + rules[EXPIRY] if rules[EXPIRY] > 0.0 else np.inf
    elif state[WANTED] != 0.0:
        cancel = 2 if state[WANTED] > 0.0 else 8
        if int(order[FLAGS]) & cancel:
            state[WANTED] = 0.0
    state[WIDTH] = order[TRAILING_DISTANCE]
    state[FLOOR] = order[TRAILING_LEVEL]
    state[BAR] += 1.0


@inner(
    "int64(float64[::1], float64[:, ::1], float64[::1], float64[::1],"
    " float64[::1], float64[:, ::1], int64)"
)
def step(
    state: Floats,
    lots: Floats,
    bar: Floats,
    order: Floats,
    rules: Floats,
    closed: Floats,
    first: int,
) -> int:
    """Live through one bar and decide at its close.

    Parameters
    ----------
    state : ndarray, shape (STATE_FIELDS,)
    lots : ndarray, shape (most lots at once, LOT_FIELDS)
        Both are changed in place.
    bar : ndarray, shape (BAR_FIELDS,)
    order : ndarray, shape (ORDER_FIELDS,)
        What is decided at this bar's close; it fills at the next bar's open (rule 2).
    rules : ndarray
        Settings of the run, see `engine.kernel.layout`.
    closed : ndarray, shape (>= first + exits_a_bar(lots), TRADE_FIELDS)
        Receives the trades that this bar closed, from row `first` on.

    Returns
    -------
    int
        The row after the last trade.
    """
    number = live(state, lots, bar, rules, closed, first)
    decide(state, lots, bar[CLOSE], order, rules)
    return number
