"""Days as files write them: ISO, American, European, compact and epoch."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from market.columns import Times
from market.errors import FileRefused

ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
EPOCH = re.compile(r"-?\d{9,19}")
# Day or month first: only the values can tell.
PARTS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ].*)?")
WITH_OFFSET = re.compile(r"T?.*\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$")


def zone(name: str) -> ZoneInfo:
    """The time zone of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FileRefused(
            [f"There is no time zone “{name}”; write one like America/New_York."]
        ) from None


def parse_days(texts: Sequence[str], timezone: str = "UTC") -> Times:
    """The calendar day of each text, as midnight UTC.

    A text without an offset names its day itself. An instant (epoch seconds, or a time with an
    offset) falls on the day its clock showed in `timezone`; with UTC, an offset's own clock
    counts.

    Raises
    ------
    FileRefused
        Naming the first row that is no day, or when day and month cannot be told apart.
    """
    read = _reader(texts, zone(timezone))
    days: list[date] = []
    for row, text in enumerate(texts):
        try:
            days.append(read(text.strip()))
        except (ValueError, OverflowError, OSError):
            shown = text.strip()[:40] or "empty"
            raise FileRefused(
                [f"Row {row + 1}: the time “{shown}” cannot be read like the rows before it."]
                if row
                else [f"Row 1: the time “{shown}” is no date. Write 2024-01-31."]
            ) from None
    return np.array(days, dtype="datetime64[D]").astype("datetime64[s]")


def _reader(texts: Sequence[str], place: ZoneInfo) -> Callable[[str], date]:
    first = texts[0].strip() if texts else ""
    if COMPACT.fullmatch(first):
        return lambda text: _day(COMPACT, text, "ymd")
    if EPOCH.fullmatch(first):
        return lambda text: _of_epoch(text, place)
    if ISO.fullmatch(first):
        return lambda text: _of_iso(text, place)
    if PARTS.fullmatch(first):
        order = _order(texts)
        return lambda text: _day(PARTS, text, order)
    return _refuse


def _refuse(text: str) -> date:
    raise ValueError(text)


def _day(pattern: re.Pattern[str], text: str, order: str) -> date:
    match = pattern.fullmatch(text)
    if match is None:
        raise ValueError(text)
    part = dict(zip(order, (int(group) for group in match.groups()), strict=True))
    return date(part["y"], part["m"], part["d"])


def _of_iso(text: str, place: ZoneInfo) -> date:
    if place.key != "UTC" and WITH_OFFSET.fullmatch(text):
        return datetime.fromisoformat(text).astimezone(place).date()
    return _day(ISO, text, "ymd")


def _of_epoch(text: str, place: ZoneInfo) -> date:
    if not EPOCH.fullmatch(text):
        raise ValueError(text)
    seconds = float(text)
    while abs(seconds) >= 1e11:  # milliseconds, microseconds or nanoseconds
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC).astimezone(place).date()


def _order(texts: Sequence[str]) -> str:
    """Whether 01/02/2024 is January or February, judged by all rows."""
    matches = [match for text in texts if (match := PARTS.fullmatch(text.strip()))]
    if any(int(match[1]) > 12 for match in matches):
        return "dmy"
    if any(int(match[2]) > 12 for match in matches):
        return "mdy"
    raise FileRefused(
        [
            "Day and month cannot be told apart in dates like "
            f"“{texts[0].strip()}”. Write them as 2024-01-31."
        ]
    )
