"""From text to tagged words: language, cutting, mending, numbers, phrases, symbols."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from llm.provider import SymbolFacts, plain
from llm.translator.fractions import join_decimals, join_fractions
from llm.translator.lexicon import (
    Lexicon,
    correct,
    load,
    number_words,
    tag,
)
from llm.translator.naming import with_names
from llm.translator.tokens import FOREIGN, Token, european, tokenise
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


# What an "up" candle of Heikin-Ashi is.
_COLOURED = {"up": "GREEN", "down": "RED", "rising": "GREEN", "falling": "RED"}
_SIDES = ("ABOVE", "BELOW", "UP", "DOWN", "AT", "GE", "LE")
# What a price or an indicator can have to do.
_VERBS = ("CLOSEV", "FALL", "RISE", "CROSS", "UPCROSS", "DOWNCROSS", "REACH", "CROSSNODIR")


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
        return Tagged(without_abbreviations(tagged), [], lexicon, english)
    tokens = with_names(tokenise(text, lexicon.contractions), lexicon, phrases)
    corrected = european(tokens) + join_decimals(tokens)
    corrected += correct(tokens, lexicon, phrases)
    counted = number_words(join_fractions(_with_kinds(tokens), lexicon), lexicon)
    tagged = tag(counted, lexicon, phrases)
    return Tagged(
        _where_it_stands(with_verbs(without_abbreviations(tagged))), corrected, lexicon, text
    )


# What an open trade does: "when the short loses 5 %".
_OF_A_TRADE = ("FALL", "RISE", "LOSTIT", "MADE", "LOSE")
_NOTHING = Token("", "stop", 0, 0)
_SIDES_OUT = ("no shorts", "no shorting", "no short selling", "no long trades", "never short")
_LIMITS = ("ABOVE", "BELOW", "WHEN", "IF", "WHILE", "IN", "DURING", "UNLESS", "INREGIME", "ON")


def _where_it_stands(tokens: list[Token]) -> list[Token]:
    """Tags that a word has only between these neighbours.

    "Signal: ..." heads the rule for buying; elsewhere the signal is a line of MACD. "No shorts" is
    a courtesy, "no shorts above the average" a rule. "Below two of them" counts no level. "When the
    short loses 5 %" is about the trade.
    """
    earlier = [None, None, *tokens]
    averaged = any(t.has("HEIKIN") for t in tokens)
    for k, (token, after) in enumerate(zip(tokens, [*tokens[1:], _NOTHING], strict=True)):
        before, compared = earlier[k + 1], earlier[k]
        first = before is None or before.has("STOPMARK")
        if first and token.text in ("signal", "signals") and after.has("COLON"):
            token.tags = frozenset({"BUYNOUN"})
        if token.text in _SIDES_OUT and after.has(*_LIMITS):
            token.tags = frozenset({"UNKNOWN"})
        beside = compared is not None and compared.text in ("above", "below", "over", "under")
        counted = beside and before is not None and before.has("NUM")
        if counted and token.text in ("of them", "of these", "of those"):
            token.tags = frozenset({"UNKNOWN"})
        if token.text == "simply" and not (before is not None and before.has("BE")):
            token.tags = frozenset({"NOISE"})
        if first and token.text == "hi":
            token.tags = frozenset({"PLEASANTRY"})
        asked = before is not None and before.text.split()[-1:] in (["when"], ["if"], ["once"])
        if token.text in ("short", "long") and asked and after.has(*_OF_A_TRADE):
            token.tags = frozenset({"TRADE"})
        if token.text == "at once" and after.has("WHEN", "IF", "LPAR"):
            token.tags = frozenset({"NOISE"})
        if averaged and token.text in _COLOURED and after.has("HEIKIN", "CANDLE"):
            token.tags = frozenset({_COLOURED[token.text]})
        if token.has("SELL_IN_MAY"):
            token.tags = frozenset({"LABEL"} if after.has("COLON") else {"SELL_IN_MAY"})
    return tokens


def with_verbs(tokens: list[Token]) -> list[Token]:
    """ "has to close above", "wait for it to close above": closing is what happens there."""
    out: list[Token] = []
    for k, token in enumerate(tokens):
        before = out[-1] if out else None
        after = tokens[k + 1] if k + 1 < len(tokens) else None
        if token.text == "close" and before is not None and after is not None:
            told = before.has("MUST") or (before.text == "to" and after.has(*_SIDES))
            if told:
                token.tags = frozenset({"CLOSEV"})
        if before is not None and before.has("MUST") and token.has(*_VERBS):
            out.pop()
        out.append(token)
    return out


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


_DEVIATION = ["standard", "deviation"]
_KINDS = (["(", "population", ")"], ["(", "sample", ")"])


def _with_kinds(tokens: list[Token]) -> list[Token]:
    """ "(population) standard deviation", "standard deviation (population)": one name of it."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        texts = [t.text for t in tokens[k : k + 5]]
        after, before = texts[3:] == _DEVIATION, [t.text for t in out[-2:]] == _DEVIATION
        if texts[:3] in _KINDS and (after or before):
            out.insert(len(out) if after else len(out) - 2, tokens[k + 1])
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
