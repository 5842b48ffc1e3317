"""Measures against published, analytic and cross-checked values."""

import math

import numpy as np
import pytest

from engine import Decisions, EngineError, Signals, SimulationConfig, metrics, simulate
from tests.engine.markets import adjusted_closes, flat_days, index_bars, mask

# C. Bacon, "Practical portfolio performance measurement and attribution": portfolio, benchmark.
PORTFOLIO = [0.003, 0.026, 0.011, -0.01, 0.015, 0.025, 0.016, 0.067, -0.014, 0.04, -0.005, 0.081,
             0.04, -0.037, -0.061, 0.017, -0.049, -0.022, 0.07, 0.058, -0.065, 0.024, -0.005,
             -0.009]  # fmt: skip
BENCHMARK = [0.002, 0.025, 0.018, -0.011, 0.014, 0.018, 0.014, 0.065, -0.015, 0.042, -0.006,
             0.083, 0.039, -0.038, -0.062, 0.015, -0.048, 0.021, 0.06, 0.056, -0.067, 0.019,
             -0.003, 0.0]  # fmt: skip
BACON_FIGURES = [
    ("omega at 0", metrics.omega_ratio(PORTFOLIO), 1.779783393501805),
    (
        "sortino, 0.5 % a month",
        metrics.sortino_ratio(PORTFOLIO, 1.0, 0.005),
        0.15663707566008667,
    ),
    ("sortino of Rollinger", metrics.sortino_ratio(
        [0.17, 0.15, 0.23, -0.05, 0.12, 0.09, 0.13, -0.04], 1.0), 4.417261042993862),
]  # fmt: skip

# S&P 500 adjusted closes beside the NASDAQ's, risk-free 2 % a year where it matters.
SP500 = {
    ("2017-01-03", "2018-12-31"): {
        "total_return": 0.11029174534718655,
        "cagr": 0.05396922384647751,
        "volatility": 0.12958185692007826,
        "sharpe": 0.3166977415684883,
        "sortino": 0.4215447777304453,
        "max_drawdown": -0.19778210423952902,
        "longest": 146,
        "ulcer": 0.043406243726844845,
        "calmar": 0.2728721289218195,
        "var": 0.01447444188426572,
        "cvar": 0.02253907075594589,
        "skew": -0.6326295717324233,
        "kurtosis": 6.452987375684621,
        "omega": 1.0973805867328972,
        "tail": 0.7621728333294249,
        "best_month": 0.05617870444413264,
        "worst_month": -0.09177689459656402,
        "beta": 0.751258526982709,
        "alpha": -0.029734160629001236,
        "tracking_error": 0.05892000193837901,
        "information": -0.902357318838099,
    },
}


def measured(first: str, last: str) -> dict[str, float | None]:
    days, closes = adjusted_closes("sp500")
    _, other = adjusted_closes("nasdaq")
    part = (days >= np.datetime64(first)) & (days <= np.datetime64(last))
    days, closes, other = days[part], closes[part], other[part]
    r, b, year, free = metrics.returns(closes), metrics.returns(other), 252.0, 0.02
    total, fall = metrics.total_return(r), metrics.max_drawdown(closes)
    growth = metrics.cagr(total, int((days[-1] - days[0]).astype(int)))
    months = metrics.monthly_table(closes, days, float(closes[0]))
    best, worst = metrics.best_and_worst_month(months)
    return {
        "total_return": total,
        "cagr": growth,
        "volatility": metrics.volatility(r, year),
        "sharpe": metrics.sharpe_ratio(r, year, free),
        "sortino": metrics.sortino_ratio(r, year, free / year),
        "max_drawdown": fall,
        "longest": metrics.longest_drawdown_bars(closes),
        "ulcer": metrics.ulcer_index(closes),
        "calmar": metrics.calmar_ratio(growth, fall),
        "var": metrics.value_at_risk(r),
        "cvar": metrics.cvar(r),
        "skew": metrics.skewness(r),
        "kurtosis": metrics.excess_kurtosis(r),
        "omega": metrics.omega_ratio(r),
        "tail": metrics.tail_ratio(r),
        "best_month": best,
        "worst_month": worst,
        "beta": metrics.beta(r, b),
        "alpha": metrics.alpha(r, b, year, free),
        "tracking_error": metrics.tracking_error(r, b, year),
        "information": metrics.information_ratio(r, b, year),
    }


