"""Cutting an idea into words, numbers and signs, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

_PIECES = re.compile(
    r"""
    (?P<date>\d{4}-\d{1,2}-\d{1,2})
  | (?P<money>[$€£]\s?\d[\d,]*(?:\.\d+)?\s?(?:k|m|thousand|million)?\b)
  | (?P<number>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)
  | (?P<word>%[kdrb]\b|[+-]di\b|\bdi[+-](?!\w)|[^\W\d_]+(?:&[^\W\d_]+)*(?:['’][^\W\d_]+)?)
  | (?P<operator><=|>=|=>|->|[<>=≤≥])
  | (?P<stop>\.(?=\s|$)|[;!?。\n]+)
  | (?P<punctuation>[(),:/+%*&–—-])
  | (?P<space>\s+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SUFFIX = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}


@dataclass(slots=True)
class Token:
    """A word or sign of the idea. `tags` says what the vocabulary takes it for."""

    text: str
    kind: str
    start: int
    end: int
    value: float | None = None
    day: date | None = None
    tags: frozenset[str] = field(default_factory=frozenset)
    percent: bool = False
    detail: str = ""

    def has(self, *tags: str) -> bool:
        return not self.tags.isdisjoint(tags)


def tokenise(idea: str, contractions: dict[str, str]) -> list[Token]:
    """Tokens in reading order; hyphens between words and digits are dropped."""
    tokens: list[Token] = []
    text = unicodedata.normalize("NFKC", idea)
    for match in _PIECES.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "space":
            if "\n" in match.group():
                tokens.append(Token("\n", "stop", match.start(), match.end()))
            continue
        tokens += _make(kind, match, contractions)
    return _signs(tokens, text)


def _make(kind: str, match: re.Match[str], contractions: dict[str, str]) -> list[Token]:
    raw, start, end = match.group(), match.start(), match.end()
    if kind == "date":
        try:
            return [Token(raw, "date", start, end, day=date.fromisoformat(_pad(raw)))]
        except ValueError:
            return [Token(raw, "other", start, end)]
    if kind == "money":
        found = re.match(r"[$€£]\s?([\d,.]+)\s?([a-z]*)", raw, re.IGNORECASE)
        assert found is not None
        amount = float(found[1].rstrip(".,").replace(",", ""))
        return [Token(raw, "money", start, end, amount * _SUFFIX.get(found[2].lower(), 1))]
    if kind == "number":
        return [Token(raw, "number", start, end, float(raw.replace(",", "")))]
    if kind == "word":
        word = without_marks(raw.casefold().replace("’", "'"))
        if word in contractions:
            return [Token(part, "word", start, end) for part in contractions[word].split()]
        return [Token(re.sub(r"'s?$|'", "", word), "word", start, end, detail=raw)]
    return [Token(raw, kind, start, end)]


def without_marks(text: str) -> str:
    """Letters without accents, ß as ss: what people type when in a hurry."""
    split = unicodedata.normalize("NFD", text)
    return "".join(c for c in split if not unicodedata.combining(c)).replace("ß", "ss")


def _pad(raw: str) -> str:
    year, month, day = raw.split("-")
    return f"{year}-{int(month):02}-{int(day):02}"


def _signs(tokens: list[Token], text: str) -> list[Token]:
    """Percent signs, k and m after numbers, minus signs; hyphens inside words vanish."""
    out: list[Token] = []
    for k, token in enumerate(tokens):
        before = out[-1] if out else None
        touching = before is not None and before.end == token.start
        if token.text == "%" and before is not None and before.kind == "number":
            before.percent, before.end = True, token.end
            continue
        if token.text in ("k", "m") and touching and before and before.kind == "number":
            before.value = (before.value or 0) * _SUFFIX[token.text]
            before.kind, before.end = "money", token.end
            continue
        ordinal = token.text in ("st", "nd", "rd", "th") and touching
        if ordinal and before is not None and before.kind == "number":
            before.kind, before.end = "ordinal", token.end
            continue
        follows = tokens[k + 1] if k + 1 < len(tokens) else None
        joined = follows is not None and follows.start == token.end
        if token.text in "+-–" and joined and follows is not None:
            after_sign = before is None or before.kind in ("operator", "punctuation")
            if follows.kind in ("number", "money") and (not touching or after_sign):
                sign = -1 if token.text != "+" else 1
                follows.value = sign * (follows.value or 0)
                follows.start = token.start
                continue
            if touching and before and (before.kind, follows.kind) != ("number", "number"):
                continue
        out.append(token)
    return out
