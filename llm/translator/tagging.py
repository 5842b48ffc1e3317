"""From text to tagged words: language, cutting, mending, numbers, phrases, symbols."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from llm.provider import SymbolFacts, plain
from llm.translator.fractions import join_fractions
from llm.translator.lexicon import (
    Lexicon,
    correct,
    load,
    number_words,
    tag,
)
from llm.translator.naming import with_names
from llm.translator.tokens import FOREIGN, Token, tokenise
from llm.translator.tongues import in_english, language_of

# Nicknames that no rule derives from the name.
_NICKNAMES = {"KO": ("coke",), "SPX": ("s&p", "s&p 500", "sp500", "sp 500"), "IBM": ("big blue",)}
# Words that many companies are called by: alone they name none of them.
_GENERIC = frozenset(
    (
        "advanced", "america", "american", "bank", "best", "chase", "computer", "devices",
        "electric", "energy", "financial", "first", "gamble", "general", "global", "health",
        "home", "industries", "johnson", "micro", "mobil", "motors", "national", "resources",
        "services", "standard", "states", "steel", "systems", "united", "depot", "composite",
        "index", "prices", "only", "closing", "since",
    )
)  # fmt: skip
_COMPANY = re.compile(
    r"\b(inc|corp|corporation|company|co|plc|ltd|group|holdings|the|international)\b\.?", re.I
)


@dataclass(frozen=True, slots=True)
class Tagged:
    """The words of a text, what was mended in them, and the vocabulary they were held against."""

    tokens: list[Token]
    corrected: list[tuple[str, str]]
    lexicon: Lexicon
    english: str


def tagged_words(text: str, symbols: tuple[SymbolFacts, ...]) -> Tagged:
    """The words of a text with their tags."""
    lexicon, phrases = load("en"), symbol_phrases(symbols)
    language = language_of(text)
    if language != "en":
        tokens, english = _from_another_language(text, language, lexicon, phrases)
        tokens = with_names(tokens, lexicon, phrases)
        tagged = tag(number_words(join_fractions(tokens, lexicon), lexicon), lexicon, phrases)
        return Tagged(tagged, [], lexicon, english)
    tokens = with_names(tokenise(text, lexicon.contractions), lexicon, phrases)
    corrected = correct(tokens, lexicon, phrases)
    counted = number_words(join_fractions(tokens, lexicon), lexicon)
    tagged = tag(counted, lexicon, phrases)
    return Tagged(without_abbreviations(tagged), corrected, lexicon, text)


def without_abbreviations(tokens: list[Token]) -> list[Token]:
    """ "double exponential moving average (DEMA)": brackets that only repeat the name before."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        told = tokens[k + 1 : k + 3]
        if out and tokens[k].has("LPAR") and len(told) == 2 and told[1].has("RPAR"):
            names = {t for t in told[0].tags if ":" in t and not t.startswith("NO:")}
            same = names & out[-1].tags or "MACD" in told[0].tags & out[-1].tags
            if same and told[0].kind == "word":
                k += 3
                continue
        out.append(tokens[k])
        k += 1
    return out


def _from_another_language(
    text: str, language: str, lexicon: Lexicon, symbols: dict[tuple[str, ...], str]
) -> tuple[list[Token], str]:
    """English words with the places of the words that were typed."""
    names = frozenset(word for phrase in symbols for word in phrase)
    told = in_english(text, language, names)
    tokens = tokenise(told.text, lexicon.contractions)
    for token in tokens:
        if token.start < len(told.starts):
            token.start = told.starts[token.start]
            token.end = told.ends[min(token.end, len(told.ends)) - 1]
    return tokens, told.text.replace(FOREIGN, "")


@lru_cache(maxsize=8)
def symbol_phrases(symbols: tuple[SymbolFacts, ...]) -> dict[tuple[str, ...], str]:
    """Every way of naming every symbol, as words."""
    phrases: dict[tuple[str, ...], str] = {}
    for symbol in symbols:
        for words in (*symbol.words, *_NICKNAMES.get(symbol.code, ())):
            short = plain(_COMPANY.sub("", words))
            for spelled in (words, short, words.replace("&", "and"), _initials(words)):
                key = tuple(spelled.split())
                if key:
                    phrases.setdefault(key, symbol.code)
    for key, code in _shortened(symbols).items():
        phrases.setdefault(key, code)
    return phrases


def _initials(name: str) -> str:
    """ "J&J" of "Johnson & Johnson"."""
    found = re.fullmatch(r"(\w)\w+ & (\w)\w+", name)
    return f"{found[1]}&{found[2]}" if found else ""


def _shortened(symbols: tuple[SymbolFacts, ...]) -> dict[tuple[str, ...], str]:
    """The first words of a name, or one rare word of it, where they are those of one symbol."""
    owners: dict[tuple[str, ...], set[str]] = {}
    known = load().words
    for symbol in symbols:
        for name in (symbol.name, *symbol.aliases):
            spoken = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
            words = plain(_COMPANY.sub("", spoken)).split()
            runs = [tuple(words[:size]) for size in range(2, len(words))]
            runs += [(word,) for word in words if len(word) >= 4 and word.isalpha()]
            for run in (*runs, tuple(words), ("".join(words),)):
                if not _GENERIC.issuperset(run) and not known.issuperset(run):
                    owners.setdefault(run, set()).add(symbol.code)
    return {run: min(codes) for run, codes in owners.items() if len(codes) == 1 and run}
