"""An idea as sentences: what is a rule, what is a story around it, what is read together."""

from __future__ import annotations

from itertools import pairwise

from llm.translator.repeats import once
from llm.translator.stories import in_a_manner
from llm.translator.tokens import FOREIGN, Token

# Words that decide something: a sentence with one of them is never taken for a story.
DECIDES = (
    "BUY", "SELL", "SHORT", "COVER", "FLAT", "LONG", "OTHERWISE", "UNLESS", "STOP", "TARGET",
    "TRAIL", "IND", "MA", "MACD", "BB", "BAND", "STOCH", "AROON", "SUPERTREND", "ICHIMOKU",
    "HEIKIN", "PATTERN", "CDL", "CHANNELNAME", "GOLDEN", "DEATH", "PIVOT", "CLOSE", "CLOSEV",
    "OPENV", "VOLUME", "COMMISSION", "SLIPPAGE", "DOLLARS", "MONEY", "PCT", "PERCENT",
    "LIMITORDER", "STOPORDER", "RISKWORD", "ROTATE", "WHICHEVER", "CROSS", "UPCROSS", "DOWNCROSS",
    "TRADE", "TRADE_WORD", "NO_TRADES_WHEN", "EXT", "BPS", "WEEKDAY", "STDEV", "RETURN",
    "YEARNUM", "DATE", "CAPITAL", "STARTWITH", "MONTHNAME", "CRISIS", "WHOLE_HISTORY", "SINCE",
    "IGNORE_SIGNALS", "BUYHOLD", "NEVER_TRADE", "ONLY_TRADE", "NO_TRADES", "MY_TRADES_NEED",
    "OVERSOLD", "OVERBOUGHT", "SYMBOL", "UNTIL_CANCELLED", "GOOD_ONE_DAY",
    "SHORTSONLY", "MOVESTOP", "MOVE_STOP_TO_ENTRY", "LOSS_LIMIT", "NEVER_LOWERED", "TIMESTOP",
    "NO_REENTRY", "OTHER_TIMES",
)  # fmt: skip
_PRONOUNS = {
    "i", "i'm", "im", "my", "he", "she", "we", "they", "you", "it", "it's", "what", "people",
    "everybody", "everyone",
}  # fmt: skip
# Verbs that tell what to do, anywhere, and those that do so at the head of a sentence or clause.
_INSTRUCTS = {
    "avoid", "avoiding", "ignore", "ignoring", "skip", "skipping", "exclude", "excluding",
    "hedge", "hedging", "except",
}  # fmt: skip
_COMMANDS = {
    "apply", "require", "limit", "reduce", "increase", "double", "halve", "adjust", "scale",
    "reinvest", "rebalance", "allow", "only", "without", "stay", "must",
    "hold", "reset", "repeat", "resume", "pause",
}  # fmt: skip
# How a trade went, which may decide what comes after it.
_OUTCOMES = {
    "losing", "loser", "losers", "winner", "winners", "winning", "stopped", "stopout",
}  # fmt: skip
_FORBIDS = {"never", "always", "no", "not", "don't", "dont", "do"}
_COURTESY = {
    "questions", "question", "idea", "matter", "doubt", "worries", "problem", "worry", "know",
    "ask", "mind", "fails", "failed", "works", "worked", "kidding", "surprise", "thanks",
}  # fmt: skip
# What a sentence begins with that says what is not used, and what may follow besides.
_DENIES = frozenset(("no", "not", "without", "nobody", "never", "cannot", "forget", "none"))
_FILLS = frozenset(
    ("data", "stuff", "things", "needed", "please", "and", "or", "bars", "nonsense", ",",
     "involved", "any", "here", "at all")
)  # fmt: skip
_ENUMERATION = frozenset(
    ("first", "second", "third", "fourth", "finally", "secondly", "thirdly", "firstly", "lastly")
)
# What only counts the parts of an explanation, up to the comma.
_COUNTED = frozenset(
    ("first of all", "first off", "to start with", "to begin with", "for start", "for starters",
     "for one", "for one thing", "for another", "besides", "besides that", "in addition",
     "on top of that", "on top", "second of all", "last of all", "last but not least",
     "in first place", "on one hand",
     "to start", "to begin", "next up", "beyond that", "apart from that", "aside from that")
)  # fmt: skip
_STEPS = frozenset(("step", "rule", "point", "phase", "part"))
_REFUSABLE = "NO:"
# A title may repeat what the rule below it says; these words it may not say alone.
_LONGEST_TITLE = 7
_SAYS = (
    *DECIDES, "HOLD", "IN", "OUT", "ABOVE", "BELOW", "OPEN", "HIGH", "LOW", "WEEKLY", "MONTHLY",
    "WEEK", "MONTH", "QUARTER", "YEAR", "BUYNOUN", "SELLNOUN", "SHORTNOUN", "GETSIN", "GETSOUT",
    "FIRST_DAY", "LAST_DAY", "SIZE_SO_THAT", "HALF", "TWICE", "YESTERDAY", "SINGLE_DAY",
)  # fmt: skip
# Names that a title gives to the rule, which the rule then spells out.
_NAMES = ("PATTERN", "CDL", "BB", "CHANNELNAME", "ICHIMOKU", "HEIKIN", "GOLDEN", "DEATH", "STDEV")
_RESTRICTS = (
    "SHORTSONLY", "NOT", "NO", "ONLY", "UNLESS", "WHEN", "IF", "NEVER_SELL", "EXCEPT", "EITHER",
    "ENTRYNEED", "EXITNEED",
)  # fmt: skip
_ENDS = ("NUM", "DATE", "MONTHNAME", "PCT", "POSITIVE", "NEGATIVE", "FIRST_DAY", "LAST_DAY",
         "END_WORD", "START_WORD", "MONEY", "WEEKDAY", "SYMBOL", "NTH", "PENULTIMATE")  # fmt: skip

