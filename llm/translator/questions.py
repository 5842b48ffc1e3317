"""What is asked back before a reading is tried: words that honest people read two ways.

The grammar sees one reading where a person would ask, because it knows which words may follow
which and not what they reach over. Asking here costs a refusal; guessing would cost a wrong test.
"""

from __future__ import annotations

from itertools import pairwise

from llm.translator.tokens import Token

_LENGTHS = ("WEEK", "MONTH", "QUARTER", "YEAR")
_ACTS = ("BUY", "LONG", "HOLD", "SHORT", "SELL", "COVER", "FLAT")
# Words that sell or cover, and words that limit what was said before them.
_ENDINGS = ("SELL", "COVER", "FLAT", "SHORT", "SELL_IN_MAY")
_ONLY_IF = ("only", "only when", "only if", "but only if", "but only when", "as long as", "while")
_SIDED = frozenset(("buy", "longs", "shorts", "long", "short", "buying", "buys"))
_ONLY = frozenset(("only when", "only if", "but only when", "but only if"))
_PAST = frozenset(
    ("was", "were", "had", "has", "have", "did", "been", "closed", "fell", "dropped", "rose",
     "traded", "stood", "sat", "finished", "ended", "settled", "opened")
)  # fmt: skip
_WHILE = frozenset(("while", "only while", "as long as", "so long as", "for as long as"))


def question(words: list[Token]) -> str | None:
    """What to ask back: which of two days, how many between them, what hangs at the end."""
    if (unsure := _between_days(words)) is not None:
        return unsure
    if (unsure := _in_turn(words)) is not None:
        return unsure
    if (unsure := _of_days(words)) is not None:
        return unsure
    if any(t.has("ON_THAT_DAY") for t in words) and _counts_on(words):
        return "Which day is that: the one counted from, or the one counted to?"
    if _lasts(words):
        return "Is it held for that long, or must that have been true for so long?"
    if _hangs(words):
        return "What is said at the end: does it hold for buying, for selling, or for both?"
    return None


def _counts_on(words: list[Token]) -> bool:
    """ "3 days after A", "2 days later": two days are spoken of."""
    sold = next((k for k, t in enumerate(words) if t.has("SELL", "COVER")), len(words))
    told = ("AFTER", "LATER", "AGO", "BEFORE")
    return any(day.has("DAY") and next_.has(*told) for day, next_ in pairwise(words[:sold]))


def _between_days(words: list[Token]) -> str | None:
    sold = next((k for k, t in enumerate(words) if t.has("SELL", "COVER")), len(words))
    for k, token in enumerate(words[:sold]):
        rest = words[k + 1 : sold]
        if token.text.endswith("day after") and any(t.text in ("when", "if") for t in rest):
            return "On that day, or on the day after it?"
        told = any(t.has("YESTERDAY", "PREDECESSOR", "AGO", "PREVIOUS") for t in rest)
        later = token.text == "after" and not told and says_past(rest)
        if later and _is_coloured(words[max(0, k - 2) : k]):
            return "Within how many days after that?"
        if token.text.startswith("wait until") and any(t.has("NUM") for t in words[:k]):
            return "On the same day, or on a later one?"
        then = token.has("AND") and bool(rest) and rest[0].text == "then"
        if then and any(t.has("WITHIN") or t.has("DAY") for t in rest[1:]):
            acts = rest[1:2] and rest[1].has("BUY", "LONG", "HOLD", "SHORT", "SELL", "FLAT")
            if not acts and _counts_days(rest):
                if any(t.has("AND") for t in words[:k]):
                    return "Within how many days of which of these?"
                if words[k - 1].has("YESTERDAY", "AGO") or _is_left_later(words[:k], rest):
                    return "Are the days counted from the first one beyond that level?"
                continue
            returns = any("back" in t.text.split() for t in rest)
            return None if acts or returns else "Within how many days of each other?"
    return None


def _counts_days(words: list[Token]) -> bool:
    """ "and then crosses above 30 within 5 days": the days from the one to the other."""
    return any(
        a.has("WITHIN") and b.has("NUM") and c.has("DAY", "BAR")
        for a, b, c in zip(words, words[1:], words[2:], strict=False)
    )


def _is_left_later(head: list[Token], rest: list[Token]) -> bool:
    """ "is below 30 and then crosses above 30 within 5 days": on which day did it begin?"""
    if any(t.has(*_CROSSES, "FALL", "RISE") for t in head):
        return False
    levels = {t.value for t in head if t.has("NUM")}
    returns = any(t.has("IT") for t in rest)
    return returns or any(
        a.has("ABOVE", "BELOW") and b.value in levels for a, b in pairwise(rest) if b.has("NUM")
    )


