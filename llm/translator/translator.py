"""The provider that needs no network: tokenise, tag, parse, build, write.

Everything that is not understood is refused with the words; nothing is guessed in silence. What
is assumed is listed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from llm.provider import Draft, IdeaContext, OnDelta, Refusal, SymbolFacts, plain
from llm.specification import chips, describe, lookback_bars, parameters, title, write_script
from llm.translator import refusals
from llm.translator.build import build, impossible_so_far
from llm.translator.lexicon import language_of, load, number_words, segment, tag
from llm.translator.sentences import Found, Sentences
from llm.translator.settings import take_settings
from llm.translator.tokens import Token, tokenise

_COMPANY = re.compile(
    r"\b(inc|corp|corporation|company|co|plc|ltd|group|holdings|the|international)\b\.?", re.I
)


class Translator:
    """Turns ideas in plain words into scripts by a grammar."""

    name = "translator"

    def write(
        self, idea: str, context: IdeaContext, *, on_delta: OnDelta | None = None
    ) -> Draft | Refusal:
        refusal = refusals.before_reading(idea, context)
        if refusal is not None:
            return refusal
        lexicon = load(language_of(idea))
        tokens = segment(tokenise(idea, lexicon.contractions), lexicon)
        tokens = number_words(tokens, lexicon)
        tagged = tag(tokens, lexicon, _symbol_phrases(context.symbols))
        symbol = _symbol(tagged.tokens, context)
        if isinstance(symbol, Refusal):
            return symbol
        last_day = symbol.last_day
        remaining, said = take_settings(tagged.tokens, last_day)
        if said.problem is not None:
            code, message, words = said.problem
            return Refusal(code, message, (words,))  # type: ignore[arg-type]
        remaining = [t for t in remaining if t.tags != frozenset({"NOISE"})]
        reader, found = _read(remaining, symbol, verb_last=lexicon.verb_last)
        if found is None:
            return refusals.not_understood(
                idea,
                remaining,
                reader.furthest,
                reader.complaint,
                lexicon,
                context,
                impossible_so_far(reader.found),
            )
        assumptions = [f"“{a}” is read as “{b}”." for a, b in tagged.corrected]
        assumptions += [*_other_symbol(symbol, context), *reader.memory.assumptions]
        spec = build(found, symbol, said.values, tuple(assumptions))
        if isinstance(spec, Refusal):
            return spec
        script = write_script(spec)
        if on_delta is not None:
            on_delta(script)
        return Draft(
            title=title(spec),
            script=script,
            params=parameters(spec),
            echo=describe(spec),
            symbol=symbol.code,
            specification=spec,
            chips=tuple(chips(spec)),
            assumptions=spec.assumptions,
            settings=spec.settings.said(),
            lookback_bars=lookback_bars(spec),
        )

    def repair(self, draft: Draft, script: str, error: str, *, attempt: int) -> str | None:
        """None: a script generated from a specification has no second spelling to try."""
        return None

    def analyse(self, facts: Mapping[str, object]) -> str | None:
        """None: the report's own sentences stand; this provider adds no prose."""
        return None


def _read(
    tokens: list[Token], symbol: SymbolFacts, *, verb_last: bool = False
) -> tuple[Sentences, Found | None]:
    """Read once; if numbers were given only after their first use, read again knowing them."""
    first = Sentences(tokens, has_range=symbol.has_range, verb_last=verb_last)
    found = first.idea()
    known = dict(first.memory.numbers)
    guessed = ("without numbers", "elsewhere", "No length", "without a type")
    if found is None or not any(g in a for a in first.memory.assumptions for g in guessed):
        return first, found
    if any(t.has("MA:sma") for t in tokens):
        known["ma_kind"] = ()
    second = Sentences(tokens, known=known, has_range=symbol.has_range, verb_last=verb_last)
    return second, second.idea()


@lru_cache(maxsize=8)
def _symbol_phrases(symbols: tuple[SymbolFacts, ...]) -> dict[tuple[str, ...], str]:
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


def _symbol(tokens: list[Token], context: IdeaContext) -> SymbolFacts | Refusal:
    """The symbol the idea names, else the preset one."""
    codes = list(dict.fromkeys(t.detail for t in tokens if t.has("SYMBOL")))
    if len(codes) > 1:
        return Refusal(
            "unsupported",
            "Strategies over several symbols (multi-asset) are not supported: the idea names "
            + ", ".join(codes)
            + ".",
            tuple(codes),
        )
    code = codes[0] if codes else context.default_symbol
    facts = context.facts(code)
    return facts if facts is not None else refusals.unknown_symbol(code, context)


def _other_symbol(symbol: SymbolFacts, context: IdeaContext) -> list[str]:
    if symbol.code.casefold() == context.default_symbol.casefold():
        return []
    if context.symbol_is_fixed:
        return [f"The idea names {symbol.code}, so {context.default_symbol} is not used."]
    return []
