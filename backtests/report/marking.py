"""Markdown by hand: tables, and text of strangers that stays text."""

import re
from collections.abc import Iterable


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    """A Markdown table, right-aligned after the first column."""
    yield f"| {' | '.join(header)} |"
    yield "|---" + "|---:" * (len(header) - 1) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


# What starts markup anywhere in a line; "<" only where a tag could begin.
MARKUP = re.compile(r"[\\`*_\[\]|]|<(?=[A-Za-z/!?])|^[>#+-]")


def code(value: object) -> str:
    """A value between backticks that cannot end them: parameters may be texts of a script."""
    return " ".join(str(value).replace("`", "'").split())


def plain(text: str) -> str:
    """One line of text that Markdown cannot mistake for markup."""
    return MARKUP.sub(lambda found: "\\" + found[0], " ".join(text.split()))
