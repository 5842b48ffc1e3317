"""Runs one script on one data file and hands back its decisions. Made for the sandbox."""

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, cast

import numpy as np

from engine.bars import Bars
from engine.decisions import Decisions
from engine.errors import EngineError
from engine.signals import Signals
from engine.strategy import Strategy, StrategyError
from engine.strategy import decide as walk


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
    bars = Bars.read(data_path)
    return decisions_of(load(source), bars, params).to_bytes()


def load(source: str) -> ModuleType:
    """Execute a script as module ``strategy`` (so its ``__main__`` part does not run)."""
    module = ModuleType("strategy")
    module.__file__ = "strategy.py"
    # dataclasses and pickles of the script look their module up by name.
    sys.modules["strategy"] = module
    exec(compile(source, "strategy.py", "exec"), module.__dict__)
    return module


def decisions_of(
    module: ModuleType, bars: Bars, params: Mapping[str, Any] | None = None
) -> Decisions:
    """Call a loaded script once on the bars."""
    function = getattr(module, "signals", None)
    if function is None:
        function = _strategy_class(module)
    return decide_with(function, bars, merged(getattr(module, "PARAMS", {}), params))


def decide_with(
    function: "Callable[..., Signals] | type[Strategy]", bars: Bars, params: Mapping[str, Any]
) -> Decisions:
    """Call a signals function, or let a strategy class walk over the bars."""
    # Warm-up and flat bars divide by zero on purpose: the NaN that follows is "no signal".
    with np.errstate(divide="ignore", invalid="ignore"):
        if isinstance(function, type):
            return walk(cast(type[Strategy], function)(**params), bars)
        return Decisions.from_signals(function(bars, **params), len(bars))


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
