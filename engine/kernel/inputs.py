"""Bars, decisions and account as the arrays that the compiled loops read."""

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.decisions import LEVELS, Decisions, leg_table
from engine.kernel.layout import LEG_TABLE, TIER_TABLE, Floats, empty_order
from engine.signals import MAX_LEGS, PEAKS, SIZINGS
from engine.simulator import SimulationConfig

ATR_PERIOD = 14
PLACES = {name: place for place, name in enumerate(LEVELS, start=1)}  # in an order row
_NOTHING = np.empty((0, 0))
SECONDS_PER_YEAR = 365 * 86_400  # rule 23


def rules_of(decisions: Decisions, config: SimulationConfig) -> Floats:
    """Return the settings of a run in the order of `engine.kernel.layout`."""
    legs, tiers = decisions.legs, config.tiers
    rules = np.zeros(TIER_TABLE + 2 * len(tiers))
    rules[:LEG_TABLE] = (
        decisions.max_bars,
        decisions.reverse,
        decisions.trail_intrabar,
        SIZINGS.index(decisions.sizing),
        decisions.entry_expiry,
        decisions.max_entries,
        decisions.breakeven_after_target,
        decisions.cooldown,
        PEAKS.index(decisions.trail_from),
        config.commission,
        config.slippage,
        config.half_spread,
        config.fee_per_unit,
        config.fixed_fee,
        config.minimum_fee,
        config.slippage_atr,
        config.borrow_rate,
        config.cash_rate,
        config.whole_units,
        len(legs),
    )
    if legs:
        rules[LEG_TABLE : LEG_TABLE + 4 * len(legs)] = leg_table(legs).ravel()
    rules[LEG_TABLE + 4 * MAX_LEGS] = len(tiers)
    rules[TIER_TABLE:] = [number for tier in tiers for number in tier]
    return rules


def prices_of(bars: Bars, config: SimulationConfig) -> Floats:
    """Return the bars as rows: prices, and ATR and time where the account asks for them."""
    if not (config.slippage_atr or config.borrow_rate or config.cash_rate):
        return bars.prices
    n = len(bars)
    atr, years = np.full(n, np.nan), np.zeros(n)
    if config.slippage_atr and n > 1:
        import talib  # heavy, and only this cost needs it

        _, high, low, close = bars.prices
        atr[1:] = talib.ATR(high, low, close, ATR_PERIOD)[:-1]
    if config.borrow_rate or config.cash_rate:
        years[1:] = np.diff(bars.time.astype(np.int64)) / SECONDS_PER_YEAR
    return np.vstack([bars.prices, atr, years])


def columns_of(decisions: Decisions) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
    """Return the levels that change, their fields in an order row, and the row of the others."""
    order = empty_order()
    moving, places = [], []
    for name, column in decisions.levels.items():
        if len(column) == 1:
            order[PLACES[name]] = column[0]
        else:
            moving.append(column)
            places.append(PLACES[name])
    levels = np.array(moving) if moving else _NOTHING
    return levels, np.array(places, dtype=np.int64), order
