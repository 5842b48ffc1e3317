"""Strategies of several symbols that walk: `on_bar(ctx)` sees a panel up to now."""

from collections.abc import Mapping

import numpy as np

from engine.past import Past
from engine.portfolio.panel import Panel
from engine.portfolio.simulator import ACCOUNT_WITHOUT_COSTS, Ledger
from engine.portfolio.weights import Floats, Weights, WeightsError
from engine.strategy import Strategy


class PortfolioContext:
    """What a strategy of several symbols sees and can do at one close.

    Attributes
    ----------
    bars : Panel
        Up to now, by construction.
    held : dict of str to float
        Share of equity in each symbol at this close, costs left out.
    """

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._pasts = [Past(one) for one in panel.bars]
        self._row: Floats = np.full(len(panel.symbols), np.nan)
        self.bars = panel.head(0)
        self.held = dict.fromkeys(panel.symbols, 0.0)

    def rebalance(self, weights: Mapping[str, float]) -> None:
        """From the next open on, hold these shares of equity; symbols left out are sold."""
        unknown = [name for name in weights if name not in self.held]
        if unknown:
            raise WeightsError(
                f"There is no {unknown[0]!r} here; the symbols are {', '.join(self.held)}."
            )
        self._row[:] = [float(weights.get(name, 0.0)) for name in self.held]

    def _live(self, strategy: Strategy) -> Floats:
        """Walk over all bars; returns the target weights."""
        n, k = len(self._panel), len(self._panel.symbols)
        targets = np.full((n, k), np.nan)
        ledger = Ledger(self._panel, ACCOUNT_WITHOUT_COSTS, most_orders=n)
        on_start = getattr(strategy, "on_start", None)
        if on_start is not None:
            on_start(self)
        for t in range(n):
            for past in self._pasts:
                past.reveal(t)
            self.bars = Panel(tuple(past.bars() for past in self._pasts))
            held = ledger.live(t, targets[t - 1] if t else None)
            self.held = dict(zip(self.held, held.tolist(), strict=True))
            self._row = targets[t]
            strategy.on_bar(self)  # type: ignore[arg-type]
            if not np.isnan(targets[t]).all():
                Weights(targets[t : t + 1]).checked(1, k)
        return targets


def decide(strategy: Strategy, panel: Panel) -> Weights:
    """Let a strategy walk over a panel and collect its weights."""
    targets = PortfolioContext(panel)._live(strategy)
    return Weights(targets).checked(len(panel), len(panel.symbols))
