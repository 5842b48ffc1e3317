"""How lots come and go: entering, protecting and leaving."""

import numpy as np

from engine.compilation import inner
from engine.kernel.fills import (
    affordable,
    commission_for_money,
    commission_of,
    fee_of,
    fill_price,
    nearer,
    rounded,
)
from engine.kernel.layout import (
    ATR_BEFORE,
    BAR,
    BY_CASH,
    BY_EQUITY,
    BY_RISK,
    BY_UNITS,
    CASH,
    ENTRIES_MADE,
    HALF_SPREAD,
    L_BORROW,
    L_COSTS,
    L_ENTRY,
    L_ENTRY_BAR,
    L_EXTREME,
    L_FEE,
    L_FILL,
    L_LEG,
    L_NUMBER,
    L_PEAK,
    L_STOP,
    L_TARGET,
    L_TRAIL,
    L_UNITS,
    LEG_FIELDS,
    LEG_TABLE,
    LEGS,
    LOT_FIELDS,
    LOTS,
    LOTS_MADE,
    PAID_COMMISSION,
    PAID_SLIPPAGE,
    PAID_SPREAD,
    PENDING,
    POSITION,
    SIDE,
    SIZE,
    SIZING,
    START,
    STOP_DISTANCE,
    STOP_LEVEL,
    STOP_LOSS,
    T_COSTS,
    T_ENTRY_BAR,
    T_ENTRY_PRICE,
    T_EXIT_BAR,
    T_EXIT_PRICE,
    T_LOT,
    T_PNL,
    T_QUANTITY,
    T_REASON,
    T_SIDE,
    TAKE_PROFIT,
    TARGET_DISTANCE,
    TARGET_LEVEL,
    TARGET_MULTIPLE,
    TRAILING_STOP,
    WANTED,
    Floats,
)

DUST = 1e-12  # share of the account below which money is a rounding error


@inner("void(float64[::1], float64, float64, float64)")
def _book(state: Floats, fee: float, spread: float, slipped: float) -> None:
    """Add the costs of a fill to those of the account."""
    state[PAID_COMMISSION] += fee
    state[PAID_SPREAD] += spread
    state[PAID_SLIPPAGE] += slipped


@inner(
    "int64(float64[::1], float64[:, ::1], int64, float64[::1], float64[::1],"
    " float64, float64, float64, float64[:, ::1], int64)"
)
def leave(
    state: Floats,
    lots: Floats,
    k: int,
    bar: Floats,
    rules: Floats,
    price: float,
    share: float,
    reason: float,
    closed: Floats,
    number: int,
) -> int:
    """Sell a share of a lot (or buy it back) for about `price` and write the trade down."""
    side = state[SIDE]
    units = lots[k, L_UNITS] if share >= 1.0 else rounded(rules, lots[k, L_UNITS] * share)
    if not units > 0.0:
        return 0
    part = units / lots[k, L_UNITS]
    fill = fill_price(rules, price, -side, bar[ATR_BEFORE])
    notional = units * fill
    fee = fee_of(rules, units, notional, commission_of(rules, notional))
    spread = notional * rules[HALF_SPREAD]
    slipped = units * abs(price - fill)
    entry_fee, borrow = lots[k, L_FEE] * part, lots[k, L_BORROW] * part
    state[CASH] += side * units * fill - fee - spread
    _book(state, fee, spread, slipped)
    closed[number, T_SIDE] = side
    closed[number, T_ENTRY_BAR] = lots[k, L_ENTRY_BAR]
    closed[number, T_EXIT_BAR] = state[BAR]
    closed[number, T_ENTRY_PRICE] = lots[k, L_FILL]
    closed[number, T_EXIT_PRICE] = fill
    closed[number, T_QUANTITY] = units
    closed[number, T_PNL] = (
        side * units * (fill - lots[k, L_FILL]) - entry_fee - borrow - fee - spread
    )
    closed[number, T_COSTS] = lots[k, L_COSTS] * part + borrow + fee + spread + slipped
    closed[number, T_REASON] = reason
    closed[number, T_LOT] = lots[k, L_NUMBER]
    lots[k, L_UNITS] -= units
    lots[k, L_FEE] -= entry_fee
    lots[k, L_COSTS] -= lots[k, L_COSTS] * part
    lots[k, L_BORROW] -= borrow
    return 1


@inner("void(float64[::1], float64[:, ::1])")
def settle(state: Floats, lots: Floats) -> None:
    """Forget lots without units and add up what is held."""
    kept, held = 0, 0.0
    for k in range(int(state[LOTS])):
        if lots[k, L_UNITS] > 0.0:
            held += lots[k, L_UNITS]
            if kept != k:
                for field in range(LOT_FIELDS):
                    lots[kept, field] = lots[k, field]
            kept += 1
    state[LOTS] = kept
    if kept == 0:
        state[SIDE] = 0.0
    state[POSITION] = state[SIDE] * held


