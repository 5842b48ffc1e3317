"""Purged and embargoed k-fold: each part of history is the test once, the rest is the training.

Training bars whose trades could reach into the test are left out (purged) on both sides, and a
further stretch after it too (embargo), so that what was learnt holds nothing of the test.

Source: M. López de Prado, Advances in Financial Machine Learning (2018), sections 7.4.1-7.4.2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.bars import Bars
from engine.decisions import Decisions
from engine.errors import EngineError
from engine.metrics import growth
from engine.simulator import SimulationConfig
from engine.validation.segments import Segments, Span, best
from engine.validation.walk_forward import FEWEST_BARS, tested

FOLDS = 5
EMBARGO_SHARE = 0.01


@dataclass(frozen=True)
class Fold:
    """One test part, and the spans before and after it that may be learnt from."""

    test: Span
    train: tuple[Span, ...]


@dataclass(frozen=True)
class FoldResult:
    """What a fold came to; `pick` is None when no variant had traded in training."""

    fold: Fold
    pick: int | None
    train_sharpe: float | None
    test_sharpe: float | None
    test_return: float


@dataclass(frozen=True)
class KFold:
    """All folds; the mean Sharpe ratios are over the folds where both are defined."""

    folds: tuple[FoldResult, ...]
    purge: int
    embargo: int
    train_sharpe: float | None
    test_sharpe: float | None


def purged_folds(bars: int, *, folds: int = FOLDS, purge: int, embargo: int) -> tuple[Fold, ...]:
    """Cut history into folds of nearly equal length.

    Parameters
    ----------
    bars : int
    folds : int
        Number of tests, at least 2.
    purge : int
        Bars left out of training on both sides of the test: the longest a trade lasts.
    embargo : int
        Bars left out after the test on top of that.

    Raises
    ------
    EngineError
        When a test, or what is left to train on, would have fewer than 20 bars.
    """
    if folds < 2 or purge < 0 or embargo < 0:
        raise EngineError("k-fold needs at least 2 folds, and no negative purge or embargo.")
    edges = [bars * number // folds for number in range(folds + 1)]
    found = []
    for start, stop in pairwise(edges):
        spans = ((0, max(0, start - purge)), (min(bars, stop + purge + embargo), bars))
        train = tuple(span for span in spans if span[1] > span[0])
        if stop - start < FEWEST_BARS or sum(b - a for a, b in train) < FEWEST_BARS:
            raise EngineError(
                f"{bars} bars are too few for {folds} folds with {purge} bars purged "
                f"and {embargo} embargoed."
            )
        found.append(Fold((start, stop), train))
    return tuple(found)


def cuts_of(planned: Sequence[Fold]) -> set[int]:
    """Every bar where a test or a training span begins or ends."""
    return {edge for fold in planned for span in (fold.test, *fold.train) for edge in span}


def choose(
    segments: Segments, planned: Sequence[Fold], periods_per_year: float
) -> list[FoldResult]:
    """Pick the variant with the highest Sharpe ratio of each training; tests are open."""
    found = []
    for fold in planned:
        scores = segments.sharpe(fold.train, periods_per_year)
        pick = best(scores)
        found.append(FoldResult(fold, pick, None if pick is None else float(scores[pick]), None, 0))
    return found


def validate(
    bars: Bars,
    chosen: Sequence[FoldResult],
    decisions_of: Callable[[int], Decisions],
    config: SimulationConfig,
    *,
    purge: int,
    embargo: int,
) -> KFold:
    """Trade each pick on its test part, on an account of its own that joins there."""
    folds = []
    for result in chosen:
        if result.pick is None:
            folds.append(result)
            continue
        returns = tested(bars, decisions_of(result.pick), result.fold.test, config).returns
        sharpe = growth.sharpe_ratio(returns, bars.periods_per_year)
        total = growth.total_return(returns)
        folds.append(FoldResult(result.fold, result.pick, result.train_sharpe, sharpe, total))
    both = [
        (fold.train_sharpe, fold.test_sharpe)
        for fold in folds
        if fold.train_sharpe is not None and fold.test_sharpe is not None
    ]
    train, test = (float(mean) for mean in np.mean(both, axis=0)) if both else (None, None)
    return KFold(tuple(folds), purge, embargo, train, test)
