"""Scripts, logs and small curves as markup with classes and without styles."""

from collections.abc import Sequence
from difflib import ndiff
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def python(source: str) -> SafeString:
    """A script with the classes of its words; everything in it is escaped."""
    return mark_safe(_highlighted(source or ""))  # Pygments escapes


@register.filter
def slug(text: str) -> str:
    """A key as part of an id."""
    return text.replace(".", "-")


@register.simple_tag
def explained_lines(explanation: Any, script: str) -> list[tuple[Any, SafeString]]:
    """Every line with its explanation and its coloured words."""
    # Pygments colours line by line, and closes what goes on in the next one.
    coloured = _highlighted(script).split("\n")
    return [
        (line, mark_safe(text)) for line, text in zip(explanation.lines, coloured, strict=False)
    ]


@lru_cache(maxsize=64)
def _highlighted(source: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))


@register.simple_tag
def changes(before: str, after: str) -> SafeString:
    """What a repair changed, line by line."""
    names = {"+ ": "add", "- ": "del", "  ": "same"}
    lines = [
        (names[line[:2]], line)
        for line in ndiff(before.splitlines(), after.splitlines())
        if line[:2] in names
    ]
    return format_html_join("\n", '<span class="{}">{}</span>', lines)


@register.filter
def unified(lines: Sequence[str]) -> SafeString:
    """A unified diff, each line with the class of what it says."""
    names = {"+": "add", "-": "del", "@": "hunk"}
    # The first two lines name files, and there are none.
    marked = [(names.get(line[:1], "same"), line) for line in lines[2:]]
    return format_html_join("\n", '<span class="{}">{}</span>', marked)


@register.simple_tag
def sparkline(values: Sequence[float] | None, width: int = 96, height: int = 24) -> SafeString:
    """A small curve; the figures beside it say the same in words."""
    if not values or len(values) < 2:
        return mark_safe("")
    low, high = min(values), max(values)
    span = (high - low) or 1
    points = " ".join(
        f"{index * width / (len(values) - 1):.1f},{1 + (high - value) / span * (height - 2):.1f}"
        for index, value in enumerate(values)
    )
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" aria-hidden="true">'
        '<polyline points="{}"/></svg>',
        width, height, width, height, points,
    )  # fmt: skip
