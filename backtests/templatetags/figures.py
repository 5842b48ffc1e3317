"""Filters for lists and reports, beside the site's own number formats."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone

from backtests.report.wording import DASH, number, percent

register = template.Library()

STRONG_MONTH = 0.03
STILL_MONTH = 0.0005


@register.filter
def as_figure(value: Any, figure: Any) -> str:
    """A value in the style of its figure."""
    if figure.style in ("signed", "percent"):
        return percent(value, figure.digits, sign=figure.style == "signed")
    return number(value, 0 if figure.style == "count" else figure.digits)


@register.filter
def points(value: float | None) -> str:
    """A fraction as signed percent without the unit, for the table of months."""
    if value is None or value == 0:
        return ""  # not invested: an empty field reads faster than a zero
    return percent(value).split("\u202f")[0]


@register.filter
def heat(value: float | None) -> str:
    """The class of a month: two strengths on either side of nothing."""
    if value is None:
        return "void"
    if abs(value) < STILL_MONTH:
        return "still"
    return f"{'g' if value > 0 else 'l'}{2 if abs(value) >= STRONG_MONTH else 1}"


@register.filter
def share(value: float | None) -> str:
    """A fraction as the length of a drawing, kept off both ends so that a dot is whole."""
    return f"{min(max(value or 0.0, 0.015), 0.985) * 100:.1f}%"


@register.filter
def iso_day(value: Any) -> str:
    """The day of a moment, in the order that sorts: 2018-10-05."""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value or DASH)[:10]


@register.filter
def year(value: Any) -> str:
    """The year of a day."""
    return iso_day(value)[:4]


@register.filter
def short_hash(value: Any) -> str:
    """Enough of a hash to compare by eye."""
    return str(value or DASH)[:12]


@register.filter
def ago(value: datetime) -> str:
    """How long ago, in the coarsest unit that still says something."""
    seconds = (timezone.now() - value).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86400:
        return f"{int(seconds // 3600)} h ago"
    days = int(seconds // 86400)
    return "yesterday" if days == 1 else f"{days} days ago" if days < 30 else iso_day(value)
