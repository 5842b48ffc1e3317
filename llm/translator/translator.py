"""The provider that needs no network: tokenise, tag, parse, read, assemble, write.

Everything that is not understood is refused with the words; nothing is guessed in silence. What
is assumed, and what is left out as a story, is listed.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from llm.provider import Choice, Draft, IdeaContext, OnDelta, Refusal, SymbolFacts
from llm.specification import StrategySpec
from llm.specification.nodes import Indicator, OnPeriod
from llm.specification.walk import all_nodes
from llm.translator import reasons, refusals
from llm.translator.assemble import assemble
from llm.translator.clauses import clauses
from llm.translator.drafting import draft_of
from llm.translator.layout import laid_out
from llm.translator.moods import with_moods
from llm.translator.parsing import Grammar, Stuck
from llm.translator.prose import in_words
from llm.translator.questions import limits_one_side, question, says_only, says_past, says_while
from llm.translator.reading import Reader
from llm.translator.reading.memory import Assumption, Unreadable
from llm.translator.said import Said, Trees
from llm.translator.scripts import ScriptProblem, read_script
from llm.translator.sentences import (
    addressed,
    demands,
    denies,
    hearsay,
    is_story,
    sentences,
    tells_nothing,
    title,
    words_of,
)
from llm.translator.slack import thinned
from llm.translator.stories import binds, is_talk, lead_in
from llm.translator.tagging import tagged_words
from llm.translator.tokens import Token

log = logging.getLogger(__name__)

# Assumptions that a second reading may answer from numbers given later in the text.
_GUESSED = ("No period is given", "without a type", "No lengths", "golden or death")

# Bars longer than a day, which the indicators of an idea may or may not be meant for.
_LONGER = re.compile(
    r"\b(?:weekly|monthly)\s+(?:chart|bars?|candles?|basis|timeframe|time frame|data)\b", re.I
)


@cache
def grammar() -> Grammar:
    """The one grammar of the process."""
    return Grammar(Trees())


@dataclass(slots=True)
class Outcome:
    """How far the reading of all sentences came."""

    reader: Reader
    left_out: list[str] = field(default_factory=list)
    stuck: list[Token] = field(default_factory=list)
    place: int = 0
    complaint: Unreadable | None = None
    expected: frozenset[str] = frozenset()
    known: dict[tuple[int, ...], Any] = field(default_factory=dict)

    def readings(self, words: list[Token]) -> Any:
        """The readings of these words; the same words are parsed once."""
        key = tuple(map(id, words))
        if key not in self.known:
            try:
                self.known[key] = grammar().read(words)
            except Stuck as stuck:
                self.known[key] = stuck
        found = self.known[key]
        if isinstance(found, Stuck):
            raise found
        return found

    @property
    def is_complete(self) -> bool:
        return not self.stuck


class Translator:
    """Turns ideas in plain words into scripts by a grammar."""

    name = "translator"

    def write(
        self, idea: str, context: IdeaContext, *, on_delta: OnDelta | None = None
    ) -> Draft | Refusal:
        answer = self._write(idea, context, on_delta)
        if isinstance(answer, Refusal) and (told := with_moods(idea)) != idea:
            again = self._write(told, context, on_delta)
            return again if isinstance(again, Draft) else answer
        return answer

    def _write(self, idea: str, context: IdeaContext, on_delta: OnDelta | None) -> Draft | Refusal:
        refusal = refusals.before_reading(idea, context)
        if refusal is not None:
            return refusal
        scripted = _scripted(idea, context)
        if isinstance(scripted, Draft):
            return scripted
        idea = in_words(laid_out(idea))
        told = tagged_words(idea, context.symbols)
        if (ahead := reasons.at_its_extreme(told.english)) is not None:
            return ahead
        tagged = told.tokens
        named = tuple(dict.fromkeys(t.detail for t in tagged if t.has("SYMBOL")))
        symbol = _symbol(tagged, named, context)
        if isinstance(symbol, Refusal):
            return symbol
        if (stranger := refusals.titled_symbol(tagged, context)) is not None:
            return stranger
        outcome = read(tagged, context, symbol)
        if not outcome.is_complete:
            if scripted is not None:
                return scripted
            return refusals.not_understood(
                idea, tagged, outcome, told.lexicon, context, told.english, symbol
            )
        made = [Assumption(f"“{a}” is read as “{b}”.") for a, b in told.corrected]
        made += [Assumption(s) for s in _other_symbol(symbol, named, context)]
        made += [
            Assumption(f"Not used, because it decides nothing: “{s}”") for s in outcome.left_out
        ]
        made += outcome.reader.memory.assumptions
        choices = dict(context.extra)
        meant = named or context.chosen
        spec = assemble(outcome.reader.found, symbol, meant, context, made, choices)
        if isinstance(spec, Refusal):
            return spec
        if _LONGER.search(told.english) and _has_daily_indicators(spec):
            return Refusal(
                "ambiguous", "Are the indicators those of daily bars, or of longer ones?"
            )
        draft = draft_of(
            spec, [Choice(a.key, a.sentence, a.value, a.options) for a in made if a.key]
        )
        if on_delta is not None:
            on_delta(draft.script)
        return draft

    def repair(self, draft: Draft, script: str, error: str, *, attempt: int) -> str | None:
        """None: a script generated from a specification has no second spelling to try."""
        return None

    def analyse(self, facts: Mapping[str, object]) -> str | None:
        """None: the report's own sentences stand; this provider adds no prose."""
        return None


