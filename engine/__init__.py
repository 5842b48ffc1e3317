"""Bars in, decisions out, books kept: the trading engine, usable without anything around it.

Everything public is loaded on first use, so ``import engine`` costs next to nothing:
pandas, TA-Lib and numba arrive with the first function that needs them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine import indicators as ta
    from engine.bars import Bars, BarsError
    from engine.command import run
    from engine.decisions import Decisions, DecisionsError
    from engine.errors import EngineError
    from engine.kernel import warm
    from engine.portfolio.panel import Panel
    from engine.portfolio.weights import Weights
    from engine.signals import Leg, Signals, SignalsError
    from engine.simulator import Books, Costs, SimulationConfig, Trade, simulate
    from engine.strategy import Strategy, StrategyError

ENGINE_VERSION = "1.0.0"

_HOMES = {
    "Bars": "engine.bars",
    "BarsError": "engine.bars",
    "Books": "engine.simulator",
    "Costs": "engine.simulator",
    "Decisions": "engine.decisions",
    "DecisionsError": "engine.decisions",
    "EngineError": "engine.errors",
    "Leg": "engine.signals",
    "Signals": "engine.signals",
    "SignalsError": "engine.signals",
    "SimulationConfig": "engine.simulator",
    "Strategy": "engine.strategy",
    "StrategyError": "engine.strategy",
    "Trade": "engine.simulator",
    "Panel": "engine.portfolio.panel",
    "Weights": "engine.portfolio.weights",
    "run": "engine.command",
    "simulate": "engine.simulator",
    "warm": "engine.kernel",
}

__all__ = [
    "ENGINE_VERSION",
    "Bars",
    "BarsError",
    "Books",
    "Costs",
    "Decisions",
    "DecisionsError",
    "EngineError",
    "Leg",
    "Panel",
    "Signals",
    "SignalsError",
    "SimulationConfig",
    "Strategy",
    "StrategyError",
    "Trade",
    "Weights",
    "run",
    "simulate",
    "ta",
    "warm",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module on first use (PEP 562)."""
    if name == "ta":
        value: object = import_module("engine.indicators")
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    globals()[name] = value
    return value
