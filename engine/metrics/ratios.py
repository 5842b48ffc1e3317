"""Ratios of the textbooks beyond those of a report, each as its book defines it.

`returns` and `benchmark` are bar returns of shape (T,) as fractions, `periods` the bars of a
year. `target` (the minimum acceptable return) and `risk_free` are per bar. Undefined is None.

Source, unless a function names another: C. Bacon, "Practical Portfolio Performance Measurement
and Attribution" (2nd ed. 2008); checked against the printed values of its monthly example. Moments
are those of the population, annual returns geometric.
"""

import math

import numpy as np
import numpy.typing as npt

from engine.metrics.drawdowns import drawdown_series, drawdown_table, ulcer_index
from engine.metrics.growth import Floats, Maybe, as_returns
from engine.metrics.shape import population_moments


def annual_return(returns: npt.ArrayLike, periods: float) -> Maybe:
    """Geometric: prod(1 + r)^(P / T) - 1; -1 after a total loss."""
    r = as_returns(returns)
    if len(r) == 0:
        return None
    growth = float(np.prod(1.0 + r))
    return growth ** (periods / len(r)) - 1.0 if growth > 0 else -1.0


def downside_deviation(returns: npt.ArrayLike, target: float = 0.0) -> Maybe:
    """Root of mean(min(r - target, 0)^2), all bars in the denominator, per bar."""
    r = as_returns(returns)
    return _root_mean_square(np.minimum(r - target, 0.0))


def upside_risk(returns: npt.ArrayLike, target: float = 0.0) -> Maybe:
    """Root of mean(max(r - target, 0)^2), per bar."""
    return _root_mean_square(np.maximum(as_returns(returns) - target, 0.0))


def downside_potential(returns: npt.ArrayLike, target: float = 0.0) -> Maybe:
    """Mean of max(target - r, 0), per bar."""
    return _mean(np.maximum(target - as_returns(returns), 0.0))


def upside_potential(returns: npt.ArrayLike, target: float = 0.0) -> Maybe:
    """Mean of max(r - target, 0), per bar."""
    return _mean(np.maximum(as_returns(returns) - target, 0.0))


def upside_potential_ratio(returns: npt.ArrayLike, target: float = 0.0) -> Maybe:
    """Upside potential over downside deviation (Sortino, van der Meer and Plantinga 1999)."""
    return _over(upside_potential(returns, target), downside_deviation(returns, target))


def omega_sharpe_ratio(returns: npt.ArrayLike, target: float = 0.0) -> Maybe:
    """(mean(r) - target) over downside potential: the Omega ratio less one."""
    mean = _mean(as_returns(returns) - target)
    return _over(mean, downside_potential(returns, target))


def variability_skewness(returns: npt.ArrayLike, target: float = 0.0) -> Maybe:
    """Upside risk over downside risk."""
    return _over(upside_risk(returns, target), downside_deviation(returns, target))


def volatility_skewness(returns: npt.ArrayLike, target: float = 0.0) -> Maybe:
    """Upside variance over downside variance."""
    ratio = variability_skewness(returns, target)
    return None if ratio is None else ratio**2


def bernardo_ledoit_ratio(returns: npt.ArrayLike) -> Maybe:
    """Sum of gains over sum of losses: the Omega ratio at 0 (Bernardo and Ledoit 1996)."""
    r = as_returns(returns)
    return _over(float(r[r > 0].sum()), float(-r[r < 0].sum()))


def d_ratio(returns: npt.ArrayLike) -> Maybe:
    """Losses times their number over gains times their number; small is good."""
    r = as_returns(returns)
    gains, losses = r[r > 0], r[r < 0]
    return _over(float(-losses.sum()) * len(losses), float(gains.sum()) * len(gains))


def downside_frequency(returns: npt.ArrayLike, target: float = 0.0) -> Maybe:
    """Share of bars below the target."""
    return _mean((as_returns(returns) < target).astype(np.float64))


def upside_frequency(returns: npt.ArrayLike, target: float = 0.0) -> Maybe:
    """Share of bars above the target."""
    return _mean((as_returns(returns) > target).astype(np.float64))


def mean_absolute_deviation(returns: npt.ArrayLike) -> Maybe:
    """Mean of |r - mean(r)|, per bar."""
    r = as_returns(returns)
    return _mean(np.abs(r - r.mean())) if len(r) else None


def skewness_kurtosis_ratio(returns: npt.ArrayLike) -> Maybe:
    """Skewness over ordinary kurtosis (3 for a normal distribution) of the population."""
    moments = population_moments(returns)
    return None if moments is None else _over(*moments)


