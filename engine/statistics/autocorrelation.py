"""What it does to a Sharpe ratio when one day's return says something about the next."""

import math

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.metrics.growth import Maybe, as_returns, per_bar_sharpe

Floats = npt.NDArray[np.float64]


def autocorrelations(returns: npt.ArrayLike, lags: int) -> Floats:
    """Sample autocorrelations of lags 1 … `lags`, shape (lags,): c(k) / c(0).

    Source: G. Box and G. Jenkins, "Time Series Analysis" (1970).
    """
    r = as_returns(returns)
    if not 0 < lags < len(r):
        raise EngineError(f"{len(r)} returns have no {lags} lags.")
    deviation = r - r.mean()
    total = float(deviation @ deviation)
    if total == 0.0:
        raise EngineError("Constant returns have no autocorrelation.")
    return np.array([float(deviation[k:] @ deviation[:-k]) / total for k in range(1, lags + 1)])


def annualisation_factor(periods: int, correlations: npt.ArrayLike) -> float:
    """Factor from a per-bar to an annual Sharpe ratio: q / sqrt(q + 2 Σ (q − k) ρ(k)).

    Parameters
    ----------
    periods : int
        q, bars a year.
    correlations : array_like
        ρ(1), ρ(2), …; lags beyond them count as 0, lags from q on are not used.

    Source: A. Lo, "The statistics of Sharpe ratios", Financial Analysts Journal 58 (2002), η(q).
    """
    rho = np.asarray(correlations, dtype=np.float64)[: periods - 1]
    lags = np.arange(1, len(rho) + 1)
    variance = periods + 2.0 * float(np.sum((periods - lags) * rho))
    if variance <= 0.0:
        raise EngineError("These autocorrelations belong to no series.")
    return periods / math.sqrt(variance)


def autocorrelated_sharpe_ratio(
    returns: npt.ArrayLike, periods_per_year: int, lags: int = 20
) -> Maybe:
    """Annual Sharpe ratio that allows for autocorrelation up to `lags` (Lo 2002)."""
    sharpe = per_bar_sharpe(returns)
    if sharpe is None:
        return None
    return sharpe * annualisation_factor(periods_per_year, autocorrelations(returns, lags))


def ljung_box(returns: npt.ArrayLike, lags: int = 10) -> float:
    """Q = T (T + 2) Σ ρ(k)² / (T − k); large where days remember (Ljung and Box 1978)."""
    n = len(as_returns(returns))
    rho = autocorrelations(returns, lags)
    return float(n * (n + 2) * np.sum(rho**2 / (n - np.arange(1, lags + 1))))
