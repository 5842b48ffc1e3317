"""Performance beside a benchmark over the same bars."""

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.metrics.growth import NEGLIGIBLE, Floats, Maybe, as_returns


def _pair(returns: npt.ArrayLike, benchmark: npt.ArrayLike) -> tuple[Floats, Floats]:
    r, b = as_returns(returns), as_returns(benchmark)
    if len(r) != len(b):
        raise EngineError(f"{len(r)} returns and {len(b)} of the benchmark do not match.")
    return r, b


def beta(returns: npt.ArrayLike, benchmark: npt.ArrayLike) -> Maybe:
    """Covariance with the benchmark over its variance."""
    r, b = _pair(returns, benchmark)
    if len(r) < 2 or float(np.std(b)) <= NEGLIGIBLE:
        return None
    return float(np.cov(r, b, ddof=1)[0, 1] / np.var(b, ddof=1))


def alpha(
    returns: npt.ArrayLike,
    benchmark: npt.ArrayLike,
    periods_per_year: float,
    risk_free_rate: float = 0.0,
) -> Maybe:
    """Jensen's alpha a year, arithmetic: (mean(r - rf) - beta mean(b - rf)) P.

    Source: M. Jensen, Journal of Finance 23 (1968).
    """
    r, b = _pair(returns, benchmark)
    slope = beta(r, b)
    if slope is None:
        return None
    free = risk_free_rate / periods_per_year
    return float((np.mean(r) - free) - slope * (np.mean(b) - free)) * periods_per_year


def tracking_error(
    returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods_per_year: float
) -> Maybe:
    """Annual standard deviation of the difference to the benchmark."""
    r, b = _pair(returns, benchmark)
    if len(r) < 2:
        return None
    return float(np.std(r - b, ddof=1) * np.sqrt(periods_per_year))


def information_ratio(
    returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods_per_year: float
) -> Maybe:
    """Annual information ratio: mean(r - b) / std(r - b) sqrt(P).

    Source: T. Goodwin, Financial Analysts Journal 54 (1998).
    """
    r, b = _pair(returns, benchmark)
    error = tracking_error(r, b, periods_per_year)
    if error is None or error <= NEGLIGIBLE:
        return None
    return float(np.mean(r - b)) * periods_per_year / error
