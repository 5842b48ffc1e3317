"""Cutting an idea into words, numbers and signs, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

_PIECES = re.compile(
    r"""
    (?P<date>\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{4})
  | (?P<money>[$€£]\s?(?:\d{1,3}(?:\.\d{3}){2,}|\d[\d,]*(?:\.\d+)?)\s?(?:k|m|thousand|million)?\b)
  | (?P<number>\d{1,3}(?:[ ]000)+(?!\d|[.,]\d|\s?%)
        |\d{1,3}(?:[ ]\d{3})+(?=\s?(?:dollars|usd|euros?|eur)\b)
        |\d{1,3}(?:\.\d{3}){2,}(?!\d)
        |(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)
  | (?P<word>%[kdrb]\b|\bw%r\b|[+-](?:di|vi)\b|\b(?:di|vi)[+-](?!\w)
      |\b(?:incl|excl)\.|\bi\.e\.|\be\.g\.|accumulation/distribution\b|\ba/d\b|[^\W\d_]+(?:&[^\W\d_]+)*(?:['’][^\W\d_]+|(?<=s)['’](?=\s))?)
  | (?P<operator><=|>=|=+>|-+>|[<>=≤≥→⇒➔➜➡⟶])
  | (?P<stop>\.(?=\s|$)|\.{2,}|[;!?。\n]+)
  | (?P<punctuation>[(),:/+%*&@–—-])
  | (?P<space>\s+|(?<=s)['’](?=\s))
  | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# Ends a word of another language that its table does not know.
FOREIGN = "ː"
# Numbers as they are written on the European mainland: "1.000.000", "€20.000".
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_COLUMNS = frozenset(("open", "high", "low", "close", "volume"))
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
        if match.group() == "_":
            continue  # "process_orders_on_close": words, as with hyphens
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
            return [Token(raw, "date", start, end, day=_day(raw))]
        except ValueError:
            return [Token(raw, "other", start, end)]
    if kind == "money":
        found = re.match(r"[$€£]\s?([\d,.]+)\s?([a-z]*)", raw, re.IGNORECASE)
        assert found is not None
        digits = found[1].rstrip(".,").replace(",", "")
        grouped = _GROUPED.fullmatch(digits) and not found[2]
        amount = float(digits.replace(".", "") if grouped else digits)
        return [Token(raw, "money", start, end, amount * _SUFFIX.get(found[2].lower(), 1))]
    if kind == "number":
        return [Token(raw, "number", start, end, _number(raw))]
    if kind == "word":
        word = without_marks(raw.casefold().replace("’", "'"))
        if word in contractions:
            return [Token(part, "word", start, end) for part in contractions[word].split()]
        return [Token(re.sub(r"'s?$|'|\.$", "", word), "word", start, end, detail=raw)]
    return [Token(raw, kind, start, end)]


def _number(raw: str) -> float:
    return float(re.sub("[ ,.]" if raw.count(".") > 1 else "[ ,]", "", raw))


def european(tokens: list[Token]) -> list[tuple[str, str]]:
    """Which numbers were read with dots between thousands."""
    sums = [t.text for t in tokens if t.kind in ("number", "money") and t.text.count(".")]
    dotted = [
        s for s in sums if s.count(".") > 1 or (s[0] in "$€£" and _GROUPED.fullmatch(s[1:].strip()))
    ]
    return [(s, s.replace(".", ",")) for s in dotted]


def without_marks(text: str) -> str:
    """Letters without accents, ß as ss: what people type when in a hurry."""
    split = unicodedata.normalize("NFD", text)
    return "".join(c for c in split if not unicodedata.combining(c)).replace("ß", "ss")


def _day(raw: str) -> date | None:
    """The day of a date in digits; None where month and day could change places."""
    first, second, third = (int(part) for part in re.split("[-/.]", raw))
    if first > 31:
        return date(first, second, third)
    if "." in raw or first > 12:
        return date(third, second, first)
    return date(third, first, second) if second > 12 or first == second else None


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
        decade = touching and token.text == "s" and before is not None and before.kind == "number"
        if decade and before is not None and (before.value or 0) % 10 == 0:
            before.text, before.kind, before.end = f"{before.text}s", "word", token.end
            continue
        ordinal = token.text in ("st", "nd", "rd", "th") and touching
        if ordinal and before is not None and before.kind == "number":
            before.kind, before.end = "ordinal", token.end
            continue
        follows = tokens[k + 1] if k + 1 < len(tokens) else None
        joined = follows is not None and follows.start == token.end
        if token.text == "-" and touching and not joined and _is_left_open(before, follows):
            continue  # "the 10-, 50- and 200-day averages"
        if token.text in "+-–" and joined and follows is not None:
            after_sign = before is None or before.kind in ("operator", "punctuation")
            if follows.kind in ("number", "money") and (not touching or after_sign):
                sign = -1 if token.text != "+" else 1
                follows.value = sign * (follows.value or 0)
                follows.start, follows.detail = token.start, token.text
                continue
            if touching and before and _calculates(tokens, k, text):
                out.append(token)
                continue
            if touching and before and (before.kind, follows.kind) != ("number", "number"):
                continue
        out.append(token)
    return out


def _is_left_open(before: Token | None, follows: Token | None) -> bool:
    """A hyphen that waits for its word: "50- and 200-day"."""
    counted = before is not None and before.kind == "number" and not before.percent
    return counted and follows is not None and follows.text in ("and", "or", "to")


def _calculates(tokens: list[Token], k: int, text: str) -> bool:
    """Whether a sign between two words without spaces is one of arithmetic: "H-L", "(a)-(b)"."""
    before, after = tokens[k - 1], tokens[k + 1]
    if before.text == ")" and (after.text == "(" or _is_letter(after)):
        return True
    if before.text in _COLUMNS and after.text in _COLUMNS:
        opens = tokens[k - 2].text if k > 1 else ""
        closes = tokens[k + 2].text if k + 2 < len(tokens) else ""
        return opens in ("(", "=") or closes == ")"
    if _is_letter(before):
        return _is_letter(after) or after.text == "("
    called = tokens[k + 2] if k + 2 < len(tokens) else None
    numbered = called is not None and called.start == after.end and after.kind == "word"
    numbered = numbered and called is not None and (called.kind == "number" or called.text == "(")
    first = before.text == ")" or (before.kind == "number" and text[before.start - 1].isalpha())
    return numbered and first


def _is_letter(token: Token) -> bool:
    """A letter that stands alone, as those of formulas do."""
    return token.kind == "word" and len(token.text) == 1 and token.detail.isalpha()