_CROSSES = ("CROSS", "UPCROSS", "DOWNCROSS", "GOLDEN", "DEATH", "CROSSNODIR")
_EVENTS = (*_CROSSES, "FALL", "RISE", "LOW", "HIGH", "BREAKOUT", "BREAKDOWN")


def _in_turn(words: list[Token]) -> str | None:
    """ "After a golden cross, buy when RSI is low": one thing after another, on what day?"""
    if any(t.has("WITHIN") for t in words):
        return None
    bought = next((k for k, t in enumerate(words) if t.has("BUY", "LONG", "SHORT")), len(words))
    head, rest = words[:bought], words[bought + 1 :]
    waits = bool(head) and (head[0].has("AFTER") or head[0].text in ("once", "wait", "wait for"))
    waits = waits or any(t.text in ("wait for", "first wait for", "first wait") for t in head)
    sold = next((k for k, t in enumerate(rest) if t.has("SELL", "COVER", "FLAT")), len(rest))
    asked = any(t.has("WHEN", "IF", "ABOVE", "BELOW", *_CROSSES) for t in rest[:sold])
    twice = any(t.has(*_EVENTS) for t in head) and any(t.has(*_CROSSES) for t in rest[:sold])
    crossed = any(t.has(*_CROSSES) for t in head)
    if waits and ((asked and crossed) or twice) and not _crosses_back(head, rest[:sold]):
        return "Within how many days after that?"
    returns = any("back" in t.text.split() for t in head)
    if waits and not returns and any(t.text == "wait for" for t in head[1:]):
        return "Within how many days after that?"
    for k, token in enumerate(words):
        before, after = words[:k], words[k + 1 :]
        beyond = token.has("THEN") and bool(after) and after[0].has("ABOVE", "BELOW")
        if beyond and any(t.has(*_CROSSES) for t in before):
            return "On the same day, or on a later one?"
        if token.text in ("afterwards", "later on") and any(t.has(*_EVENTS) for t in after[:6]):
            return "Within how many days after that?"
        counted = token.has("WEEK", "MONTH", "QUARTER", "YEAR") and bool(after) and bool(before)
        if counted and after[0].text == "after" and before[-1].has(*_ACTS):
            return "How many trading days after that?"
        limited = token.has("NO_LONGER") or token.text in ("at most", "up to", "for at most")
        if limited and any(t.text in ("has been", "have been") for t in before[-8:]):
            return "For how long it has been so, or for how long it is held?"
        again = token.text == "again" and bool(before) and before[-1].has("NUM")
        if again and _is_state(before):
            return "Again: does it have to cross that level, or only to be there?"
    return None


def _crosses_back(head: list[Token], rest: list[Token]) -> bool:
    """ "wait for RSI to dip under 35, buy when it crosses back over 35": that is the crossing."""
    sides = ("ABOVE", "BELOW", "UPCROSS", "DOWNCROSS", "BACK_ABOVE", "BACK_BELOW")
    moves = (*_CROSSES, "RISE", "FALL", "BACK_ABOVE", "BACK_BELOW")
    there, back = ([k for k, t in enumerate(words) if t.has(*sides)] for words in (head, rest))
    if len(there) != 1 or len(back) != 1 or any(t.has("DAY", "AND") for t in rest):
        return False
    one, other = head[there[0]], rest[back[0]]
    level, again = (words[k + 1 : k + 2] for words, k in ((head, there[0]), (rest, back[0])))
    ups = ("ABOVE", "UPCROSS", "BACK_ABOVE")
    same = [t.value for t in level if t.has("NUM")] == [t.value for t in again if t.has("NUM")]
    returns = other.has(*moves) or any(t.has(*moves) for t in rest[back[0] - 1 : back[0]])
    return bool(level and again) and same and returns and one.has(*ups) is not other.has(*ups)


def _of_days(words: list[Token]) -> str | None:
    """Days told for one rule that stand before two, and stretches told beside a move."""
    for before, token, after in zip(words, words[1:], words[2:], strict=False):
        if before.has("MONTHNAME") and token.has("BE") and after.has("UP", "DOWN"):
            return "A named month as a whole is not looked at: which days are compared?"
        recent = before.has("PCT") and token.has("IN", "OVER", "DURING", "WITHIN")
        if recent and after.has("LAST"):
            rest = words[words.index(after) + 1 :]
            if rest and rest[0].has("MONTH", "YEAR"):
                return "Over the month or year before each day? Say so in trading days."
    colon = next((k for k, t in enumerate(words) if t.has("COLON")), 0)
    head, rest = words[:colon], words[colon:]
    dated = any(t.has("MONTHNAME", "WEEKDAY") for t in head)
    if dated and any(t.has("BUY") for t in head) and any(t.has("BUY") for t in rest):
        return "Only on those days, or on them as well?"
    days = ("NTH", "FIRST_DAY", "LAST_DAY", "DAY", "WEEKDAY", "LASTOF", "FIRSTOF", "MONTHNAME")
    if head and head[0].has("TURN_OF_MONTH") and not any(t.has(*days) for t in rest):
        return "Only at the turn of the month? Say on which of its days."
    first = words[1:2] if words[0].has("EACH", "ON") else words[:1]
    sold = next((k for k, t in enumerate(words) if t.has("SELL", "COVER", "FLAT")), len(words))
    told = words[sold:]
    if first and first[0].has("WEEKDAY") and any(t.has("BUY") for t in words[1:sold]):
        bought = any(t.has("WHEN", "IF") for t in words[:sold])
        if bought and any(t.has("ABOVE", "BELOW", *_CROSSES) for t in told):
            return "Is it sold on that day of the week only, or on any day?"
    return None


