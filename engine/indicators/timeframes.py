"""Weekly and monthly bars out of daily ones, finished ones only, and the way back.

A week is finished at the close of its last planned session (`engine.sessions`), or, where that
session never came, at the close of the first bar after it. Until then it does not exist.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine import sessions
from engine.bars import Bars
from engine.indicators.arrays import IndicatorError

PERIODS = {"W": "week", "M": "month", "Q": "quarter", "Y": "year"}
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class HigherBars(Bars):
    """Finished bars of a longer period.

    Attributes
    ----------
    known : ndarray of int64, shape (k,)
        The bar of the original series at whose close each was finished.
    """

    known: Indices


def weekly(bars: Bars, calendar: str = "auto") -> HigherBars:
    """Finished weeks, Monday to Sunday (UTC)."""
    return resampled(bars, "W", calendar)


def monthly(bars: Bars, calendar: str = "auto") -> HigherBars:
    """Finished months."""
    return resampled(bars, "M", calendar)


def resampled(bars: Bars, period: str = "W", calendar: str = "auto") -> HigherBars:
    """Finished weeks ("W"), months ("M"), quarters ("Q") or years ("Y").

    Parameters
    ----------
    bars : Bars, n of them
    period : {"W", "M", "Q", "Y"}
    calendar : {"auto", "exchange", "all"}
        See `engine.sessions.trades_every_day`.

    Returns
    -------
    HigherBars
        First open, highest high, lowest low, last close, sum of volumes; the time is that of the
        last bar inside. The unfinished period at the end is left out.
    """
    if not isinstance(bars, Bars):
        raise IndicatorError("Only bars can be put together to longer ones.")
    if period not in PERIODS:
        raise IndicatorError(f"There is no period {period!r}; there is {', '.join(PERIODS)}.")
    if len(bars) == 0:
        return _put_together(bars, *(np.zeros(0, np.int64) for _ in range(3)))
    starts, known = _finished(bars, period, calendar)
    # A period that a later bar finished ends before that bar.
    ends = np.minimum(known, np.append(starts[1:], len(bars))[: len(known)] - 1)
    return _put_together(bars, starts[: len(known)], ends, known)


def _finished(bars: Bars, period: str, calendar: str) -> tuple[Indices, Indices]:
    """Return where each period starts, and where the finished ones became known."""
    days = sessions.days_of(bars.time)
    first = sessions.first_of(days, period)
    starts = np.flatnonzero(np.diff(first, prepend=first[0] - 1))
    every_day = sessions.trades_every_day(days, calendar)
    left = sessions.sessions_left(days, sessions.last_of(days, period), every_day)
    # Of bars within a day nobody knows which is the day's last.
    several_a_day = np.logical_or.accumulate(np.diff(days, prepend=days[0] - 1) == 0)
    n = len(bars)
    candidates = np.where((left == 0) & ~several_a_day, np.arange(n), n)
    at_its_end = np.minimum.reduceat(candidates, starts)
    known = np.minimum(at_its_end, np.append(starts[1:], n))
    return starts, known[known < n]


def _put_together(bars: Bars, starts: Indices, ends: Indices, known: Indices) -> HigherBars:
    cut = np.ravel(np.column_stack([starts, ends + 1]))
    inside = np.append(bars.high, 0.0), np.append(bars.low, 0.0), np.append(bars.volume, 0.0)
    pieces = [
        operation.reduceat(column, cut)[::2] if len(cut) else np.zeros(0)
        for operation, column in zip((np.maximum, np.minimum, np.add), inside, strict=True)
    ]
    high, low, volume = pieces
    opened, close = bars.open[starts], bars.close[ends]
    for column in (opened, high, low, close, volume, known):
        column.flags.writeable = False
    return HigherBars(
        symbol=bars.symbol,
        time=bars.time[ends],
        open=opened,
        high=high,
        low=low,
        close=close,
        volume=volume,
        has_range=True,
        has_volume=bars.has_volume,
        known=known,
    )


def align(higher: HigherBars, values: npt.ArrayLike, bars: Bars) -> npt.NDArray[np.generic]:
    """Bring values of a longer period back: on every bar, that of the last finished period.

    Parameters
    ----------
    higher : HigherBars, k of them
        What `weekly`, `monthly` or `resampled` made of `bars`.
    values : array_like, shape (k,)
        Numbers, or True and False.
    bars : Bars, n of them

    Returns
    -------
    ndarray, shape (n,)
        NaN, or False for masks, before the first period is finished.
    """
    if not isinstance(higher, HigherBars):
        raise IndicatorError("align takes first what ta.weekly(bars) or ta.monthly(bars) gave.")
    array = np.asarray(values)
    if array.shape != (len(higher),):
        raise IndicatorError(
            f"There are {len(higher)} finished periods, but values have the shape {array.shape}."
        )
    mask = array.dtype == np.bool_
    filled = np.concatenate([[False] if mask else [np.nan], array])
    return np.asarray(filled[np.searchsorted(higher.known, np.arange(len(bars)), "right")])
