"""Where a German verb stands: last in a subordinate clause, first in place of "if"."""

from __future__ import annotations

import re

from llm.translator.told import Told

# Around a verb, and before an article that may open an object; gone when the verbs are in place.
_VERB = re.compile("\ue000([^\ue001]*)\ue001")
ARTICLE = "\ue002"
_LAST = re.compile(
    r"\s*(?:$|[,.;:!?)\n]|->|=>|(?:and|or|then|buy|sell|otherwise|so|but)\b)", re.IGNORECASE
)
_OPENS = re.compile(
    r"[,;:(!?\n\ue001]|\.(?=\s|$)|\b(?:and|or|when|while|then|until|provided|but|as soon as|"
    r"unless|whenever|only if)\b",
    re.IGNORECASE,
)
# What follows the verb in English: where it is, which way it goes, by how much, how long.
_MIDDLE = re.compile(
    r"\b(?:(?:above|below|over|under|at least|at most|at|by|higher|lower|up|down|between|within|"
    r"from|in|on|greater|less|back|more than|twice|to|a new|positive|negative|oversold|overbought|"
    r"green|red|rising|falling|still|not|for)\b|"
    r"\w+ (?:consecutive )?(?:days?|weeks?|months?) in a row|"
    r"\d[\d.]* ?(?:%|percent\b|times\b|atr\b|standard deviations\b))",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\b(?:above|below|over|under|by|from|in|on|at|of|with|to|between|and|for|than|twice|times|as)\s*$",
    re.IGNORECASE,
)


def verbs_forward(told: Told) -> Told:
    """The text with its verbs where English has them."""
    found = _VERB.search(told.text)
    while found is not None:
        told = _placed(told, found)
        found = _VERB.search(told.text)
    return told.replaced(re.compile(ARTICLE + r"\s?"), "")


def _placed(told: Told, found: re.Match[str]) -> Told:
    """One verb moved; its marks are gone."""
    start, end = found.span()
    before = re.sub(r"\([^()]*\)", lambda m: "x" * len(m.group()), told.text[:start])
    opening = [m.end() for m in _OPENS.finditer(before)]
    clause = opening[-1] if opening else 0
    if _LAST.match(told.text[end:]):
        place = _middle(told.text, clause, start)
        if place is not None:
            told = told.moved(start, end, place)
            return _unmarked(told, place + 1, end - start)
    elif not before[clause:].strip(ARTICLE + " \n-"):
        masked = re.sub(r"\([^()]*\)", lambda m: "x" * len(m.group()), told.text)
        after = _OPENS.search(masked, end)
        place = _middle(told.text, end, after.start() if after else len(told.text))
        if place is not None:
            told = _unmarked(told.moved(start, end, place), place - (end - start) + 1, end - start)
            if not _opens_sentence(before):
                return told
            return Told(
                told.text[:start] + "when " + told.text[start:],
                told.starts[:start] + [told.starts[start]] * 5 + told.starts[start:],
                told.ends[:start] + [told.ends[start]] * 5 + told.ends[start:],
            )
    return _unmarked(told, start, end - start)


def _opens_sentence(before: str) -> bool:
    return re.search(r"(?:^|[.;!?\n:])\s*$", before) is not None


def _middle(text: str, start: int, end: int) -> int | None:
    """Where the verb belongs: before the object, else before what tells where it is."""
    clause = text[start:end]
    objects = [
        m.start()
        for m in re.finditer(ARTICLE, clause)
        if clause[: m.start()].strip(ARTICLE + " ") and not _PREPOSITION.search(clause[: m.start()])
    ]
    if objects:
        return start + objects[-1]
    found = _MIDDLE.search(clause)
    if found is not None:
        return start + found.start()
    number = re.search(r"(?<=\s)\d[\d.]*\s*$", clause)
    return start + number.start() if number else None


def _unmarked(told: Told, start: int, length: int) -> Told:
    """Without the two marks around the verb that stands there now."""
    inner = told.part(start + 1, start + length - 1)
    rest = told.part(start + length, len(told.text))
    return told.part(0, start).joined(inner).joined(rest)