# What the names of indicators end in: one that is not known is no story.
_KINDS = ("rsi", "macd", "sma", "ema", "atr", "stochastic")
_SEEKS = frozenset(("looking", "hunting", "searching", "fishing"))
# What such a name does not hold: numbers, directions, orders.
_SPELLED_OUT = (
    *(tag for tag in _SAYS if tag not in ("IND", "MA", "MACD", "STOCH", "BAND", *_NAMES)),
    "NUM", "CROSSNOUN", "BREAKOUT", "BULLISH", "BEARISH", "GREEN", "RED", "UP", "DOWN", "RISE",
    "FALL", "RISING", "FALLING",
)  # fmt: skip

# Words that turn a rule round or limit it: what holds one is never a title or a story.
_MATTERS = frozenset(
    ("weekend", "weekends", "weekly", "monthly", "uptrends", "downtrends", "bearish", "inverse",
     "mirrored", "candle", "confirmation", "overnight", "leap", "falling", "fading", "fade",
     "stocks", "quiet", "calm", "strong", "weak", "against", "direction",
     "trending", "sideways", "choppy", "around", "night", "nights", "rising", "summer",
     "exponential", "weighted", "smoothed", "winter", "holidays", "quarterly", "yearly",
     "annually", "rebalanced", "rebalance")
)  # fmt: skip
# What something turns to, where it is said what it turns from.
_TURNS = ("GREEN", "RED", "BULLISH", "BEARISH", "ABOVE", "BELOW", "UP", "DOWN")


def sentences(tokens: list[Token]) -> list[list[Token]]:
    """Runs of words between full stops; numbers of a list are left out."""
    found: list[list[Token]] = []
    current: list[Token] = []
    skip = -1
    for k, token in enumerate(tokens):
        if k == skip:
            continue
        if token.has("STOPMARK") or _counts(tokens, k, current):
            skip = k + 1 if not token.has("STOPMARK") else skip
            found.append(current)
            current = []
        else:
            current.append(token)
    found.append(current)
    return [kept for kept in map(_without_number, found) if kept]


