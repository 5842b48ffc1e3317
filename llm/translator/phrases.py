"""Phrases that are none where they stand: what follows them takes their last word."""

from __future__ import annotations

from collections.abc import Mapping

from llm.translator.tokens import Token

Phrases = Mapping[tuple[str, ...], frozenset[str]]

# "above zero or below its signal": what follows "or below" and is a value of its own.
_VALUES = frozenset(("ITS", "OWN", "IT", "MA", "IND", "CLOSE", "BANDSIDE", "SIGNAL", "MACD", "BB"))
_AFTER_OPENS = frozenset(
    ("back", "more", "at", "above", "below", "lower", "higher", "over", "under", "with", "up",
     "down", "beneath", "less", "between", "inside", "outside")
)  # fmt: skip


_COUNTS = ("two", "three", "four", "five")
_UNITS = frozenset(("DAY", "BAR", "WEEK", "MONTH", "YEAR"))


# What is denied of something: "when it is not rising" is no "otherwise", either.
_STATES = frozenset(
    ("BETWEEN", "ABOVE", "BELOW", "AT", "WITHIN", "OUTSIDE", "GE", "LE", "AT_LEAST", "AT_MOST",
     "RISING", "FALLING", "UP", "DOWN", "BULLISH", "BEARISH", "POSITIVE", "NEGATIVE", "GREEN",
     "IN", "RED", "OVERSOLD", "OVERBOUGHT", "STACKED", "EXT", "MORE", "CANDLE", "PATTERN", "CDL")
)  # fmt: skip
_DEEDS = frozenset(
    ("CLOSE", "CLOSEV", "OPENV", "RISE", "FALL", "CROSS", "UPCROSS", "DOWNCROSS", "REACH", "MAKE",
     "GAP", "EXCEED", "TOUCH")
)  # fmt: skip
_DENIED = {"is": _STATES, "are": _STATES, "was": _STATES, "does": _DEEDS, "did": _DEEDS}


def is_ranked(before: list[Token], phrases: Phrases) -> bool:
    return any(
        t.kind == "ordinal" or t.text == "next" or "NTH" in phrases.get((t.text,), frozenset())
        for t in before
    )


def _denied(words: list[str]) -> frozenset[str]:
    """What may follow "when it is not", "if it no longer does": it is no "otherwise" then."""
    verb = words[-2:-1] if words[-1] == "not" else words[-1:] if "longer" in words[:-1] else []
    return _DENIED.get(verb[0], frozenset()) if verb and len(words) > 2 else frozenset()


def begins_anew(words: list[str], after: list[Token], phrases: Phrases) -> bool:
    """In "below 30 or above 70" the "or above" belongs to the second number.

    In "when it is not between 45 and 75" the "when it is not" is no "otherwise".
    """
    if len(words) > 1 and words[-1] == "day" and after and after[0].text == "before":
        return True  # "the high of the day before" is none of the day itself
    if len(words) == 2 and words[0] == "of" and words[1] in _COUNTS and after:
        first = (
            after[1] if after[0].text in ("previous", "last", "past") and after[1:] else after[0]
        )
        return not phrases.get((first.text,), frozenset()).isdisjoint(_UNITS)  # "of two days ago"
    if words == ["buy", "for"] and after:
        paid = after[0].kind == "money" or "dollars" in [t.text for t in after[:2]]
        return not paid  # "buy for a week"
    if words in (["at", "close"], ["on", "close"]) and after:
        # "at a close above its average" is a condition, and no time to sell.
        return after[0].percent or after[0].text in _AFTER_OPENS
    if words in (["are", "up"], ["is", "up"]) and after:
        return after[0].percent or after[0].kind == "number"  # "the shares are up 5 %"
    if words == ["on", "first", "day"] and after:
        return after[0].text in ("of", "in", "each", "every")
    if len(words) > 1 and words[-1] == "in" and after:  # "cash in a downtrend"
        trend = phrases.get(("in", after[0].text), frozenset())
        return not trend.isdisjoint(("INUP", "INDOWN"))
    if words[0] == "when" and words[-1] == "opens" and after:
        # "when the market opens 1 % lower" is a condition, and no time to buy.
        return after[0].kind == "number" or after[0].text in _AFTER_OPENS
    if words[-2:] in (["do", "not"], ["am", "not"]) and after:
        return after[0].kind in ("word", "number")  # "i do not" ends a clause, or says what not
    if (denied := _denied(words)) and after:
        return not phrases.get((after[0].text,), frozenset()).isdisjoint(denied)
    sides = ("above", "below", "over", "under")
    if words[0] != "or" or words[-1] not in sides or not after:
        return False
    follows = phrases.get((after[0].text,), frozenset())
    return after[0].kind == "number" or not follows.isdisjoint(_VALUES)
