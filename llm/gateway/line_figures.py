"""The numbers that the code of a script's line holds, and whether a sentence about it has others.

Comments and texts do not count: whoever writes them could make a model say any figure. Stricter
than `honesty`, which asks whether a figure stands anywhere in the script: here 30 is a lie at a
line that says 20.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

from llm.gateway.code import params_of
from llm.gateway.honesty import PHRASE, worth
from llm.gateway.number_words import CHINESE, EVERYDAY, NUMBER_WORDS, ROMAN, unmarked

NO_CODE = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
)
# A day as text is data of the script, whatever else texts may say.
DAY = re.compile(r"[\d\-/:. T]+")
FIGURE = re.compile(
    r"(?P<sign>(?<![\w.)])[-−–]\s?(?=[\d.])|\b(?:minus|negative)\s+(?=[\d.]))?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?P<power>e[+-]?\d+)?"
    r"(?P<percent>\s*(?:%|percent|pct))?"
)
THOUSANDS = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?![\d,])")
# What makes another number of the digits before it.
SCALED = re.compile(r"\d\s*(?:[kmx×]\b|bn\b|bps?\b|basis\b|‰|/|\^|point\s+\d)|\d,\d")
SPACES = re.compile(r"[\s-]+")
PERCENT_NAME = re.compile(r"percent|pct", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """What one line of code may be told with: its numbers, signed, and its names."""

    numbers: frozenset[float]
    names: frozenset[str]

    @property
    def is_in_percent(self) -> bool:
        """Whether its plain numbers may be percentages (`stop_percent / 100`)."""
        return 100.0 in self.numbers or any(PERCENT_NAME.search(name) for name in self.names)

    def fits(self, sentence: str) -> bool:
        """Whether every figure of the sentence, in digits or words, is a number of this line."""
        rest = sentence
        for name in self.names:
            if not NUMBER_WORDS.fullmatch(name):
                rest = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", rest, flags=re.IGNORECASE)
        if any(_is_foreign(character) for character in rest):
            return False
        shown = unmarked(rest)
        if ROMAN.search(shown):
            return False
        told = _in_digits(shown.lower())
        if NUMBER_WORDS.search(told) or EVERYDAY.search(told):
            return False
        if SCALED.search(THOUSANDS.sub("0", told)):
            return False
        return all(self._has(found) for found in FIGURE.finditer(told))

    def _has(self, found: re.Match[str]) -> bool:
        value = float(found["number"].replace(",", "") + (found["power"] or ""))
        value = -value if found["sign"] else value
        if not found["percent"]:
            return round(value, 9) in self.numbers
        as_it_is = self.is_in_percent and round(value, 9) in self.numbers
        return as_it_is or round(value / 100, 9) in self.numbers


def code_lines(script: str) -> dict[int, CodeLine]:
    """Every line (from 1) on which code stands; a script that breaks off, up to there."""
    params = {name: frozenset(_numbers_of(value)) for name, value in params_of(script).items()}
    tokens = _tokens(script)
    numbers: dict[int, set[float]] = defaultdict(set)
    names: dict[int, set[str]] = defaultdict(set)
    coded: set[int] = set()
    for index, token in enumerate(tokens):
        row = token.start[0]
        if token.type != tokenize.STRING:
            coded.add(row)
        if token.type == tokenize.NUMBER:
            numbers[row] |= {
                value * sign for value in _number(token.string) for sign in _signs(tokens, index)
            }
        elif token.type == tokenize.STRING:
            text = _text(token.string)
            names[row] |= {text} & set(params)
            numbers[row] |= params.get(text, frozenset())
            if DAY.fullmatch(text):
                numbers[row] |= {float(part) for part in re.findall(r"\d+", text)}
        elif token.type == tokenize.NAME and not iskeyword(token.string):
            names[row].add(token.string)
            if _is_used(tokens, index):
                numbers[row] |= params.get(token.string, frozenset())
    return {
        row: CodeLine(frozenset(round(n, 9) for n in numbers[row]), frozenset(names[row]))
        for row in sorted(coded)
    }


def _tokens(script: str) -> list[tokenize.TokenInfo]:
    found: list[tokenize.TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(script).readline):
            if token.type not in NO_CODE:
                found.append(token)
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def _signs(tokens: list[tokenize.TokenInfo], index: int) -> tuple[int, ...]:
    """With which sign a number may be said: -5 is minus 5, and in `a - 5` it is 5 or minus 5."""
    if index == 0 or tokens[index - 1].string != "-":
        return (1,)
    if index == 1:
        return (-1,)
    before = tokens[index - 2]
    is_value = before.type in (tokenize.NUMBER, tokenize.STRING) or before.string in (")", "]", "}")
    is_name = before.type == tokenize.NAME and not iskeyword(before.string)
    return (1, -1) if is_value or is_name else (-1,)


def _is_used(tokens: list[tokenize.TokenInfo], index: int) -> bool:
    """Whether a name is read here: `bars.low` and `low=5` are not the parameter `low`."""
    after = tokens[index + 1].string if index + 1 < len(tokens) else ""
    owner = tokens[index - 2].string if index > 1 and tokens[index - 1].string == "." else "self"
    return after != "=" and owner == "self"


def _number(text: str) -> set[float]:
    try:
        value = ast.literal_eval(text)
        if isinstance(value, int | float):
            return {float(value)}
    except (ValueError, SyntaxError, OverflowError):
        pass
    return set()


def _numbers_of(value: Any) -> Iterator[float]:
    if isinstance(value, list | tuple):
        for part in value:
            yield from _numbers_of(part)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
        yield round(float(value), 9)


def _text(literal: str) -> str:
    try:
        value = ast.literal_eval(literal)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""


def _is_foreign(character: str) -> bool:
    """A numeral that is no ordinary digit."""
    if character in CHINESE:
        return True
    return not character.isascii() and unicodedata.numeric(character, None) is not None


def _in_digits(text: str) -> str:
    """The text with its English numbers in digits, as far as they can be read."""
    text = re.sub(r"\bper\s+cent", "percent", text)  # "cent" alone is a French hundred
    text = EVERYDAY.sub(lambda found: re.sub(r"\b(?:one|single)\b", "1", found[0]), text)
    text = re.sub(r"\bzero\b", "0", text)
    return PHRASE.sub(lambda found: f"{worth(re.split(SPACES, found[0])):.0f}", text)
