"""Functions of scripts in the midst of plain words, and letters for orders, said in words.

"ta.crossover(ta.sma(close, 10), ta.sma(close, 30)) opens the long" is no script: what its functions
compute is put into words here, and read like any other sentence.
"""

from __future__ import annotations

import re

_MARK = re.compile(r"\b(?:ta|strategy)\.\w")
_ARGUMENT = r"([^(),]+(?:\([^()]*\))?)"
_TWO = rf"\(\s*{_ARGUMENT}\s*,\s*{_ARGUMENT}\s*\)"
_SIDE = r"\s*[( ]\s*[\"']?(?:strategy\.)?(long|short)[\"']?\s*\)?"
# "wpr14 < -85 b, > -15 s": a letter for the order, right after a level.
_LETTER = re.compile(r"([<>]=?\s*-?\d+(?:\.\d+)?)\s+([bs])(?=\s*(?:[,;.]|$))", re.MULTILINE)
_LETTERS = {"b": "buy", "s": "sell"}
# "..., x blw = sell": at the head of a clause, for "2 x above its average" is a multiple.
_CROSSED = re.compile(
    r"(^|[,;.]\s*)x\s+(?=(?:abv|above|over|blw|below|under)\b)", re.IGNORECASE | re.MULTILINE
)
_IN_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bta\.([a-z]{2,5})\(\s*close\s*,\s*(\d+)\s*\)"), r"\1(\2)"),
    (re.compile(r"\bta\.([a-z]{2,5})\(\s*(\d+)\s*\)"), r"\1(\2)"),
    (re.compile(rf"\bta\.crossover{_TWO}"), r"\1 crosses above \2"),
    (re.compile(rf"\bta\.crossunder{_TWO}"), r"\1 crosses below \2"),
    (re.compile(r"\bstrategy\.position_avg_price\b"), "the entry price"),
    (re.compile(rf"\bstrategy\.entry{_SIDE}"), r"go \1"),
    (re.compile(r"\bstrategy\.(long|short)\b"), r"\1"),
    (re.compile(r"\bstrategy\.close(?:_all)?\b(?:\(\s*\))?"), "sell"),
)


def in_words(idea: str) -> str:
    """The idea with such functions in words; as it stands where there are none."""
    letters = {found[2] for found in _LETTER.finditer(idea)}
    if letters == {"b", "s"}:
        idea = _LETTER.sub(lambda found: f"{found[1]} {_LETTERS[found[2]]}", idea)
    idea = _CROSSED.sub(r"\1crosses ", idea)
    if not _MARK.search(idea):
        return idea
    for pattern, words in _IN_WORDS:
        idea = pattern.sub(words, idea)
    return idea