def adjusted_sharpe_ratio(returns: npt.ArrayLike, periods: float, risk_free: float = 0.0) -> Maybe:
    """SR (1 + S / 6 SR - (K - 3) / 24 SR^2), SR annual and geometric (Pezier and White 2006)."""
    r, moments = as_returns(returns), population_moments(returns)
    sharpe = _over(annual_return(r - risk_free, periods), _annual_deviation(r, periods, ddof=1))
    if sharpe is None or moments is None:
        return None
    skew, kurtosis = moments
    return sharpe * (1.0 + skew / 6.0 * sharpe - (kurtosis - 3.0) / 24.0 * sharpe**2)


def pain_index(equity: npt.ArrayLike) -> Maybe:
    """Mean fall from the running peak over the T bars after the start, a positive fraction."""
    falls = drawdown_series(as_returns(equity))[1:]
    return _mean(-falls)


def average_drawdown(equity: npt.ArrayLike) -> Maybe:
    """The same as a negative fraction."""
    pain = pain_index(equity)
    return None if pain is None else -pain


def time_under_water(equity: npt.ArrayLike) -> Maybe:
    """Share of the T bars after the start that end below an earlier peak."""
    return _mean((drawdown_series(as_returns(equity))[1:] < 0.0).astype(np.float64))


def pain_ratio(growth: Maybe, equity: npt.ArrayLike, risk_free_rate: float = 0.0) -> Maybe:
    """(Annual return - risk-free rate) over the pain index."""
    return None if growth is None else _over(growth - risk_free_rate, pain_index(equity))


def martin_ratio(growth: Maybe, equity: npt.ArrayLike, risk_free_rate: float = 0.0) -> Maybe:
    """(Annual return - risk-free rate) over the Ulcer index (Martin and McCann 1989)."""
    return None if growth is None else _over(growth - risk_free_rate, ulcer_index(equity))


def burke_ratio(growth: Maybe, equity: npt.ArrayLike, risk_free_rate: float = 0.0) -> Maybe:
    """(Annual return - risk-free rate) over the root of the sum of squared drawdowns."""
    depths = np.array([fall.depth for fall in drawdown_table(equity)])
    if growth is None or not len(depths):
        return None
    return _over(growth - risk_free_rate, float(np.sqrt(np.sum(depths**2))))


def hurst_index(returns: npt.ArrayLike) -> Maybe:
    """log((max(r) - min(r)) / std(r)) / log(T): above 0.5 persistent, below mean-reverting."""
    r = as_returns(returns)
    if len(r) < 2 or np.ptp(r) == 0.0:
        return None
    return float(math.log(np.ptp(r) / r.std(ddof=1)) / math.log(len(r)))


def continuous_kelly(returns: npt.ArrayLike, risk_free: float = 0.0) -> Maybe:
    """Fraction that maximises expected log growth: mean(r - rf) / var(r), ddof 1 (Kelly 1956)."""
    r = as_returns(returns)
    return _over(float(r.mean()) - risk_free, float(r.var(ddof=1))) if len(r) > 1 else None


def gain_to_pain_ratio(returns: npt.ArrayLike) -> Maybe:
    """Sum of returns over the sum of losses (Schwager 2012), of whatever bars are given."""
    r = as_returns(returns)
    return _over(float(r.sum()), float(-r[r < 0].sum()))


def win_rate_of_bars(returns: npt.ArrayLike) -> Maybe:
    """Gaining bars over gaining and losing bars; bars without a return do not count."""
    r = as_returns(returns)
    return _over(float(np.sum(r > 0)), float(np.sum(r != 0)))


def payoff_ratio_of_bars(returns: npt.ArrayLike) -> Maybe:
    """Mean gain over mean loss of bars."""
    r = as_returns(returns)
    gains, losses = r[r > 0], r[r < 0]
    if not len(gains) or not len(losses):
        return None
    return _over(float(gains.mean()), float(-losses.mean()))


def kelly_of_bars(returns: npt.ArrayLike) -> Maybe:
    """W - (1 - W) / R of gaining and losing bars."""
    won, payoff = win_rate_of_bars(returns), payoff_ratio_of_bars(returns)
    return None if won is None or payoff is None else won - (1.0 - won) / payoff


def _annual_deviation(returns: Floats, periods: float, ddof: int = 0) -> Maybe:
    if len(returns) <= ddof:
        return None
    return float(returns.std(ddof=ddof)) * math.sqrt(periods)


def _mean(values: Floats) -> Maybe:
    return float(values.mean()) if len(values) else None


def _root_mean_square(values: Floats) -> Maybe:
    return float(np.sqrt(np.mean(values**2))) if len(values) else None


def _over(above: Maybe, below: Maybe) -> Maybe:
    if above is None or below is None or not abs(below) > 0.0:
        return None
    return above / below
