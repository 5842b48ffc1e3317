"""How good the best of many worthless tries looks."""

import math

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.statistics.sharpe import expected_maximum_sharpe


def expected_maximum_normal(trials: int) -> float:
    """Exact expected maximum of N independent standard normal values.

    ∫ x N φ(x) Φ(x)^(N−1) dx, by Gauss-Legendre quadrature (H. David and H. Nagaraja, "Order
    Statistics", 2003).
    """
    from scipy.special import log_ndtr

    if trials < 1:
        raise EngineError("There is at least one trial.")
    if trials == 1:
        return 0.0
    nodes, weights = np.polynomial.legendre.leggauss(400)
    x = 12.0 * nodes
    density = -0.5 * x**2 - 0.5 * math.log(2.0 * math.pi) + (trials - 1) * log_ndtr(x)
    return float(12.0 * np.sum(weights * x * trials * np.exp(density)))


def minimum_backtest_length(trials: int, sharpe: float = 1.0) -> float:
    """Years of data below which the best of N worthless trials shows this annual Sharpe ratio.

    (E[max] / SR)² with the approximation of E[max].

    Source: D. Bailey, J. Borwein, M. López de Prado and Q. Zhu, "Pseudo-mathematics and financial
    charlatanism", Notices of the AMS 61 (2014).
    """
    if sharpe <= 0.0:
        raise EngineError("A Sharpe ratio above 0 is asked for.")
    return float((expected_maximum_sharpe(trials, 1.0) / sharpe) ** 2)


def effective_trials(returns: npt.ArrayLike) -> float:
    """Number of independent trials that N correlated ones amount to: ρ̄ + (1 − ρ̄) N.

    Parameters
    ----------
    returns : array_like, shape (T, N)

    Source: D. Bailey and M. López de Prado, "The deflated Sharpe ratio" (2014), appendix.
    """
    matrix = np.asarray(returns, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[1] < 1:
        raise EngineError("Returns of several variants have the shape (T, N).")
    count = matrix.shape[1]
    if count == 1:
        return 1.0
    mean = mean_correlation(matrix)
    return float(mean + (1.0 - mean) * count)


def mean_correlation(returns: npt.ArrayLike) -> float:
    """Mean of the correlations of all pairs of variants, shape (T, N)."""
    matrix = np.asarray(returns, dtype=np.float64)
    correlations = np.atleast_2d(np.corrcoef(matrix, rowvar=False))
    pairs = correlations[np.triu_indices(matrix.shape[1], 1)]
    return float(pairs.mean())
