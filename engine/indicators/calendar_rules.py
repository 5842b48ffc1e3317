"""Calendar rules: each says, at the close of a bar, what the calendar already knows.

The exchange calendar is New York's (XNYS), with holidays as they were planned: a closure that
nobody foresaw (September 2001, a storm) is no reason to call a day the last one of its week. So
such a week has no `week_end`. Markets with weekend bars count every day. Every function takes
``calendar="auto" | "exchange" | "all"``; "auto" judges by the bars up to the current one. Where
bars are shorter than a day, a rule holds on every bar of its day. A signal fills at the next open.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine import sessions
from engine.bars import Bars
from engine.indicators.arrays import IndicatorError, Mask, as_period

Counts = npt.NDArray[np.int64]


def _days(bars: Bars) -> Counts:
    if not isinstance(bars, Bars):
        raise IndicatorError("A calendar rule needs the bars, for their times.")
    return sessions.days_of(bars.time)


def _left(bars: Bars, period: str, calendar: str) -> Counts:
    days = _days(bars)
    every_day = sessions.trades_every_day(days, calendar)
    return sessions.sessions_left(days, sessions.last_of(days, period), every_day)


def _number(bars: Bars, period: str, calendar: str) -> Counts:
    days = _days(bars)
    every_day = sessions.trades_every_day(days, calendar)
    return sessions.sessions_so_far(sessions.first_of(days, period), days, every_day)


def next_session(bars: Bars, calendar: str = "auto") -> Bars:
    """The same bars under the day on which an order of each would fill, as known at its close.

    For rules that name the day of the fill: `ta.day_of_week(ta.next_session(bars)) == 0` gives
    the order for Monday's open on the session before.
    """
    days = _days(bars)
    coming = sessions.next_session(days, sessions.trades_every_day(days, calendar))
    return replace(bars, time=(coming * 86_400).astype("datetime64[s]"))


def day_of_week(bars: Bars) -> Counts:
    """Day of the week (UTC), Monday is 0 and Sunday 6."""
    return sessions.weekdays(_days(bars))


def day_of_month(bars: Bars) -> Counts:
    """Calendar day of the month, 1 to 31."""
    days = _days(bars)
    return days - sessions.first_of(days, "M") + 1


def month(bars: Bars) -> Counts:
    """Month, 1 to 12."""
    months = _days(bars).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months % 12 + 1


def quarter(bars: Bars) -> Counts:
    """Quarter of the year, 1 to 4."""
    return (month(bars) + 2) // 3


def year(bars: Bars) -> Counts:
    """Calendar year."""
    return _days(bars).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def trading_days_left_in_week(bars: Bars, calendar: str = "auto") -> Counts:
    """Planned sessions of this week after this one; 0 on its last."""
    return _left(bars, "W", calendar)


def trading_days_left_in_month(bars: Bars, calendar: str = "auto") -> Counts:
    """Planned sessions of this month after this one; 0 on its last."""
    return _left(bars, "M", calendar)


def trading_day_of_week(bars: Bars, calendar: str = "auto") -> Counts:
    """Which session of its week this is, the first being 1."""
    return _number(bars, "W", calendar)


def trading_day_of_month(bars: Bars, calendar: str = "auto") -> Counts:
    """Which session of its month this is, the first being 1."""
    return _number(bars, "M", calendar)


def week_start(bars: Bars, calendar: str = "auto") -> Mask:
    """True on the first session of a week."""
    return np.asarray(_number(bars, "W", calendar) == 1)


def week_end(bars: Bars, calendar: str = "auto") -> Mask:
    """True on the last planned session of a week."""
    return np.asarray(_left(bars, "W", calendar) == 0)


def month_start(bars: Bars, calendar: str = "auto") -> Mask:
    """True on the first session of a month."""
    return np.asarray(_number(bars, "M", calendar) == 1)


def month_end(bars: Bars, calendar: str = "auto") -> Mask:
    """True on the last planned session of a month."""
    return np.asarray(_left(bars, "M", calendar) == 0)


def quarter_start(bars: Bars, calendar: str = "auto") -> Mask:
    """True on the first session of a quarter."""
    return np.asarray(_number(bars, "Q", calendar) == 1)


def quarter_end(bars: Bars, calendar: str = "auto") -> Mask:
    """True on the last planned session of a quarter."""
    return np.asarray(_left(bars, "Q", calendar) == 0)


def year_start(bars: Bars, calendar: str = "auto") -> Mask:
    """True on the first session of a year."""
    return np.asarray(_number(bars, "Y", calendar) == 1)


def year_end(bars: Bars, calendar: str = "auto") -> Mask:
    """True on the last planned session of a year."""
    return np.asarray(_left(bars, "Y", calendar) == 0)


def turn_of_month(bars: Bars, before: int = 1, after: int = 3, calendar: str = "auto") -> Mask:
    """True on the last `before` and the first `after` sessions of a month.

    Source: J. Lakonishok and S. Smidt, "Are seasonal anomalies real?", Review of Financial
    Studies 1 (1988): the last session and the first three.
    """
    last, first = as_period(before, least=0), as_period(after, least=0)
    ending = _left(bars, "M", calendar) < last
    return np.asarray(ending | (_number(bars, "M", calendar) <= first))
