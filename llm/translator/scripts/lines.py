"""A script as lines with their depth, comments taken off, brackets joined."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COMMENT = re.compile(r"""("[^"]*"|'[^']*')|(//.*|\#.*)$""")
_GOES_ON = re.compile(r"(\b(and|or)|[&|+\-*/,=(<>])\s*$", re.IGNORECASE)
_LOOKS = re.compile(
    r"\bta\.\w+\(|\bstrategy\.(entry|close|exit)|//@version|^\s*def \w+\(|^\s*(el)?if\b.*:\s*$"
    r"|\b(buy|sell)\(\)|\.rolling\(|\.shift\(|^\s*if\b.*\bthen\b\s*\d+\s*%(?!.*\belse\b)|^\s*else\s*:?\s*$"
    r"|^\s*\w+\s*=\s*\(?\w+\(",
    re.IGNORECASE | re.MULTILINE,
)
# Where a script that is told in one line goes on with the next statement.
_SENTENCE = re.compile(
    r"(?<=[)\]])\s*[.,]\s+(?=if\b|strategy\.|[A-Za-z_]\w*\s*=[^=])|\.\s*$", re.IGNORECASE
)
# "strategy.entry on longCond, strategy.close when out": a call told in words.
_TOLD = re.compile(
    r"[ ]*\bstrategy\.(entry|close)[ ]+(?:on|when|if)[ ]+(\w+)[ ]*(?:[,.;]|(?=\n)|\Z)",
    re.IGNORECASE,
)
_CALLS = {"entry": 'strategy.entry("L", strategy.long)', "close": 'strategy.close("L")'}


@dataclass(frozen=True, slots=True)
class Line:
    """One statement: its text, how far it stands to the right, and its number from 1."""

    text: str
    depth: int
    number: int


def looks_like_a_script(idea: str) -> bool:
    return _LOOKS.search(idea) is not None


def lines_of(idea: str) -> tuple[list[Line], list[str]]:
    """The statements of a script, and the comments that were left out."""
    found: list[Line] = []
    comments: list[str] = []
    pending: Line | None = None
    text = idea.replace("\t", "    ")
    if "\n" not in text.strip():
        text = _SENTENCE.sub("\n", text.strip())
    text = _TOLD.sub(lambda m: f"\nif {m[2]}\n    {_CALLS[m[1].casefold()]}\n", text)
    for number, raw in enumerate(text.splitlines(), 1):
        comment = next((m[2] for m in _COMMENT.finditer(raw) if m[2]), "")
        if comment:
            raw = raw[: raw.rindex(comment)]
            told = comment.lstrip("/# ").strip()
            if told and not told.startswith("@version"):
                comments.append(told)
        if not raw.strip():
            continue
        if pending is not None:
            pending = Line(f"{pending.text} {raw.strip()}", pending.depth, pending.number)
        else:
            pending = Line(raw.strip(), len(raw) - len(raw.lstrip()), number)
        if _open(pending.text) > 0 or _GOES_ON.search(pending.text):
            continue
        found += _statements(pending)
        pending = None
    if pending is not None:
        found += _statements(pending)
    return found, comments


def _open(text: str) -> int:
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", text)
    return sum(bare.count(c) for c in "([") - sum(bare.count(c) for c in ")]")


def _statements(line: Line) -> list[Line]:
    """ "a = 1; b = 2": semicolons outside strings part statements."""
    parts = re.findall(r"(?:\"[^\"]*\"|'[^']*'|[^;\"'])+", line.text)
    return [Line(p.strip(), line.depth, line.number) for p in parts if p.strip()]
