"""Luck: published numbers, the traps around them, and the random-entry benchmark."""

import subprocess
import sys

import numpy as np
import pytest

from engine import Books, Decisions, EngineError, Signals, SimulationConfig, simulate, statistics
from engine.metrics import returns
from tests.engine.golden_strategies import sma_cross
from tests.engine.markets import adjusted_closes, flat_days, index_bars, mask


@pytest.mark.parametrize(
    ("sharpe", "observations", "published"),
    [(0.5, 12, 0.306), (0.5, 24, 0.217), (0.5, 48, 0.153), (1.0, 60, 0.158), (1.5, 24, 0.298),
     (2.0, 36, 0.289), (3.0, 60, 0.303)],
)  # fmt: skip
def test_standard_errors_are_those_of_lo_2002(
    sharpe: float, observations: int, published: float
) -> None:
    ours = statistics.sharpe_standard_error_of(sharpe, observations)
    assert ours == pytest.approx(published, abs=6e-4)


def test_the_probabilistic_sharpe_ratio_of_the_paper() -> None:
    normal = statistics.probabilistic_sharpe_ratio_of(0.4589934640057525, 24, 0.0, 3.0)
    assert normal == pytest.approx(0.981858472823098, rel=1e-10)
    skewed = statistics.probabilistic_sharpe_ratio_of(0.4589934640057525, 24, -2.448, 10.164)
    assert skewed == pytest.approx(0.913, abs=1e-3)  # printed for a ratio rounded to 0.458


@pytest.mark.parametrize(("trials", "exact"), [(100, 0.9003968344493903), (46, 0.9505017068755787)])
def test_the_deflated_sharpe_ratio_of_the_paper(trials: int, exact: float) -> None:
    ours = statistics.deflated_sharpe_ratio_of(
        2.5 / np.sqrt(250), 1250, -3.0, 10.0, trials, 0.5 / 250
    )
    assert ours == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(
    ("trials", "expected"),
    [(1, 0.0), (2, 0.5197553442805939), (45, 2.2356401777664052), (1000, 3.255121513652723)],
)
def test_the_expected_best_of_worthless_trials(trials: int, expected: float) -> None:
    ours = statistics.expected_maximum_sharpe(trials, 1.0)
    assert ours == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(
    ("skew", "kurtosis", "observations"),
    [(0.0, 3.0, 38.87760835733577), (-0.72, 5.78, 59.89509868650752)],
)
def test_the_minimum_track_record_of_the_paper(
    skew: float, kurtosis: float, observations: float
) -> None:
    ours = statistics.minimum_track_record_length_of(
        2 / np.sqrt(12), skew, kurtosis, 1 / np.sqrt(12)
    )
    assert ours == pytest.approx(observations, rel=1e-10)


def test_a_ratio_below_its_benchmark_never_has_record_enough() -> None:
    assert statistics.minimum_track_record_length_of(-0.01, 0.0, 3.0) is None
    assert statistics.minimum_track_record_length([-0.02, 0.01, -0.03, 0.0]) is None


def test_the_index_from_2009_to_2013_has_the_cross_checked_probabilities() -> None:
    days, closes = adjusted_closes("sp500")
    part = (days >= np.datetime64("2009-01-01")) & (days <= np.datetime64("2013-12-31"))
    r = returns(closes)[part[1:]]
    assert len(r) == 1258
    assert statistics.probabilistic_sharpe_ratio(r) == pytest.approx(0.9679979602854445, rel=1e-9)
    half = statistics.probabilistic_sharpe_ratio(r, 0.5 / np.sqrt(252))
    assert half == pytest.approx(0.7710517957122258, rel=1e-9)
    needed = statistics.minimum_track_record_length(r)
    assert needed == pytest.approx(992.3723533935004, rel=1e-9)
    twenty = statistics.deflated_sharpe_ratio(r, 20, 0.25 / 252)
    assert twenty == pytest.approx(0.3984646412436697, rel=1e-9)
    error = statistics.sharpe_standard_error(r, 252)
    assert error == pytest.approx(0.44787799711567905, rel=1e-9)


def test_excess_kurtosis_is_refused_where_it_shows() -> None:
    with pytest.raises(EngineError, match="excess kurtosis"):
        statistics.probabilistic_sharpe_ratio_of(2.0, 100, 1.0, -1.0)


def test_ordinary_kurtosis_is_what_the_formula_takes() -> None:
    from scipy.special import ndtr

    ours = statistics.probabilistic_sharpe_ratio_of(0.2, 250, 0.0, 3.0)
    assert ours == pytest.approx(float(ndtr(0.2 * np.sqrt(249) / np.sqrt(1.02))), rel=1e-12)


