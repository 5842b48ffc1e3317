"""The shape of the returns: tails, skew, and how gains weigh against losses."""

import numpy as np
import numpy.typing as npt

from engine.metrics.growth import NEGLIGIBLE, Maybe, as_returns


def value_at_risk(returns: npt.ArrayLike, confidence_level: float = 0.95) -> Maybe:
    """Historical value at risk of one bar, a positive loss: -quantile(r, 1 - level), linear."""
    r = as_returns(returns)
    return float(-np.quantile(r, 1.0 - confidence_level)) if len(r) >= 2 else None


def cvar(returns: npt.ArrayLike, confidence_level: float = 0.95) -> Maybe:
    """Mean loss of the bars at or beyond the value at risk (expected shortfall).

    Source: R. T. Rockafellar and S. Uryasev, Journal of Risk 2 (2000).
    """
    r = as_returns(returns)
    if len(r) < 2:
        return None
    return float(-np.mean(r[r <= np.quantile(r, 1.0 - confidence_level)]))


def population_moments(returns: npt.ArrayLike) -> tuple[float, float] | None:
    """Skewness m3 / m2^1.5 and ordinary kurtosis m4 / m2^2 (3 for a normal distribution)."""
    r = as_returns(returns)
    if len(r) < 2:
        return None
    centred = r - np.mean(r)
    squares = centred * centred  # ** 3 and ** 4 call pow(), fifty times slower
    variance = float(np.mean(squares))
    if np.sqrt(variance) <= NEGLIGIBLE * max(1.0, float(np.max(np.abs(r)))):
        return None
    third, fourth = float(np.mean(squares * centred)), float(np.mean(squares * squares))
    return third / variance**1.5, fourth / variance**2


def skewness(returns: npt.ArrayLike) -> Maybe:
    """Bias-corrected sample skewness G1.

    Source: D. Joanes and C. Gill, The Statistician 47 (1998).
    """
    moments, n = population_moments(returns), len(np.asarray(returns))
    if moments is None or n < 3:
        return None
    return moments[0] * float(np.sqrt(n * (n - 1.0))) / (n - 2.0)


def excess_kurtosis(returns: npt.ArrayLike) -> Maybe:
    """Bias-corrected sample excess kurtosis G2; 0 for a normal distribution.

    Source: D. Joanes and C. Gill, The Statistician 47 (1998).
    """
    moments, n = population_moments(returns), len(np.asarray(returns))
    if moments is None or n < 4:
        return None
    return (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * (moments[1] - 3.0) + 6.0)


def tail_ratio(returns: npt.ArrayLike) -> Maybe:
    """Right tail over left tail: quantile 95 % / |quantile 5 %|."""
    r = as_returns(returns)
    if len(r) < 2:
        return None
    left = abs(float(np.quantile(r, 0.05)))
    return float(np.quantile(r, 0.95)) / left if left > 0 else None


def omega_ratio(returns: npt.ArrayLike, threshold: float = 0.0) -> Maybe:
    """Gains above the threshold over losses below it, both summed per bar.

    Source: C. Keating and W. Shadwick, "A universal performance measure", 2002.
    """
    excess = as_returns(returns) - threshold
    losses = float(-np.sum(np.minimum(excess, 0.0)))
    return float(np.sum(np.maximum(excess, 0.0))) / losses if losses > 0 else None


def normal_value_at_risk(returns: npt.ArrayLike, confidence_level: float = 0.95) -> Maybe:
    """Value at risk if returns were normal: -(mean + z std), z the quantile, ddof 1."""
    from scipy.special import ndtri

    r = as_returns(returns)
    if len(r) < 2:
        return None
    return float(-(r.mean() + ndtri(1.0 - confidence_level) * r.std(ddof=1)))


def normal_cvar(returns: npt.ArrayLike, confidence_level: float = 0.95) -> Maybe:
    """Expected shortfall if returns were normal: -(mean - std φ(z) / (1 - level)), ddof 1."""
    from scipy.special import ndtri

    r = as_returns(returns)
    if len(r) < 2:
        return None
    z = float(ndtri(1.0 - confidence_level))
    density = float(np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi))
    return float(-(r.mean() - r.std(ddof=1) * density / (1.0 - confidence_level)))
