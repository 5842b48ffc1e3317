"""Segments, walk-forward and k-fold against what a loop over the bars gives."""

from itertools import pairwise

import numpy as np
import pytest

from engine import Bars, Decisions, EngineError, SimulationConfig, simulate
from engine.metrics import growth
from engine.validation import kfold, walk_forward
from engine.validation.segments import best, head_of, joined, summed


def market(n=600, seed=3, drift=0.0003):
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(drift, 0.01, n)))
    time = np.datetime64("2015-01-01", "s") + np.arange(n) * np.timedelta64(1, "D")
    return Bars.from_columns(time=time, open=close, high=close, low=close, close=close)


def cross(bars, days):
    mean = np.convolve(bars.close, np.ones(days) / days)[: len(bars)]
    flags = np.where(bars.close > mean, 1, 2).astype(np.uint8)
    flags[:days] = 0
    return Decisions(flags)


def test_sums_between_cuts_give_the_sharpe_ratio_and_growth_of_any_part():
    matrix = np.random.default_rng(1).normal(0, 0.01, (300, 4))
    segments = summed(matrix, [50, 120, 200])
    part = np.concatenate([matrix[:50], matrix[120:200]])
    spans = [(0, 50), (120, 200)]
    for column in range(4):
        expected = growth.sharpe_ratio(part[:, column], 252)
        assert segments.sharpe(spans, 252)[column] == pytest.approx(expected, rel=1e-12)
        total = growth.total_return(part[:, column])
        assert segments.growth(spans)[column] == pytest.approx(total, rel=1e-12)


def test_chunks_joined_are_the_whole():
    matrix = np.random.default_rng(1).normal(0, 0.01, (100, 6))
    whole = summed(matrix, [30])
    parts = joined([summed(matrix[:, :2], [30]), summed(matrix[:, 2:], [30])])
    assert np.allclose(parts.sharpe([(0, 30)], 252), whole.sharpe([(0, 30)], 252), rtol=1e-14)


def test_a_variant_that_holds_nothing_has_no_sharpe_ratio_and_is_never_picked():
    segments = summed(np.column_stack([np.zeros(50), np.linspace(-0.01, 0.005, 50)]), [])
    assert np.isnan(segments.sharpe([(0, 50)], 252)[0])
    assert best(segments.sharpe([(0, 50)], 252)) == 1
    assert best([np.nan, np.nan]) is None


def test_a_part_that_does_not_begin_at_a_cut_is_refused():
    with pytest.raises(EngineError, match="between cuts"):
        summed(np.zeros((50, 1)), [20]).inside([(10, 50)])


def test_test_windows_follow_their_training_and_cover_the_rest():
    for kind in ("anchored", "rolling"):
        found = walk_forward.windows(1000, kind)
        assert all(window.train[1] == window.test[0] for window in found)
        assert found[0].test[0] == 400
        assert found[-1].test[1] == 1000
        pairs = pairwise(found)
        assert all(one.test[1] == two.test[0] for one, two in pairs)
    assert {window.train[0] for window in walk_forward.windows(1000, "anchored")} == {0}
    rolling = walk_forward.windows(1000, "rolling")
    assert {window.train[1] - window.train[0] for window in rolling} == {400}


def test_too_short_a_history_is_refused():
    with pytest.raises(EngineError, match="too few"):
        walk_forward.windows(100, "anchored")
    with pytest.raises(EngineError, match="too few"):
        kfold.purged_folds(90, purge=5, embargo=1)


def walked(bars, variants, kind="anchored", config=None):
    config = config or SimulationConfig()
    returns = [np.r_[0, growth.returns(simulate(bars, one, config).equity)] for one in variants]
    planned = walk_forward.windows(len(bars), kind)
    segments = summed(np.column_stack(returns), walk_forward.cuts_of(planned))
    steps = walk_forward.choose(segments, planned, bars.periods_per_year)
    return walk_forward.walk(bars, steps, variants.__getitem__, config, kind)