def test_more_trials_deflate_and_one_does_not() -> None:
    r = np.random.default_rng(1).normal(0.001, 0.01, 1000)
    values = [statistics.deflated_sharpe_ratio(r, n) for n in (1, 2, 10, 100)]
    assert values[0] == statistics.probabilistic_sharpe_ratio(r)
    assert values == sorted(values, reverse=True) and len(set(values)) == 4


def test_constant_returns_have_no_probability() -> None:
    flat = np.zeros(50)
    assert statistics.probabilistic_sharpe_ratio(flat) is None
    assert statistics.deflated_sharpe_ratio(flat, 5) is None
    assert statistics.minimum_track_record_length(flat) is None
    assert statistics.sharpe_standard_error(flat, 252) is None


def cross_books(commission: float = 0.0) -> Books:
    bars = index_bars()
    decisions = Decisions.from_signals(sma_cross(bars), len(bars))
    return simulate(bars, decisions, SimulationConfig(10_000, commission))


def test_random_entries_are_reproducible() -> None:
    bars, books = index_bars(), cross_books()
    share = statistics.random_entries(bars, books, draws=1000, seed=1)
    assert share == statistics.random_entries(bars, books, draws=1000, seed=1)
    assert share is not None and 0.05 < share < 0.95


def test_the_best_days_of_a_market_cannot_be_found_at_random() -> None:
    days = flat_days(*([10.0, 10.0, 10.0, 20.0, 20.0, 20.0, 10.0, 10.0] * 10))
    enter = np.arange(80) % 8 == 1
    leave = np.arange(80) % 8 == 3
    books = simulate(days, Decisions.from_signals(Signals(enter=enter, exit=leave), 80))
    share = statistics.random_entries(days, books, draws=500, seed=3)
    assert share == pytest.approx(1 / 501)


def test_a_strategy_that_is_always_in_cannot_beat_its_own_shuffles() -> None:
    days = flat_days(10, 11, 12, 13, 14, 15)
    books = simulate(days, Decisions.from_signals(Signals(enter=mask(6, 0)), 6))
    assert statistics.random_entries(days, books, draws=50, seed=0) == 1.0


def test_no_trade_has_no_random_twin() -> None:
    days = flat_days(10, 11, 12)
    books = simulate(days, Decisions.from_signals(Signals(), 3))
    assert statistics.random_entries(days, books) is None


def test_at_the_break_even_commission_nothing_is_left() -> None:
    bars = index_bars()
    decisions = Decisions.from_signals(sma_cross(bars), len(bars))
    fee = statistics.break_even_commission(bars, decisions)
    assert fee is not None and 0.001 < fee < 0.01
    books = simulate(bars, decisions, SimulationConfig(10_000, fee))
    assert books.equity[-1] == pytest.approx(10_000, rel=1e-9)


def test_a_strategy_that_loses_without_costs_has_no_break_even() -> None:
    days = flat_days(10, 10, 5, 5)
    losing = Decisions.from_signals(Signals(enter=mask(4, 0)), 4)
    assert statistics.break_even_commission(days, losing) is None
    assert statistics.break_even_commission(days, Decisions.from_signals(Signals(), 4)) is None


@pytest.mark.parametrize(
    ("psr", "dsr", "share", "trades", "level", "evidence"),
    [
        (0.99, 0.97, 0.01, 40, "likely", 0.97),
        (0.99, 0.97, 0.20, 40, "cannot_tell", 0.80),
        (0.99, 0.40, 0.01, 40, "none", 0.40),
        (0.99, 0.97, 0.01, 4, "cannot_tell", 0.97),
        (0.97, None, 0.01, 40, "likely", 0.97),
        (None, None, None, 3, "cannot_tell", 0.0),
        (None, None, None, 0, "no_trades", 0.0),
    ],
)
def test_the_weaker_witness_decides(
    psr: float | None, dsr: float | None, share: float | None, trades: int, level: str,
    evidence: float,
) -> None:  # fmt: skip
    judged = statistics.luck_verdict(psr, dsr, share, trades=trades)
    assert (judged.level, judged.evidence) == (level, pytest.approx(evidence))


def test_statistics_load_neither_scipy_stats_nor_arch() -> None:
    script = (
        "import sys; from engine import statistics as s;"
        "s.probabilistic_sharpe_ratio([.1,-.1,.2]); s.expected_maximum_sharpe(5, 1.0);"
        "print([m for m in ('scipy.stats', 'arch', 'pandas', 'talib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
