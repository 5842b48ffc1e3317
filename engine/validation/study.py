"""Everything a sweep can say, from bars and decisions alone.

Two steps, because the luck of the best depends on how many variants were ever tried, and the
scores of the first step are part of that count: `score_all`, then `examine`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np

from engine.bars import Bars
from engine.decisions import Decisions
from engine.errors import EngineError
from engine.metrics import growth
from engine.simulator import SimulationConfig, simulate
from engine.statistics import deflated_sharpe_ratio
from engine.validation import kfold, walk_forward
from engine.validation.grids import Axis, indices
from engine.validation.segments import Floats, Segments, best, joined, summed
from engine.validation.stability import Stability, stability
from engine.validation.verdict import Evidence, SweepVerdict, judge

MEASURES = ("sharpe_ratio", "total_return", "max_drawdown", "trades")
# Variants whose whole returns SPA and PBO are given; SPA takes a second for every thirty.
SAMPLE = 120
SPLITS = 16  # of the CSCV, as in its paper

_Cut = TypeVar("_Cut")
Chunks: TypeAlias = Callable[[], Iterable[Sequence[Decisions]]]


@dataclass(frozen=True, eq=False)
class Variants:
    """The variants of a sweep: where they stand, and what they decide.

    Attributes
    ----------
    axes, numbers
        The axes of the grid, and the number of each variant's point on them.
    chunks : callable
        Gives all decisions in order, chunk by chunk, as often as it is called.
    at : callable
        Gives the decisions of one variant.
    """

    axes: tuple[Axis, ...]
    numbers: Sequence[int]
    chunks: Chunks
    at: Callable[[int], Decisions]


@dataclass(frozen=True, eq=False)
class Scored:
    """Every variant's figures over all bars, each of shape (k,).

    `sharpe_ratio` is annual and NaN for a variant that never held a position.
    """

    sharpe_ratio: Floats
    total_return: Floats
    max_drawdown: Floats
    trades: Floats
    best: int | None


@dataclass(frozen=True, eq=False)
class Study:
    """What a sweep found; parts that history is too short for are None."""

    scored: Scored
    anchored: walk_forward.WalkForward | None
    rolling: walk_forward.WalkForward | None
    folds: kfold.KFold | None
    sampled: int
    evidence: Evidence
    verdict: SweepVerdict

    @property
    def picks(self) -> list[int]:
        """Every variant that a result rests on, the best of all first."""
        walks = [walk.steps for walk in (self.anchored, self.rolling) if walk is not None]
        chosen = [step.pick for steps in walks for step in steps]
        chosen += [fold.pick for fold in self.folds.folds] if self.folds else []
        return [pick for pick in dict.fromkeys([self.scored.best, *chosen]) if pick is not None]


def score_all(bars: Bars, variants: Variants, config: SimulationConfig) -> Scored:
    """Simulate every variant on all bars."""
    from engine import sweep

    parts = [sweep.score(bars, decisions, config) for decisions in variants.chunks()]
    columns = {
        name: np.concatenate([np.asarray(getattr(part, name), np.float64) for part in parts])
        for name in MEASURES
    }
    if len(columns["trades"]) != len(variants.numbers):
        raise EngineError("There are not as many decisions as variants.")
    columns["sharpe_ratio"][columns["trades"] == 0] = np.nan
    return Scored(**columns, best=best(columns["sharpe_ratio"]))


def examine(
    bars: Bars,
    variants: Variants,
    scored: Scored,
    config: SimulationConfig,
    *,
    tried: int,
    sharpe_variance: float | None = None,
) -> Study:
    """Look around the best variant, test choices on bars they were not made on, and judge.

    Parameters
    ----------
    tried : int
        Every variant ever tried for the idea, those of this sweep among them.
    sharpe_variance : float, optional
        Variance of the per-bar Sharpe ratios of all of these.
    """
    if scored.best is None:
        nothing = Evidence(tried, None, None, None, None, None, None, None)
        return Study(scored, None, None, None, 0, nothing, judge(nothing))
    books = simulate(bars, variants.at(scored.best), config)
    purge = max((trade.bars_held for trade in books.trades), default=0)
    plan = _Plan.of(bars, purge)
    segments, sample = _second_pass(bars, variants, scored, config, plan)
    anchored = _walk(bars, segments, variants, config, "anchored", plan.anchored)
    rolling = _walk(bars, segments, variants, config, "rolling", plan.rolling)
    around = _around(variants, scored)
    evidence = Evidence(
        tried,
        float(scored.sharpe_ratio[scored.best]),
        deflated_sharpe_ratio(growth.returns(books.equity), tried, sharpe_variance),
        _spa(sample),
        _pbo(sample),
        anchored.efficiency if anchored else None,
        anchored.total_return if anchored else None,
        around,
    )
    folds = _folds(bars, segments, variants, config, plan)
    return Study(scored, anchored, rolling, folds, sample.shape[1], evidence, judge(evidence))


@dataclass(frozen=True)
class _Plan:
    """Where history is cut; None where it is too short for that analysis."""

    anchored: tuple[walk_forward.Window, ...] | None
    rolling: tuple[walk_forward.Window, ...] | None
    folds: tuple[kfold.Fold, ...] | None
    purge: int
    embargo: int

    @classmethod
    def of(cls, bars: Bars, longest_trade: int) -> "_Plan":
        n = len(bars)
        # A position held for half of history would leave nothing to learn from.
        purge = min(longest_trade, n // (4 * kfold.FOLDS))
        embargo = int(np.ceil(n * kfold.EMBARGO_SHARE))
        return cls(
            _possible(lambda: walk_forward.windows(n, "anchored")),
            _possible(lambda: walk_forward.windows(n, "rolling")),
            _possible(lambda: kfold.purged_folds(n, purge=purge, embargo=embargo)),
            purge,
            embargo,
        )

    @property
    def cuts(self) -> set[int]:
        walks = [walk for walk in (self.anchored, self.rolling) if walk]
        edges = {edge for walk in walks for edge in walk_forward.cuts_of(walk)}
        return edges | (kfold.cuts_of(self.folds) if self.folds else set())


def _possible(cut: Callable[[], _Cut]) -> _Cut | None:
    try:
        return cut()
    except EngineError:
        return None


def _second_pass(
    bars: Bars, variants: Variants, scored: Scored, config: SimulationConfig, plan: _Plan
) -> tuple[Segments, Floats]:
    """Sums between cuts of all variants, and whole returns of an even sample with the best."""
    from engine import sweep

    wanted = _sample(scored)
    parts, columns, first = [], [], 0
    for decisions in variants.chunks():
        matrix = sweep.returns_matrix(bars, decisions, config)
        if len(matrix) < len(bars):  # returns begin with the second bar
            matrix = np.vstack([np.zeros((len(bars) - len(matrix), matrix.shape[1])), matrix])
        parts.append(summed(matrix, plan.cuts))
        here = wanted[(wanted >= first) & (wanted < first + len(decisions))] - first
        columns.append(matrix[:, here])
        first += len(decisions)
    return joined(parts), np.concatenate(columns, axis=1)


def _sample(scored: Scored) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    traded = np.flatnonzero(~np.isnan(scored.sharpe_ratio))
    even = np.linspace(0, len(traded) - 1, min(SAMPLE, len(traded))).round().astype(np.intp)
    return np.unique(np.append(traded[even], np.intp(scored.best or 0)))


def _walk(
    bars: Bars,
    segments: Segments,
    variants: Variants,
    config: SimulationConfig,
    kind: walk_forward.Kind,
    planned: tuple[walk_forward.Window, ...] | None,
) -> walk_forward.WalkForward | None:
    if planned is None:
        return None
    steps = walk_forward.choose(segments, planned, bars.periods_per_year)
    return walk_forward.walk(bars, steps, variants.at, config, kind)


def _folds(
    bars: Bars, segments: Segments, variants: Variants, config: SimulationConfig, plan: _Plan
) -> kfold.KFold | None:
    if plan.folds is None:
        return None
    chosen = kfold.choose(segments, plan.folds, bars.periods_per_year)
    return kfold.validate(bars, chosen, variants.at, config, purge=plan.purge, embargo=plan.embargo)


def _around(variants: Variants, scored: Scored) -> Stability:
    places = np.array([indices(variants.axes, number) for number in variants.numbers])
    return stability(
        places,
        scored.sharpe_ratio,
        scored.best or 0,
        names=tuple(axis.name for axis in variants.axes),
        counts=tuple(axis.count for axis in variants.axes),
    )


def _spa(sample: Floats) -> float | None:
    """Hansen's test against cash, the benchmark of Sullivan, Timmermann and White (1999)."""
    if sample.shape[1] < 1:
        return None
    from engine.statistics import reality_check  # arch is heavy

    return float(reality_check.spa(np.zeros(len(sample)), sample).p_value)


def _pbo(sample: Floats) -> float | None:
    if sample.shape[1] < 2 or len(sample) < 2 * SPLITS:
        return None
    from engine.statistics import pbo

    return float(pbo.probability_of_backtest_overfitting(sample, splits=SPLITS).probability)
