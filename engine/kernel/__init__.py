"""The compiled heart: everything that trades goes through `step`, bar by bar.

`layout` says where things lie, `fills` what a fill costs, `lots` how lots come and go,
`protection` what guards them inside a bar, `trading` how one bar follows another, `loops` how a
whole run is made of steps, `scores` what a sweep remembers of it.
"""

from engine.kernel.layout import (
    REASONS,
    TRADE_FIELDS,
    empty_order,
    exits_a_bar,
    new_lots,
    new_state,
)
from engine.kernel.loops import batch
from engine.kernel.trading import decide, live, step

__all__ = [
    "REASONS",
    "TRADE_FIELDS",
    "batch",
    "decide",
    "empty_order",
    "exits_a_bar",
    "live",
    "new_lots",
    "new_state",
    "step",
    "warm",
]


# What a script, the harness and the books ask for late.
HEAVY = (
    "pandas", "talib", "engine.harness", "engine.command", "engine.indicators",
    "engine.indicators.crossing", "engine.metrics", "engine.statistics", "engine.lookahead",
    "engine.contract", "engine.packing", "engine.memo", "engine.sweep", "engine.kernel.runs",
    "engine.kernel.walks",
)  # fmt: skip


def warm() -> None:
    """Load everything heavy once, so that processes forked from this one find it ready.

    Importing these modules compiles (or loads) what is compiled.
    """
    from importlib import import_module  # late, like what it imports

    for name in HEAVY:
        import_module(name)
