"""How sure a Sharpe ratio is, and how much of it many tries alone explain.

Every ratio in here is per bar, not annual; kurtosis is ordinary (3 for a normal distribution),
never excess; moments are those of the population. T is the number of bar returns.
"""

import math

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.metrics.growth import Maybe, as_returns, per_bar_sharpe
from engine.metrics.shape import population_moments

EULER_MASCHERONI = 0.5772156649015329


def _variance_factor(sharpe: float, skew: float, kurtosis: float) -> float:
    factor = 1.0 - skew * sharpe + (kurtosis - 1.0) / 4.0 * sharpe**2
    if factor <= 0.0:
        # Cannot happen for moments of any distribution (kurtosis >= skew^2 + 1).
        raise EngineError("These moments are impossible; was excess kurtosis passed?")
    return factor


def sharpe_standard_error_of(sharpe: float, observations: int) -> float:
    """Standard error of a per-bar Sharpe ratio: sqrt((1 + SR^2 / 2) / T).

    Source: A. Lo, "The statistics of Sharpe ratios", Financial Analysts Journal 58 (2002),
    independent normal returns.
    """
    return math.sqrt((1.0 + sharpe**2 / 2.0) / observations)


def sharpe_standard_error(returns: npt.ArrayLike, periods_per_year: float) -> Maybe:
    """Standard error of the annual Sharpe ratio of a series; None where that is undefined."""
    sharpe = per_bar_sharpe(returns)
    if sharpe is None:
        return None
    per_bar = sharpe_standard_error_of(sharpe, len(np.asarray(returns)))
    return per_bar * math.sqrt(periods_per_year)


def general_standard_error_of(
    sharpe: float, observations: int, skew: float, kurtosis: float
) -> float:
    """Standard error of a per-bar Sharpe ratio of any returns.

    sqrt((1 - s SR + (k - 1) / 4 SR^2) / (T - 1)).

    Source: E. Mertens, "Comments on variance of the IID estimator in Lo (2002)", 2002.
    """
    return math.sqrt(_variance_factor(sharpe, skew, kurtosis) / (observations - 1))


def benchmark_standard_error_of(
    benchmark: float, observations: int, skew: float, kurtosis: float
) -> float:
    """Standard error under the hypothesis that the true ratio is the benchmark.

    The variance is taken at the benchmark and divided by T, not at the observed ratio and T - 1:
    the form of M. Lopez de Prado, A. Lipton and V. Zoonekynd, "How to use the Sharpe ratio"
    (2025). Reports use the form of 2012 and 2014.
    """
    return math.sqrt(_variance_factor(benchmark, skew, kurtosis) / observations)


def probabilistic_sharpe_ratio_of(
    sharpe: float, observations: int, skew: float, kurtosis: float, benchmark: float = 0.0
) -> float:
    """Probability that the true Sharpe ratio is above the benchmark.

    PSR = Phi((SR - SR*) sqrt(T - 1) / sqrt(1 - s SR + (k - 1) / 4 SR^2)).

    Source: D. Bailey and M. Lopez de Prado, "The Sharpe ratio efficient frontier",
    Journal of Risk 15 (2012).
    """
    from scipy.special import ndtr  # scipy loads in a third of a second

    deviation = math.sqrt(_variance_factor(sharpe, skew, kurtosis))
    return float(ndtr((sharpe - benchmark) * math.sqrt(observations - 1) / deviation))


def probabilistic_sharpe_ratio(returns: npt.ArrayLike, benchmark: float = 0.0) -> Maybe:
    """PSR of a series against a per-bar benchmark; None for constant or too few returns."""
    sharpe, moments = per_bar_sharpe(returns), population_moments(returns)
    if sharpe is None or moments is None:
        return None
    return probabilistic_sharpe_ratio_of(sharpe, len(np.asarray(returns)), *moments, benchmark)


def expected_maximum_sharpe(trials: int, sharpe_variance: float) -> float:
    """Highest Sharpe ratio to expect from N worthless trials; 0 for one.

    SR0 = sqrt(V) ((1 - g) Z(1 - 1/N) + g Z(1 - 1/(N e))), g the Euler-Mascheroni constant.

    Source: D. Bailey and M. Lopez de Prado, "The deflated Sharpe ratio",
    Journal of Portfolio Management 40 (2014).
    """
    from scipy.special import ndtri

    if trials < 1 or sharpe_variance < 0:
        raise EngineError("There is at least one trial, and a variance is not negative.")
    if trials == 1:
        return 0.0
    quantiles = ndtri([1.0 - 1.0 / trials, 1.0 - 1.0 / (trials * math.e)])
    highest = (1.0 - EULER_MASCHERONI) * quantiles[0] + EULER_MASCHERONI * quantiles[1]
    return float(math.sqrt(sharpe_variance) * highest)


def deflated_sharpe_ratio_of(
    sharpe: float,
    observations: int,
    skew: float,
    kurtosis: float,
    trials: int,
    sharpe_variance: float,
) -> float:
    """PSR against what the best of N trials would show by luck (Bailey, Lopez de Prado 2014)."""
    benchmark = expected_maximum_sharpe(trials, sharpe_variance)
    return probabilistic_sharpe_ratio_of(sharpe, observations, skew, kurtosis, benchmark)


def deflated_sharpe_ratio(
    returns: npt.ArrayLike, trials: int, sharpe_variance: float | None = None
) -> Maybe:
    """Deflated Sharpe ratio of a series that is the best of N trials.

    Parameters
    ----------
    returns : array_like, shape (T,)
    trials : int
        Variants tried, this one included; 1 gives the PSR.
    sharpe_variance : float, optional
        Variance of the trials' per-bar Sharpe ratios. Unknown, it is taken to be what trials
        without any skill would show, the estimation variance 1 / (T - 1).
    """
    sharpe, moments = per_bar_sharpe(returns), population_moments(returns)
    if sharpe is None or moments is None:
        return None
    n = len(np.asarray(returns))
    variance = 1.0 / (n - 1) if sharpe_variance is None else sharpe_variance
    return deflated_sharpe_ratio_of(sharpe, n, *moments, trials, variance)


def minimum_track_record_length_of(
    sharpe: float, skew: float, kurtosis: float, benchmark: float = 0.0, confidence: float = 0.95
) -> Maybe:
    """Bars needed before PSR reaches the confidence; None for never.

    MinTRL = 1 + (1 - s SR + (k - 1) / 4 SR^2) (Z(confidence) / (SR - SR*))^2
    (Bailey and Lopez de Prado 2012).
    """
    from scipy.special import ndtri

    if sharpe <= benchmark:
        return None
    factor = _variance_factor(sharpe, skew, kurtosis)
    return float(1.0 + factor * (ndtri(confidence) / (sharpe - benchmark)) ** 2)


def minimum_track_record_length(
    returns: npt.ArrayLike, benchmark: float = 0.0, confidence: float = 0.95
) -> Maybe:
    """Bars that a record of this quality must have; None for never or undefined."""
    series = as_returns(returns)
    sharpe, moments = per_bar_sharpe(series), population_moments(series)
    if sharpe is None or moments is None:
        return None
    return minimum_track_record_length_of(sharpe, *moments, benchmark, confidence)
