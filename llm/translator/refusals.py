"""From a reading that stopped to one specific sentence about why."""

from __future__ import annotations

import itertools
import re
from typing import Protocol

from llm.provider import IdeaContext, Refusal, RefusalCode, SymbolFacts
from llm.translator import reasons
from llm.translator.lexicon import Lexicon
from llm.translator.reading.memory import Unreadable
from llm.translator.tokens import FOREIGN, Token

LONGEST_IDEA = 4000
EXAMPLE = "Buy when RSI(14) is below 30 and sell when it is above 60."

_REASONS: dict[str, tuple[RefusalCode, str]] = {
    "missing_data": ("missing_data", "There is no data for {words}: only daily prices and volume "
                     "are available."),
    "intraday": ("intraday", "Only daily bars are available, not {words}."),
    "lookahead": ("lookahead", "This needs to know the future: {words} is not known when the "
                  "order is given."),
    "multi_asset": ("unsupported", "Strategies over several symbols (multi-asset: pairs, rotation, "
                    "portfolios) are not supported: {words}."),
    "pyramiding": ("unsupported", "Pyramiding, averaging in and partial positions are not "
                   "supported, only one position at a time: {words}."),
    "orders": ("unsupported", "Orders that wait are understood in plain words only, such as "
               "“limit order 1 % below the close, valid for 2 days”; others fill at the next open, "
               "limit and stop-entry orders said otherwise are not supported: {words}."),
    "sizing": ("unsupported", "Leverage and risk-based position sizing are not supported: "
               "{words}."),
    "contradictory": (
        "contradictory",
        "Long and short, or buying and selling, cannot both be done at once: {words}.",
    ),
    "derivatives": ("unsupported", "Options and other derivatives are not supported: {words}."),
    "vague": ("ambiguous", "{words} is too vague to test: please define it as a precise rule with "
              "an indicator and a number."),
}  # fmt: skip

# What is said of the words that could stand where a reading stopped.
_FITTING: tuple[tuple[str, frozenset[str]], ...] = (
    ("a number such as 30", frozenset({"NUM"})),
    ("a price or an indicator such as the close, RSI(14) or the 50-day SMA", frozenset({"IND"})),
    ("above, below or crosses above", frozenset({"ABOVE", "UPCROSS"})),
    ("a stop or target such as 5 %", frozenset({"PCT"})),
    ("when, with a condition", frozenset({"WHEN"})),
    ("buy or sell", frozenset({"BUY"})),
)

# Formulas by their capitals: not understood, and still no symbol of a market.
_FORMULAS = frozenset(
    (
        "TRIX", "PPO", "VI", "CMF", "KST", "DPO", "TSI", "APO", "AO", "EMV", "ADL", "PVI", "NVI",
        "RVI", "VHF", "CHOP", "ROCR", "HMA", "LSMA", "VWMA", "ALMA", "SMI", "STC", "UO", "PVT",
        "BOP", "DX", "DMI", "FRAMA", "ZLEMA", "CCI", "ADR", "RVOL", "EFI", "QQE", "WMA", "AD",
        "AND", "OR", "NOT", "IF", "THEN", "ELSE", "TRUE", "FALSE", "EOD", "MOC", "MOO", "OHLC",
    )
)  # fmt: skip

_TRADING = (
    "INVEST",
    "BUY",
    "SELL",
    "SHORT",
    "HOLD",
    "LONG",
    "IND",
    "MA",
    "MACD",
    "BUYHOLD",
    "ROTATE",
)

_CLOCK = re.compile(
    r"\b\d{1,2}:\d{2}\b|\b\d+\s?-?(?:h|hrs?|mins?|minutes?|hours?)\b", re.IGNORECASE
)
_CODE = re.compile(
    r"import\s+\w+|\bos\.\w|\bsystem\(|subprocess|__\w+__|eval\(|exec\(|<\s*/?\s*(?:script|img|"
    r"iframe|svg|style|html|body|a|div|b|\?php)\b[^>]*>|"
    r"\bselect\b.+\bfrom\b|drop\s+table|\{\{|\}\}|\$\(|rm -rf|/etc/|;\s*--|"
    r"ignore (all |the |any )?(previous|prior|above)|system prompt|environment variable|"
    + "|".join(reasons.WORDS["orders_to_a_program"]),
    re.IGNORECASE | re.DOTALL,
)


