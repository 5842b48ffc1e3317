"""Ratios of the textbooks, against the printed values of Bacon's monthly example."""

import numpy as np
import pytest

from engine import EngineError
from engine.metrics import capm, ratios

PORTFOLIO = np.array([
    0.003, 0.026, 0.011, -0.01, 0.015, 0.025, 0.016, 0.067, -0.014, 0.04, -0.005, 0.081,
    0.04, -0.037, -0.061, 0.017, -0.049, -0.022, 0.07, 0.058, -0.065, 0.024, -0.005, -0.009,
])  # fmt: skip
BENCHMARK = np.array([
    0.002, 0.025, 0.018, -0.011, 0.014, 0.018, 0.014, 0.065, -0.015, 0.042, -0.006, 0.083,
    0.039, -0.038, -0.062, 0.015, -0.048, 0.021, 0.06, 0.056, -0.067, 0.019, -0.003, 0.0,
])  # fmt: skip
EQUITY = np.concatenate(([1.0], np.cumprod(1 + PORTFOLIO)))
TARGET = 0.005


@pytest.mark.parametrize(
    ("value", "printed", "digits"),
    [
        (ratios.bernardo_ledoit_ratio(PORTFOLIO), 1.78, 2),
        (ratios.d_ratio(PORTFOLIO), 0.401, 3),
        (ratios.downside_deviation(PORTFOLIO, TARGET), 0.0255, 4),
        (ratios.upside_risk(PORTFOLIO, TARGET), 0.02937, 5),
        (ratios.variability_skewness(PORTFOLIO, TARGET), 1.15, 2),
        (ratios.volatility_skewness(PORTFOLIO, TARGET), 1.32, 2),
        (ratios.omega_sharpe_ratio(PORTFOLIO, TARGET), 0.29, 2),
        (ratios.downside_frequency(PORTFOLIO, TARGET), 0.458, 3),
        (ratios.mean_absolute_deviation(PORTFOLIO), 0.031, 3),
        (ratios.skewness_kurtosis_ratio(PORTFOLIO), -0.034, 3),
        (ratios.adjusted_sharpe_ratio(PORTFOLIO, 12), 0.7591, 4),
        (ratios.pain_index(EQUITY), 0.04, 2),
    ],
)
def test_of_one_record(value: float, printed: float, digits: int) -> None:
    assert round(value, digits) == printed


@pytest.mark.parametrize(
    ("function", "given"),
    [
        (capm.jensens_alpha, -0.014),
        (capm.specific_risk, 0.0329),
        (capm.appraisal_ratio, -0.43),
        (capm.net_selectivity, -0.0179),
        (capm.m_squared, 0.1006),
        (capm.fama_beta, 1.03),
    ],
)
def test_beside_a_benchmark(function, given) -> None:
    digits = len(str(given).partition(".")[2])
    assert abs(round(function(PORTFOLIO, BENCHMARK, 12), digits) - given) < 10**-digits


def test_the_undefined_is_none() -> None:
    assert ratios.d_ratio([-0.01, -0.02]) is None
    assert ratios.bernardo_ledoit_ratio([0.01, 0.02]) is None
    assert ratios.burke_ratio(0.1, [1.0, 1.1]) is None
    assert ratios.hurst_index([0.01]) is None
    assert ratios.annual_return([0.1, -1.0], 252) == -1.0
    assert capm.correlation([0.01, 0.01], [0.01, 0.02]) is None
    with pytest.raises(EngineError):
        capm.correlation([0.01], [0.01, 0.02])
