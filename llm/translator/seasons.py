"""Rules that hold from one day of the year on, until the day of the other rule."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, AnyOf, Calendar, First
from llm.translator.reading.memory import Found

_DAYS = tuple(range(1, 32))


def within_seasons(found: Found) -> bool:
    """Put each of those rules into its time of the year; False where it has no end."""
    if not found.seasons:
        return True
    entries, exits = found.entries["long"], found.exits["long"]
    if len(entries) != 1 or len(exits) != 1:
        return False
    start = date_of(found.seasons.get("entry", entries[0]))
    end = date_of(found.seasons.get("exit", exits[0]))
    if start is None or end is None or start == end:
        return False
    if "entry" in found.seasons:
        entries[0] = _both(_between(start, end), entries[0])
    if "exit" in found.seasons:
        exits[0] = _both(_between(end, start), exits[0])
    return True


def days_between(first: Any, last: Any) -> Any:
    """The days of the year from one to the other, both included; None where they name no dates."""
    start, end = date_of(first), date_of(last) or _end_of_month(last)
    if start is None or end is None or start == end:
        return None
    following = (end[0] % 12 + 1, 1) if end[1] == 31 else (end[0], end[1] + 1)
    return _between(start, following)


def _end_of_month(rule: Any) -> tuple[int, int] | None:
    """ "to the end of April": its last day, however long the month is."""
    month_end = isinstance(rule, Calendar) and rule.unit == "month_end" and len(rule.values) == 1
    return (rule.values[0], 31) if month_end else None


def _both(first: Any, second: Any) -> Any:
    rest = second.conditions if isinstance(second, AllOf) else (second,)
    return AllOf(conditions=(first, *rest))


def date_of(rule: Any) -> tuple[int, int] | None:
    """The month and the day that a rule about one day of the year names."""
    if (
        isinstance(rule, Calendar)
        and rule.unit in ("month", "month_start")
        and len(rule.values) == 1
    ):
        return rule.values[0], 1
    if not isinstance(rule, First):
        return None
    within = rule.of.conditions[0] if isinstance(rule.of, AnyOf) else rule.of
    parts = within.conditions if isinstance(within, AllOf) else ()
    units = {part.unit: part.values for part in parts if isinstance(part, Calendar)}
    if set(units) != {"month", "day_of_month"}:
        return None
    return units["month"][0], units["day_of_month"][0]


def _between(start: tuple[int, int], end: tuple[int, int]) -> Any:
    """From that day to the one before the other."""
    (month, day), (last, until) = start, end
    whole: list[int] = []
    if month == last and day < until:
        return _part(month, tuple(range(day, until)))
    if month != last or day > until:
        following = month if day == 1 else month % 12 + 1
        while following != last:
            whole.append(following)
            following = following % 12 + 1
    parts: list[Any] = []
    if day > 1:
        parts.append(_part(month, tuple(d for d in _DAYS if d >= day)))
    if whole:
        parts.append(Calendar(unit="month", values=tuple(whole)))
    if until > 1:
        parts.append(_part(last, tuple(d for d in _DAYS if d < until)))
    return AnyOf(conditions=tuple(parts)) if len(parts) > 1 else parts[0]


def _part(month: int, days: tuple[int, ...]) -> Any:
    within = Calendar(unit="day_of_month", values=days)
    return AllOf(conditions=(Calendar(unit="month", values=(month,)), within))