@pytest.mark.parametrize(("name", "ours", "published"), BACON_FIGURES)
def test_published_figures_are_reproduced(name: str, ours: float, published: float) -> None:
    assert ours == pytest.approx(published, rel=1e-10), name


@pytest.mark.parametrize("window", SP500)
def test_every_measure_of_the_index_is_the_cross_checked_one(window: tuple[str, str]) -> None:
    found = measured(*window)
    for name, expected in SP500[window].items():
        assert found[name] == pytest.approx(expected, rel=1e-9), name


@pytest.mark.parametrize(
    ("start", "day", "sharpe", "total", "cagr"),
    [("sp500", "1999-01-04", 0.28273922904460697, 1.0412426895121283, 0.036342291090693646)],
)
def test_the_whole_index_has_the_known_sharpe_ratio(
    start: str, day: str, sharpe: float, total: float, cagr: float
) -> None:
    days, closes = adjusted_closes(start)
    r = metrics.returns(closes)
    assert days[0] == np.datetime64(day)
    assert metrics.sharpe_ratio(r, 252) == pytest.approx(sharpe, rel=1e-10)
    assert metrics.total_return(r) == pytest.approx(total, rel=1e-10)
    span = int((days[-1] - days[0]).astype(int))
    assert metrics.cagr(total, span) == pytest.approx(cagr, rel=1e-10)


@pytest.mark.parametrize(
    ("equity", "depth", "longest", "ulcer", "recovery"),
    [
        ([100, 95, 97, 101], -0.05, 3, 0.033665016461206954, 3),
        ([100, 80, 90, 85], -0.2, 3, 0.15545631755148023, None),
        ([100, 101, 102], 0.0, 0, 0.0, None),
    ],
)
def test_drawdowns_count_from_the_start_to_the_recovery(
    equity: list[float], depth: float, longest: int, ulcer: float, recovery: int | None
) -> None:
    assert metrics.max_drawdown(equity) == pytest.approx(depth, abs=1e-15)
    assert metrics.longest_drawdown_bars(equity) == longest
    assert metrics.ulcer_index(equity) == pytest.approx(ulcer, rel=1e-12, abs=1e-15)
    table = metrics.drawdown_table(equity)
    assert [fall.recovery for fall in table] == ([recovery] if depth else [])


def test_the_drawdown_table_lists_every_fall_the_deepest_first() -> None:
    table = metrics.drawdown_table([10, 9, 11, 5, 8, 12, 11])
    assert [(fall.peak, fall.valley, fall.recovery) for fall in table] == [
        (2, 3, 5),
        (0, 1, 2),
        (5, 6, None),
    ]
    assert [fall.bars for fall in table] == [3, 2, 1]


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        (
            [0.02, -0.01, 0.03, -0.02, 0.015, -0.005, 0.04, -0.03, 0.01, 0.0],
            {"trades": 10, "win_rate": 0.5, "profit_factor": 1.7692307692307692,
             "expectancy": 0.005, "average_win": 0.023, "average_loss": -0.01625,
             "payoff_ratio": 1.4153846153846152, "sqn": 0.715096941934194,
             "kelly": 0.1467391304347826, "best": 0.04, "worst": -0.03,
             "max_consecutive_wins": 1, "max_consecutive_losses": 1},
        ),
        (
            [-0.01, -0.02],
            {"win_rate": 0.0, "profit_factor": 0.0, "average_win": None, "payoff_ratio": None,
             "sqn": -3.0, "kelly": None, "max_consecutive_wins": 0, "max_consecutive_losses": 2},
        ),
        (
            [0.01, 0.02, 0.03],
            {"win_rate": 1.0, "profit_factor": None, "average_loss": None, "payoff_ratio": None,
             "sqn": 3.4641016151377544, "kelly": None, "max_consecutive_wins": 3},
        ),
        ([], {"trades": 0, "win_rate": None, "expectancy": None, "sqn": None, "best": None}),
        ([0.01], {"trades": 1, "sqn": None, "win_rate": 1.0}),
    ],
)  # fmt: skip
def test_trade_measures_know_what_is_undefined(
    returns: list[float], expected: dict[str, float | None]
) -> None:
    found = metrics.returns_summary(returns)
    for name, value in expected.items():
        if value is None:
            assert found[name] is None, name
        else:
            assert found[name] == pytest.approx(value, rel=1e-12), name


