"""From text to tagged words: language, cutting, mending, numbers, phrases, symbols."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from llm.provider import SymbolFacts, plain
from llm.translator.lexicon import (
    Lexicon,
    correct,
    language_of,
    load,
    number_words,
    segment,
    tag,
)
from llm.translator.tokens import Token, tokenise

_COMPANY = re.compile(
    r"\b(inc|corp|corporation|company|co|plc|ltd|group|holdings|the|international)\b\.?", re.I
)


@dataclass(frozen=True, slots=True)
class Tagged:
    """The words of a text, what was mended in them, and the vocabulary they were held against."""

    tokens: list[Token]
    corrected: list[tuple[str, str]]
    lexicon: Lexicon


def tagged_words(text: str, symbols: tuple[SymbolFacts, ...]) -> Tagged:
    """The words of a text with their tags."""
    lexicon, phrases = load(language_of(text)), symbol_phrases(symbols)
    tokens = segment(tokenise(text, lexicon.contractions), lexicon)
    corrected = correct(tokens, lexicon, phrases)
    return Tagged(tag(number_words(tokens, lexicon), lexicon, phrases), corrected, lexicon)


@lru_cache(maxsize=8)
def symbol_phrases(symbols: tuple[SymbolFacts, ...]) -> dict[tuple[str, ...], str]:
    """Every way of naming every symbol, as words."""
    phrases: dict[tuple[str, ...], str] = {}
    for symbol in symbols:
        for words in symbol.words:
            short = plain(_COMPANY.sub("", words))
            for spelled in (words, short):
                key = tuple(spelled.split())
                if key:
                    phrases.setdefault(key, symbol.code)
    for spelled in ("s&p", "s&p 500", "sp500", "sp 500"):
        if any(s.code == "SPX" for s in symbols):
            phrases.setdefault(tuple(spelled.split()), "SPX")
    return phrases
