"""A run in four numbers, without keeping its books: what a sweep compares."""

import numpy as np

from engine.compilation import inner
from engine.kernel.layout import Floats

# As in engine.metrics.growth: deviations this small beside the returns are rounding.
NEGLIGIBLE = 1e-13
SUSPICIOUS = 1e-6  # only then it is worth looking


@inner("void(float64[::1], float64[::1], boolean)")
def _bar_returns(equity: Floats, returns: Floats, lost: bool) -> None:
    """Write E[t] / E[t-1] - 1 from bar 1 on; after a total loss -1 once, then 0."""
    for t in range(1, len(equity)):
        returns[t - 1] = equity[t] / equity[t - 1] - 1.0
    if lost:
        gone = equity[0] <= 0.0
        for t in range(1, len(equity)):
            if gone:
                returns[t - 1] = 0.0
            elif equity[t] <= 0.0:
                returns[t - 1] = -1.0
                gone = True


@inner("float64(float64[::1], float64)")
def _sum_of_squares(values: Floats, mean: float) -> float:
    """Sum of squared distances from the mean, in four independent chains."""
    a = b = c = d = 0.0
    whole = len(values) // 4 * 4
    for t in range(0, whole, 4):
        a += (values[t] - mean) ** 2
        b += (values[t + 1] - mean) ** 2
        c += (values[t + 2] - mean) ** 2
        d += (values[t + 3] - mean) ** 2
    for t in range(whole, len(values)):
        a += (values[t] - mean) ** 2
    return (a + b) + (c + d)


@inner("float64(float64[::1])")
def _sum(values: Floats) -> float:
    a = b = c = d = 0.0
    whole = len(values) // 4 * 4
    for t in range(0, whole, 4):
        a += values[t]
        b += values[t + 1]
        c += values[t + 2]
        d += values[t + 3]
    for t in range(whole, len(values)):
        a += values[t]
    return (a + b) + (c + d)


@inner("float64(float64[::1])")
def _sharpe(returns: Floats) -> float:
    """Mean over standard deviation (ddof 1) a bar; NaN where it is undefined."""
    n = len(returns)
    if n < 2:
        return np.nan
    mean = _sum(returns) / n
    deviation = np.sqrt(_sum_of_squares(returns, mean) / (n - 1))
    if deviation < SUSPICIOUS:
        largest = 1.0
        for value in returns:
            largest = max(largest, abs(value))
        if deviation <= NEGLIGIBLE * largest:
            return np.nan
    return float(mean / deviation)


@inner("UniTuple(float64, 2)(float64[::1])")
def _falls(equity: Floats) -> tuple[float, float]:
    """The largest fall from a peak as a negative fraction, and the lowest value."""
    peak, fall, lowest = equity[0], 0.0, equity[0]
    for worth in equity:
        if worth > peak:
            peak = worth
        elif worth < peak * (1.0 + fall):
            fall = worth / peak - 1.0
            lowest = min(lowest, worth)
    return fall, lowest


@inner("void(float64[:, ::1], float64[::1], float64[::1])")
def summarise(books: Floats, returns: Floats, score: Floats) -> None:
    """Write total return, Sharpe ratio a bar and largest drawdown of one run to `score`.

    `returns`, shape (n - 1,), receives the bar returns.
    """
    equity = books[0]
    n = len(equity)
    fall, lowest = _falls(equity)
    # A value at or below 0 is always the deepest fall so far, so the lowest has seen it.
    lost = lowest <= 0.0
    _bar_returns(equity, returns, lost)
    score[0] = -1.0 if lost else equity[n - 1] / equity[0] - 1.0
    score[1] = _sharpe(returns)
    score[2] = max(fall, -1.0)