@inner("UniTuple(float64, 2)(float64[::1], float64[::1], float64, float64, float64)")
def _bought(
    state: Floats, rules: Floats, price: float, fill: float, stop: float
) -> tuple[float, float]:
    """Units that the wanted order gets, and the commission it pays (rules 18 and 23)."""
    size, sizing = state[PENDING + SIZE], rules[SIZING]
    equity = state[CASH] + state[POSITION] * price
    money = equity - abs(state[POSITION]) * price
    if sizing in (BY_EQUITY, BY_CASH):
        money = min(money, size if sizing == BY_CASH else equity * size)
    if not money > max(equity, state[START]) * DUST:
        return 0.0, 0.0
    commission = commission_for_money(rules, money, fill)
    most = affordable(rules, money, fill, commission)
    wanted = most
    if sizing == BY_UNITS:
        wanted = size
    elif sizing == BY_RISK:
        distance = abs(fill - stop)
        wanted = equity * size / distance if distance > 0.0 else 0.0
    if wanted < most:
        wanted = rounded(rules, wanted)
        commission = commission_of(rules, wanted * fill)
        most = min(wanted, affordable(rules, money, fill, commission))
    return rounded(rules, most), commission


@inner("float64(float64[::1], float64, float64)")
def _first_stop(state: Floats, fill: float, side: float) -> float:
    """The protective stop of an entry (rule 6)."""
    stop = nearer(np.nan, fill * (1.0 - side * state[PENDING + STOP_LOSS]), side)
    stop = nearer(stop, fill - side * state[PENDING + STOP_DISTANCE], side)
    return nearer(stop, state[PENDING + STOP_LEVEL], side)


@inner("float64(float64[::1], float64[::1], float64, float64, float64, int64)")
def _target(state: Floats, rules: Floats, fill: float, side: float, risk: float, leg: int) -> float:
    """The target of a leg, or the ordinary one behind the last leg (rules 6 and 20)."""
    legs = int(rules[LEGS])
    if leg < legs:
        share = LEG_TABLE + LEG_FIELDS * leg
        target = nearer(np.nan, fill * (1.0 + side * rules[share + 1]), -side)
        target = nearer(target, fill + side * rules[share + 2] * risk, -side)
        return nearer(
            target, fill + side * rules[share + 3] * state[PENDING + TARGET_DISTANCE], -side
        )
    target = nearer(np.nan, fill * (1.0 + side * state[PENDING + TAKE_PROFIT]), -side)
    in_legs = False
    for other in range(legs):
        in_legs |= not np.isnan(rules[LEG_TABLE + LEG_FIELDS * other + 3])
    if not in_legs:
        target = nearer(target, fill + side * state[PENDING + TARGET_DISTANCE], -side)
    target = nearer(target, state[PENDING + TARGET_LEVEL], -side)
    return nearer(target, fill + side * state[PENDING + TARGET_MULTIPLE] * risk, -side)


@inner("void(float64[::1], float64[:, ::1], int64, float64, float64)")
def _new_lot(state: Floats, lots: Floats, k: int, fill: float, units: float) -> None:
    """Write down a lot of the wanted order, its stop, target and costs left out."""
    for field in range(LOT_FIELDS):
        lots[k, field] = 0.0
    state[LOTS] += 1.0
    state[LOTS_MADE] += 1.0
    lots[k, L_NUMBER] = state[LOTS_MADE]
    lots[k, L_ENTRY] = state[ENTRIES_MADE]
    lots[k, L_ENTRY_BAR] = state[BAR]
    lots[k, L_UNITS] = units
    lots[k, L_FILL] = fill
    lots[k, L_TRAIL] = state[PENDING + TRAILING_STOP]
    lots[k, L_PEAK] = np.nan  # the entry bar's close or high is the first one counted (rule 7)
    lots[k, L_EXTREME] = fill


@inner("int64(float64[::1], float64[:, ::1], float64[::1], float64[::1], float64)")
def enter(state: Floats, lots: Floats, bar: Floats, rules: Floats, price: float) -> int:
    """Fill the wanted order for about `price`; returns how many lots it made (rules 3, 18-20)."""
    side = state[WANTED]
    state[WANTED] = 0.0
    fill = fill_price(rules, price, side, bar[ATR_BEFORE])
    if not fill > 0.0:
        return 0
    stop = _first_stop(state, fill, side)
    units, commission = _bought(state, rules, price, fill, stop)
    if not units > 0.0:
        return 0  # nothing left to trade with
    notional = units * fill
    fee = fee_of(rules, units, notional, commission)
    spread = notional * rules[HALF_SPREAD]
    slipped = units * abs(fill - price)
    state[CASH] -= side * units * fill + fee + spread
    _book(state, fee, spread, slipped)
    state[SIDE] = side
    state[ENTRIES_MADE] += 1.0
    first, left, legs = int(state[LOTS]), units, int(rules[LEGS])
    together = 0.0
    for leg in range(legs + 1):
        amount = left
        if leg < legs:
            share = rules[LEG_TABLE + LEG_FIELDS * leg]
            together += share
            if together < 1.0 - 1e-9:
                amount = min(left, rounded(rules, units * share))
        if not amount > 0.0:
            continue
        left = 0.0 if amount == left else left - amount
        k = int(state[LOTS])
        _new_lot(state, lots, k, fill, amount)
        part = amount / units
        lots[k, L_FEE] = (fee + spread) * part
        lots[k, L_COSTS] = (fee + spread + slipped) * part
        lots[k, L_STOP] = stop
        lots[k, L_LEG] = 1.0 if leg < legs else 0.0
        lots[k, L_TARGET] = _target(state, rules, fill, side, abs(fill - stop), leg)
    state[POSITION] += side * units
    return int(state[LOTS]) - first
