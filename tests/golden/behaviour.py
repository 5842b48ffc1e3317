"""Entries of kind `error` and `property`: what must happen, shown by making it happen."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from engine import Decisions, EngineError, Signals, simulate
from engine import metrics as m
from engine import statistics as st
from engine.calendar import periods_per_year
from engine.metrics import ratios
from tests.engine.markets import flat_days

RISING = np.array([0.01, 0.02, -0.01, 0.015, 0.005, -0.002, 0.012, 0.008])
STILL = np.full(50, 0.001)


def check(identifier: str, expected: Any) -> None:
    """Show the behaviour of an entry; AssertionError where it is not so."""
    said = f"{identifier} {expected}".lower()
    found = next((show for words, show in SHOWN if all(word in said for word in words)), None)
    if found is None:
        raise LookupError(f"no way to show {identifier}")
    found()


def never_long_enough() -> None:
    assert st.minimum_track_record_length_of(-0.1, 0.0, 3.0) is None
    assert st.minimum_track_record_length_of(0.1, 0.0, 3.0, benchmark=0.1) is None
    assert st.minimum_track_record_length(-RISING) is None


def too_short_to_cut() -> None:
    rows = np.random.default_rng(1).standard_normal((31, 5))
    with pytest.raises(EngineError):
        st.probability_of_backtest_overfitting(rows, 16)


def blocks_are_even() -> None:
    rows = np.random.default_rng(1).standard_normal((100, 5))
    with pytest.raises(EngineError):
        st.probability_of_backtest_overfitting(rows, 7)


def one_variant_is_no_choice() -> None:
    with pytest.raises(EngineError):
        st.probability_of_backtest_overfitting(np.zeros((100, 1)), 4)


def impossible_moments() -> None:
    with pytest.raises(EngineError, match="excess kurtosis"):
        st.probabilistic_sharpe_ratio_of(3.0, 100, 2.0, 0.0)


def no_trades() -> None:
    bars = flat_days(10, 10, 10)
    books = simulate(bars, Decisions.from_signals(Signals(enter=np.zeros(3, bool)), 3))
    assert books.trades == ()
    assert st.random_entries(bars, books) is None
    assert st.sign_flip_p_value([]) is None
    summary = m.returns_summary([])
    assert summary["trades"] == 0
    assert summary["win_rate"] is None and summary["profit_factor"] is None


def constant_returns() -> None:
    assert m.sharpe_ratio(STILL, 252) is None
    assert m.sortino_ratio(STILL, 252) is None
    assert st.probabilistic_sharpe_ratio(STILL) is None
    assert st.deflated_sharpe_ratio(STILL, 10) is None
    assert st.sharpe_standard_error(STILL, 252) is None
    assert m.skewness(STILL) is None
    assert m.calmar_ratio(0.1, m.max_drawdown(np.cumprod(1 + STILL))) is None


def by_the_size_of_a_bar() -> None:
    hours = np.datetime64("2024-01-01T00", "h") + np.arange(24 * 30)
    assert periods_per_year(hours.astype("datetime64[s]")) == 365 * 24
    sessions = np.arange("2024-01-01", "2024-06-01", dtype="datetime64[D]")
    weekdays = sessions[np.is_busday(sessions)]
    bars = (weekdays[:, None].astype("datetime64[h]") + np.arange(14, 21)).ravel()
    yearly = periods_per_year(bars.astype("datetime64[s]"))
    assert abs(yearly - 252 * 6.5) < 1e-9
    daily, hourly = m.sharpe_ratio(RISING, 252), m.sharpe_ratio(RISING, yearly)
    assert daily is not None and hourly is not None and hourly > 2 * daily


def too_few_returns() -> None:
    assert m.volatility([0.01], 252) is None
    assert m.sharpe_ratio([0.01], 252) is None
    assert m.sharpe_ratio([], 252) is None
    assert m.volatility([], 252) is None


def total_loss() -> None:
    r = np.array([0.1, -1.0, 0.0])
    assert m.total_return(r) == -1.0
    assert m.cagr(m.total_return(r), 365) == -1.0
    assert ratios.annual_return(r, 252) == -1.0
    assert m.max_drawdown(np.concatenate(([1.0], np.cumprod(1 + r)))) == -1.0


def nan_is_an_error() -> None:
    for measure in (m.total_return, m.value_at_risk, m.skewness, st.probabilistic_sharpe_ratio):
        with pytest.raises(EngineError):
            measure([0.01, np.nan, 0.02])


def no_losses() -> None:
    gains = [0.01, 0.02, 0.03]
    assert m.returns_summary(gains)["profit_factor"] is None
    assert m.returns_summary(gains)["payoff_ratio"] is None
    assert m.sortino_ratio(gains, 252) is None
    assert m.omega_ratio(gains) is None


def no_drawdown() -> None:
    assert m.max_drawdown([1.0, 1.1, 1.2]) == 0.0
    assert m.calmar_ratio(0.1, 0.0) is None


def flat_benchmark() -> None:
    assert m.beta(RISING, np.zeros(len(RISING))) is None
    assert m.alpha(RISING, np.zeros(len(RISING)), 252) is None


def different_lengths() -> None:
    with pytest.raises(EngineError):
        m.beta(RISING, RISING[:-1])


def one_trial() -> None:
    assert st.expected_maximum_sharpe(1, 1.0) == 0.0
    assert st.deflated_sharpe_ratio(RISING, 1) == st.probabilistic_sharpe_ratio(RISING)
    with pytest.raises(EngineError):
        st.expected_maximum_sharpe(0, 1.0)


def deflated_is_lower() -> None:
    r = np.random.default_rng(4).normal(0.001, 0.01, 500)
    plain = st.probabilistic_sharpe_ratio(r)
    deflated = [st.deflated_sharpe_ratio(r, n) for n in (2, 5, 20, 100, 1000)]
    assert plain is not None and all(one is not None and one <= plain for one in deflated)
    assert deflated == sorted(deflated, reverse=True)


def scale_does_not_matter() -> None:
    rows = np.random.default_rng(9).normal(0.0005, 0.01, (400, 12))
    plain = st.probability_of_backtest_overfitting(rows, 8)
    doubled = st.probability_of_backtest_overfitting(2.0 * rows, 8)
    assert plain.probability == doubled.probability
    shifted = st.probability_of_backtest_overfitting(rows + 0.001, 8)
    assert not np.allclose(shifted.in_sample, plain.in_sample)


def ordinary_kurtosis() -> None:
    right = st.probabilistic_sharpe_ratio_of(0.2, 250, 0.0, 3.0)
    from scipy.special import ndtr

    assert abs(right - float(ndtr(0.2 * 249**0.5 / 1.02**0.5))) < 1e-12
    assert abs(st.probabilistic_sharpe_ratio_of(0.2, 250, 0.0, 0.0) - right) > 1e-5


def psr_rises() -> None:
    values = [st.probabilistic_sharpe_ratio_of(0.1, n, 0.0, 3.0) for n in (50, 100, 500)]
    assert values == sorted(values)
    falling = [st.probabilistic_sharpe_ratio_of(0.1, 100, 0.0, 3.0, b) for b in (0.0, 0.1, 0.2)]
    assert falling == sorted(falling, reverse=True)
    assert abs(falling[1] - 0.5) < 1e-12


def record_and_probability_agree() -> None:
    needed = st.minimum_track_record_length_of(0.1, -0.5, 4.0)
    assert needed is not None
    assert abs(st.probabilistic_sharpe_ratio_of(0.1, needed, -0.5, 4.0) - 0.95) < 1e-12  # type: ignore[arg-type]


def scaling_keeps_ratios() -> None:
    one, two = m.sharpe_ratio(RISING, 252), m.sharpe_ratio(3.0 * RISING, 252)
    assert one is not None and two is not None and abs(one - two) < 1e-9
    assert m.sortino_ratio(3.0 * RISING, 252) == pytest.approx(m.sortino_ratio(RISING, 252))


def months_multiply_to_the_total() -> None:
    days = np.arange("2020-01-01", "2021-06-01", dtype="datetime64[D]")
    growth = np.cumprod(1 + np.random.default_rng(2).normal(0, 0.01, len(days)))
    rows = m.monthly_table(growth, days, 1.0)
    product = np.prod([1 + x for row in rows for x in row["months"] if x is not None])
    assert product == pytest.approx(growth[-1], rel=1e-12)


def adjusted_p_values_are_ordered() -> None:
    p = np.random.default_rng(3).uniform(size=20) ** 2
    assert (st.holm(p) <= st.bonferroni(p) + 1e-15).all()
    assert (st.benjamini_hochberg(p) <= st.holm(p) + 1e-15).all()
    assert (st.benjamini_hochberg(p) <= st.benjamini_yekutieli(p) + 1e-15).all()
    assert (st.sidak(p) <= st.bonferroni(p) + 1e-15).all()


Shown = Callable[[], None]
# The first row whose words all stand in the entry's id and text.
SHOWN: list[tuple[tuple[str, ...], Shown]] = [
    (("mintrl", "below"), never_long_enough),
    (("mintrl", "never"), never_long_enough),
    (("mintrl", "psr"), record_and_probability_agree),
    (("prop", "dsr"), deflated_is_lower),
    (("prop", "pbo"), scale_does_not_matter),
    (("prop", "kurtosis"), ordinary_kurtosis),
    (("prop", "psr"), psr_rises),
    (("prop", "mintrl"), record_and_probability_agree),
    (("prop", "month"), months_multiply_to_the_total),
    (("prop", "holm"), adjusted_p_values_are_ordered),
    (("prop", "bonferroni"), adjusted_p_values_are_ordered),
    (("prop", "multi"), adjusted_p_values_are_ordered),
    (("prop", "scal"), scaling_keeps_ratios),
    (("pbo", "odd"), blocks_are_even),
    (("pbo", "even"), blocks_are_even),
    (("pbo", "one strategy"), one_variant_is_no_choice),
    (("pbo", "single"), one_variant_is_no_choice),
    (("pbo", "n=1"), one_variant_is_no_choice),
    (("pbo", "short"), too_short_to_cut),
    (("pbo", "fewer"), too_short_to_cut),
    (("negative_variance",), impossible_moments),
    (("excess kurtosis was passed",), impossible_moments),
    (("trial", "1"), one_trial),
    (("n=1",), one_trial),
    (("zero_trades",), no_trades),
    (("no_trades",), no_trades),
    (("no trades",), no_trades),
    (("zero trades",), no_trades),
    (("zero_variance",), constant_returns),
    (("constant",), constant_returns),
    (("intraday",), by_the_size_of_a_bar),
    (("periods per year",), by_the_size_of_a_bar),
    (("short_t",), too_few_returns),
    (("fewer than 2",), too_few_returns),
    (("empty",), too_few_returns),
    (("total_loss",), total_loss),
    (("bankrupt",), total_loss),
    (("negative equity",), total_loss),
    (("-100 %",), total_loss),
    (("nan",), nan_is_an_error),
    (("no_loss",), no_losses),
    (("no loss",), no_losses),
    (("never inf",), no_losses),
    (("profit factor",), no_losses),
    (("all wins",), no_losses),
    (("no_drawdown",), no_drawdown),
    (("no drawdown",), no_drawdown),
    (("flat_benchmark",), flat_benchmark),
    (("benchmark", "variance"), flat_benchmark),
    (("length",), different_lengths),
    (("align",), different_lengths),
    (("mismatch",), different_lengths),
]


def describe(expected: Mapping[str, Any] | str) -> str:
    """The words of an entry's expectation."""
    return expected if isinstance(expected, str) else str(expected.get("behaviour", ""))
