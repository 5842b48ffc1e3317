"""Growth and what it cost in nerves: return, volatility and the ratios of both."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError

Floats: TypeAlias = npt.NDArray[np.float64]
Maybe: TypeAlias = float | None

DAYS_PER_YEAR = 365.25
# Standard deviations this small beside the mean are rounding of a constant series.
NEGLIGIBLE = 1e-13


def as_returns(values: npt.ArrayLike) -> Floats:
    """Return values as float64 of shape (T,); NaN is an error, not a gap to skip over."""
    returns = np.asarray(values, dtype=np.float64)
    if returns.ndim != 1 or not np.all(np.isfinite(returns)):
        raise EngineError("Returns must be one column of finite numbers.")
    return returns


def returns(equity: npt.ArrayLike, initial_cash: float | None = None) -> Floats:
    """Return E[t] / E[t-1] - 1, one value a bar after the start.

    Parameters
    ----------
    equity : array_like, shape (n,)
    initial_cash : float, optional
        Where the account started, if that is not what the first bar closed with. Books of
        `simulate` always close their first bar with it, because nothing can have filled yet.

    Returns
    -------
    ndarray, shape (T,)
        After a total loss (equity not above 0) -1 once and 0 from then on.
    """
    worth = as_returns(equity)
    if initial_cash is not None and len(worth) and worth[0] != initial_cash:
        worth = np.concatenate(([initial_cash], worth))
    if len(worth) < 2:
        return np.empty(0)
    lost = np.flatnonzero(worth <= 0)
    end = int(lost[0]) if len(lost) else len(worth)
    found = np.zeros(len(worth) - 1)
    found[: max(0, end - 1)] = worth[1:end] / worth[: max(0, end - 1)] - 1.0
    if 0 < end < len(worth):
        found[end - 1] = -1.0
    return found


def total_return(bar_returns: npt.ArrayLike) -> float:
    """Compounded return: prod(1 + r) - 1."""
    return float(np.prod(1.0 + as_returns(bar_returns)) - 1.0)


def cagr(total: float, calendar_days: float) -> Maybe:
    """Compound annual growth: (1 + total)^(365.25 / calendar days) - 1; -1 after a total loss."""
    if calendar_days <= 0:
        return None
    if total <= -1.0:
        return -1.0
    exponent = DAYS_PER_YEAR / calendar_days * np.log1p(total)
    return float(np.expm1(exponent)) if exponent < 700 else None


def volatility(bar_returns: npt.ArrayLike, periods_per_year: float) -> Maybe:
    """Annual standard deviation: std(r, ddof 1) sqrt(periods per year)."""
    r = as_returns(bar_returns)
    if len(r) < 2:
        return None
    return float(np.std(r, ddof=1) * np.sqrt(periods_per_year))


def per_bar_sharpe(bar_returns: npt.ArrayLike) -> Maybe:
    """Sharpe ratio per bar, mean / std(ddof 1); None for fewer than two or constant returns."""
    r = as_returns(bar_returns)
    if len(r) < 2:
        return None
    deviation = float(np.std(r, ddof=1))
    if deviation <= NEGLIGIBLE * max(1.0, float(np.max(np.abs(r)))):
        return None
    return float(np.mean(r)) / deviation


def sharpe_ratio(
    bar_returns: npt.ArrayLike, periods_per_year: float, risk_free_rate: float = 0.0
) -> Maybe:
    """Annual Sharpe ratio: mean(r - rf/P) / std(r, ddof 1) sqrt(P).

    Source: W. Sharpe, "The Sharpe ratio", Journal of Portfolio Management 21 (1994).
    """
    ratio = per_bar_sharpe(as_returns(bar_returns) - risk_free_rate / periods_per_year)
    return None if ratio is None else ratio * float(np.sqrt(periods_per_year))


def sortino_ratio(
    bar_returns: npt.ArrayLike, periods_per_year: float, minimum_return: float = 0.0
) -> Maybe:
    """Annual Sortino ratio: mean(r - m) / sqrt(mean(min(r - m, 0)^2)) sqrt(P), m per bar.

    All T bars are in the denominator. Source: F. Sortino and R. van der Meer, "Downside risk",
    Journal of Portfolio Management 17 (1991).
    """
    excess = as_returns(bar_returns) - minimum_return
    if len(excess) < 2:
        return None
    downside = float(np.sqrt(np.mean(np.minimum(excess, 0.0) ** 2)))
    if downside == 0.0:
        return None
    return float(np.mean(excess)) / downside * float(np.sqrt(periods_per_year))


def calmar_ratio(growth: Maybe, drawdown: float) -> Maybe:
    """CAGR over the size of the largest drawdown, both of the full period.

    Source: T. Young, "Calmar ratio: a smoother tool", Futures 20 (1991).
    """
    return None if growth is None or drawdown == 0.0 else growth / abs(drawdown)
