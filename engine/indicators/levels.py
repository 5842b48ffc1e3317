"""Where a price stands: against its past, since an event, beside pivots and swings."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine import sessions
from engine.bars import Bars
from engine.indicators.arrays import (
    Floats,
    IndicatorError,
    Mask,
    Series,
    as_period,
    as_series,
)
from engine.indicators.conditions import _mask, previous
from engine.indicators.own import highest, lowest
from engine.indicators.timeframes import align, resampled


class Pivots(NamedTuple):
    """Levels that hold during a bar: the pivot, two resistances, two supports."""

    pivot: Floats
    r1: Floats
    s1: Floats
    r2: Floats
    s2: Floats


class Swings(NamedTuple):
    """Where a swing was confirmed, and the price of the last confirmed one."""

    confirmed: Mask
    level: Floats


def rolling_percentile(x: Series, n: int, q: float) -> Floats:
    """The q-quantile (0 to 1) of the last n values, this one included, linear between two.

    Source: R. Hyndman and Y. Fan, The American Statistician 50 (1996), type 7.
    """
    if not 0 <= q <= 1:
        raise IndicatorError(f"A percentile is a fraction between 0 and 1, not {q!r}.")
    import pandas as pd  # heavy, and loaded by TA-Lib anyway

    return pd.Series(as_series(x)).rolling(as_period(n)).quantile(q).to_numpy(np.float64)


def rolling_rank(x: Series, n: int) -> Floats:
    """Rank of x among the last n values, this one included, as a share: 1 is the highest.

    Ties share the average of their ranks.
    Source: M. Kendall, "Rank correlation methods", 1948.
    """
    import pandas as pd  # heavy, and loaded by TA-Lib anyway

    return pd.Series(as_series(x)).rolling(as_period(n)).rank(pct=True).to_numpy(np.float64)


def drawdown_from_high(x: Series, n: int | None = None) -> Floats:
    """Fall from the highest x so far (or of the last n bars): 0 at the high, -0.2 a fifth lower.

    Source: M. Magdon-Ismail and A. Atiya, "Maximum drawdown", Risk 17:10 (2004).
    """
    array = as_series(x)
    top = np.fmax.accumulate(array) if n is None else highest(array, n)
    return np.asarray(array / top - 1.0)


def _last_true(mask: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], Mask]:
    flags = _mask(mask)
    last = np.maximum.accumulate(np.where(flags, np.arange(len(flags)), -1))
    return last, last >= 0


def bars_since(mask: npt.ArrayLike) -> Floats:
    """Bars since the mask was last True, 0 on such a bar; NaN before the first."""
    last, known = _last_true(mask)
    return np.where(known, np.arange(len(last)) - last, np.nan)


def days_since(mask: npt.ArrayLike, bars: Bars) -> Floats:
    """Calendar days since the mask was last True, 0 on that day; NaN before the first."""
    last, known = _last_true(mask)
    if len(last) != len(bars):
        raise IndicatorError(f"The mask has {len(last)} values, but there are {len(bars)} bars.")
    days = sessions.days_of(bars.time)
    return np.where(known, days - days[last], np.nan)


def highest_since(x: Series, mask: npt.ArrayLike) -> Floats:
    """Highest x since the mask was last True, that bar included; of Bars the high.

    With the bar of an entry as the mask: the highest price since the entry.
    """
    return _since(np.fmax, as_series(x, "high"), mask)


def lowest_since(x: Series, mask: npt.ArrayLike) -> Floats:
    """Lowest x since the mask was last True, that bar included; of Bars the low."""
    return _since(np.fmin, as_series(x, "low"), mask)


def _since(better: np.ufunc, array: Floats, mask: npt.ArrayLike) -> Floats:
    flags = _mask(mask)
    if len(flags) != len(array):
        raise IndicatorError(f"The mask has {len(flags)} values, x has {len(array)}.")
    starts = [*np.flatnonzero(flags).tolist(), len(array)]
    out = np.full(len(array), np.nan)
    for start, stop in pairwise(starts):
        out[start:stop] = better.accumulate(array[start:stop])
    return out


def pivots(bars: Bars, period: str = "D") -> Pivots:
    """Floor traders' pivots of the bar before ("D"), or of the last finished "W", "M", "Q", "Y".

    P = (high + low + close) / 3, R1 = 2P - low, S1 = 2P - high, R2 = P + range, S2 = P - range.
    All were known before the bar began. Source: J. Person, "A complete guide to technical trading
    tactics", 2004.
    """
    higher = bars if period == "D" else resampled(bars, period)
    pivot = (higher.high + higher.low + higher.close) / 3.0
    span = higher.high - higher.low
    levels = (pivot, 2 * pivot - higher.low, 2 * pivot - higher.high, pivot + span, pivot - span)
    return Pivots(*(previous(_back(higher, level, bars)).astype(np.float64) for level in levels))


def _back(higher: Bars, values: Floats, bars: Bars) -> npt.NDArray[np.generic]:
    return values if higher is bars else align(higher, values, bars)  # type: ignore[arg-type]


def swing_highs(x: Series, k: int = 2) -> Swings:
    """Highs above the k bars on either side, seen k bars later, when they are confirmed.

    Source: B. Williams, "Trading chaos", 1995 (fractals; k = 2). Of Bars the high.
    """
    array = as_series(x, "high")
    return _swings(array, highest(array, k), as_period(k), 1.0)


def swing_lows(x: Series, k: int = 2) -> Swings:
    """Lows below the k bars on either side, seen k bars later, when they are confirmed.

    Source: B. Williams, "Trading chaos", 1995 (fractals; k = 2). Of Bars the low.
    """
    array = as_series(x, "low")
    return _swings(array, lowest(array, k), as_period(k), -1.0)


def _swings(array: Floats, beside: Floats, k: int, sign: float) -> Swings:
    centre = previous(array, k).astype(np.float64)
    before = previous(beside, k + 1).astype(np.float64)
    confirmed = (sign * centre > sign * beside) & (sign * centre > sign * before)
    last, known = _last_true(confirmed)
    return Swings(confirmed, np.where(known, centre[last], np.nan))
