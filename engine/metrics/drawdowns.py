"""How far and how long the account stood below its peak."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.metrics.growth import Floats, as_returns


@dataclass(frozen=True)
class Drawdown:
    """One fall: bars of peak, valley and recovery (None while under water), depth <= 0."""

    peak: int
    valley: int
    recovery: int | None
    depth: float
    bars: int


def drawdown_series(equity: npt.ArrayLike) -> Floats:
    """Return E / running peak - 1, at most 0; the first value counts as a peak."""
    worth = as_returns(equity)
    return np.asarray(worth / np.maximum.accumulate(worth) - 1.0)


def max_drawdown(equity: npt.ArrayLike) -> float:
    """Largest fall from a peak as a negative fraction; -1 at most, 0 when there is none."""
    falls = drawdown_series(equity)
    return max(-1.0, float(np.min(falls))) if len(falls) else 0.0


def ulcer_index(equity: npt.ArrayLike) -> float | None:
    """Root mean square of the drawdown over the T bars after the start, as a fraction.

    Source: P. Martin and B. McCann, "The investor's guide to Fidelity funds", 1989.
    """
    falls = drawdown_series(equity)[1:]
    return float(np.sqrt(np.mean(falls**2))) if len(falls) else None


def drawdown_table(equity: npt.ArrayLike) -> list[Drawdown]:
    """Return every drawdown, the deepest first.

    Bars count from the start of the series (row 0 is the start itself). `bars` runs from the
    peak to the recovery, or to the last bar of a fall that goes on.
    """
    worth = as_returns(equity)
    falls = drawdown_series(worth)
    under = np.concatenate(([False], falls < 0, [False]))
    edges = np.flatnonzero(np.diff(under.astype(np.int8)))
    table = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        valley = begin + int(np.argmin(falls[begin:end]))
        recovery = end if end < len(falls) else None
        until = end if recovery is not None else len(falls) - 1
        peak = begin - 1
        table.append(Drawdown(peak, valley, recovery, float(falls[valley]), until - peak))
    return sorted(table, key=lambda fall: fall.depth)


def longest_drawdown_bars(equity: npt.ArrayLike) -> int:
    """Bars of the longest time under water, peak to recovery; an open one counts to the end."""
    return max((fall.bars for fall in drawdown_table(equity)), default=0)
