"""Figures that lead to where they come from: links without JavaScript, a small panel with it."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backtests.report.wording import DASH
from llm.gateway.figures import PLACEHOLDER, UNDEFINED, flatten, format_fact
from reports.sources import is_figure
from reports.templatetags.prose import prose

register = template.Library()

# Stand for figures while Markdown is rendered; a model's own are taken out first.
OPEN, CLOSE = "\ue000", "\ue001"


@register.simple_tag
def fact(key: str, shown: Any) -> SafeString:
    """A figure as it is shown, leading to the entry of its key."""
    text = str(shown)
    if not text or text == DASH:
        return format_html("{}", text)
    return format_html('<a class="fact" href="#fact-{}">{}</a>', key, text)


@register.filter
def narrative(facts: Mapping[str, Any]) -> SafeString:
    """A model's prose with our figures in it, each leading to where it comes from.

    The figures come in after Markdown: nothing that a fact says can become markup.
    """
    written = facts.get("analysis_written")
    if not written:
        return prose(facts.get("analysis") or "")
    known, figures = flatten(facts), []

    def hold(match: Any) -> str:
        figures.append(_figure(match.group(1), known))
        return f"{OPEN}{len(figures) - 1}{CLOSE}"

    text = str(written).replace(OPEN, "").replace(CLOSE, "")
    page = str(prose(PLACEHOLDER.sub(hold, text)))
    for number, figure in enumerate(figures):
        page = page.replace(f"{OPEN}{number}{CLOSE}", figure)
    return SafeString(page)


def _figure(key: str, known: Mapping[str, object]) -> SafeString:
    if key not in known:
        return format_html("{}", UNDEFINED)
    shown = format_fact(key, known[key])
    return fact(key, shown) if is_figure(known[key]) else format_html("{}", shown)
