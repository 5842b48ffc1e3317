"""Indicators that TA-Lib lacks, each with its source."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine import sessions
from engine.bars import Bars
from engine.indicators.arrays import Floats, IndicatorError, Series, as_period, as_series
from engine.indicators.conditions import _mask
from engine.indicators.standard import Bands, _ta, ema, stddev, wma


class Supertrend(NamedTuple):
    """+1 up, -1 down, 0 in warm-up; and the line that is the stop."""

    direction: Floats
    line: Floats


class Candles(NamedTuple):
    """Columns of candles."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats


class Ichimoku(NamedTuple):
    """The two lines, and the edges of the cloud as they stand on each bar."""

    conversion_line: Floats
    base_line: Floats
    span_a: Floats
    span_b: Floats


def highest(x: Series, n: int) -> Floats:
    """Highest value of the last n bars, this one included; of Bars the high."""
    return _extreme("MAX", as_series(x, "high"), as_period(n))


def lowest(x: Series, n: int) -> Floats:
    """Lowest value of the last n bars, this one included; of Bars the low."""
    return _extreme("MIN", as_series(x, "low"), as_period(n))


def _extreme(name: str, array: Floats, n: int) -> Floats:
    if n == 1 or len(array) < n:
        return array if n == 1 else np.full(len(array), np.nan)
    if not np.isnan(array).any():
        return np.asarray(_ta(name, array, n))
    # A gap makes every window that touches it unknown, where TA-Lib would look past it.
    windows = np.lib.stride_tricks.sliding_window_view(array, n)
    out = np.full(len(array), np.nan)
    out[n - 1 :] = windows.max(axis=1) if name == "MAX" else windows.min(axis=1)
    return out