def before_reading(idea: str, context: IdeaContext) -> Refusal | None:
    """What can be said without reading: nothing there, too long, code, no such symbol."""
    if not idea.strip():
        return Refusal(
            "not_a_strategy", "There is nothing to test: describe a strategy.", (), (EXAMPLE,)
        )
    if len(idea) > LONGEST_IDEA:
        return Refusal(
            "not_a_strategy",
            f"A strategy of at most {LONGEST_IDEA:,} characters can be understood; this has "
            f"{len(idea):,}.",
        )
    found = _CODE.search(idea)
    if found:
        return Refusal(
            "not_a_strategy",
            "This reads like code or an instruction to a program, not a trading strategy. "
            "Describe the rule in words.",
            (),
            (EXAMPLE,),
        )
    if context.default is None and context.symbol_is_fixed:
        return unknown_symbol(context.default_symbol, context)
    return None


# What people trade elsewhere; at the head of an idea it says what the rest is about.
_ELSEWHERE = frozenset(
    ("bitcoin", "btc", "ethereum", "eth", "crypto", "tesla", "nvidia", "amazon", "google",
     "netflix", "nifty", "dax", "ftse", "nikkei", "russell", "gold", "silver", "oil", "crude",
     "eurusd", "forex", "bonds", "treasuries", "bund")
)  # fmt: skip


def titled_symbol(tokens: list[Token], context: IdeaContext) -> Refusal | None:
    """ "XQJVK: long above ...": the name of something we have no prices of, at the head."""
    for token in tokens[:3]:
        if token.has("UNKNOWN") and token.text in _ELSEWHERE:
            return unknown_symbol(token.detail or token.text, context)
    head = tokens[:2]
    if len(head) < 2 or not (head[0].has("UNKNOWN") and head[1].has("COLON", "COMMA", "STOPMARK")):
        return None
    return unknown_symbol(head[0].detail, context) if _may_be_a_symbol(head[0], head) else None


def unknown_symbol(text: str, context: IdeaContext) -> Refusal:
    near = [s.code for s in context.near_symbols(text)]
    offered = near or [s.code for s in context.symbols[:8]]
    return Refusal(
        "unknown_symbol",
        f"The symbol {text} is not known. "
        + ("Did you mean " if near else "Known symbols are ")
        + ", ".join(offered)
        + ("?" if near else ", for instance."),
        (text,),
        tuple(offered),
    )


def not_a_line(line: str, reason: str) -> Refusal:
    """A line of a script that is not among those that can be read."""
    why = f" ({reason})" if reason else ""
    return Refusal(
        "not_understood",
        f"This line of the script is not understood: “{line[:120]}”{why}. Assignments, "
        "comparisons, ta.* functions, strategy.entry, strategy.close and strategy.exit are.",
        (line,),
        (EXAMPLE,),
    )


class HowFar(Protocol):
    """Where a reading stopped: the sentence, the word in it, why, and what would fit there."""

    stuck: list[Token]
    place: int
    complaint: Unreadable | None
    expected: frozenset[str]


