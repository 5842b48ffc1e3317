"""All measures of a run under the names a report uses."""

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.errors import EngineError
from engine.metrics import drawdowns, growth, months, quick, relative, shape
from engine.metrics.growth import Floats, Maybe
from engine.simulator import Books


def exposure(position: npt.ArrayLike) -> Maybe:
    """Share of bars that end with a position."""
    held = np.asarray(position, dtype=np.float64)
    return float(np.mean(held != 0)) if len(held) else None


def turnover(weights: npt.ArrayLike, periods_per_year: float) -> Maybe:
    """Annual one-way turnover: half the sum of weight changes, times P / transitions.

    Parameters
    ----------
    weights : array_like, shape (n,) or (n, assets)
        Share of equity held at each close.
    """
    w = np.asarray(weights, dtype=np.float64)
    if len(w) < 2:
        return None
    return float(0.5 * np.sum(np.abs(np.diff(w, axis=0))) * periods_per_year / (len(w) - 1))


def summarize(
    books: Books,
    bars: Bars,
    benchmark_books: Books | None = None,
    risk_free_rate: float = 0.0,
) -> dict[str, Maybe | int]:
    """Compute every measure of a run.

    The account starts at the first close, where nothing can have filled yet, so n bars give
    T = n - 1 returns; the calendar days of CAGR run from the first bar to the last.

    Parameters
    ----------
    books, bars : what `simulate` returned and what it was given
    benchmark_books : Books, optional
        The same bars traded otherwise, usually bought and held.
    risk_free_rate : float
        A year, as a fraction.

    Returns
    -------
    dict
        The names of "metrics" in docs/architecture.md; None where a measure is undefined.
    """
    if len(books.equity) != len(bars):
        raise EngineError(f"Books of {len(books.equity)} bars do not go with {len(bars)} bars.")
    if quick.is_ordinary(books, benchmark_books):
        return quick.summary(books, bars, benchmark_books, risk_free_rate)
    return by_definition(books, bars, benchmark_books, risk_free_rate)


def by_definition(
    books: Books,
    bars: Bars,
    benchmark_books: Books | None = None,
    risk_free_rate: float = 0.0,
) -> dict[str, Maybe | int]:
    """The same, one function a measure: what the quick way is held against."""
    cash, periods = books.config.initial_cash, bars.periods_per_year
    equity = books.equity
    r = growth.returns(equity, cash)
    days = float((bars.time[-1] - bars.time[0]).astype(np.int64)) / 86_400.0
    total = float(books.equity[-1]) / cash - 1.0
    yearly = growth.cagr(total, days)
    fall = drawdowns.max_drawdown(equity)
    best, worst = months.best_and_worst_month(months.monthly_returns(bars, books))
    return {
        "total_return": total,
        "cagr": yearly,
        "volatility": growth.volatility(r, periods),
        "sharpe_ratio": growth.sharpe_ratio(r, periods, risk_free_rate),
        "sortino_ratio": growth.sortino_ratio(r, periods, risk_free_rate / periods),
        "calmar_ratio": growth.calmar_ratio(yearly, fall),
        "max_drawdown": fall,
        "max_drawdown_bars": drawdowns.longest_drawdown_bars(equity),
        "ulcer_index": drawdowns.ulcer_index(equity),
        "value_at_risk": shape.value_at_risk(r),
        "cvar": shape.cvar(r),
        "skewness": shape.skewness(r),
        "excess_kurtosis": shape.excess_kurtosis(r),
        **_beside(r, benchmark_books, periods, risk_free_rate),
        "exposure": exposure(books.position),
        "turnover": turnover(_weights(books, bars), periods),
        "tail_ratio": shape.tail_ratio(r),
        "omega_ratio": shape.omega_ratio(r),
        "best_month": best,
        "worst_month": worst,
        "final_equity": float(books.equity[-1]),
    }


def _beside(
    r: Floats, benchmark: Books | None, periods: float, risk_free_rate: float
) -> dict[str, Maybe | int]:
    if benchmark is None:
        return {"beta": None, "alpha": None, "information_ratio": None}
    b = growth.returns(benchmark.equity, benchmark.config.initial_cash)
    return {
        "beta": relative.beta(r, b),
        "alpha": relative.alpha(r, b, periods, risk_free_rate),
        "information_ratio": relative.information_ratio(r, b, periods),
    }


def _weights(books: Books, bars: Bars) -> Floats:
    """Share of equity held at each close; 0 once nothing is left."""
    alive = books.equity > 0
    weights = np.zeros(len(bars))
    held = books.position * bars.close
    weights[alive] = held[alive] / books.equity[alive]
    return weights