def _has_daily_indicators(spec: StrategySpec) -> bool:
    """Whether indicators of days are asked about, where longer bars were spoken of."""
    every = list(all_nodes(spec))
    return not any(isinstance(node, OnPeriod) for node in every) and any(
        isinstance(node, Indicator) and node.numbers for node in every
    )


def _scripted(idea: str, context: IdeaContext) -> Draft | Refusal | None:
    """A script, or the line of it that is not understood; None for plain words."""
    try:
        script = read_script(idea, context)
    except ScriptProblem as problem:
        return refusals.not_a_line(problem.text or idea.strip().splitlines()[0], problem.reason)
    if script is None:
        return None
    found, made = script
    facts = context.facts(found.traded or context.default_symbol)
    if facts is None:
        return refusals.unknown_symbol(found.traded, context)
    spec = assemble(found, facts, (), context, made, dict(context.extra))
    if isinstance(spec, Refusal):
        return spec
    return draft_of(spec, [Choice(a.key, a.sentence, a.value, a.options) for a in made if a.key])


def read(tokens: list[Token], context: IdeaContext, symbol: SymbolFacts) -> Outcome:
    """Read once; again if numbers, or how often it is looked at, were told after their use."""
    first = _read(tokens, Outcome(Reader(context, symbol, choices=context.extra)))
    memory = first.reader.memory
    guessed = any(g in a.sentence for a in memory.assumptions for g in _GUESSED)
    looks = getattr(first.reader.found.schedule, "unit", "")
    counted = any(a.sentence.endswith("trading days.") for a in memory.assumptions)
    late = counted and looks in ("month_end", "week_end")
    if not first.is_complete or not ((guessed and memory.said) or late):
        return first
    known = memory.said if guessed else {}
    again = Reader(context, symbol, known=known, choices=context.extra)
    again.looks = looks if late else ""
    second = _read(tokens, Outcome(again, known=first.known))
    return second


def _read(tokens: list[Token], outcome: Outcome) -> Outcome:
    for sentence in sentences(tokens):
        _read_sentence(sentence, outcome)
        if not outcome.is_complete:
            break
    return outcome


def _read_sentence(sentence: list[Token], outcome: Outcome) -> None:
    words = words_of(sentence)
    if not words:
        return
    demanded = demands(sentence)
    bound = demanded or binds(sentence)
    if denies(words) or (not bound and is_story(words)):
        outcome.left_out.append(_text(sentence))
        return
    if _understand(words, outcome):
        return
    place, complaint, expected = outcome.place, outcome.complaint, outcome.expected
    rest, told = sentence, []
    named = addressed(sentence)
    if not demanded and (end := title(sentence[named:])):
        rest, told = sentence[:named] + sentence[named + end :], [sentence[named:][: end - 1]]
        if _understand(words_of(rest), outcome):
            outcome.left_out += [_text(c) for c in told]
            return
    if (
        not demanded
        and (led := lead_in(sentence))
        and _understand(words_of(sentence[led:]), outcome)
    ):
        outcome.left_out.append(_text(sentence[:led]))
        return
    for clause, _ in list(clauses(sentence)):
        rest = [t for t in rest if t not in clause]
        told.append(clause)
        if _understand(words_of(rest), outcome):
            outcome.left_out += [_text(c) for c in told]
            return
    if is_talk(sentence) or (not bound and (tells_nothing(words) or hearsay(sentence))):
        outcome.left_out.append(_text(sentence))
        return
    if complaint is None and _without_little_words(words, place, outcome):
        return
    outcome.stuck, outcome.place, outcome.complaint = words, place, complaint
    outcome.expected = expected


