"""Sweeps in one process: the same decisions as one by one, and errors that name themselves."""

import numpy as np
import pytest

from engine import Decisions, EngineError, Signals, SimulationConfig, simulate, ta
from engine.bars import Bars
from engine.indicators import sma
from engine.sweep import decided, returns_matrix, score
from tests.engine.markets import flat_days, index_bars

GRID = [{"fast": fast, "slow": slow} for fast in (10, 20) for slow in (50, 100)]


def sma_cross(bars: Bars, fast: int, slow: int) -> Signals:
    quick, lazy = ta.sma(bars, fast), ta.sma(bars, slow)
    return Signals(enter=ta.crosses_above(quick, lazy), exit=ta.crosses_below(quick, lazy))


def test_a_function_decides_in_a_sweep_as_it_does_alone() -> None:
    bars = index_bars()
    for values, found in zip(GRID, decided(sma_cross, bars, GRID), strict=True):
        alone = Decisions.from_signals(sma_cross(bars, **values), len(bars))
        assert found.to_bytes() == alone.to_bytes()


def test_scores_come_in_the_order_of_the_sets() -> None:
    bars, config = index_bars(), SimulationConfig(commission=0.001)
    scores = score(bars, decided(sma_cross, bars, GRID), config)
    assert len(scores) == len(GRID) == len(set(scores.total_return))
    for values, total, trades in zip(GRID, scores.total_return, scores.trades, strict=True):
        one = Decisions.from_signals(sma_cross(bars, **values), len(bars))
        books = simulate(bars, one, config)
        assert total == pytest.approx(books.equity[-1] / books.equity[0] - 1.0, rel=1e-12)
        assert trades == len(books.trades)


def test_functions_that_name_an_indicator_themselves_work_too() -> None:
    def above(bars: Bars, n: int = 5) -> Signals:
        return Signals(enter=bars.close > sma(bars, n))

    bars = index_bars()
    found = list(decided(above, bars, [{}, {"n": 7}]))
    assert [len(one.entries()) for one in found] == [
        np.count_nonzero(bars.close > sma(bars, n)) for n in (5, 7)
    ]


def test_a_sweep_of_nothing_is_empty() -> None:
    bars = flat_days(1, 2, 3)
    assert len(score(bars, [])) == 0
    assert returns_matrix(bars, []).shape == (2, 0)


def test_a_total_loss_is_scored_as_one() -> None:
    # Short all of it at 10; at 30 the account owes as much as it had and more.
    bars = flat_days(10, 10, 30, 10)
    scores = score(bars, [Decisions(np.array([4, 0, 0, 0], np.uint8))], SimulationConfig())
    assert (scores.total_return[0], scores.max_drawdown[0]) == (-1.0, -1.0)
    assert returns_matrix(bars, [Decisions(np.array([4, 0, 0, 0], np.uint8))])[1:, 0].tolist() == [
        -1.0, 0.0,
    ]  # fmt: skip


def test_decisions_for_other_bars_are_refused() -> None:
    with pytest.raises(EngineError, match="for 2 bars, the data have 3"):
        score(flat_days(1, 2, 3), [Decisions(np.zeros(2, np.uint8))])