@pytest.mark.parametrize("kind", ["anchored", "rolling"])
def test_walking_forward_picks_by_the_past_only_and_trades_what_follows(kind):
    bars = market()
    variants = [cross(bars, days) for days in (5, 20, 60)]
    config = SimulationConfig(commission=0.0)
    walk = walked(bars, variants, kind, config)
    stitched = []
    for step in walk.steps:
        start, stop = step.window.train
        past = [
            growth.sharpe_ratio(
                np.r_[0, growth.returns(simulate(bars, one, config).equity)][start:stop],
                bars.periods_per_year,
            )
            for one in variants
        ]
        assert step.pick == int(np.argmax(past))
        equity = simulate(bars, variants[step.pick], config).equity
        start, stop = step.window.test
        stitched.append(equity[start:stop] / equity[start - 1 : stop - 1])
    grown = config.initial_cash * np.cumprod(np.concatenate(stitched))
    assert np.allclose(walk.equity, grown, rtol=1e-12)
    assert walk.total_return == pytest.approx(grown[-1] / config.initial_cash - 1, rel=1e-12)


def test_a_better_future_does_not_change_an_earlier_choice():
    bars = market()
    variants = [cross(bars, days) for days in (5, 20, 60)]
    picks = [step.pick for step in walked(bars, variants).steps]
    close = bars.close.copy()
    close[450:] *= np.exp(np.cumsum(np.random.default_rng(9).normal(0.002, 0.03, 150)))
    other = Bars.from_columns(time=bars.time, open=close, high=close, low=close, close=close)
    again = walked(other, [cross(other, days) for days in (5, 20, 60)]).steps
    tested_before = [step for step in again if step.window.train[1] <= 450]
    assert [step.pick for step in tested_before] == picks[: len(tested_before)]


def test_joining_a_rule_that_holds_pays_for_the_position():
    bars = market()
    always = Decisions(np.r_[np.uint8(1), np.zeros(len(bars) - 1, np.uint8)])
    config = SimulationConfig(commission=0.01)
    free = walk_forward.tested(bars, always, (300, 400), config, held=1.0)
    paid = walk_forward.tested(bars, always, (300, 400), config, held=0.0)
    assert free.exposure == pytest.approx(1.0, abs=1e-9)
    assert (1 + paid.returns[0]) / (1 + free.returns[0]) == pytest.approx(0.99, rel=1e-9)
    assert np.array_equal(paid.returns[1:], free.returns[1:])


def test_efficiency_is_growth_kept():
    assert walk_forward.efficiency([0.10, 0.30], 0.10) == pytest.approx(0.5)
    assert walk_forward.efficiency([-0.1], 0.1) is None
    assert walk_forward.efficiency([None], 0.1) is None


def test_training_keeps_its_distance_from_the_test():
    folds = kfold.purged_folds(1000, folds=5, purge=10, embargo=7)
    assert folds[2].test == (400, 600)
    assert folds[2].train == ((0, 390), (617, 1000))
    assert folds[0].train == ((217, 1000),)
    assert folds[4].train == ((0, 790),)


def test_each_fold_is_judged_by_a_choice_of_the_others():
    bars, config = market(), SimulationConfig(commission=0.0)
    variants = [cross(bars, days) for days in (5, 20, 60)]
    returns = np.column_stack(
        [np.r_[0, growth.returns(simulate(bars, one, config).equity)] for one in variants]
    )
    planned = kfold.purged_folds(len(bars), purge=10, embargo=6)
    segments = summed(returns, kfold.cuts_of(planned))
    chosen = kfold.choose(segments, planned, bars.periods_per_year)
    found = kfold.validate(bars, chosen, variants.__getitem__, config, purge=10, embargo=6)
    for result in found.folds:
        train = np.concatenate([returns[a:b] for a, b in result.fold.train])
        ratios = [growth.sharpe_ratio(column, bars.periods_per_year) for column in train.T]
        assert result.pick == int(np.argmax(ratios))
        assert result.train_sharpe == pytest.approx(max(ratios), rel=1e-9)
    tests = [result.test_sharpe for result in found.folds]
    assert found.test_sharpe == pytest.approx(np.mean(tests))


def test_the_head_of_decisions_is_cut_like_the_bars():
    decisions = Decisions(
        np.array([1, 0, 2, 0], np.uint8),
        {"stop_loss": np.array([0.1]), "size": np.array([1.0, 0.5, 0.5, 0.5])},
    )
    head = head_of(decisions, 2)
    assert head.flags.tolist() == [1, 0]
    assert head.level("size").tolist() == [1.0, 0.5]
    assert len(head.levels["stop_loss"]) == 1
