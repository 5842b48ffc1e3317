"""Many runs of one account over the same bars: what a sweep compares, and no books."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.decisions import Decisions
from engine.signals import Signals
from engine.simulator import SimulationConfig

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scores:
    """Four figures of each run, defined as in `engine.metrics`.

    Attributes
    ----------
    total_return : ndarray of float64, shape (k,)
    sharpe_ratio : ndarray of float64, shape (k,)
        Annual; NaN where it is undefined.
    max_drawdown : ndarray of float64, shape (k,)
        Negative fractions.
    trades : ndarray of int64, shape (k,)
        Closed and open ones.
    """

    total_return: Floats
    sharpe_ratio: Floats
    max_drawdown: Floats
    trades: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.trades)


def decided(
    function: Callable[..., Signals], bars: Bars, grid: Iterable[Mapping[str, Any]]
) -> Iterator[Decisions]:
    """Call a signals function for every parameter set; yield what it decides.

    Every indicator of the bars is computed once for all sets (see `engine.memo`).
    """
    from engine.harness import decide_with
    from engine.memo import remembering

    remembered = remembering(function, bars)
    for values in grid:
        yield decide_with(remembered, bars, values)


def score(
    bars: Bars, decisions: Iterable[Decisions], config: SimulationConfig | None = None
) -> Scores:
    """Run every one of the decisions on the bars and keep four figures of each.

    Decisions are taken one by one, so a generator keeps the memory of a sweep that of one run.

    Raises
    ------
    EngineError
        When decisions are not for these bars.
    """
    rows = [row for _, row in _runs(bars, decisions, config)]
    table = np.array(rows).reshape(len(rows), 4)
    annual = table[:, 1] * np.sqrt(bars.periods_per_year)
    return Scores(table[:, 0], annual, table[:, 2], table[:, 3].astype(np.int64))


def returns_matrix(
    bars: Bars, decisions: Iterable[Decisions], config: SimulationConfig | None = None
) -> Floats:
    """Return the bar returns of every run, one column each; shape (n - 1, k)."""
    columns = [returns.copy() for returns, _ in _runs(bars, decisions, config)]
    return np.array(columns).reshape(len(columns), len(bars) - 1).T


def _runs(
    bars: Bars, decisions: Iterable[Decisions], config: SimulationConfig | None
) -> Iterator[tuple[Floats, Floats]]:
    """Yield bar returns (in one table, used again by every run) and figures of each run."""
    from engine.kernel.runs import Account  # numba is heavy

    account = Account(bars, config or SimulationConfig())
    books, returns = np.empty((1, len(bars))), np.empty(len(bars) - 1)
    for one in decisions:
        figures = np.empty(4)
        account.score(one, books, returns, figures)
        yield returns, figures