def _is_state(before: list[Token]) -> bool:
    """ "buy as soon as RSI is above 30 again": told of a level, and not of a way there."""
    acted = next((k for k in range(len(before) - 1, -1, -1) if before[k].has(*_ACTS)), -1)
    clause = before[acted + 1 :]
    if acted < 0 or not before[acted].has("BUY", "LONG"):
        return False
    level = any(t.has("ABOVE", "BELOW") for t in clause)
    return level and any(t.has("BE") for t in clause) and not any(t.has(*_EVENTS) for t in clause)


def _lasts(words: list[Token]) -> bool:
    """ "buy when RSI is below 10 for a week": a length right after what is compared."""
    compared = False
    for k, token in enumerate(words):
        if token.has("ABOVE", "BELOW"):
            compared = True
        elif token.has(*_ACTS, "COMMA", "AND", "STOPMARK"):
            compared = False
        rest = [t for t in words[k + 1 : k + 4] if t.text != "one"]
        if compared and token.text == "for" and rest and rest[0].has(*_LENGTHS):
            return not any(t.has("SOFAR") for t in rest)
    return False


def _is_coloured(before: list[Token]) -> bool:
    """ "a green candle after RSI was below 10": on a later day, and nobody says how much later."""
    return (
        len(before) == 2
        and before[0].has("GREEN", "RED", "UP", "DOWN", "BULLISH", "BEARISH")
        and before[1].has("CANDLE", "CLOSE", "CLOSES", "DAY")
    )


def _hangs(tokens: list[Token]) -> bool:
    """ "buy when A and sell when B, only if C": of buying, of selling, or of both?"""
    bought = next((k for k, t in enumerate(tokens) if t.has("BUY", "SHORT")), None)
    sells_only = bought is None
    if bought is None:  # "exit after 10 days, but only if A": a limit of the way out
        bought = -1
    sold = next((k for k in range(bought + 1, len(tokens)) if tokens[k].has(*_ENDINGS)), None)
    if sold is None:
        return False
    for k in range(sold + 1, len(tokens) - 1):
        after = tokens[k + 2 :] if tokens[k + 1].has("BUT") else tokens[k + 1 :]
        excepted = not sells_only and bool(after) and after[0].has("UNLESS")
        limited = excepted or (
            bool(after) and (after[0].has("PROVIDED") or after[0].text in _ONLY_IF)
        )
        if tokens[k].has("COMMA") and limited:
            of_days = any(t.has("YEARNUM", "DATE", "MONTHNAME") for t in after)
            again = any(t.has("BUY", "SELL", "COVER", "LONG", "SHORT") for t in after)
            return not (of_days or again)
    return False


def limits_one_side(words: list[Token]) -> bool:
    """ "Do not buy when ...": of longs, where there may be shorts as well."""
    return any(
        t.has("NO_TRADES", "NO_TRADES_WHEN") and not _SIDED.isdisjoint(t.text.split())
        for t in words
    )


def says_while(words: list[Token]) -> bool:
    """ "long while A"; in "long when A while B" the word only joins two conditions."""
    return _says(words, _WHILE)


def says_only(words: list[Token]) -> bool:
    """ "buy only when A", which another rule for buying may add to."""
    return _says(words, _ONLY)


def _says(words: list[Token], told: frozenset[str]) -> bool:
    """Whether such a word comes before anything is compared."""
    place = next((k for k, t in enumerate(words) if t.text in told), None)
    compares = ("NUM", "ABOVE", "BELOW", "WHEN", "CROSS", "UPCROSS", "DOWNCROSS", "RISE", "FALL")
    return place is not None and not any(t.has(*compares) for t in words[:place])


def says_past(words: list[Token]) -> bool:
    """ "was above the average 5 days ago": all of it was so then, and not the average alone."""
    return any(not _PAST.isdisjoint(t.text.split()) for t in words)
