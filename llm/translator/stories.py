"""Sentences around the rules: which of them bind, and which only talk to the reader.

A remark that restricts a rule ("I do this only in winter", "it has to be calm") is never set apart,
whatever else is in it. Questions to the reader, remarks about oneself and what others say are set
apart even where they name an indicator or money, as long as nothing in them could be a rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from llm.translator.tokens import Token

_WORDS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "vocabulary" / "stories.json").read_text(encoding="utf-8")
)


def _any_of(kind: str) -> str:
    return f"(?:{'|'.join(_WORDS[kind])})"


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
_AVOIDED = ("NO:sizing", "NO:pyramiding", "NO:orders", "NO:derivatives", "NO:multi_asset",
            "NO:intraday", "NO:lookahead", "NO:contradictory")  # fmt: skip


def binds(sentence: Sequence[Token], *, trading: bool = True) -> bool:
    """Whether a remark may restrict a rule: "I do this only in winter", "it has to be calm"."""
    said = _HARMLESS.sub("", _said(sentence))
    if _BINDS.search(said) or (trading and _OF_TRADING.search(said) and not _talks(said)):
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
    if not _talks(said) or binds(sentence):
        return False
    decides = _RULES - _MOVES if _USUALLY.match(said) else _RULES
    if _SAYS.match(said) and not _OUGHT.search(said):
        decides = _RULES - _MOVES - _ORDERS
    if _WAS.search(said):
        decides = decides - _CONDITIONS
    return not any(
        t.has(*decides, *_AVOIDED) or (t.kind == "number" and not _is_age(sentence, k))
        for k, t in _beside(sentence, said)
    )


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


def _beside(sentence: Sequence[Token], said: str) -> list[tuple[int, Token]]:
    """The words that are not said in a manner of speaking, with their places."""
    spans = [m.span() for m in _MANNER.finditer(said)]
    out, place = [], 0
    for k, token in enumerate(sentence):
        end = place + len(token.text)
        if not any(a <= place and end <= b for a, b in spans):
            out.append((k, token))
        place = end + 1
    return out


def _is_age(sentence: Sequence[Token], k: int) -> bool:
    """ "Ten years", "63 years old": of a life, and of no rule."""
    return k + 1 < len(sentence) and sentence[k + 1].text in ("years", "years old")
