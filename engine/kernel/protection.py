"""What guards a lot inside a bar: stops, targets, and stops that move (rules 6, 7, 17, 22)."""

import numpy as np

from engine.compilation import inner
from engine.kernel.fills import nearer
from engine.kernel.layout import (
    AFTER_TARGET,
    BREAKEVEN,
    BREAKEVEN_MULTIPLE,
    BY_STOP,
    BY_TARGET,
    BY_TRAIL,
    FLOOR,
    FROM_HIGH,
    HIGH,
    INTRABAR,
    L_BREAKEVEN,
    L_ENTRY,
    L_EXTREME,
    L_FILL,
    L_LEG,
    L_MOVE,
    L_PEAK,
    L_STOP,
    L_TARGET,
    L_TRAIL,
    LOTS,
    LOW,
    PENDING,
    SIDE,
    WIDTH,
    Floats,
)
from engine.kernel.lots import leave


@inner("float64(float64, float64, float64, float64)")
def trail_level(side: float, peak: float, fraction: float, width: float) -> float:
    """Where a trailing stop stands below `peak` (above it for a short)."""
    return nearer(peak * (1.0 - side * fraction), peak - side * width, side)


@inner("void(float64[::1], float64[:, ::1], int64)")
def arm(state: Floats, lots: Floats, made: int) -> None:
    """Set the gain at which the newest lots move their stop to the fill price (rule 22)."""
    side = state[SIDE]
    last = int(state[LOTS])
    for k in range(last - made, last):
        fill = lots[k, L_FILL]
        gain = nearer(np.nan, fill * (1.0 + side * state[PENDING + BREAKEVEN]), -side)
        multiple = state[PENDING + BREAKEVEN_MULTIPLE] * abs(fill - lots[k, L_STOP])
        lots[k, L_BREAKEVEN] = nearer(gain, fill + side * multiple, -side)


@inner("void(float64, float64[:, ::1], int64, float64[::1], float64)")
def _live_on(side: float, lots: Floats, k: int, rules: Floats, best: float) -> None:
    """Remember how far the bar went for a lot that it did not close."""
    if (best - lots[k, L_EXTREME]) * side > 0.0:
        lots[k, L_EXTREME] = best
    if rules[FROM_HIGH] > 0.0 and not (best - lots[k, L_PEAK]) * side <= 0.0:
        lots[k, L_PEAK] = best
    if (best - lots[k, L_BREAKEVEN]) * side >= 0.0:
        lots[k, L_MOVE] = 1.0


@inner(
    "int64(float64[::1], float64[:, ::1], int64, float64[::1], float64[::1],"
    " float64, float64, float64[:, ::1], int64)"
)
def protect(
    state: Floats,
    lots: Floats,
    k: int,
    bar: Floats,
    rules: Floats,
    first: float,
    best: float,
    closed: Floats,
    number: int,
) -> int:
    """Check a lot's stop and target inside the bar; returns how many trades that closed.

    `first` is the price at which the lot meets the bar (the open, or its own fill), `best` the
    best price that has certainly come after it.
    """
    side = state[SIDE]
    stop, reason = lots[k, L_STOP], BY_STOP
    trail = state[FLOOR]
    if rules[INTRABAR] > 0.0:
        inside = trail_level(side, lots[k, L_EXTREME], lots[k, L_TRAIL], state[WIDTH])
        trail = nearer(trail, inside, side)
    if nearer(stop, trail, side) == trail:
        stop, reason = trail, BY_TRAIL
    target = lots[k, L_TARGET]
    worst = bar[LOW] if side > 0.0 else bar[HIGH]
    if (first - stop) * side <= 0.0:
        return leave(state, lots, k, bar, rules, first, 1.0, reason, closed, number)
    if (first - target) * side >= 0.0:
        price = first
    elif (worst - stop) * side <= 0.0:
        return leave(state, lots, k, bar, rules, stop, 1.0, reason, closed, number)
    elif (best - target) * side >= 0.0:
        price = target
    else:
        _live_on(side, lots, k, rules, best)
        return 0
    if rules[AFTER_TARGET] > 0.0 and lots[k, L_LEG] > 0.0:
        for other in range(int(state[LOTS])):
            if lots[other, L_ENTRY] == lots[k, L_ENTRY]:
                lots[other, L_MOVE] = 1.0
    return leave(state, lots, k, bar, rules, price, 1.0, BY_TARGET, closed, number)


@inner("void(float64[::1], float64[:, ::1])")
def move_stops(state: Floats, lots: Floats) -> None:
    """At the close: lots that earned it get a stop at the fill price, from the next bar on."""
    for k in range(int(state[LOTS])):
        if lots[k, L_MOVE] > 0.0:
            lots[k, L_STOP] = nearer(lots[k, L_STOP], lots[k, L_FILL], state[SIDE])
            lots[k, L_MOVE] = 0.0
            lots[k, L_BREAKEVEN] = np.nan