def _counts(tokens: list[Token], k: int, current: list[Token]) -> bool:
    """Whether a rule of a list begins here: "2)" with no bracket open."""
    token = tokens[k]
    if token.kind != "number" or k + 1 >= len(tokens) or not tokens[k + 1].has("RPAR"):
        return False
    depth = sum(t.has("LPAR") - t.has("RPAR") for t in current)
    return depth <= 0 and (token.value or 99) <= 20


def _without_number(tokens: list[Token]) -> list[Token]:
    """ "1." alone, "2)" and "first," at the head of a line only count the lines."""
    if len(tokens) == 1 and tokens[0].kind == "number" and (tokens[0].value or 99) <= 20:
        return []
    head = tokens[:2]
    if len(tokens) > 2 and head[0].kind == "number" and head[1].has("RPAR"):
        return tokens[2:]
    if len(tokens) > 3 and head[0].text in _STEPS and head[1].kind == "number":
        return tokens[3:] if tokens[2].has("COLON", "COMMA", "DASH") else tokens
    if len(tokens) > 2 and head[0].text in _ENUMERATION and head[1].has("COMMA"):
        return tokens[2:]
    comma = next((k for k, t in enumerate(tokens[:6]) if t.has("COMMA")), 0)
    if comma and " ".join(t.text for t in tokens[:comma]) in _COUNTED:
        return tokens[comma + 1 :]
    if len(tokens) > 1 and tokens[0].has("DASH", "TIMES") and tokens[0].kind != "word":
        return tokens[1:]
    return tokens


def words_of(tokens: list[Token]) -> list[Token]:
    """Without the words that mean nothing anywhere."""
    kept = [t for t in _unnumbered(tokens) if t.tags != frozenset({"NOISE"})]
    return tidied(once([t for k, t in enumerate(kept) if t.text != "to" or _joins(kept, k)]))


def _unnumbered(tokens: list[Token]) -> list[Token]:
    """Without "(1)", "(2)" and so on, where a sentence counts its parts."""
    marks = [
        k
        for k in range(len(tokens) - 2)
        if tokens[k].has("LPAR")
        and tokens[k + 1].has("NUM")
        and tokens[k + 2].has("RPAR")
        and (k == 0 or tokens[k - 1].has("COLON", "COMMA", "AND", "OR", "STOPMARK"))
    ]
    if [tokens[k + 1].value for k in marks] != list(range(1, len(marks) + 1)) or len(marks) < 2:
        return tokens
    gone = {k + step for k in marks for step in range(3)}
    return [t for k, t in enumerate(tokens) if k not in gone]


def tidied(tokens: list[Token]) -> list[Token]:
    """Signs that lost their words: no comma at the head or after another, no empty brackets."""
    out: list[Token] = []
    for token in tokens:
        before = out[-1] if out else None
        loose = ("COMMA", "COLON", "AND", "BUT", "DASH")
        if token.has("COMMA", "COLON") and (before is None or before.has(*loose)):
            if before is not None and token.has("COLON") and before.has("COMMA"):
                out[-1] = token
            continue
        if token.tags == frozenset({"ALSO"}) and _within_clause(before):
            continue
        if before is not None and token.has("STANDARD_NOTE") and _of_an_indicator(out, token):
            continue
        if token.has("AND") and (before is None or before.has("AND")):
            continue
        if token.has("RPAR") and before is not None and before.has("LPAR"):
            out.pop()
            continue
        if token.has("RPAR") and len(out) > 1 and out[-2].has("LPAR") and _goes_without(out[-1]):
            del out[-2:]
            continue
        out.append(token)
    while out and (out[-1].has("COMMA", "AND", "COLON") or _lost(out)):
        out.pop()
    return out


def _goes_without(token: Token) -> bool:
    """ "(daily)", "(at the next open)": so it is with every bar and every order."""
    return token.has("DAILY") or (token.has("NEXTOPEN") and "open" in token.text)


def _of_an_indicator(before: list[Token], token: Token) -> bool:
    """ "the MACD with the usual settings" is the MACD; "(default settings)" behind it, too."""
    named = before[-2:][0] if before[-1].has("LPAR", "COMMA") else before[-1]
    told = token.text.split()[-1] in ("settings", "setting", "parameters", "values", "numbers")
    return told and named.has("IND", "MACD", "STOCH", "BB", "BAND", "SUPERTREND", "ICHIMOKU")


