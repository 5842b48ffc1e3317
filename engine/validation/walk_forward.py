"""Walk-forward analysis: choose on the past, trade the choice on what follows, and go on.

Source: R. Pardo, The Evaluation and Optimization of Trading Strategies, 2nd ed. (2008), ch. 11.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from engine.bars import Bars
from engine.decisions import Decisions
from engine.errors import EngineError
from engine.metrics import growth
from engine.simulator import SimulationConfig, simulate
from engine.validation.segments import Floats, Segments, Span, best, head_of

Kind = Literal["anchored", "rolling"]
TESTS = 6
TRAIN_SHARE = 0.4
FEWEST_BARS = 20  # of a window; less says nothing


@dataclass(frozen=True)
class Window:
    """One step: bars to choose on, and the bars after them to trade the choice on."""

    train: Span
    test: Span


@dataclass(frozen=True)
class Step:
    """What a window came to; `pick` is None when no variant had traded before the test."""

    window: Window
    pick: int | None
    train_sharpe: float | None
    test_sharpe: float | None
    train_return: float | None
    test_return: float


@dataclass(frozen=True, eq=False)
class WalkForward:
    """The stitched out-of-sample record.

    Attributes
    ----------
    equity : ndarray, shape (n - first,)
        Account value at each close from bar `first` on; it begins with the initial cash.
    efficiency : float or None
        Annual growth out of sample over the mean annual growth of the picks in their training
        windows (walk-forward efficiency); None when the latter is not above 0.
    """

    kind: Kind
    steps: tuple[Step, ...]
    first: int
    equity: Floats
    total_return: float
    cagr: float | None
    sharpe_ratio: float | None
    max_drawdown: float
    efficiency: float | None


def windows(
    bars: int, kind: Kind, *, tests: int = TESTS, train_share: float = TRAIN_SHARE
) -> tuple[Window, ...]:
    """Cut history into training and test windows; the tests cover the rest without a gap.

    Parameters
    ----------
    bars : int
    kind : "anchored" or "rolling"
        Anchored training starts at the first bar and grows; rolling training keeps its length.
    tests : int
        Number of test windows.
    train_share : float
        Share of all bars in the first training window.

    Raises
    ------
    EngineError
        When a window would have fewer than 20 bars.
    """
    if tests < 1 or not 0 < train_share < 1:
        raise EngineError("Walk-forward needs a test window and a training share between 0 and 1.")
    train = round(bars * train_share)
    edges = [train + (bars - train) * number // tests for number in range(tests + 1)]
    if min(train, (bars - train) // tests) < FEWEST_BARS:
        raise EngineError(
            f"{bars} bars are too few for {tests} walk-forward windows of {FEWEST_BARS} bars."
        )
    return tuple(
        Window((0 if kind == "anchored" else start - train, start), (start, stop))
        for start, stop in pairwise(edges)
    )


def cuts_of(planned: Sequence[Window]) -> set[int]:
    """Every bar where a window begins or ends."""
    return {edge for window in planned for span in (window.train, window.test) for edge in span}


def choose(segments: Segments, planned: Sequence[Window], periods_per_year: float) -> list[Step]:
    """Pick the variant with the highest Sharpe ratio of each training window; tests are open."""
    steps = []
    for window in planned:
        scores = segments.sharpe([window.train], periods_per_year)
        pick = best(scores)
        steps.append(
            Step(
                window,
                pick,
                None if pick is None else float(scores[pick]),
                None,
                None if pick is None else float(segments.growth([window.train])[pick]),
                0.0,
            )
        )
    return steps


def walk(
    bars: Bars,
    steps: Sequence[Step],
    decisions_of: Callable[[int], Decisions],
    config: SimulationConfig,
    kind: Kind,
) -> WalkForward:
    """Trade each pick in its test window, one after the other, on one account.

    The account takes over what the pick holds at that moment, as somebody would who changes the
    numbers of a rule that is running, and pays for the difference to what it held before. A
    window without a pick stays in cash.
    """
    pieces, done, held = [], [], 0.0
    for step in steps:
        part = Tested(np.zeros(step.window.test[1] - step.window.test[0]), 0.0)
        if step.pick is not None:
            part = tested(bars, decisions_of(step.pick), step.window.test, config, held)
        held = part.exposure
        pieces.append(part.returns)
        sharpe = growth.sharpe_ratio(part.returns, bars.periods_per_year)
        total = growth.total_return(part.returns)
        done.append(replace(step, test_sharpe=sharpe, test_return=total))
    returns = np.concatenate(pieces)
    first = steps[0].window.test[0]
    equity = np.asarray(config.initial_cash * np.cumprod(1.0 + returns), dtype=np.float64)
    total = growth.total_return(returns)
    rate = growth.cagr(total, _days(bars, (first, len(bars))))
    return WalkForward(
        kind,
        tuple(done),
        first,
        equity,
        total,
        rate,
        growth.sharpe_ratio(returns, bars.periods_per_year),
        float((equity / np.maximum.accumulate(np.maximum(equity, config.initial_cash)) - 1).min()),
        efficiency([_train_cagr(bars, step) for step in done], rate),
    )


@dataclass(frozen=True, eq=False)
class Tested:
    """Bar returns of a span, and the share of the account that is invested at its end."""

    returns: Floats
    exposure: float


def tested(
    bars: Bars, decisions: Decisions, span: Span, config: SimulationConfig, held: float = 0.0
) -> Tested:
    """Bar returns of decisions on a span, shape (span length,), by an account that joins there.

    Parameters
    ----------
    held : float
        Share of the account invested before, signed; the difference to what the rule holds when
        the span begins costs commission, slippage and half the spread.
    """
    start, stop = span
    there = bars.head(stop)
    books = simulate(there, head_of(decisions, stop), config)
    equity = np.maximum(books.equity, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        exposure = np.nan_to_num(books.position * there.close / equity, posinf=0.0, neginf=0.0)
    returns = np.concatenate(([0.0], growth.returns(books.equity)))[start:]
    change = abs((exposure[start - 1] if start else 0.0) - held)
    commission = config.tiers[0][1] if config.tiers else config.commission
    fee = change * (commission + config.slippage + config.half_spread)
    returns[0] = (1.0 + returns[0]) * (1.0 - fee) - 1.0
    return Tested(returns, float(exposure[-1]))


def efficiency(train: Sequence[float | None], out_of_sample: float | None) -> float | None:
    """Walk-forward efficiency: annual growth out of sample over its mean in training."""
    known = [rate for rate in train if rate is not None]
    if not known or out_of_sample is None or (mean := float(np.mean(known))) <= 0:
        return None
    return out_of_sample / mean


def _train_cagr(bars: Bars, step: Step) -> float | None:
    if step.train_return is None:
        return None
    return growth.cagr(step.train_return, _days(bars, step.window.train))


def _days(bars: Bars, span: Span) -> float:
    start, stop = span
    return float((bars.time[stop - 1] - bars.time[start]).astype("timedelta64[s]").astype(int)) / (
        24 * 3600
    )
