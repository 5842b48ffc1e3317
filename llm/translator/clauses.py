"""Clauses of a sentence that tell a story or say again what the rest of it says in numbers."""

from __future__ import annotations

from collections.abc import Iterator

from llm.translator.sentences import DECIDES, denies, is_story, tells, words_of
from llm.translator.stories import binds, is_talk, wishes
from llm.translator.tokens import Token

# How something is demanded of the market: "it must be calm, which means ...".
_MUST_BE = frozenset(
    ("has to be", "must", "must be", "needs to be", "should", "should be", "ought to be", "shall")
)
# "there was a real pullback, so let's say RSI below 30": what it is, in numbers.
_LET_US_SAY = frozenset(("so let us say", "let us say", "so say", "so i say", "so i would say"))
# What a name for the numbers that follow does not hold.
_NO_NAMES = (*DECIDES, "NUM", "NOT", "NO", "ONLY", "UNLESS", "WHEN", "WHILE", "EXCEPT", "EITHER")
_MUSTS = ("has to", "have to", "must", "needs to", "need to", "should")


def _bracketed(tokens: list[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    """Each remark in brackets that decides nothing, with the sentence without it."""
    for start, token in enumerate(tokens):
        if not token.has("LPAR"):
            continue
        end = next((k for k in range(start, len(tokens)) if tokens[k].has("RPAR")), None)
        if end is not None and _is_aside(tokens[start + 1 : end]):
            yield tokens[start : end + 1], tokens[:start] + tokens[end + 1 :]


def _said_plainly(tokens: list[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    """ "when the market is in a good mood, which for us means ...": what it means is the rule."""
    opens = 0
    for k, token in enumerate(tokens):
        if token.has("WHEN", "IF", "WHILE", "MY_TRADES_NEED"):
            opens = k + 1
        if token.has("COMMA") and tokens[k + 1 : k + 2]:
            told, comes = tokens[opens:k], tokens[k + 1]
            if comes.text in _LET_US_SAY and _only_names(told):
                yield tokens[opens : k + 1], tokens[:opens] + tokens[k + 1 :]
            last = max((n + 1 for n in range(k) if tokens[n].has("COMMA")), default=0)
            if comes.text == "so" and wishes(tokens[last:k]) and _requires(tokens[k + 2 :]):
                yield tokens[last : k + 1], tokens[:last] + tokens[k + 1 :]
        aside = tokens[opens:k]
        names = opens and (_is_aside(aside) or _only_names(aside))
        if not token.has("COMMA") or not (names or _is_demanded_mood(tokens[:k], opens)):
            continue
        after = tokens[k + 1 : k + 6]
        means = [n for n, t in enumerate(after) if t.has("THAT_IS") or t.text == "means"]
        if means and (means[0] == 0 or after[0].has("WHICH")):
            end = k + means[0] + 2
            end += tokens[end : end + 1] != [] and tokens[end].text == "that"
            yield tokens[opens:end], tokens[:opens] + tokens[end:]


def _demanded(tokens: list[Token]) -> bool:
    """ "The market has to be ...", "it must be ..."."""
    return (
        len(tokens) > 2
        and tokens[0].has("GENERIC", "IT", "TREND", "SYMBOL")
        and any(t.text in _MUST_BE or t.text.split()[0] in _MUST_BE for t in tokens[1:3])
    )


def _is_demanded_mood(tokens: list[Token], opens: int) -> bool:
    """Whether words only name a state that what follows spells out: "it also has to be tired"."""
    told, demanded = tokens[opens:], _demanded(tokens)
    named = is_story(words_of(told)) and (demanded or not binds(told))
    return bool(opens or demanded) and named


def _only_names(told: list[Token]) -> bool:
    """ "the market is calm", where what comes next says in numbers what that is."""
    names = any(t.has("UNKNOWN") for t in told)
    return names and not (any(t.has(*_NO_NAMES) for t in told) or binds(told, trading=False))


def _requires(tokens: list[Token]) -> bool:
    """ "the close has to be above the 10-day average": in numbers."""
    said = " ".join(t.text for t in tokens)
    return any(m in said for m in _MUSTS) and any(t.has("NUM", "PCT") for t in tokens)


def _reasons(tokens: list[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    """Each "because I could not sleep otherwise", up to the next comma."""
    for start, token in enumerate(tokens):
        if token.text != "because":
            continue
        ends = (k for k in range(start, len(tokens)) if tokens[k].has("COMMA"))
        end = next(ends, len(tokens))
        told = tokens[start : end - tokens[end - 1].has("OTHERWISE")]
        if _is_aside(told):
            yield tokens[start:end], tokens[:start] + tokens[end + (start == 0) :]


def _is_aside(tokens: list[Token]) -> bool:
    if is_story(words_of(tokens)) and not binds(tokens):
        return True
    return is_talk(tokens) and not any(t.has("HOLD") for t in tokens)


def clauses(tokens: list[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    """Each clause that tells a story, with the sentence that is left without it."""
    yield from _bracketed(tokens)
    yield from _reasons(tokens)
    yield from _said_plainly(tokens)
    starts = [0, *(k + 1 for k, t in enumerate(tokens) if t.has("COMMA", "COLON"))]
    ends = [*(s - 1 for s in starts[1:]), len(tokens)]
    for start, end in zip(starts, ends, strict=True):
        clause = tokens[start:end]
        spoken = [t for t in clause if not t.has("AND", "SO", "THEN", "BUT")]
        if spoken and (denies(words_of(clause)) or (tells(spoken) and _is_aside(clause))):
            yield clause, tokens[:start] + tokens[end + 1 :]
