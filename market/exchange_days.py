"""On which days bars are expected: the New York exchange's calendar, computed.

Sources: the exchange's Rule 7.2 (holidays and their observance) and its list of special
closings since 1990. Checked in tests against 33 years of real bars.
"""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
# Days of mourning, attacks and storms: no rule gives these.
SPECIAL_CLOSINGS = tuple(
    date.fromisoformat(day)
    for day in (
        "1994-04-27",  # President Nixon
        "2001-09-11",
        "2001-09-12",
        "2001-09-13",
        "2001-09-14",
        "2004-06-11",  # President Reagan
        "2007-01-02",  # President Ford
        "2012-10-29",  # hurricane Sandy
        "2012-10-30",
        "2018-12-05",  # President Bush
        "2025-01-09",  # President Carter
    )
)


def weekdays(first: date, last: date) -> Days:
    """Mondays to Fridays, both ends included."""
    days = every_day(first, last)
    return days[np.is_busday(days)]


def every_day(first: date, last: date) -> Days:
    """Every calendar day, both ends included."""
    return np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)


def new_york(first: date, last: date) -> Days:
    """Days on which the New York exchange was open, both ends included."""
    closed = [day for year in range(first.year, last.year + 1) for day in holidays(year)]
    days = weekdays(first, last)
    return days[~np.isin(days, np.array(closed, dtype="datetime64[D]"))]


@lru_cache(maxsize=256)
def holidays(year: int) -> tuple[date, ...]:
    """The weekdays of a year on which the New York exchange was closed."""
    days = [
        _observed(date(year, 1, 1)),
        _nth(year, 2, MONDAY, 3),  # Washington's Birthday
        easter(year) - timedelta(days=2),  # Good Friday
        _last_monday_of_may(year),  # Memorial Day
        _observed(date(year, 7, 4)),
        _nth(year, 9, MONDAY, 1),  # Labor Day
        _nth(year, 11, THURSDAY, 4),  # Thanksgiving
        _observed(date(year, 12, 25)),
        *(day for day in SPECIAL_CLOSINGS if day.year == year),
    ]
    if year >= 1998:
        days.append(_nth(year, 1, MONDAY, 3))  # Martin Luther King
    if year >= 2022:
        days.append(_observed(date(year, 6, 19)))  # Juneteenth
    # New Year's Day on a Saturday is not moved to the last Friday of the old year.
    return tuple(sorted(day for day in days if day.year == year and day.weekday() < SATURDAY))


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher's algorithm)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _observed(day: date) -> date:
    """A holiday on a Sunday is kept on Monday, one on a Saturday on Friday."""
    if day.weekday() == SUNDAY:
        return day + timedelta(days=1)
    if day.weekday() == SATURDAY:
        return day - timedelta(days=1)
    return day


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())
