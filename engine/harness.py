"""Runs one script on one data file and hands back its decisions. Made for the sandbox."""

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, cast

import numpy as np

from engine.bars import Bars
from engine.decisions import Decisions
from engine.errors import EngineError
from engine.packing import MAX_SETS, pack_many
from engine.portfolio.panel import Panel, PanelError, read_world
from engine.portfolio.weights import Weights
from engine.strategy import Strategy, StrategyError
from engine.strategy import decide as walk

SEVERAL = "This script is for several symbols: name them, as in AAPL,MSFT."
ONE = "With several symbols a script gets a panel; panel['AAPL'] gives the bars of one."


class ScriptError(EngineError):
    """The script has neither a `signals` function nor a `Strategy` class, or not one."""


def main(source: str, data_path: str, params: Mapping[str, Any] | None = None) -> bytes:
    """Entry point of the sandbox: see `decide`."""
    return decide(source, data_path, params)


def decide(source: str, data_path: str, params: Mapping[str, Any] | None = None) -> bytes:
    """Execute a script's source as module ``strategy`` and return its packed decisions.

    Parameters
    ----------
    source : str
        Text of a strategy file.
    data_path : str
        ``.csv`` or ``.npy`` file of bars.
    params : mapping, optional
        Values that replace those in the script's PARAMS.

    Returns
    -------
    bytes
        `Decisions.to_bytes()`.
    """
    return bytes(decisions_of(load(source), read_world(data_path), params).to_bytes())


def sweep(source: str, data_path: str, params: Mapping[str, Any]) -> bytes:
    """Execute a script once and return its packed decisions for many parameter sets.

    Parameters
    ----------
    source, data_path : str
        As for `decide`.
    params : mapping
        ``{"grid": [{...}, ...]}``: values that replace those in the script's PARAMS.

    Returns
    -------
    bytes
        What `engine.decisions.unpack_many` reads, in the order of the grid.

    Raises
    ------
    ScriptError
        Naming the parameter set with which the script failed; nothing is returned then.
    """
    grid = params.get("grid")
    if not isinstance(grid, list) or not all(isinstance(values, dict) for values in grid):
        raise ScriptError('A sweep needs {"grid": [{...}, ...]}.')
    if len(grid) > MAX_SETS:
        raise ScriptError(f"A sweep has at most {MAX_SETS:,} parameter sets, not {len(grid):,}.")
    bars = Bars.read(data_path)
    module = load(source)
    _remember_indicators(module, bars)
    return pack_many([_one_of(module, bars, values) for values in grid])


def _one_of(module: ModuleType, bars: Bars, values: Mapping[str, Any]) -> Decisions:
    try:
        return cast(Decisions, decisions_of(module, bars, values))
    except Exception as error:
        told = ", ".join(f"{name} = {value!r}" for name, value in values.items())
        raise ScriptError(f"With {told}: {type(error).__name__}: {error}") from error


def _remember_indicators(module: ModuleType, bars: Bars) -> None:
    """Let a script's `ta` compute each indicator of the bars once for all parameter sets."""
    from engine import indicators
    from engine.memo import Memo

    memo = Memo(indicators, bars)
    for name, value in vars(module).items():
        if value is indicators:
            setattr(module, name, memo)


def load(source: str) -> ModuleType:
    """Execute a script as module ``strategy`` (so its ``__main__`` part does not run)."""
    module = ModuleType("strategy")
    module.__file__ = "strategy.py"
    # dataclasses and pickles of the script look their module up by name.
    sys.modules["strategy"] = module
    exec(compile(source, "strategy.py", "exec"), module.__dict__)
    return module


def decisions_of(
    module: ModuleType, bars: Bars | Panel, params: Mapping[str, Any] | None = None
) -> Any:
    """Call a loaded script once; returns Decisions for bars, Weights for a panel."""
    function = getattr(module, "signals", None)
    if function is None:
        function = _strategy_class(module)
    return decide_with(function, bars, merged(getattr(module, "PARAMS", {}), params))


def decide_with(
    function: "Callable[..., Any] | type[Strategy]", bars: Bars | Panel, params: Mapping[str, Any]
) -> Any:
    """Call a signals function, or let a strategy class walk over the bars."""
    if isinstance(bars, Panel):
        return _decide_panel(function, bars, params)
    # Warm-up and flat bars divide by zero on purpose: the NaN that follows is "no signal".
    with np.errstate(divide="ignore", invalid="ignore"):
        if isinstance(function, type):
            return walk(cast(type[Strategy], function)(**params), bars)
        try:
            signals = function(bars, **params)
        except AttributeError as error:
            if isinstance(error.obj, Bars) and error.name in ("bars", "symbols", "clock"):
                raise ScriptError(SEVERAL) from error
            raise
    if isinstance(signals, Weights):
        raise ScriptError(SEVERAL)
    return Decisions.from_signals(signals, len(bars))


def _decide_panel(
    function: "Callable[..., Any] | type[Strategy]", panel: Panel, params: Mapping[str, Any]
) -> Weights:
    from engine.portfolio.strategy import decide as walk_panel

    with np.errstate(divide="ignore", invalid="ignore"):
        if isinstance(function, type):
            return walk_panel(cast(type[Strategy], function)(**params), panel)
        try:
            weights = function(panel, **params)
        except PanelError as error:
            raise ScriptError(f"{ONE} {error}") from error
    if not isinstance(weights, Weights):
        raise ScriptError(
            f"With several symbols signals() returns Weights(...), not {type(weights).__name__}."
        )
    return weights.checked(len(panel), len(panel.symbols))


def merged(defaults: object, params: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the script's PARAMS with values replaced; unknown names are refused."""
    if not isinstance(defaults, dict):
        raise ScriptError("PARAMS must be a dict.")
    unknown = sorted(set(params or {}) - set(defaults))
    if unknown:
        known = ", ".join(map(str, defaults)) or "none"
        raise ScriptError(f"The script has no parameter {unknown[0]!r}; it has {known}.")
    return {**defaults, **(params or {})}


def _strategy_class(module: ModuleType) -> type[Strategy]:
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Strategy) and value is not Strategy
    ]
    if not found:
        raise ScriptError("The script has neither a signals() function nor a Strategy class.")
    if len(found) > 1:
        names = ", ".join(kind.__name__ for kind in found)
        raise StrategyError(f"The script has several Strategy classes: {names}.")
    return found[0]
