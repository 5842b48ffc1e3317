"""What a model says about its own reading, held against what was said and what is run.

Title, summary, rules and assumptions are shown beside results. They may hold figures of the idea,
of the script and of the settings; a text with any other figure, a link or markup is left out, and
so is what nobody could see.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from llm.gateway.figures import UNSAFE
from llm.gateway.number_words import unmarked
from llm.gateway.reading import StrategyReading
from llm.provider import Chip, Draft, Refusal, SymbolFacts

MOST_TITLE, MOST_SENTENCE, MOST_SENTENCES = 80, 600, 30
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
TENS = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
VALUES = (
    {word: float(n) for n, word in enumerate(WORDS) if n > 1}
    | {word: 10.0 * n for n, word in enumerate(TENS, 3)}
    | {"hundred": 100.0, "thousand": 1000.0, "million": 1e6, "billion": 1e9}
)
ONE_WORD = rf"(?:{'|'.join(VALUES)})"
PHRASE = re.compile(rf"\b{ONE_WORD}(?:[\s-]+(?:and\s+)?{ONE_WORD})*\b")
NO_SUMMARY = "The model's own summary is not shown; the script and its rules say what was tested."
LEFT_OUT = "A sentence of the model is left out: it held a figure that nothing here is based on, a "
LEFT_OUT += "link or markup."
NO_REASON = "The language model found nothing in this text that can be tested as it is."
NO_VALUE = "see the script"


@dataclass(frozen=True, slots=True)
class Known:
    """The figures that a text about one reading may hold."""

    values: frozenset[float]

    @classmethod
    def of(
        cls, idea: str, reading: StrategyReading, symbol: SymbolFacts | None, script: str
    ) -> Known:
        """Those of the idea, the settings, the symbol's names and the script's own numbers."""
        said = [idea, *(str(value) for value in reading.settings().values())]
        said += [symbol.code, symbol.name, *symbol.aliases] if symbol else []
        found = {value for text in said for value in numbers_in(text)}
        found |= {float(reading.warm_up_bars), *_literals(script)}
        # Five percent is 5 in one place and 0.05 in the other.
        found |= {v * 100.0 for v in found if abs(v) <= 1} | {v / 100.0 for v in found}
        return cls(frozenset(round(v, 9) for v in found))

    def fits(self, text: str) -> bool:
        """Whether a text holds no other figure, no link and no markup."""
        if UNSAFE.search(text):
            return False
        return all(round(value, 9) in self.values for value in numbers_in(text))


def numbers_in(text: str) -> Iterator[float]:
    """Every number of a text, in digits of any script or in English words."""
    signs = [c for c in text if unicodedata.category(c) in ("No", "Nl")]
    for sign in signs:  # taken apart, ½ would be 1 and 2
        text = text.replace(sign, " ")
        yield unicodedata.numeric(sign, float("nan"))
    shown = unmarked(text).lower()
    for match in NUMBER.finditer(shown):
        yield float(match.group(0).replace(",", ""))
    for phrase in PHRASE.findall(shown):
        yield worth(re.split(r"[\s-]+", phrase))


def worth(words: list[str]) -> float:
    """Two hundred and fifty: what is smaller before multiplies, what is smaller after adds."""
    total = current = 0.0
    for word in words:
        value = VALUES.get(word, 0.0)
        if value >= 100:
            current = max(current, 1.0) * value
            if value >= 1000:
                total, current = total + current, 0.0
        else:
            current += value
    return total + current


def visible(text: str, most: int = MOST_SENTENCE) -> str:
    """One line without what nobody sees: controls, directions, invisible letters."""
    line = " ".join(text.split())
    kept = (c for c in line if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    return "".join(kept)[:most].strip()


def tidy(reading: StrategyReading) -> StrategyReading:
    """The reading with every text on one line, visible, and no longer than anybody reads."""
    return reading.model_copy(
        update={
            "title": visible(reading.title, MOST_TITLE),
            "summary": visible(reading.summary),
            "symbol": visible(reading.symbol, MOST_TITLE) if reading.symbol else None,
            "rules": [
                rule.model_copy(update={"rule": visible(rule.rule)})
                for rule in reading.rules[:MOST_SENTENCES]
            ],
            "assumptions": _sentences(reading.assumptions),
        }
    )


def honest(draft: Draft, known: Known, otherwise: str) -> Draft:
    """The draft without what its model made up; `otherwise` is its title then."""
    assumptions = [text for text in draft.assumptions if known.fits(text)]
    if len(assumptions) < len(draft.assumptions):
        assumptions.append(LEFT_OUT)
    return replace(
        draft,
        title=draft.title if known.fits(draft.title) else otherwise,
        echo=draft.echo if known.fits(draft.echo) else NO_SUMMARY,
        chips=tuple(_chip(chip, known) for chip in draft.chips),
        assumptions=tuple(assumptions),
    )


def honest_refusal(refusal: Refusal, known: Known) -> Refusal:
    """The refusal without what its model made up."""
    message = visible(refusal.message)
    suggestions = [s for s in _sentences(refusal.suggestions) if not UNSAFE.search(s)]
    return replace(
        refusal,
        message=message if message and known.fits(message) else NO_REASON,
        suggestions=tuple(suggestions),
    )


def _chip(chip: Chip, known: Known) -> Chip:
    return chip if known.fits(chip.value) else replace(chip, value=NO_VALUE)


def _sentences(texts: Iterable[str]) -> list[str]:
    return [shown for text in list(texts)[:MOST_SENTENCES] if (shown := visible(text))]


def _literals(script: str) -> Iterator[float]:
    """The numbers a script computes with; what its comments and texts say does not count."""
    try:
        tree = ast.parse(script)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            with suppress(OverflowError):
                yield float(node.value)  # type: ignore[arg-type]
