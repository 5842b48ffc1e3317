"""What many tests at once do to a p-value, and to a Sharpe ratio.

All functions take p-values of shape (m,) in any order and return adjusted ones in that order.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError

Floats = npt.NDArray[np.float64]


def bonferroni(p_values: npt.ArrayLike) -> Floats:
    """Adjusted p = min(1, m p) (Bonferroni 1936)."""
    p = _checked(p_values)
    return np.minimum(1.0, len(p) * p)


def sidak(p_values: npt.ArrayLike) -> Floats:
    """Adjusted p = 1 − (1 − p)^m, for independent tests (Šidák 1967)."""
    p = _checked(p_values)
    return np.asarray(-np.expm1(len(p) * np.log1p(-p)) if len(p) else p)


def holm(p_values: npt.ArrayLike) -> Floats:
    """Step-down Bonferroni: max over smaller ones of min(1, (m − i) p(i)) (Holm 1979)."""
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order])
    return _back(order, np.minimum(1.0, steps))


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """False discovery rate: min over larger ones of p(i) m / i (Benjamini, Hochberg 1995)."""
    return _step_up(_checked(p_values), 1.0)


def benjamini_yekutieli(p_values: npt.ArrayLike) -> Floats:
    """The same under any dependence: times 1 + 1/2 + … + 1/m (Benjamini, Yekutieli 2001)."""
    p = _checked(p_values)
    return _step_up(p, float(np.sum(1.0 / np.arange(1, len(p) + 1))))


def _step_up(p: Floats, factor: float) -> Floats:
    order = np.argsort(p, kind="stable")
    steps = p[order] * factor * len(p) / np.arange(1, len(p) + 1)
    falling = np.minimum.accumulate(steps[::-1])[::-1]
    return _back(order, np.minimum(1.0, falling))


def _back(order: npt.NDArray[np.intp], adjusted: Floats) -> Floats:
    out = np.empty(len(order))
    out[order] = adjusted
    return out


def _checked(p_values: npt.ArrayLike) -> Floats:
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or not ((p >= 0.0) & (p <= 1.0)).all():
        raise EngineError("P-values are a list of numbers from 0 to 1.")
    return p


@dataclass(frozen=True)
class Haircut:
    """A Sharpe ratio after many tests; ratios are annual, `haircut` is the share cut off."""

    sharpe_ratio: float
    t_statistic: float
    p_value: float
    p_adjusted: float
    sharpe_after: float
    haircut: float


def autocorrelation_corrected_sharpe(sharpe: float, autocorrelation: float, periods: int) -> float:
    """Annual Sharpe ratio corrected for first-order autocorrelation of its bar returns.

    SR / sqrt(1 + 2 ρ / (1 − ρ) (1 − (1 − ρ^q) / (q (1 − ρ)))), q bars a year.

    Source: A. Lo (2002), in the form of C. Harvey and Y. Liu, "Backtesting", Journal of
    Portfolio Management 42 (2015).
    """
    rho, q = autocorrelation, periods
    if not -1.0 < rho < 1.0:
        raise EngineError(f"An autocorrelation lies between -1 and 1, not {rho}.")
    inner = 1.0 - (1.0 - rho**q) / (q * (1.0 - rho))
    return sharpe / math.sqrt(1.0 + 2.0 * rho / (1.0 - rho) * inner)


def haircut_sharpe_ratio(
    sharpe: float, observations: int, periods_per_year: int, tests: int, autocorrelation: float = 0
) -> Haircut:
    """What is left of an annual Sharpe ratio that is the best of so many tests (Bonferroni).

    Source: C. Harvey and Y. Liu, "Backtesting", Journal of Portfolio Management 42 (2015).
    """
    from scipy.special import stdtr

    corrected = autocorrelation_corrected_sharpe(sharpe, autocorrelation, periods_per_year)
    t = corrected * math.sqrt(observations / periods_per_year)
    p = 2.0 * float(stdtr(observations - 1, -abs(t)))
    adjusted = min(1.0, p * tests)
    after = sharpe_of_p_value(adjusted, observations, periods_per_year)
    lost = 1.0 - after / corrected if corrected else 0.0
    return Haircut(corrected, t, p, adjusted, after, lost)


def sharpe_of_p_value(p_value: float, observations: int, periods_per_year: int) -> float:
    """Annual Sharpe ratio whose two-sided t-test over so many bars has this p-value."""
    from scipy.special import stdtrit

    if not 0.0 < p_value <= 1.0:
        raise EngineError(f"A p-value lies above 0 and at most at 1, not {p_value}.")
    t = float(stdtrit(observations - 1, 1.0 - p_value / 2.0))
    return t / math.sqrt(observations / periods_per_year)
