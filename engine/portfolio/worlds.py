"""The look-ahead gate for several symbols: the same two questions, asked of all of them at once."""

import numpy as np

from engine import lookahead
from engine.lookahead import CLOSE_ENOUGH, Difference
from engine.portfolio.panel import Panel
from engine.portfolio.weights import Weights


def choose_cuts(weights: Weights, n_bars: int, k: int, rng_seed: int = 0) -> list[int]:
    """Choose up to k bars to cut after, half of them where weights are given."""
    if n_bars < 2 or k < 1:
        return []
    rng = np.random.default_rng(rng_seed)
    deciding = weights.decided()
    deciding = deciding[deciding < n_bars - 1]
    chosen = set(rng.permutation(deciding)[: (k + 1) // 2].tolist())
    for bar in rng.permutation(n_bars - 1).tolist():
        if len(chosen) >= k:
            break
        chosen.add(bar)
    return sorted(chosen)


def truncated(panel: Panel, t: int) -> Panel:
    """The panel up to and including bar t."""
    return panel.head(t + 1)


def with_replaced_future(panel: Panel, t: int, seed: int) -> Panel:
    """The panel with everything after t made up, for each symbol differently."""
    return Panel(
        tuple(
            lookahead.with_replaced_future(one, t, seed=seed + 1000 * number)
            for number, one in enumerate(panel.bars)
        )
    )


def first_difference(full: Weights, partial: Weights, t: int) -> Difference | None:
    """The first weight up to bar t that two runs disagree on; None when there is none."""
    one, other = full.table[: t + 1], partial.table[: t + 1]
    changed = ~np.isclose(one, other, rtol=CLOSE_ENOUGH, atol=1e-12, equal_nan=True)
    if not changed.any():
        return None
    bar = int(np.argmax(changed.any(axis=1)))
    symbol = int(np.argmax(changed[bar]))
    name = full.symbols[symbol] if full.symbols else f"symbol {symbol + 1}"
    values = float(one[bar, symbol]), float(other[bar, symbol])
    return Difference(bar, f"weight of {name}", *values)
