"""The compiled account of several symbols agrees with the decimals, bar by bar."""

import os

import numpy as np
from hypothesis import given, settings

from engine import SimulationConfig
from engine.portfolio import Panel, Weights, simulate_portfolio
from tests.engine.portfolio.markets import markets
from tests.engine.portfolio.reference import simulate_panel_slowly
from tests.engine.portfolio.stocks import panel
from tests.engine.portfolio.test_documented_strategies import SYMBOLS, decided

EXAMPLES = int(os.environ.get("ENGINE_EXAMPLES", 300))
CLOSE = 1e-9
BARS = 700


def difference(world: Panel, weights: Weights, config: SimulationConfig) -> str:
    """What the two disagree on; empty where they agree."""
    fast = simulate_portfolio(world, weights, config)
    slow = simulate_panel_slowly(world, weights, config)
    size = max(1.0, float(np.abs(fast.equity).max()))
    for name in ("equity", "cash"):
        gap = np.abs(getattr(fast, name) - np.array(getattr(slow, name), dtype=float))
        if gap.max() > CLOSE * size:
            return f"{name} at bar {int(gap.argmax())}: {gap.max()}"
    if np.abs(fast.units - np.array(slow.units, dtype=float)).max() > CLOSE * size:
        return "units"
    if len(fast.trades) != len(slow.trades):
        return f"{len(fast.trades)} and {len(slow.trades)} trades"
    ours = [
        (t.symbol, t.side, t.entry_bar, t.exit_bar, t.entry_price, t.exit_price, t.quantity, t.pnl)
        for t in fast.trades
    ]
    theirs = [
        (
            world.symbols[t.symbol],
            "long" if t.side > 0 else "short",
            t.entry_bar,
            t.exit_bar,
            *(float(value) for value in (t.entry_price, t.exit_price, t.units, t.pnl)),
        )
        for t in slow.trades
    ]
    for one, two in zip(sorted(ours), sorted(theirs), strict=True):
        gap = np.abs(np.subtract(one[4:], two[4:]))
        if one[:4] != two[:4] or (gap > 1e-8 * size).any():
            return f"{one} and {two}"
    return ""


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(markets())
def test_both_keep_the_same_books(market: tuple[Panel, Weights, SimulationConfig]) -> None:
    assert difference(*market) == ""


def test_both_keep_the_same_books_of_real_stocks() -> None:
    account = SimulationConfig(commission=0.001, slippage=0.0005, minimum_fee=1.0, cash_rate=0.02)
    for name, symbols in SYMBOLS.items():
        world = panel(*symbols).head(BARS)
        assert difference(world, decided(name, world), account) == "", name
