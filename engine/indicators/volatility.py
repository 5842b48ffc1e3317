"""How much prices move: realised volatility, bands in its units, and sizes that follow it."""

from typing import NamedTuple

import numpy as np

from engine import sessions
from engine.bars import Bars
from engine.indicators.arrays import Floats, IndicatorError, Series, as_period, as_series
from engine.indicators.own import _rolling_sum, highest, lowest
from engine.indicators.standard import _ta, bbands


class Chandelier(NamedTuple):
    """Stops of a long and of a short position."""

    long: Floats
    short: Floats


def _a_year(bars: Bars) -> Floats:
    """Bars in a year, on each bar as the bars up to it tell."""
    count = bars.periods_per_year
    if count not in (252.0, 365.0):
        return np.full(len(bars), count)
    every_day = sessions.trades_every_day(sessions.days_of(bars.time))
    return np.where(every_day, 365.0, 252.0)


def _needs_bars(bars: Bars, name: str) -> None:
    if not isinstance(bars, Bars):
        raise IndicatorError(f"ta.{name} needs the bars, not one column.")


def _log_ratio(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.log(above / below))


def _overnight(bars: Bars, column: Floats) -> Floats:
    """Logarithm of a column over the close before; NaN on the first bar."""
    out = np.full(len(bars), np.nan)
    out[1:] = _log_ratio(column[1:], bars.close[:-1])
    return out


def _variance(values: Floats, n: int) -> Floats:
    """Sample variance of the last n values."""
    import pandas as pd  # heavy, and loaded by TA-Lib anyway

    return pd.Series(values).rolling(n).var().to_numpy(np.float64)


def realized_volatility(bars: Bars, n: int = 20) -> Floats:
    """Close-to-close volatility of the last n log returns, a year, as a fraction.

    Sample standard deviation times the root of the bars in a year (252, 365, 52, 12).
    Source: J. Hull, "Options, futures and other derivatives", chapter on volatility.
    """
    _needs_bars(bars, "realized_volatility")
    returns = _overnight(bars, bars.close)
    return np.asarray(np.sqrt(_variance(returns, as_period(n, least=2)) * _a_year(bars)))


def parkinson(bars: Bars, n: int = 20) -> Floats:
    """Volatility a year from highs and lows: mean of ln(high/low)^2 / (4 ln 2).

    Source: M. Parkinson, Journal of Business 53 (1980).
    """
    _needs_bars(bars, "parkinson")
    spans = _log_ratio(bars.high, bars.low) ** 2 / (4.0 * np.log(2.0))
    return np.asarray(np.sqrt(_rolling_sum(spans, as_period(n)) / n * _a_year(bars)))


def garman_klass(bars: Bars, n: int = 20) -> Floats:
    """Volatility a year: mean of ln(high/low)^2 / 2 - (2 ln 2 - 1) ln(close/open)^2.

    Source: M. Garman and M. Klass, Journal of Business 53 (1980).
    """
    _needs_bars(bars, "garman_klass")
    spans = 0.5 * _log_ratio(bars.high, bars.low) ** 2
    spans -= (2.0 * np.log(2.0) - 1.0) * _log_ratio(bars.close, bars.open) ** 2
    # Rounding may leave a bar without movement a hair below zero.
    mean = np.maximum(_rolling_sum(spans, as_period(n)) / n, 0.0)
    return np.asarray(np.sqrt(mean * _a_year(bars)))


def yang_zhang(bars: Bars, n: int = 20) -> Floats:
    """Volatility a year that knows gaps and drift: overnight + k open-to-close + (1 - k) RS.

    k = 0.34 / (1.34 + (n + 1) / (n - 1)); RS is the mean of Rogers and Satchell (1991).
    Source: D. Yang and Q. Zhang, Journal of Business 73 (2000).
    """
    _needs_bars(bars, "yang_zhang")
    period = as_period(n, least=2)
    up, down = _log_ratio(bars.high, bars.open), _log_ratio(bars.low, bars.open)
    through = _log_ratio(bars.close, bars.open)
    within = _rolling_sum(up * (up - through) + down * (down - through), period) / period
    k = 0.34 / (1.34 + (period + 1) / (period - 1))
    total = _variance(_overnight(bars, bars.open), period) + k * _variance(through, period)
    return np.asarray(np.sqrt((total + (1.0 - k) * within) * _a_year(bars)))


