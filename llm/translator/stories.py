"""Sentences around the rules: which of them bind, and which only talk to the reader.

A remark that restricts a rule ("I do this only in winter", "it has to be calm") is never set apart,
whatever else is in it. Questions to the reader, remarks about oneself and what others say are set
apart even where they name an indicator or money, as long as nothing in them could be a rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from llm.translator.tokens import Token

_WORDS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "vocabulary" / "stories.json").read_text(encoding="utf-8")
)


def _any_of(kind: str) -> str:
    persons = f"(?:{'|'.join(_WORDS['persons'])})"
    return f"(?:{'|'.join(_WORDS[kind])})".replace("{persons}", persons)


def _found(kind: str) -> re.Pattern[str]:
    """Any expression of a kind, as whole words."""
    return re.compile(rf"\b{_any_of(kind)}(?!\w)")


# What binds: only, until, an order of events, how much may be lost or won.
_BINDS, _HARMLESS = _found("binds"), _found("harmless")
# Words of trading that may belong to a rule, so that only plain talk goes without them.
_OF_TRADING = _found("of_trading")
# "When" and "if" bind but where somebody tells what was, or asks whether.
_ASKED = "".join(rf"(?<!\b{word} )" for word in _WORDS["asked"])
_CONDITION = re.compile(rf"{_ASKED}\b{_any_of('condition')}\b")
_WAS = _found("was")
_BEFORE = rf"(?:{_any_of('before')} (?:, )?)*"
_SPEAKS = rf"{_any_of('somebody')} (?:{_any_of('often')} )*{_any_of('speaks')}(?!\w)"
_TALKS = re.compile(rf"{_BEFORE}(?:{_SPEAKS}|{_any_of('talks')})")
# How markets are said to be, which may speak of rising and falling.
_USUALLY = re.compile(rf"{_BEFORE}{_any_of('markets')} {_any_of('usually')}\b")
# What somebody says of markets, as long as nothing is counted or compared in it.
_SAYS = re.compile(rf"{_BEFORE}{_any_of('somebody')} (?:{_any_of('often')} )*{_any_of('says')} ")
_OUGHT = _found("ought")
# What is bought or sold in a manner of speaking: "I never know when to sell", "sell too early".
_MANNER = _found("manner")
# What was long ago, or once, and what was done then: "in 1998 I bought my first stock".
_LONG_AGO, _DID = _found("longago"), _found("did")
# Somebody whom a remark is about.
_PERSON = _found("somebody_told")
# "Here is what I do:", "his suggestion is to": what comes after it is the rule.
_LEADS = re.compile(
    rf"{_any_of('leads')}(?: (?:[:,–—-])|(?<= to)|(?<= that)|(?<= do is)|(?<= did was))(?= )"
)
_WISHES = re.compile(
    r"(?:and |but )?(?:i|we|he|she) (?:also )?(?:want|wants|need|needs|like|likes) (?:to )?see\b"
)
# What could be part of a rule, so that no sentence with it is mere talk.
_RULES = frozenset(
    ("BUY", "SELL", "SHORT", "COVER", "FLAT", "LONG", "OTHERWISE", "UNLESS", "STOP", "TARGET",
     "TRAIL", "NUM", "PCT", "PERCENT", "MONEY", "DOLLARS", "DATE", "YEARNUM", "WEEKDAY",
     "MONTHNAME", "COMMISSION", "SLIPPAGE", "ABOVE", "BELOW", "CROSS", "UPCROSS", "DOWNCROSS",
     "CROSSNODIR", "RISING", "FALLING", "RISE", "FALL", "HIGH", "LOW", "GREEN", "RED", "UP",
     "DOWN", "WHEN", "WHILE", "IF", "ONCE", "ONLY", "OUT", "ARROW", "LIMITORDER", "STOPORDER",
     "RISKWORD", "ROTATE", "WHICHEVER", "NO_TRADES", "NO_TRADES_WHEN", "ONLY_TRADE", "NEVER_TRADE",
     "BPS", "MY_TRADES_NEED", "IGNORE_SIGNALS", "SINCEENTRY", "NO_REENTRY", "LOSS_LIMIT",
     "TIMESTOP", "OVERSOLD", "OVERBOUGHT", "MOVESTOP", "MOVE_STOP_TO_ENTRY", "SHORTSONLY",
     "YESTERDAY", "WEEKLY", "MONTHLY", "FIRST_DAY", "LAST_DAY", "HALF", "GE", "LE", "AFTER",
     "WITHIN", "EACH", "BETWEEN", "OPEN", "EITHER", "REACH", "CLOSEV", "BEFORE_BUY", "FIRSTOFTHESE")
)  # fmt: skip
_MOVES = frozenset(("RISING", "FALLING", "RISE", "FALL", "HIGH", "LOW", "UP", "DOWN", "AFTER"))
_ORDERS = frozenset(("BUY", "SELL", "SHORT", "LONG", "COVER"))
_CONDITIONS = frozenset(("WHEN", "IF", "WHILE", "ONCE"))
# Words that are not known, and where somebody has something from.
_PLAIN = frozenset(("UNKNOWN", "COMMON"))
_ORIGINS = frozenset(("from", "since"))
_AVOIDED = ("NO:sizing", "NO:pyramiding", "NO:orders", "NO:derivatives", "NO:multi_asset",
            "NO:intraday", "NO:lookahead", "NO:contradictory")  # fmt: skip


def binds(sentence: Sequence[Token], *, trading: bool = True) -> bool:
    """Whether a remark may restrict a rule: "I do this only in winter", "it has to be calm"."""
    told = _said(sentence)
    said = _HARMLESS.sub("", told)
    if _BINDS.search(said):
        return True
    if trading and _OF_TRADING.search(said) and not (_talks(told) or _was_long_ago(told)):
        return True
    return _CONDITION.search(said) is not None and not _WAS.search(said)


def wishes(clause: Sequence[Token]) -> bool:
    """ "I also want to see it turn", which the rest of the sentence puts into numbers."""
    binding = ("NUM", "MONEY", "PCT", "IND", "MA", "ONLY", "NOT")
    if any(t.has(*binding) for t in clause):
        return False
    return _WISHES.match(_said(clause)) is not None


def is_talk(sentence: Sequence[Token]) -> bool:
    """A question to the reader, a remark about oneself, what others say: and no rule in it."""
    said = _said(sentence)
    long_ago = _was_long_ago(said)
    if not (long_ago or _talks(said) or _is_everyday(sentence, said)) or binds(sentence):
        return False
    decides = _RULES - _MOVES if _USUALLY.match(said) else _RULES
    if _SAYS.match(said) and not _OUGHT.search(said):
        decides = _RULES - _MOVES - _ORDERS
    if long_ago:
        decides = decides - _ORDERS - _MOVES
    if _WAS.search(said):
        decides = decides - _CONDITIONS
    return not any(
        not _is_age(sentence, k) if t.kind == "number" else t.has(*decides, *_AVOIDED)
        for k, t in _beside(sentence, said, long_ago=long_ago)
    )


def in_a_manner(sentence: Sequence[Token]) -> list[Token]:
    """The words that are said in a manner of speaking only: "in advance", "anything else"."""
    said = _said(sentence)
    kept = {k for k, _ in _beside(sentence, said, harmless=False)}
    found = [t for k, t in enumerate(sentence) if k not in kept]
    pairs = pairwise(sentence)
    return found + [a for a, b in pairs if a.text in _ORIGINS and b.tags <= _PLAIN]


def lead_in(sentence: Sequence[Token]) -> int:
    """How many words only lead to the rule: "so I do it like this:", "his suggestion is to"."""
    found = _LEADS.match(_said(sentence))
    if found is None:
        return 0
    ends = [len(_said(sentence[: k + 1])) for k in range(len(sentence))]
    return ends.index(found.end()) + 1 if found.end() in ends else 0


def _talks(said: str) -> bool:
    return (_TALKS.match(said) or _USUALLY.match(said)) is not None


def _said(sentence: Sequence[Token]) -> str:
    return " ".join(t.text for t in sentence)


def _was_long_ago(said: str) -> bool:
    """ "In 1998 I bought my first stock": what somebody did, and when that was."""
    return _LONG_AGO.search(said) is not None and _DID.search(said) is not None


def _is_everyday(sentence: Sequence[Token], said: str) -> bool:
    """Whether it is about somebody, and in words that no rule is written in."""
    plain = sum(t.tags <= _PLAIN for t in sentence)
    return plain >= 2 and _PERSON.search(said) is not None


def _beside(
    sentence: Sequence[Token], said: str, *, harmless: bool = True, long_ago: bool = False
) -> list[tuple[int, Token]]:
    """The words that are not said in a manner of speaking, with their places."""
    manners = (_MANNER, *(_HARMLESS,) * harmless, *(_LONG_AGO,) * long_ago)
    spans = [m.span() for manner in manners for m in manner.finditer(said)]
    out, place = [], 0
    for k, token in enumerate(sentence):
        end = place + len(token.text)
        if not any(a <= place and end <= b for a, b in spans):
            out.append((k, token))
        place = end + 1
    return out


def _is_age(sentence: Sequence[Token], k: int) -> bool:
    """ "Ten years", "63 years old": of a life, and of no rule; nothing is held for so long."""
    after = sentence[k + 1].text if k + 1 < len(sentence) else ""
    if after in ("years old", "year old", "years ago", "decades"):
        return True
    return after == "years" and not any(t.has("HOLD", "TRADE") for t in sentence)