def _within_clause(before: Token | None) -> bool:
    """ "the day also closes above its open": no new rule begins there."""
    signs = ("COMMA", "COLON", "DASH", "AND", "BUT", "SO", "THEN", "RPAR")
    return before is not None and not before.has(*signs)


def _lost(tokens: list[Token]) -> bool:
    """Whether "of today" lost its second word at the end of a sentence."""
    return (
        len(tokens) > 1
        and tokens[-1].text == "of"
        and tokens[-2].has("RPAR", "IND", "CLOSE", "HIGH", "LOW")
    )


def _joins(tokens: list[Token], k: int) -> bool:
    """Whether "to" stands between two ends of a range; elsewhere it belongs to a verb."""
    if k + 1 < len(tokens) and tokens[k + 1].has(*_TURNS):
        return any(t.has("FROM", "FROMABOVE", "FROMBELOW") for t in tokens[max(0, k - 4) : k])
    return k + 1 < len(tokens) and tokens[k + 1].has(*_ENDS)


def is_story(tokens: list[Token]) -> bool:
    """Whether these words decide nothing: nothing that can be bought, measured or left."""
    if not tokens or _instructs(tokens):
        return False
    aside = in_a_manner(tokens)
    if any(t.has(*DECIDES) and t not in aside for t in tokens) and not _seeks(tokens):
        return False
    if matters(tokens):
        return False
    if _of_outcomes(tokens) or any(t.has("UNKNOWN") and t.text.endswith(_KINDS) for t in tokens):
        return False
    if any(a.has("NUM") and b.has("DAY", "BAR") and _of_market(b) for a, b in pairwise(tokens)):
        return False
    denied = any(t.text in _DENIES for t in tokens)
    if (
        any(
            _has_reason(t) and not t.has("NO:missing_data", "NO:vague") and t not in aside
            for t in tokens
        )
        and not denied
    ):
        return False
    if any(t.text.endswith(FOREIGN) for t in tokens):
        return False  # what another language says here may restrict a rule
    return any(t.has("UNKNOWN") or (denied and _has_reason(t)) for t in tokens)


def _seeks(tokens: list[Token]) -> bool:
    """ "I am looking for an RSI hook": only names what the rules below spell out."""
    names = any(t.has("UNKNOWN", "VAGUENOUN") for t in tokens[1:])
    return tokens[0].text in _SEEKS and names and not any(t.has(*_SPELLED_OUT) for t in tokens)


def matters(tokens: list[Token]) -> bool:
    """Whether a word turns a rule round, or limits it: "bearish", "over the weekend"."""
    return any(
        t.has("VOLUMETITLE") or any(word in _MATTERS for word in t.text.split()) for t in tokens
    )


def denies(tokens: list[Token]) -> bool:
    """ "No news", "no intraday data please": says only what is not used."""
    return (
        bool(tokens)
        and tokens[0].text in _DENIES
        and any(_has_reason(t) for t in tokens)
        and all(t.text in _DENIES or t.text in _FILLS or _has_reason(t) for t in tokens)
    )


def _of_outcomes(tokens: list[Token]) -> bool:
    """ "After a losing trade": what follows is not for every trade."""
    return any(word in _OUTCOMES for t in tokens for word in t.text.split())


def _of_market(token: Token) -> bool:
    """ "8 sessions" limits a trade; "three days" may be part of a story."""
    return token.text not in ("day", "days", "d") and not token.has("COMMON")


def _instructs(tokens: list[Token]) -> bool:
    """Whether these words tell what to do, even where it is not understood what."""
    words = [t.text.split()[0] for t in tokens]
    return words[0] in _COMMANDS or not _INSTRUCTS.isdisjoint(words)


