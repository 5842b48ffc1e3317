"""How figures look on pages: fractions become percent here and nowhere else.

A missing value is an en dash; a minus is a minus and not a hyphen; the space before a percent
sign never breaks.
"""

import math
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone

register = template.Library()

MISSING = "–"
MINUS = "−"
THIN = "\u202f"


def _number(value: Any) -> float | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _text(number: float, digits: int, *, sign: bool) -> str:
    text = f"{abs(number):,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        return text
    if number < 0:
        return MINUS + text
    return "+" + text if sign else text


@register.filter
def percent(value: Any, digits: int = 1) -> str:
    """A fraction as percent: 0.1234 becomes 12.3 %."""
    number = _number(value)
    return MISSING if number is None else f"{_text(number * 100, digits, sign=False)}{THIN}%"


@register.filter
def signed(value: Any, digits: int = 1) -> str:
    """A fraction as percent with its sign: 0.0112 becomes +1.1 %."""
    number = _number(value)
    return MISSING if number is None else f"{_text(number * 100, digits, sign=True)}{THIN}%"


@register.filter
def points(value: Any, digits: int = 1) -> str:
    """A fraction as percent with its sign and without its unit, for dense tables."""
    number = _number(value)
    return "" if number is None else _text(number * 100, digits, sign=True)


@register.filter
def number(value: Any, digits: int = 2) -> str:
    """A plain number with separators: 1234.5 becomes 1,234.50."""
    parsed = _number(value)
    return MISSING if parsed is None else _text(parsed, digits, sign=False)


@register.filter
def signed_number(value: Any, digits: int = 2) -> str:
    """A plain number with its sign."""
    parsed = _number(value)
    return MISSING if parsed is None else _text(parsed, digits, sign=True)


@register.filter
def count(value: Any) -> str:
    """A whole number with separators: 3523 becomes 3,523."""
    return number(value, 0)


@register.filter
def tone(value: Any) -> str:
    """The class of a figure's colour; its sign says the same."""
    parsed = _number(value)
    if not parsed:
        return ""
    return "gain" if parsed > 0 else "loss"


@register.filter
def heat(value: Any) -> str:
    """The class of a month's cell: two strengths on either side of nothing."""
    parsed = _number(value)
    if parsed is None or abs(parsed) < 0.0005:
        return "still" if parsed is not None else "none"
    strength = 2 if abs(parsed) >= 0.03 else 1
    return f"{'g' if parsed > 0 else 'l'}{strength}"


@register.filter
def duration(seconds: Any) -> str:
    """A time span as one would say it: 0.02 s, 3.4 s, 2 min 5 s."""
    value = _number(seconds)
    if value is None:
        return ""
    if value < 1:
        return f"{value:.2f}{THIN}s"
    if value < 60:
        return f"{value:.1f}{THIN}s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes}{THIN}min {rest}{THIN}s"


@register.filter
def day(value: Any) -> str:
    """The day of a moment, whether it comes as a date, a time or ISO text."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value or "")[:10] or MISSING


@register.filter
def year(value: Any) -> str:
    """The year of a day."""
    return day(value)[:4]


@register.filter
def ago(value: datetime | None) -> str:
    """How long ago, in the coarsest unit that still says something."""
    if value is None:
        return ""
    seconds = (timezone.now() - value).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86400:
        return f"{int(seconds // 3600)} h ago"
    days = int(seconds // 86400)
    return "yesterday" if days == 1 else f"{days} days ago" if days < 30 else day(value)


@register.filter
def short_hash(value: Any) -> str:
    """Enough of a hash to compare by eye."""
    return str(value or "")[:12] or MISSING


@register.filter
def get(mapping: Any, key: str) -> Any:
    """A value of a mapping whose key is a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else None
