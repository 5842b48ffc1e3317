"""Trading days as they are known in advance: by rule, not by looking at the next bar.

Two calendars: the New York Stock Exchange (XNYS, `engine/exchange_days.py`) and every day of the
week. Days are counted as integers, days since 1970-01-01.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.exchange_days import FIRST_YEAR, HOLIDAYS, LAST_YEAR, SURPRISES

Days = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
CALENDARS = ("auto", "exchange", "all")
WEEKEND_SHARE = 0.15  # a seven-day market has two weekend bars in seven
# Surprises that were proclaimed at least a session before: days of mourning.
PROCLAIMED = {
    1972: "1228",
    1973: "0125",
    1994: "0427",
    2004: "0611",
    2007: "0102",
    2018: "1205",
    2025: "0109",
}
_START = int(np.datetime64(f"{FIRST_YEAR}-01-01", "D").astype(np.int64))
_END = int(np.datetime64(f"{LAST_YEAR}-12-31", "D").astype(np.int64))


class CalendarError(EngineError):
    """The calendar does not reach these bars, or there is no such calendar."""


def days_of(time: npt.NDArray[np.datetime64]) -> Days:
    """Days since 1970-01-01 (UTC) of each time."""
    return time.astype("datetime64[D]").astype(np.int64)


def weekdays(days: Days) -> Days:
    """Day of the week, Monday is 0."""
    return (days + 3) % 7  # 1970-01-01 was a Thursday


def first_of(days: Days, period: str) -> Days:
    """First calendar day of the period ("W", "M", "Q" or "Y") that holds each day."""
    if period == "W":
        return days - weekdays(days)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    size = {"M": 1, "Q": 3, "Y": 12}[period]
    return _day_of_month(months // size * size)


def last_of(days: Days, period: str) -> Days:
    """Last calendar day of the period that holds each day."""
    if period == "W":
        return first_of(days, "W") + 6
    longest = {"M": 31, "Q": 92, "Y": 366}[period]
    return first_of(first_of(days, period) + longest, period) - 1


def _day_of_month(months: Days) -> Days:
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def trades_every_day(days: Days, calendar: str = "auto") -> Mask:
    """Whether the market trades on weekends, judged on each bar by the bars up to it.

    Parameters
    ----------
    days : ndarray of int64, shape (n,)
    calendar : {"auto", "exchange", "all"}
        "auto": more than 15 % of the bars so far fell on a weekend.
    """
    if calendar not in CALENDARS:
        raise CalendarError(f"There is no calendar {calendar!r}; there is {', '.join(CALENDARS)}.")
    if calendar != "auto":
        return np.full(len(days), calendar == "all")
    seen = np.cumsum(weekdays(days) >= 5)
    return np.asarray(seen > WEEKEND_SHARE * np.arange(1, len(days) + 1))


def sessions_left(days: Days, until: Days, every_day: Mask) -> Days:
    """Count the sessions after each day up to `until`, as planned: surprises are not known."""
    return np.where(every_day, until - days, _counted(days, until, every_day, _planned()))


def sessions_so_far(since: Days, days: Days, every_day: Mask) -> Days:
    """Count the sessions from `since` up to and including each day, as they really were."""
    counted = _counted(since - 1, days, every_day, _held())
    return np.where(every_day, days - since + 1, counted)


def _counted(after: Days, until: Days, every_day: Mask, totals: Days) -> Days:
    _check_reach(after, until, every_day)
    inside = (np.clip(day, _START, _END) - _START for day in (after, until))
    first, last = inside
    return totals[last] - totals[first]


def _check_reach(after: Days, until: Days, every_day: Mask) -> None:
    asked = ~every_day
    if asked.any() and (after[asked].min() < _START or until[asked].max() > _END):
        raise CalendarError(
            f"The exchange calendar covers {FIRST_YEAR + 1} to {LAST_YEAR - 1}, and some bars lie "
            'outside; cut the bars, or pass calendar="all" for a market that trades every day.'
        )


def next_session(days: Days, every_day: Mask) -> Days:
    """The session after each day, as it was known on that day.

    Days of mourning are proclaimed days before; attacks and storms are not.
    """
    _check_reach(days, days, every_day)
    held = np.flatnonzero(np.diff(_foreseen(), prepend=0)) + _START
    after = held[np.searchsorted(held, np.clip(days, _START, held[-1] - 1), "right")]
    return np.where(every_day, days + 1, after)


@cache
def _foreseen() -> Days:
    return _running_total(HOLIDAYS, PROCLAIMED)


@cache
def _planned() -> Days:
    return _running_total(HOLIDAYS)


@cache
def _held() -> Days:
    return _running_total(HOLIDAYS, SURPRISES)


def _running_total(*closures: dict[int, str]) -> Days:
    open_ = weekdays(np.arange(_START, _END + 1)) < 5
    for table in closures:
        for year, days in table.items():
            stamps = [f"{year}-{day[:2]}-{day[2:]}" for day in days.split()]
            open_[np.array(stamps, "datetime64[D]").astype(np.int64) - _START] = False
    return np.cumsum(open_)