def percent_b(x: Series, n: int = 20, k: float = 2.0) -> Floats:
    """Where x stands between the Bollinger bands: 0 at the lower, 1 at the upper.

    Source: J. Bollinger, "Bollinger on Bollinger Bands", 2001.
    """
    upper, _, lower = bbands(x, n, k)
    width = upper - lower
    width[width == 0] = np.nan
    return np.asarray((as_series(x) - lower) / width)


def bandwidth(x: Series, n: int = 20, k: float = 2.0) -> Floats:
    """Distance between the Bollinger bands over the middle.

    Source: J. Bollinger, "Bollinger on Bollinger Bands", 2001.
    """
    upper, middle, lower = bbands(x, n, k)
    return np.asarray((upper - lower) / middle)


def chandelier(bars: Bars, n: int = 22, k: float = 3.0) -> Chandelier:
    """Chandelier exits: k ATRs below the n-bar high, and above the n-bar low.

    Source: C. Le Beau, in A. Elder, "Come into my trading room", 2002.
    """
    columns = [as_series(bars, name) for name in ("high", "low", "close")]
    away = float(k) * np.asarray(_ta("ATR", *columns, as_period(n)))
    return Chandelier(highest(bars, n) - away, lowest(bars, n) + away)


def volatility_size(bars: Bars, target: float = 0.10, n: int = 20, most: float = 1.0) -> Floats:
    """Share of equity that would have moved by `target` a year: target / volatility, capped.

    NaN in warm-up; never above `most` (at most 1: nothing is borrowed).
    Source: A. Moreira and T. Muir, "Volatility-managed portfolios", Journal of Finance 72 (2017).
    """
    if not target > 0 or not 0 < most <= 1:
        raise IndicatorError("target lies above 0, and most above 0 and at most at 1.")
    with np.errstate(divide="ignore"):
        return np.asarray(np.minimum(target / realized_volatility(bars, n), most))


def kelly_fraction(win_rate: float, payoff_ratio: float, share: float = 1.0) -> float:
    """Share of equity to stake: share × (W - (1 - W) / R), between 0 and 1.

    Parameters
    ----------
    win_rate : float
        W, between 0 and 1.
    payoff_ratio : float
        R, the average win over the average loss, above 0.
    share : float
        0.5 is "half Kelly".

    Notes
    -----
    Source: J. Kelly, "A new interpretation of information rate", Bell System Technical
    Journal 35 (1956).
    """
    if not 0 <= win_rate <= 1 or not payoff_ratio > 0 or not share > 0:
        raise IndicatorError("win_rate lies between 0 and 1, payoff_ratio and share above 0.")
    return float(min(1.0, max(0.0, share * (win_rate - (1.0 - win_rate) / payoff_ratio))))


def kelly_size(bars: Bars, n: int = 252, share: float = 0.5) -> Floats:
    """Kelly's share on each bar: share × mean / variance of the last n returns, 0 to 1.

    Source: E. Thorp, "The Kelly criterion in blackjack, sports betting and the stock market", 2006.
    """
    _needs_bars(bars, "kelly_size")
    returns, period = np.full(len(bars), np.nan), as_period(n, least=2)
    returns[1:] = bars.close[1:] / bars.close[:-1] - 1.0
    variance = _variance(returns, period)
    known = np.where(variance > 0, variance, np.nan)
    return np.asarray(np.clip(share * (_rolling_sum(returns, period) / n) / known, 0.0, 1.0))
