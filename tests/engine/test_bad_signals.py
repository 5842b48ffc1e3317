"""Signals, legs, accounts and bars that mean nothing are refused in a sentence that says why."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import (
    Bars,
    BarsError,
    Decisions,
    EngineError,
    Leg,
    Signals,
    SignalsError,
    SimulationConfig,
)

NAN = float("nan")
TWO = {"enter": np.array([True, False])}


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"enter": np.ones(3, bool)}, "enter has 3 values, but there are 2 bars"),
        ({"enter": np.ones(2)}, "enter must hold True and False"),
        ({"stop_loss": -0.05}, "stop_loss must be above 0"),
        ({"stop_loss": 5.0}, "stop_loss is a fraction"),
        ({"stop_distance": [-1.0, 1.0]}, "stop_distance must not be negative"),
        ({"take_profit": float("inf")}, "take_profit holds an infinite value"),
        ({"take_profit": "much"}, "take_profit must hold numbers"),
        ({"size": 1.5}, "size is a fraction of equity"),
        ({"size": float("nan")}, "size is a fraction of equity"),
        ({"size": [1.0, 2.0]}, "size is a fraction of equity, above 0 and at most 1, not 2"),
        ({**TWO, "size": [NAN, 1.0]}, "it is NaN on bar 0"),
        ({"sizing": "risk", "size": 1.5}, "size is a fraction of equity"),
        ({"sizing": "cash", "size": 0.0}, "size must be above 0"),
        ({"sizing": "units", "size": -2.0}, "size must be above 0"),
        ({"sizing": "cash", "size": NAN}, "size is an amount above 0; it is NaN"),
        ({"sizing": "all"}, "sizing is one of equity, cash, units, risk, not 'all'"),
        ({"entry_limit": 0.0}, "entry_limit must be above 0"),
        ({"entry_stop": [-1.0, 1.0]}, "entry_stop must be above 0"),
        ({"entry_stop": float("inf")}, "entry_stop holds an infinite value"),
        ({"entry_limit": [1.0, 2.0, 3.0]}, "entry_limit has 3 values, but there are 2 bars"),
        ({"entry_expiry": -1}, "entry_expiry must lie between 0"),
        ({"entry_expiry": 1.5}, "entry_expiry is a whole number"),
        ({"max_entries": 0}, "max_entries must lie between 1 and 1,000"),
        ({"max_entries": 1_001}, "max_entries must lie between 1 and 1,000"),
        ({"max_entries": True}, "max_entries is a whole number"),
        ({"legs": [0.5]}, "legs is a list of Leg"),
        ({"legs": [Leg(0.125, take_profit=0.1)] * 5}, "at most 4 legs, not 5"),
        ({"legs": [Leg(0.75, take_profit=0.1)] * 2}, "add up to 1.5, more than 1"),
        ({"legs": [Leg(0.5, target_distance=1.0)]}, "the signals give none"),
        ({"exit_size": 0.0}, "exit_size must be above 0"),
        ({"exit_size": 1.5}, "exit_size is a share"),
        ({"exit": TWO["enter"], "exit_size": [NAN, 1.0]}, "it is NaN on bar 0"),
        ({"cooldown": -1}, "cooldown must lie between 0"),
        ({"cooldown": None}, "cooldown is a whole number"),
        ({"breakeven": 0.0}, "breakeven must be above 0"),
        ({"breakeven_multiple": -1.0}, "breakeven_multiple must be above 0"),
        ({"trailing_level": [-1.0, 2.0]}, "trailing_level must not be negative"),
        ({"trail_from": "low"}, "trail_from is one of close, high, not 'low'"),
        ({"max_bars": "x"}, "max_bars is a whole number"),
        ({"max_bars": NAN}, "max_bars is a whole number"),
        ({"reverse": "no"}, "reverse"),
        ({"breakeven_after_target": "no"}, "breakeven_after_target"),
        ({"max_bars": 0}, "max_bars must lie between 1"),
        ({"max_bars": 2.5}, "max_bars is a whole number"),
    ],
)
def test_signals_that_mean_nothing_are_refused_in_a_sentence(
    columns: dict[str, object], sentence: str
) -> None:
    with pytest.raises(SignalsError, match=sentence):
        Decisions.from_signals(Signals(**columns), 2)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"share": 0.0, "take_profit": 0.1}, "share of a leg lies above 0"),
        ({"share": 1.5, "take_profit": 0.1}, "share of a leg lies above 0"),
        ({"share": "x", "take_profit": 0.1}, "share of a leg lies above 0"),
        ({"share": 0.5}, "A leg has one target"),
        ({"share": 0.5, "take_profit": 0.1, "target_multiple": 1.0}, "A leg has one target"),
        ({"share": 0.5, "take_profit": 0.0}, "a number above 0, not 0.0"),
        ({"share": 0.5, "target_multiple": NAN}, "a number above 0, not nan"),
    ],
)
def test_legs_that_mean_nothing_are_refused(fields: dict[str, float], sentence: str) -> None:
    with pytest.raises(SignalsError, match=sentence):
        Leg(**fields)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"initial_cash": 0.0}, "initial capital must be above 0"),
        ({"initial_cash": NAN}, "initial capital must be above 0"),
        ({"commission": 1.0}, "commission is a fraction from 0 to below 1"),
        ({"commission": "x"}, "commission"),
        ({"slippage": -0.1}, "slippage is a fraction"),
        ({"half_spread": NAN}, "half_spread is a fraction"),
        ({"borrow_rate": 1.0}, "borrow_rate is a fraction"),
        ({"cash_rate": -0.01}, "cash_rate is a fraction"),
        ({"fee_per_unit": -1.0}, "fee_per_unit must be 0 or more"),
        ({"fixed_fee": NAN}, "fixed_fee must be 0 or more"),
        ({"minimum_fee": float("inf")}, "minimum_fee must be 0 or more"),
        ({"slippage_atr": -1.0}, "slippage_atr must be 0 or more"),
        ({"tiers": (1.0, 2.0)}, "tiers is a list of"),
        ({"tiers": ((1.0, 0.1),)}, "tiers start at a notional of 0"),
        ({"tiers": ((0.0, 0.1), (0.0, 0.2))}, "tiers start at a notional of 0 and rise"),
        ({"tiers": ((0.0, 1.5),)}, "commission of a tier is a fraction"),
        ({"tiers": ((0.0, NAN),)}, "commission of a tier is a fraction"),
    ],
)
def test_accounts_that_nobody_could_have_are_refused(
    fields: dict[str, object], sentence: str
) -> None:
    with pytest.raises(EngineError, match=sentence):
        SimulationConfig(**fields)  # type: ignore[arg-type]


@given(st.integers(1, 19), st.sampled_from(["repeat", "back", "nan", "zero", "minus", "infinite"]))
def test_bars_name_the_row_that_is_wrong(row: int, fault: str) -> None:
    time = np.datetime64("2024-01-01T00:00:00", "s") + np.arange(20) * np.timedelta64(86_400, "s")
    prices = np.full((20, 4), 10.0)
    if fault in ("repeat", "back"):
        time[row] = time[row - 1] - np.timedelta64(0 if fault == "repeat" else 60, "s")
    else:
        wrong = {"nan": NAN, "zero": 0.0, "minus": -1.0, "infinite": float("inf")}[fault]
        prices[row, row % 4] = wrong
    with pytest.raises(BarsError, match=re.escape(f"Row {row} ")):
        Bars.from_columns(time, *prices.T, np.ones(20))


@pytest.mark.parametrize("sizing", ["cash", "units", "risk"])
def test_an_amount_is_never_guessed(sizing: str) -> None:
    signals = Signals(enter=np.ones(3, bool), sizing=sizing, stop_loss=0.05)
    with pytest.raises(SignalsError, match="needs a size"):
        Decisions.from_signals(signals, 3)
