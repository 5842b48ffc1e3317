"""A record beside a benchmark, as the textbooks measure it.

Arguments and conventions as in `engine.metrics.ratios`; annual returns are geometric, risks those
of the population.
"""

import math

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.metrics.growth import Floats, Maybe, as_returns
from engine.metrics.ratios import annual_return
from engine.metrics.relative import beta


def correlation(returns: npt.ArrayLike, benchmark: npt.ArrayLike) -> Maybe:
    """Pearson's correlation; None for a constant series."""
    r, b = _pair(returns, benchmark)
    if len(r) < 2 or np.ptp(r) == 0.0 or np.ptp(b) == 0.0:
        return None
    return float(np.corrcoef(r, b)[0, 1])


def treynor_ratio(
    returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float, risk_free: float = 0.0
) -> Maybe:
    """Arithmetic annual excess return over beta (Treynor 1965)."""
    r, slope = as_returns(returns), beta(returns, benchmark)
    if slope is None or slope == 0.0:
        return None
    return float(r.mean() - risk_free) * periods / slope


def jensens_alpha(
    returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float, risk_free_rate: float = 0.0
) -> Maybe:
    """R - rf - beta (B - rf) of geometric annual returns (Jensen 1968; Bacon 2008)."""
    slope = beta(returns, benchmark)
    ours, theirs = annual_return(returns, periods), annual_return(benchmark, periods)
    if slope is None or ours is None or theirs is None:
        return None
    return ours - risk_free_rate - slope * (theirs - risk_free_rate)


def compound_alpha(
    returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float, risk_free: float = 0.0
) -> Maybe:
    """Alpha per bar, compounded to a year: (1 + a)^P - 1."""
    r, b = _pair(returns, benchmark)
    slope = beta(r, b)
    if slope is None:
        return None
    per_bar = float((r - risk_free).mean() - slope * (b - risk_free).mean())
    return float((1.0 + per_bar) ** periods) - 1.0


def alpha_per_bar(returns: npt.ArrayLike, benchmark: npt.ArrayLike) -> Maybe:
    """Intercept of the regression on the benchmark, per bar."""
    r, b = _pair(returns, benchmark)
    slope = beta(r, b)
    return None if slope is None else float(r.mean() - slope * b.mean())


def systematic_risk(returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float) -> Maybe:
    """Beta times the annual deviation of the benchmark."""
    slope = beta(returns, benchmark)
    return None if slope is None else slope * _deviation(as_returns(benchmark), periods)


def specific_risk(returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float) -> Maybe:
    """Annual deviation of what beta does not explain."""
    r, b = _pair(returns, benchmark)
    slope = beta(r, b)
    return None if slope is None else _deviation(r - slope * b, periods)


def total_risk(returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float) -> Maybe:
    """Root of the sum of squares of systematic and specific risk."""
    parts = systematic_risk(returns, benchmark, periods), specific_risk(returns, benchmark, periods)
    return None if parts[0] is None or parts[1] is None else math.hypot(parts[0], parts[1])


def appraisal_ratio(
    returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float, risk_free_rate: float = 0.0
) -> Maybe:
    """Jensen's alpha over specific risk (Treynor and Black 1973)."""
    alpha = jensens_alpha(returns, benchmark, periods, risk_free_rate)
    return _over(alpha, specific_risk(returns, benchmark, periods))


def modified_jensen(
    returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float, risk_free_rate: float = 0.0
) -> Maybe:
    """Jensen's alpha over beta."""
    alpha = jensens_alpha(returns, benchmark, periods, risk_free_rate)
    return _over(alpha, beta(returns, benchmark))


def fama_beta(returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float = 1.0) -> Maybe:
    """Deviation over that of the benchmark: the beta without diversification (Fama 1972)."""
    r, b = _pair(returns, benchmark)
    return _over(_deviation(r, periods), _deviation(b, periods))


def net_selectivity(
    returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float, risk_free_rate: float = 0.0
) -> Maybe:
    """Jensen's alpha less the return that would pay for the missing diversification."""
    alpha = jensens_alpha(returns, benchmark, periods, risk_free_rate)
    wide, slope = fama_beta(returns, benchmark), beta(returns, benchmark)
    held = annual_return(benchmark, periods)
    if alpha is None or wide is None or slope is None or held is None:
        return None
    return alpha - (wide - slope) * (held - risk_free_rate)


def m_squared(
    returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float, risk_free_rate: float = 0.0
) -> Maybe:
    """The return at the risk of the benchmark: (R - rf) σ(b) / σ(r) + rf (Modigliani 1997)."""
    r, b = _pair(returns, benchmark)
    ours, ratio = annual_return(r, periods), _over(_deviation(b, 1.0), _deviation(r, 1.0))
    if ours is None or ratio is None:
        return None
    return (ours - risk_free_rate) * ratio + risk_free_rate


def omega_excess_return(
    returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float, target: float = 0.0
) -> Maybe:
    """R - 3 δ(r) δ(b), δ the annual downside deviations (Bacon 2008)."""
    r, b = _pair(returns, benchmark)
    ours = annual_return(r, periods)
    if ours is None:
        return None
    below = [math.sqrt(float(np.mean(np.minimum(x - target, 0.0) ** 2)) * periods) for x in (r, b)]
    return ours - 3.0 * below[0] * below[1]


def capture_ratio(
    returns: npt.ArrayLike, benchmark: npt.ArrayLike, periods: float, *, up: bool
) -> Maybe:
    """Annual return over that of the benchmark, both of the benchmark's gaining (losing) bars."""
    r, b = _pair(returns, benchmark)
    chosen = b > 0 if up else b < 0
    return _over(annual_return(r[chosen], periods), annual_return(b[chosen], periods))


def _deviation(values: Floats, periods: float) -> float:
    return float(values.std()) * math.sqrt(periods)


def _pair(returns: npt.ArrayLike, benchmark: npt.ArrayLike) -> tuple[Floats, Floats]:
    r, b = as_returns(returns), as_returns(benchmark)
    if len(r) != len(b):
        raise EngineError(f"{len(r)} returns do not go with {len(b)} of the benchmark.")
    return r, b


def _over(above: Maybe, below: Maybe) -> Maybe:
    return None if above is None or below is None or below == 0.0 else above / below