def _without_little_words(words: list[Token], place: int, outcome: Outcome) -> bool:
    """Read a stuck sentence without words that nothing hangs on, and say which."""
    reader = outcome.reader
    for rest, gone in thinned(words, place, reader.symbol.code):
        memory, found = reader.memory.copy(), reader.found.copy()
        if _understand(rest, outcome) and not any(
            g in a.sentence
            for a in reader.memory.assumptions[len(memory.assumptions) :]
            for g in _GUESSED
        ):
            words_told = " and ".join(f"“{token.text}”" for token in gone)
            reader.memory.assumptions.append(
                Assumption(f"Read without {words_told}, on which nothing hangs.")
            )
            return True
        reader.memory, reader.found = memory, found
    return False


def _understand(words: list[Token], outcome: Outcome) -> bool:
    """Take the cheapest reading that means something; False with the place or the reason."""
    reader = outcome.reader
    try:
        readings = outcome.readings(words)
    except Stuck as stuck:
        outcome.place, outcome.complaint = stuck.position, None
        outcome.expected = stuck.expected
        return False
    if (unsure := question(words)) is not None:
        outcome.place, outcome.complaint = len(words), Unreadable("ambiguous", unsure)
        return False
    complaint: Unreadable | None = None
    reader.found.sided |= limits_one_side(words)
    reader.says_while, reader.says_only = says_while(words), says_only(words)
    reader.says_past = says_past(words)
    for reading in readings:
        memory, found = reader.memory.copy(), reader.found.copy()
        try:
            reader.sentence(reading.value)
        except Unreadable as error:
            if complaint is None or _weight(error) > _weight(complaint):
                complaint = error
        except Exception:
            # Words put together as nobody thought of: a refusal then, and never an error page.
            log.exception("reading_failed", extra={"construction": _kinds(reading.value)})
            complaint = complaint or Unreadable("not_understood", "This is not understood.")
        else:
            return True
        reader.memory, reader.found = memory, found
        reader.left, reader.of_symbol = None, ""
    outcome.place, outcome.complaint = len(words), complaint
    return False


def _kinds(said: Any) -> str:
    """The constructions of a reading by their names, without the words of the idea."""
    if not isinstance(said, Said):
        return ""
    return f"{said.kind}({' '.join(filter(None, map(_kinds, said.parts)))})"


def _weight(complaint: Unreadable) -> int:
    """What is impossible says more than what is not understood."""
    return {"not_understood": 0, "ambiguous": 1}.get(complaint.code, 2)


def _symbol(
    tokens: list[Token], named: tuple[str, ...], context: IdeaContext
) -> SymbolFacts | Refusal:
    """The symbol that is traded: the one the idea buys, else the preset one."""
    code = context.default_symbol
    if len(named) == 1 or (named and code not in named):
        code = named[0]
    if len(named) > 1 and (only := _only_traded(tokens)):
        facts = context.facts(only)
        return facts if facts is not None else refusals.unknown_symbol(only, context)
    for verb in ("ONLY_TRADE", "BUY", "HOLD", "SHORT"):
        after = [
            other.detail
            for token, other in pairwise(tokens)
            if token.has(verb) and other.has("SYMBOL")
        ]
        if after and len(named) > 1:
            code = after[0]
            break
    facts = context.facts(code)
    return facts if facts is not None else refusals.unknown_symbol(code, context)


def _only_traded(tokens: list[Token]) -> str:
    """ "AAPL is the only one I buy", "the only one I buy is AAPL"."""
    kept = [t for t in tokens if not t.has("NOISE", "BE")]
    for one, other in pairwise(kept):
        for name, told in ((one, other), (other, one)):
            if name.has("SYMBOL") and told.has("ONLY_TRADED"):
                return name.detail
    return ""


def _other_symbol(symbol: SymbolFacts, named: tuple[str, ...], context: IdeaContext) -> list[str]:
    if symbol.code.casefold() == context.default_symbol.casefold() or len(named) > 1:
        return []
    if context.symbol_is_fixed:
        return [f"The idea names {symbol.code}, so {context.default_symbol} is not used."]
    return []


def _text(tokens: list[Token]) -> str:
    return " ".join(t.text for t in tokens)