def demands(sentence: list[Token]) -> bool:
    """Whether a sentence forbids or demands: "never hold over a weekend" is no story."""
    words = [word for t in sentence for word in t.text.split()]
    if words[:2] in (["do", "a"], ["do", "an"], ["do", "some"]):
        return False  # "Do a Bollinger band reversion: buy ..." names it
    return words[0] in _FORBIDS and _COURTESY.isdisjoint(words[1:4])


def tells(clause: list[Token]) -> bool:
    """Somebody's story, or everyday words only; what restricts a rule is neither."""
    if clause[0].text.split()[0] in _PRONOUNS:
        return True
    if any(t.has("YESTERDAY", "SINGLE_DAY") for t in clause):
        return False  # "levels from yesterday's bar:" says which bar the rule is about
    restricts = _instructs(clause) or clause[0].has(
        "UNLESS", "ONLY", "WHEN", "NO", "NOT", "PROVIDED"
    )
    unknown = [t for t in clause if t.has("UNKNOWN")]
    return not restricts and all(t.has("COMMON") for t in unknown)


def tells_nothing(tokens: list[Token]) -> bool:
    """Whether words that are known still decide nothing: no rule, no number, no day."""
    return not (_instructs(tokens) or _of_outcomes(tokens) or matters(tokens)) and not any(
        t.has(*DECIDES, "NUM", "WEEKDAY", "OUT", "ARROW", "HOLD") or _has_reason(t) for t in tokens
    )


def hearsay(tokens: list[Token]) -> bool:
    """ "People say January is the best month": what is said of the market, and no rule."""
    heads = {"people", "they", "everyone", "everybody", "some", "many", "traders", "folks"}
    says = {"say", "says", "claim", "claims", "think", "believe", "believes", "thinks"}
    texts = [word for t in tokens[:4] for word in t.text.split()]
    told = bool(texts) and texts[0] in heads and not says.isdisjoint(texts)
    acts = ("BUY", "SELL", "SHORT", "COVER", "FLAT", "LONG", "STOP", "TARGET", "NUM", "PCT", "IND")
    return told and not any(t.has(*acts) for t in tokens) and not matters(tokens)


def _has_reason(token: Token) -> bool:
    return any(tag.startswith(_REFUSABLE) for tag in token.tags)


def addressed(tokens: list[Token]) -> int:
    """ "Apple, a breakout plan: ...": the symbol before a title is none of it."""
    return 2 if len(tokens) > 2 and tokens[0].has("SYMBOL") and tokens[1].has("COMMA") else 0


def title(tokens: list[Token]) -> int:
    """How many words at the head are a title that the rest does not need; 0 where none are."""
    end = next((k for k, t in enumerate(tokens[: _LONGEST_TITLE + 1]) if t.has("COLON", "DASH")), 0)
    head, rest = tokens[:end], tokens[end + 1 :]
    if not head or not rest or _instructs(head) or any(t.has(*_RESTRICTS) for t in head):
        return 0
    if _of_outcomes(head) or matters(head):
        return 0
    return end + 1 if all(_is_said_again(token, rest) for token in head) else 0


def _is_said_again(token: Token, rest: list[Token]) -> bool:
    if token.kind in ("number", "money", "date") or token.has("PCT"):
        return any(t.text == token.text for t in rest)
    if token.has("CLOSING_PRICES") and any(t.has("HIGH", "LOW", "BREAKOUT") for t in rest):
        # "Channel on closes: ... a 60-day high": the title says of which prices.
        return any(t.has("CLOSING", "CLOSING_PRICES", "CLOSES") for t in rest)
    if token.has("GAP"):
        return any(t.has("GAP", "OPEN", "OPENV") for t in rest)
    if token.text in ("trade", "trades"):
        return True  # "oversold trade: ...": what the title is of
    kinds = [tag for tag in token.tags if tag.startswith("MA:") and tag != "MA:ma"]
    if kinds and not any(t.has(*kinds) for t in rest):
        return False  # "EMA strategy: ... the 50-day average": the title says of which kind
    saying = {tag for tag in token.tags if tag in _SAYS} if not token.has(*_NAMES) else set()
    return not saying or any(t.has(*saying) for t in rest)