def test_beta_and_alpha_of_a_published_table() -> None:
    slope = metrics.beta(PORTFOLIO, BENCHMARK)
    assert slope is not None
    yearly = metrics.alpha(PORTFOLIO, BENCHMARK, 12)
    by_hand = (np.mean(PORTFOLIO) - slope * np.mean(BENCHMARK)) * 12
    assert yearly == pytest.approx(by_hand, rel=1e-12)


def test_constant_returns_have_no_ratio_at_all() -> None:
    steady = [0.01] * 20
    for ratio in (
        metrics.sharpe_ratio(steady, 252),
        metrics.sortino_ratio(steady, 252),
        metrics.skewness(steady),
        metrics.excess_kurtosis(steady),
        metrics.omega_ratio(steady),
        metrics.beta(steady, steady),
        metrics.information_ratio(steady, steady, 252),
        metrics.calmar_ratio(0.1, 0.0),
    ):
        assert ratio is None


def test_fewer_than_two_returns_have_no_volatility() -> None:
    for values in ([], [0.01]):
        assert metrics.volatility(values, 252) is None
        assert metrics.sharpe_ratio(values, 252) is None


def test_a_total_loss_ends_the_account_without_a_logarithm_of_zero() -> None:
    equity = [100.0, 50.0, 0.0, -5.0]
    r = metrics.returns(equity)
    assert r.tolist() == [-0.5, -1.0, 0.0]
    assert metrics.total_return(r) == -1.0
    assert metrics.cagr(-1.0, 365) == -1.0
    assert metrics.max_drawdown(equity) == -1.0


def test_nan_in_returns_is_an_error_and_not_skipped() -> None:
    with pytest.raises(EngineError, match="finite"):
        metrics.volatility([0.01, float("nan"), 0.02], 252)


def test_turnover_and_exposure_of_a_hand_made_book() -> None:
    weights = [[0.0, 0.0], [0.5, 0.0], [0.5, 0.5], [0.5, 0.5], [1.0, 0.0], [0.0, 0.0]]
    assert metrics.turnover(weights, 252) == pytest.approx(75.6, rel=1e-12)
    gross = np.abs(weights).sum(axis=1)
    assert metrics.exposure(gross) == pytest.approx(2 / 3, rel=1e-12)


def test_months_compound_to_the_total() -> None:
    bars = index_bars()
    enter = mask(len(bars), 0)
    books = simulate(bars, Decisions.from_signals(Signals(enter=enter), len(bars)))
    rows = metrics.monthly_returns(bars, books)
    assert [row["year"] for row in rows] == list(range(1999, 2019))
    assert all(len(row["months"]) == 12 for row in rows)
    total = math.prod(1 + row["total"] for row in rows) - 1
    assert total == pytest.approx(books.equity[-1] / 10_000 - 1, rel=1e-12)


def test_a_run_without_trades_is_flat_and_undefined_not_zero() -> None:
    bars = flat_days(10, 11, 12, 11)
    books = simulate(bars, Decisions.from_signals(Signals(), len(bars)))
    found = metrics.summarize(books, bars, books)
    assert found["total_return"] == 0.0 and found["max_drawdown"] == 0.0
    assert found["exposure"] == 0.0 and found["turnover"] == 0.0
    for name in ("sharpe_ratio", "sortino_ratio", "calmar_ratio", "beta", "tail_ratio"):
        assert found[name] is None, name


def test_a_summary_holds_numbers_and_none_but_never_inf_or_nan() -> None:
    bars = index_bars().head(300)
    for signals in (Signals(enter=mask(300, 0)), Signals(enter_short=mask(300, 5)), Signals()):
        books = simulate(bars, Decisions.from_signals(signals, 300), SimulationConfig(1.0, 0.01))
        for figures in (metrics.summarize(books, bars), metrics.trade_summary(books.trades)):
            for name, value in figures.items():
                assert value is None or math.isfinite(value), name
