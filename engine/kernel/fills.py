"""What a fill costs and how much money can buy (rules 12, 18 and 23)."""

import numpy as np

from engine.compilation import inner
from engine.kernel.layout import (
    COMMISSION,
    FIXED_FEE,
    HALF_SPREAD,
    MINIMUM_FEE,
    PER_UNIT,
    SLIPPAGE,
    SLIPPAGE_ATR,
    TIER_TABLE,
    TIERS,
    WHOLE,
    Floats,
)

HAIR = 1.0 + 1e-12  # lets 29 units computed as 28.999999999999996 be 29


@inner("float64(float64, float64, float64)")
def nearer(current: float, candidate: float, towards: float) -> float:
    """The level that is reached first; NaN is no level. `towards` is +1 for the higher one."""
    if np.isnan(candidate):
        return current
    if np.isnan(current) or (candidate - current) * towards > 0:
        return candidate
    return current


@inner("float64(float64[::1], float64, float64, float64)")
def fill_price(rules: Floats, price: float, direction: float, atr: float) -> float:
    """The price that is paid (direction +1) or received (-1) for `price`."""
    fill = price * (1.0 + direction * rules[SLIPPAGE])
    if rules[SLIPPAGE_ATR] > 0.0 and not np.isnan(atr):
        fill += direction * rules[SLIPPAGE_ATR] * atr
    return float(max(fill, 0.0))


@inner("float64(float64[::1], float64)")
def commission_of(rules: Floats, notional: float) -> float:
    """The commission of an order of this notional."""
    commission = rules[COMMISSION]
    for tier in range(int(rules[TIERS])):
        if notional >= rules[TIER_TABLE + 2 * tier]:
            commission = rules[TIER_TABLE + 2 * tier + 1]
    return float(commission)


@inner("float64(float64[::1], float64, float64, float64)")
def fee_of(rules: Floats, units: float, notional: float, commission: float) -> float:
    """What the broker takes, the spread left out."""
    fee = notional * commission + units * rules[PER_UNIT] + rules[FIXED_FEE]
    return float(max(fee, rules[MINIMUM_FEE]))


@inner("float64(float64[::1], float64, float64, float64)")
def affordable(rules: Floats, money: float, fill: float, commission: float) -> float:
    """Units whose price and fee together cost `money`; the larger of two fees binds."""
    a_unit = fill * (1.0 + commission + rules[HALF_SPREAD]) + rules[PER_UNIT]
    units = (money - rules[FIXED_FEE]) / a_unit
    if rules[MINIMUM_FEE] > 0.0:
        least = (money - rules[MINIMUM_FEE]) / (fill * (1.0 + rules[HALF_SPREAD]))
        units = min(units, least)
    return float(max(units, 0.0))


@inner("float64(float64[::1], float64, float64)")
def commission_for_money(rules: Floats, money: float, fill: float) -> float:
    """The commission of the tier of the money, or of what it buys if that is lower."""
    commission = commission_of(rules, money)
    if rules[TIERS] > 0.0:
        commission = commission_of(rules, affordable(rules, money, fill, commission) * fill)
    return commission


@inner("float64(float64[::1], float64)")
def rounded(rules: Floats, units: float) -> float:
    """Whole units where the account trades only those."""
    return np.floor(units * HAIR) if rules[WHOLE] > 0.0 else units