def not_understood(
    idea: str,
    tokens: list[Token],
    far: HowFar,
    lexicon: Lexicon,
    context: IdeaContext,
    english: str,
    symbol: SymbolFacts | None,
) -> Refusal:
    """The most specific reason first: data, time, future, then the words themselves."""
    sentence, complaint = far.stuck, far.complaint
    for kind, (code, message) in _REASONS.items():
        words = [t.text for t in sentence if t.has(f"NO:{kind}")]
        orders = any(t.has("NO:orders", "LIMITORDER", "STOPORDER") for t in sentence)
        if kind == "lookahead" and orders:
            words = [w for w in words if not w.startswith("tomorrow")]
        if words and kind != "vague":
            return Refusal(code, message.format(words=_quoted(words)), tuple(words))
    if (clock := _CLOCK.search(idea)) is not None:
        return Refusal(
            "intraday", f"Only daily bars are available, not “{clock.group()}”.", (clock.group(),)
        )
    unknown = [t for t in sentence if t.has("UNKNOWN")]
    impossible = complaint is not None and complaint.code not in ("not_understood", "ambiguous")
    if complaint is not None and impossible and not unknown:
        return Refusal(complaint.code, complaint.message, complaint.words)
    part = idea[sentence[0].start : sentence[-1].end] if english == idea else english
    if (reason := reasons.why_not(english, part, symbol)) is not None:
        return reason
    for before, token in itertools.pairwise(sentence):
        named = token.has("UNKNOWN") and token.detail[:1].isupper()
        if named and before.has("BUY", "SELL", "SHORT", "HOLD", "ON", "TEST"):
            return unknown_symbol(token.detail, context)
    for token in unknown:
        if _may_be_a_symbol(token, sentence):
            return unknown_symbol(token.detail, context)
    vague = [t.text for t in sentence if t.has("NO:vague")]
    if vague and not any(t.has("IND", "MA", "MACD", "BAND", "NUM") for t in sentence):
        return Refusal("ambiguous", _REASONS["vague"][1].format(words=_quoted(vague)), tuple(vague))
    if not any(t.has(*_TRADING) for t in tokens) or reasons.is_errand(english):
        return Refusal(
            "not_a_strategy",
            "This is not understood as a trading strategy: it needs a rule that says when to buy.",
            tuple(t.text for t in unknown[:8]),
            (EXAMPLE,),
        )
    several = {t.detail for t in tokens if t.has("SYMBOL")}
    if len(several) > 1 and (complaint is None or complaint.code == "not_understood"):
        return _of_several(_rest(idea, sentence, far.place))
    if complaint is not None and not unknown:
        return Refusal(complaint.code, complaint.message, complaint.words)
    if unknown:
        words = list(dict.fromkeys(t.text for t in unknown))[:8]
        near = [s for s in (lexicon.suggest(w) for w in words) if s]
        return Refusal(
            "not_understood",
            f"These words are not understood: {_quoted(words)}. Please rephrase the rule.",
            tuple(words),
            tuple(dict.fromkeys(near)),
        )
    rest = _rest(idea, sentence, far.place)
    fits = [words for words, tags in _FITTING if not far.expected.isdisjoint(tags)]
    hint = f" Here would fit: {', '.join(fits)}." if fits else ""
    return Refusal(
        "not_understood",
        f"The rule is not understood from here: “{rest}”.{hint} Please rephrase it.",
        (rest,),
        (EXAMPLE,),
    )


def _may_be_a_symbol(token: Token, sentence: list[Token]) -> bool:
    """Capitals without a number beside them: "CMF(20)" and "the 14-day VI" are formulas."""
    word = token.detail
    if not (word.isupper() and 2 <= len(word) <= 6 and word.isalpha()) or word in _FORMULAS:
        return False
    k = next(k for k, other in enumerate(sentence) if other is token)
    before, after = sentence[max(0, k - 2) : k], sentence[k + 1 : k + 2]
    numbered = any(t.has("NUM", "DAY", "WEEK", "MONTH") for t in before[-1:])
    return not numbered and not any(t.has("LPAR", "NUM") for t in after)


def _of_several(rest: str) -> Refusal:
    return Refusal(
        "not_understood",
        "Of ideas over several symbols (multi-asset) only some are supported: a rotation by "
        "return, the ratio or z-score of two, one as a filter for another. This is not "
        f"understood from here: “{rest}”.",
        (rest,),
        (EXAMPLE,),
    )


def _rest(idea: str, tokens: list[Token], place: int) -> str:
    """The text around the first token that no rule could use."""
    k = min(place, len(tokens) - 1)
    start = tokens[k].start if tokens else 0
    text = re.split(r"(?<=[.;!?])\s|\n", idea[start:])[0]
    return text if len(text) <= 120 else text[:117] + "..."


def _quoted(words: list[str]) -> str:
    return ", ".join(f"“{w.rstrip(FOREIGN)}”" for w in dict.fromkeys(words))