def hma(x: Series, n: int = 16) -> Floats:
    """Hull moving average: WMA(2 WMA(x, n/2) - WMA(x, n), sqrt(n)), halves rounded down.

    Source: Alan Hull, "How to reduce lag in a moving average", 2005.
    """
    array, period = as_series(x), as_period(n, least=2)
    twice = 2.0 * wma(array, max(1, period // 2)) - wma(array, period)
    return wma(twice, max(1, int(np.sqrt(period))))


def donchian(bars: Bars, n: int = 20) -> Bands:
    """Donchian channel of the last n bars, this one included: upper, middle, lower.

    A breakout compares the close with the channel of the bar before: `previous(upper)`.
    Source: R. Donchian, "High finance in copper", Financial Analysts Journal 16 (1960).
    """
    upper, lower = highest(bars, n), lowest(bars, n)
    return Bands(upper, (upper + lower) / 2.0, lower)


def keltner(bars: Bars, n: int = 20, k: float = 2.0, atr_period: int = 10) -> Bands:
    """Keltner channel: EMA of the close, k ATRs up and down; upper, middle, lower.

    Source: L. Bradford Raschke's form of C. Keltner, "How to make money in commodities", 1960.
    """
    columns = [as_series(bars, name) for name in ("high", "low", "close")]
    middle = ema(bars, n)
    width = float(k) * np.asarray(_ta("ATR", *columns, as_period(atr_period)))
    return Bands(middle + width, middle, middle - width)


def zscore(x: Series, n: int = 20) -> Floats:
    """Distance from the n-bar mean in population standard deviations; NaN where that is 0.

    Source: E. Chan, "Algorithmic trading", 2013, chapter 3.
    """
    array = as_series(x)
    deviation = stddev(array, n)
    deviation[deviation == 0] = np.nan
    return np.asarray((array - np.asarray(_ta("SMA", array, as_period(n, least=2)))) / deviation)


def ibs(bars: Bars) -> Floats:
    """Internal bar strength (close - low) / (high - low); NaN on a bar without range.

    Source: A. Pagonidis, "The IBS effect: mean reversion in equity ETFs", 2013.
    """
    span = bars.high - bars.low
    span[span <= 0] = np.nan
    return np.asarray((bars.close - bars.low) / span)


def vwap(bars: Bars, n: int = 20) -> Floats:
    """Rolling volume-weighted average of the typical price (high + low + close) / 3.

    Source: S. Berkowitz, D. Logue and E. Noser, Journal of Finance 43 (1988), over n bars.
    """
    typical = (bars.high + bars.low + bars.close) / 3.0
    period = as_period(n)
    volume = _rolling_sum(np.array(bars.volume), period)
    volume[volume == 0] = np.nan
    return np.asarray(_rolling_sum(typical * bars.volume, period) / volume)


def vwap_session(bars: Bars, period: str = "D") -> Floats:
    """VWAP since the day ("D") began, or the "W", "M", "Q", "Y": typical price by volume.

    On daily bars "D" is the typical price itself. NaN while nothing was traded.
    Source: S. Berkowitz, D. Logue and E. Noser, Journal of Finance 43 (1988).
    """
    if period not in ("D", "W", "M", "Q", "Y"):
        raise IndicatorError(f"There is no period {period!r}; there is D, W, M, Q, Y.")
    days = sessions.days_of(bars.time)
    first = days if period == "D" else sessions.first_of(days, period)
    return vwap_since(bars, np.diff(first, prepend=first[:1] - 1) != 0)


def vwap_since(bars: Bars, mask: npt.ArrayLike) -> Floats:
    """VWAP since the mask was last True, that bar included; NaN before.

    Source: B. Shannon, "Maximum trading gains with anchored VWAP", 2023.
    """
    flags = _mask(mask)
    if len(flags) != len(bars):
        raise IndicatorError(f"The mask has {len(flags)} values, but there are {len(bars)} bars.")
    money = (bars.high + bars.low + bars.close) / 3.0 * bars.volume
    out, starts = np.full(len(bars), np.nan), [*np.flatnonzero(flags).tolist(), len(bars)]
    for start, stop in pairwise(starts):
        volume = np.cumsum(bars.volume[start:stop])
        volume[volume == 0] = np.nan
        out[start:stop] = np.cumsum(money[start:stop]) / volume
    return out


def average_dollar_volume(bars: Bars, n: int = 20) -> Floats:
    """Average money traded a bar, close times volume, over the last n bars.

    Source: Y. Amihud, "Illiquidity and stock returns", Journal of Financial Markets 5 (2002).
    """
    return _rolling_sum(bars.close * bars.volume, as_period(n)) / n


def _rolling_sum(array: Floats, n: int) -> Floats:
    out = np.full(len(array), np.nan)
    if len(array) >= n:
        windows = np.lib.stride_tricks.sliding_window_view(array, n)
        out[n - 1 :] = windows.sum(axis=1)
    return out


def supertrend(bars: Bars, n: int = 10, k: float = 3.0) -> Supertrend:
    """Supertrend: direction (+1 up, -1 down, 0 in warm-up) and the line.

    Bands k ATRs about (high + low) / 2 that only tighten while the close respects them; the
    direction starts down. Source: O. Seban, "Tout le monde mérite d'être riche", 2008.
    """
    columns = [as_series(bars, name) for name in ("high", "low", "close")]
    width = float(k) * np.asarray(_ta("ATR", *columns, as_period(n)))
    middle, close = (bars.high + bars.low) / 2.0, bars.close
    direction, line = np.zeros(len(bars)), np.full(len(bars), np.nan)
    known = np.flatnonzero(~np.isnan(width))
    upper = lower = np.nan
    trend = -1.0
    for i in known:
        above, below = middle[i] + width[i], middle[i] - width[i]
        if np.isnan(upper) or above < upper or close[i - 1] > upper:
            upper = above
        if np.isnan(lower) or below > lower or close[i - 1] < lower:
            lower = below
        if i > known[0]:
            trend = _turned(trend, float(close[i]), float(upper), float(lower))
        direction[i] = trend
        line[i] = lower if trend > 0 else upper
    return Supertrend(direction, line)


def _turned(trend: float, close: float, upper: float, lower: float) -> float:
    if trend < 0 and close > upper:
        return 1.0
    if trend > 0 and close < lower:
        return -1.0
    return trend


def heikin_ashi(bars: Bars) -> Candles:
    """Heikin-Ashi open, high, low, close.

    Source: D. Valcu, "Using the heikin-ashi technique", Stocks & Commodities 22:2 (2004).
    """
    close = (bars.open + bars.high + bars.low + bars.close) / 4.0
    opened = np.empty(len(bars))
    opened[0] = (bars.open[0] + bars.close[0]) / 2.0
    for i in range(1, len(bars)):
        opened[i] = (opened[i - 1] + close[i - 1]) / 2.0
    high = np.maximum(bars.high, np.maximum(opened, close))
    low = np.minimum(bars.low, np.minimum(opened, close))
    return Candles(opened, high, low, close)


def ichimoku(bars: Bars, conversion: int = 9, base: int = 26, span: int = 52) -> Ichimoku:
    """Conversion line, base line, and the two spans as they stand on each bar.

    The spans are drawn `base` bars ahead, so the cloud of a bar was known `base` bars before.
    Source: G. Hosoda's method after N. Elliott, "Ichimoku charts", 2007.
    """
    lines = [(highest(bars, n) + lowest(bars, n)) / 2.0 for n in (conversion, base, span)]
    ahead = as_period(base)
    leading = (_later((lines[0] + lines[1]) / 2.0, ahead), _later(lines[2], ahead))
    return Ichimoku(lines[0], lines[1], *leading)


def _later(array: Floats, k: int) -> Floats:
    out = np.full(len(array), np.nan)
    out[k:] = array[: max(0, len(array) - k)]
    return out
