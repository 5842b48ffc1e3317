"""An account's costs beyond the commission: what may be said, and how it reaches the engine."""

import json
from collections.abc import Mapping
from typing import Any

from backtests.errors import BacktestInvalid
from engine import EngineError, SimulationConfig

# Fractions (of notional, or a year) with the most that is plausible; then money per unit or fill.
FRACTIONS = {
    "slippage": 0.2,
    "half_spread": 0.2,
    "slippage_atr": 10.0,
    "borrow_rate": 0.99,
    "cash_rate": 0.99,
}
MONEY = ("fee_per_unit", "fixed_fee", "minimum_fee")
MOST_MONEY = 1e9
MOST_TIERS = 20
NAMES = (*FRACTIONS, *MONEY, "whole_units", "tiers")


def parse(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The costs that are said, as `spec.json` keeps them.

    Raises `BacktestInvalid` with sentences by field.
    """
    errors: dict[str, list[str]] = {}
    found: dict[str, Any] = {}
    for name, value in (given or {}).items():
        if value in (None, "", [], ()) or value is False:
            continue
        try:
            found[name] = _parse(name, value)
        except (ValueError, EngineError) as error:
            errors[name] = [str(error)]
    if errors:
        raise BacktestInvalid(errors)
    return found


def _parse(name: str, value: Any) -> Any:
    if name == "whole_units":
        if not isinstance(value, bool):
            raise ValueError(f"True or false, not “{value}”.")
        return value
    if name == "tiers":
        return _tiers(value)
    if name not in NAMES:
        raise ValueError("There is no such cost.")
    most = FRACTIONS.get(name, MOST_MONEY)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"“{value}” is not a number.") from None
    if not 0 <= number <= most:
        raise ValueError(f"This must lie between 0 and {most:,g}.")
    return number


def _tiers(value: Any) -> list[list[float]]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError("Write tiers as [[0, 0.001], [10000, 0.0005]].") from None
    if not isinstance(value, list | tuple) or len(value) > MOST_TIERS:
        raise ValueError(f"Up to {MOST_TIERS} pairs of (from notional, commission).")
    return [list(tier) for tier in SimulationConfig(tiers=tuple(value)).tiers]


def simulation_config(chosen: Mapping[str, Any]) -> SimulationConfig:
    """The account of a run, from its settings."""
    said = {name: chosen[name] for name in NAMES if chosen.get(name) is not None}
    if "tiers" in said:
        said["tiers"] = tuple((float(begin), float(rate)) for begin, rate in said["tiers"])
    return SimulationConfig(
        initial_cash=float(chosen["initial_capital"]),
        commission=float(chosen["commission"]),
        **said,
    )
