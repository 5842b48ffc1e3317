"""Days that the calendar counts only from the other end."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, AnyOf, Calendar, NotTrue

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LEAP = Calendar(unit="year_of_four", values=(0,))


def _last_seven(length: int, *conditions: Any) -> Any:
    days = Calendar(unit="day_of_month", values=tuple(range(length - 6, length + 1)))
    return AllOf(conditions=(*conditions, days))


def _months(length: int) -> Calendar:
    values = tuple(k + 1 for k, days in enumerate(_LENGTHS) if days == length)
    return Calendar(unit="month", values=values)


# The last seven calendar days of a month: one of each weekday, whatever its length.
LAST_SEVEN_DAYS = AnyOf(
    conditions=(
        _last_seven(31, _months(31)),
        _last_seven(30, _months(30)),
        _last_seven(29, _months(28), _LEAP),
        _last_seven(28, _months(28), NotTrue(of=_LEAP)),
    )
)
