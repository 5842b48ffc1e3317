"""Whole runs: `step` over all bars, quick over those on which nothing can happen."""

import numpy as np
import numpy.typing as npt

from engine.compilation import inner
from engine.kernel.layout import (
    BAR,
    CASH,
    CLOSE,
    CLOSE_BEFORE,
    EQUITY,
    FLAGS,
    L_BREAKEVEN,
    L_LEAVING,
    L_STOP,
    L_TARGET,
    L_TRAIL,
    LOTS,
    MAX_BARS,
    MAX_ENTRIES,
    POSITION,
    REVERSE,
    SIDE,
    TRAILING_DISTANCE,
    TRAILING_LEVEL,
    WANTED,
    YEARS,
    Floats,
)
from engine.kernel.trading import step

# What can matter to an account that rests: nothing of it, or every flag.
EVERY_BAR = -1
ENTRIES = 5  # long or short, as in engine.decisions


@inner("boolean(float64[:, ::1], int64[::1], float64[::1])")
def _moves(bars: Floats, places: npt.NDArray[np.int64], order: Floats) -> bool:
    """Stops that follow every bar and money that grows with time leave no bar to rest on."""
    if len(bars) > YEARS:
        for years in bars[YEARS]:
            if years > 0.0:
                return True
    for place in places:
        if place in (TRAILING_DISTANCE, TRAILING_LEVEL):
            return True
    return not (np.isnan(order[TRAILING_DISTANCE]) and np.isnan(order[TRAILING_LEVEL]))


@inner("int64(float64[::1], float64[:, ::1], float64[::1], boolean)")
def _wakes(state: Floats, lots: Floats, rules: Floats, moving: bool) -> int:
    """The flags that end the rest of an account; EVERY_BAR if it must not rest.

    An account rests when, without a flag, a bar can only change what the position is worth.
    """
    if state[WANTED] != 0.0:
        return EVERY_BAR
    if state[LOTS] == 0.0:
        return ENTRIES
    if moving or rules[MAX_BARS] > 0.0:
        return EVERY_BAR
    for k in range(int(state[LOTS])):
        if lots[k, L_LEAVING] > 0.0 or not (
            np.isnan(lots[k, L_STOP])
            and np.isnan(lots[k, L_TARGET])
            and np.isnan(lots[k, L_TRAIL])
            and np.isnan(lots[k, L_BREAKEVEN])
        ):
            return EVERY_BAR
    same, against = (1, 4) if state[SIDE] > 0.0 else (4, 1)
    wakes = same << 1
    if rules[REVERSE] > 0.0:
        wakes |= against
    if rules[MAX_ENTRIES] > 1.0:
        wakes |= same
    return wakes


@inner("int64(uint8[::1], int64, int64)")
def _next(flags: npt.NDArray[np.uint8], t: int, wakes: int) -> int:
    """The first bar from t on with one of the flags."""
    n = len(flags)
    while t < n and not flags[t] & wakes:
        t += 1
    return t


@inner("int64(float64[::1], float64[::1], int64, int64, float64[:, ::1])")
def _rest(state: Floats, closes: Floats, t: int, end: int, books: Floats) -> int:
    """Mark the bars from t to before `end`, on which nothing happens."""
    money, held = state[CASH], state[POSITION]
    for i in range(t, end):
        books[0, i] = money + held * closes[i]
    if len(books) > 1:
        for i in range(t, end):
            books[1, i] = held
            books[2, i] = money
    if end > t:
        state[EQUITY] = books[0, end - 1]
        state[CLOSE_BEFORE] = closes[end - 1]
        state[BAR] = end
    return end


@inner(
    "int64(float64[::1], float64[:, ::1], float64[:, ::1], uint8[::1], float64[:, ::1], int64[::1],"
    " float64[::1], float64[::1], float64[:, ::1], int64, float64[:, ::1], float64[::1])"
)
def batch(
    state: Floats,
    lots: Floats,
    bars: Floats,
    flags: npt.NDArray[np.uint8],
    levels: Floats,
    places: npt.NDArray[np.int64],
    order: Floats,
    rules: Floats,
    trades: Floats,
    count: int,
    books: Floats,
    bar: Floats,
) -> int:
    """Run `step` over the bars that are left.

    Parameters
    ----------
    state, lots, rules
        As for `step`; the run goes on at bar ``state[BAR]``.
    bars : ndarray, shape (4, n) or (6, n)
        Open, high, low, close; then the ATR and the years of the bars, where they count.
    flags : ndarray of uint8, shape (n,)
    levels : ndarray, shape (k, n)
        Columns of orders that change from bar to bar, `places` their fields in an order row.
    order : ndarray, shape (ORDER_FIELDS,)
        The other fields; overwritten.
    trades : ndarray, shape (m, TRADE_FIELDS)
        Receives closed trades from row `count` on. When it could overflow, the loop stops early:
        give it more room and call again.
    books : ndarray, shape (3, n) or (1, n)
        Receives equity, position and cash, or equity alone, at every close.
    bar : ndarray, shape (BAR_FIELDS,)
        As `layout.new_bar` makes it; overwritten.

    Returns
    -------
    int
        The number of closed trades in `trades`.
    """
    n, room = len(flags), len(trades) - 3 * len(lots)
    priced = len(bars) > 4
    moving = _moves(bars, places, order)
    carried = priced and moving
    t = int(state[BAR])
    while t < n:
        wakes = EVERY_BAR if carried else _wakes(state, lots, rules, moving)
        if wakes != EVERY_BAR:
            t = _rest(state, bars[CLOSE], t, _next(flags, t, wakes), books)
            if t == n:
                break
        if count > room:
            break
        for column in range(len(bars)):
            bar[column] = bars[column, t]
        order[FLAGS] = flags[t]
        for number in range(len(places)):
            order[places[number]] = levels[number, t]
        count = step(state, lots, bar, order, rules, trades, count)
        books[0, t] = state[EQUITY]
        if len(books) > 1:
            books[1, t], books[2, t] = state[POSITION], state[CASH]
        t += 1
    return count
