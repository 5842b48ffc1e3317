"""A model's prose as HTML: Markdown through an allow-list, without links, images or raw HTML."""

from functools import cache
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Headings start below the page's own; nothing here can load, run or lead anywhere.
TAGS = {"p", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "blockquote", "br"}


@register.filter
def prose(text: str) -> SafeString:
    """Markdown to a small set of tags; everything else becomes text or disappears."""
    import nh3  # only reports written with a model need it

    return mark_safe(nh3.clean(_markdown().render(text), tags=TAGS, attributes={}))


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.disable(["link", "image", "autolink", "html_inline", "html_block", "reference"])
    for heading in ("heading_open", "heading_close"):
        markdown.add_render_rule(heading, _lower_heading)
    return markdown


def _lower_heading(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    slash = "/" if tokens[index].nesting < 0 else ""
    return f"<{slash}{'h3' if tokens[index].tag in ('h1', 'h2') else 'h4'}>"
