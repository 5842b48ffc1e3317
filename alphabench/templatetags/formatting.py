"""Numbers, money, days and durations as people read them; loaded in every template.

A fraction becomes percent here and nowhere else. A value that is not there shows as a dash.
"""

import math
from calendar import month_abbr
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from django import template

register = template.Library()

MINUS = "\u2212"
NARROW_SPACE = "\u202f"
NOTHING = "\u2013"


def _decimal(value: Any) -> Decimal | None:
    """The value as a finite Decimal, or None for whatever is not one."""
    if value is None or isinstance(value, bool):
        return None
    try:
        # str() of a float is the shortest text that gives it back: 0.1 stays 0.1.
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def _text(number: Decimal, decimals: int, *, sign: bool = False) -> str:
    """Grouped digits with a true minus; a rounded zero never keeps a sign."""
    rounded = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    digits = f"{abs(rounded):,.{decimals}f}"
    if rounded < 0:
        return MINUS + digits
    return f"+{digits}" if sign and rounded > 0 else digits


def _decimals(value: Any, default: int) -> int:
    try:
        return min(max(int(value), 0), 12)
    except (TypeError, ValueError):
        return default


@register.filter
def percent(value: Any, decimals: Any = 1) -> str:
    """A fraction as percent, with its sign: 0.0114 is "+1.1 %"."""
    number = _decimal(value)
    if number is None:
        return NOTHING
    return f"{_text(number * 100, _decimals(decimals, 1), sign=True)}{NARROW_SPACE}%"


@register.filter
def percent_plain(value: Any, decimals: Any = 1) -> str:
    """A fraction as percent; only a loss has a sign: 0.55 is "55.0 %"."""
    number = _decimal(value)
    if number is None:
        return NOTHING
    return f"{_text(number * 100, _decimals(decimals, 1))}{NARROW_SPACE}%"


@register.filter
def percent_exact(value: Any) -> str:
    """A fraction as percent with the digits it has: 0.0005 is "0.05 %"."""
    number = _decimal(value)
    if number is None:
        return NOTHING
    exponent = (number * 100).normalize().as_tuple().exponent
    return percent_plain(value, max(-exponent, 0) if isinstance(exponent, int) else 0)


@register.filter
def number(value: Any, decimals: Any = 2) -> str:
    """A plain number: 1234.5 is "1,234.50"; whole numbers stay whole without an argument."""
    found = _decimal(value)
    if found is None:
        return NOTHING
    return _text(found, 0 if isinstance(value, int) and decimals == 2 else _decimals(decimals, 2))


@register.filter
def signed(value: Any, decimals: Any = 2) -> str:
    """A number with its sign: 0.5 is "+0.50"."""
    found = _decimal(value)
    return NOTHING if found is None else _text(found, _decimals(decimals, 2), sign=True)


@register.filter
def money(value: Any, decimals: Any = 2) -> str:
    """An amount in the currency of the account: 10114.4 is "10,114.40"."""
    found = _decimal(value)
    return NOTHING if found is None else _text(found, _decimals(decimals, 2))


@register.filter
def duration(value: Any) -> str:
    """Seconds, or a timedelta, at the precision that matters: "85 ms", "3.2 s", "1 h 05 min"."""
    if isinstance(value, timedelta):
        value = value.total_seconds()
    seconds = _decimal(value)
    if seconds is None:
        return NOTHING
    amount = float(seconds)
    if amount < 0.9995:
        return f"{_text(seconds * 1000, 0)}{NARROW_SPACE}ms"
    if amount < 59.95:
        return f"{amount:.1f}{NARROW_SPACE}s"
    whole = math.floor(amount + 0.5)
    if whole < 3600:
        return f"{whole // 60}{NARROW_SPACE}min {whole % 60:02d}{NARROW_SPACE}s"
    minutes = math.floor(amount / 60 + 0.5)
    if minutes < 48 * 60:
        return f"{minutes // 60}{NARROW_SPACE}h {minutes % 60:02d}{NARROW_SPACE}min"
    hours = math.floor(amount / 3600 + 0.5)
    return f"{hours // 24}{NARROW_SPACE}d {hours % 24}{NARROW_SPACE}h"


@register.filter
def day(value: Any) -> str:
    """A day (or an instant's day, or an ISO text) as "3 Jan 2005": no order of numbers to guess."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value or NOTHING
    if not isinstance(value, date):
        return NOTHING
    return f"{value.day} {month_abbr[value.month]} {value.year}"


@register.filter
def signed_class(value: Any) -> str:
    """The colour class of a result: `gain`, `loss`, or nothing for zero and the unknown."""
    found = _decimal(value)
    if not found:
        return ""
    return "gain" if found > 0 else "loss"
