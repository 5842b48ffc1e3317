"""The parts of a sentence that decide nothing: brackets, reasons, moods, clauses of a story."""

from __future__ import annotations

from collections.abc import Iterator

from llm.translator.sentences import denies, is_story, tells, words_of
from llm.translator.stories import binds, is_talk
from llm.translator.tokens import Token

# How something is demanded of the market: "it must be calm, which means ...".
_MUST_BE = frozenset(
    ("has to be", "must", "must be", "needs to be", "should", "should be", "ought to be", "shall")
)


def _bracketed(tokens: list[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    """Each remark in brackets that decides nothing, with the sentence without it."""
    for start, token in enumerate(tokens):
        if not token.has("LPAR"):
            continue
        end = next((k for k in range(start, len(tokens)) if tokens[k].has("RPAR")), None)
        if end is not None and _is_aside(tokens[start + 1 : end]):
            yield tokens[start : end + 1], tokens[:start] + tokens[end + 1 :]


def _said_plainly(tokens: list[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    """ "when the market is in a good mood, which for us means ...": what it means is the rule.

    So it is where something has to be so: "it also has to be tired, which means that ...".
    """
    opens = 0
    for k, token in enumerate(tokens):
        if token.has("WHEN", "IF", "WHILE", "MY_TRADES_NEED"):
            opens = k + 1
        demanded = _demanded(tokens[:k])
        if not (token.has("COMMA") and (opens or demanded) and _is_mood(tokens[opens:k])):
            continue
        after = tokens[k + 1 : k + 6]
        means = [n for n, t in enumerate(after) if t.has("THAT_IS") or t.text == "means"]
        if means and (means[0] == 0 or after[0].has("WHICH")):
            end = k + means[0] + 2
            end += tokens[end].text == "that" if end < len(tokens) else 0
            yield tokens[opens:end], tokens[:opens] + tokens[end:]


def _demanded(tokens: list[Token]) -> bool:
    """ "The market has to be ...", "it must be ..."."""
    return (
        len(tokens) > 2
        and tokens[0].has("GENERIC", "IT", "TREND", "SYMBOL")
        and any(t.text in _MUST_BE or t.text.split()[0] in _MUST_BE for t in tokens[1:3])
    )


def _is_mood(tokens: list[Token]) -> bool:
    """Whether words only name a state that what follows spells out."""
    demanded = _demanded(tokens)
    return is_story(words_of(tokens)) and (demanded or not binds(tokens))


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
