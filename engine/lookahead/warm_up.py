"""Does the length of the history matter? The last year, decided from less of the past."""

import numpy as np

from engine.decisions import Decisions
from engine.portfolio.weights import Weights

SHARES = (0.25, 0.5)  # of the bars, left away at the beginning
FEWEST_BARS = 50  # of a last year that can be compared


def starts(bars: int, periods_per_year: float) -> list[int]:
    """First bars of the shorter histories; none where too little would be left."""
    year = last_year(bars, periods_per_year)
    found = [int(bars * share) for share in SHARES]
    return [start for start in found if year >= FEWEST_BARS and start + 2 * year <= bars]


def last_year(bars: int, periods_per_year: float) -> int:
    """Bars of the last year, at most half of all."""
    return min(round(periods_per_year), bars // 2)


def changed_share(
    full: Decisions | Weights, shorter: Decisions | Weights, start: int, year: int
) -> float:
    """Share of the last year's bars on which a shorter history decides otherwise.

    Parameters
    ----------
    full, shorter
        Decisions on all bars, and on those from `start` on.
    year : int
        Bars to compare, counted from the end.
    """
    if isinstance(full, Weights) and isinstance(shorter, Weights):
        one, other = full.table[-year:], shorter.table[-year:]
        same = np.isclose(one, other, rtol=1e-6, atol=1e-9, equal_nan=True).all(axis=1)
        return float(np.mean(~same))
    assert isinstance(full, Decisions) and isinstance(shorter, Decisions)
    return float(np.mean(full.flags[-year:] != shorter.flags[-year:]))
