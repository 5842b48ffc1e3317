"""From a reading that stopped to one specific sentence about why."""

from __future__ import annotations

import itertools
import re

from llm.provider import IdeaContext, Refusal, RefusalCode
from llm.translator.lexicon import Lexicon
from llm.translator.reader import Complaint
from llm.translator.tokens import Token

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
    "orders": ("unsupported", "Limit and stop-entry orders are not supported; orders fill at the "
               "next open: {words}."),
    "sizing": ("unsupported", "Leverage and risk-based position sizing are not supported: "
               "{words}."),
    "contradictory": (
        "contradictory",
        "Long and short, or buying and selling, cannot both be done at once: {words}.",
    ),
    "derivatives": ("unsupported", "Options and other derivatives are not supported: {words}."),
    "vague": ("ambiguous", "{words} is too vague to test: please define it as a precise rule with "
              "an indicator and a number."),
    "calendar": ("unsupported", "Rules about {words} are not supported yet."),
}  # fmt: skip

_CLOCK = re.compile(
    r"\b\d{1,2}:\d{2}\b|\b\d+\s?-?(?:h|hrs?|mins?|minutes?|hours?)\b", re.IGNORECASE
)
_CODE = re.compile(
    r"import\s+\w+|\bos\.\w|\bsystem\(|subprocess|__\w+__|eval\(|exec\(|<\s*/?\s*(?:script|img|iframe|svg|style|html|body|a|div|b|\?php)\b[^>]*>|"
    r"\bselect\b.+\bfrom\b|drop\s+table|\{\{|\}\}|\$\(|rm -rf|/etc/|;\s*--|"
    r"ignore (all |the |any )?(previous|prior|above)|system prompt|environment variable|"
    r"api key|password|print your|act as",
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
    if "," in context.default_symbol:
        return Refusal(
            "unsupported",
            "Strategies over several symbols (multi-asset) are not supported: "
            f"{context.default_symbol}.",
            tuple(context.default_symbol.split(",")),
        )
    if context.default is None and context.symbol_is_fixed:
        return unknown_symbol(context.default_symbol, context)
    return None


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


def from_complaint(complaint: Complaint) -> Refusal:
    return Refusal(complaint.code, complaint.message, complaint.words)


def not_understood(
    idea: str,
    tokens: list[Token],
    furthest: int,
    complaint: Complaint | None,
    lexicon: Lexicon,
    context: IdeaContext,
    impossible: str | None = None,
) -> Refusal:
    """The most specific reason first: data, time, future, then the words themselves."""
    for kind, (code, message) in _REASONS.items():
        words = [t.text for t in tokens if t.has(f"NO:{kind}")]
        if words and kind != "vague":
            quoted = _quoted(words)
            return Refusal(code, message.format(words=quoted), tuple(words))
    if impossible is not None:
        return Refusal("contradictory", impossible)
    if (clock := _CLOCK.search(idea)) is not None:
        return Refusal(
            "intraday", f"Only daily bars are available, not “{clock.group()}”.", (clock.group(),)
        )
    if any(t.has("MONEY", "DOLLARS") for t in tokens) and any(
        t.has("INVEST", "RISKNOISE") for t in tokens
    ):
        return Refusal(
            "unsupported",
            "Recurring or partial investments of fixed amounts are not supported, only one "
            "position at a time.",
        )
    unknown = [t for t in tokens if t.has("UNKNOWN")]
    for before, token in itertools.pairwise(tokens):
        named = token.has("UNKNOWN") and token.detail[:1].isupper()
        if named and before.has("BUY", "SELL", "SHORT", "HOLD", "ON", "TEST"):
            return unknown_symbol(token.detail, context)
    for token in unknown:
        if token.detail.isupper() and 2 <= len(token.detail) <= 6 and token.detail.isalpha():
            return unknown_symbol(token.detail, context)
    vague = [t.text for t in tokens if t.has("NO:vague")]
    if vague and not any(t.has("IND", "MA", "MACD", "BAND", "NUM") for t in tokens):
        return Refusal("ambiguous", _REASONS["vague"][1].format(words=_quoted(vague)), tuple(vague))
    if not any(t.has("BUY", "SELL", "SHORT", "HOLD", "LONG", "IND", "MA", "MACD") for t in tokens):
        return Refusal(
            "not_a_strategy",
            "This is not understood as a trading strategy: it needs a rule that says when to buy.",
            tuple(t.text for t in unknown[:8]),
            (EXAMPLE,),
        )
    if complaint is not None and not unknown:
        return from_complaint(complaint)
    if unknown:
        words = list(dict.fromkeys(t.text for t in unknown))[:8]
        near = [s for s in (lexicon.suggest(w) for w in words) if s]
        return Refusal(
            "not_understood",
            f"These words are not understood: {_quoted(words)}. Please rephrase the rule.",
            tuple(words),
            tuple(dict.fromkeys(near)),
        )
    rest = _rest(idea, tokens, furthest)
    return Refusal(
        "not_understood",
        f"The rule is not understood from here: “{rest}”. Please rephrase it.",
        (rest,),
        (EXAMPLE,),
    )


def _rest(idea: str, tokens: list[Token], furthest: int) -> str:
    """The text around the first token that no rule could use."""
    k = min(max(furthest - 1, 0), len(tokens) - 1)
    start = tokens[k].start if tokens else 0
    text = re.split(r"(?<=[.;!?])\s|\n", idea[start:])[0]
    return text if len(text) <= 120 else text[:117] + "..."


def _quoted(words: list[str]) -> str:
    return ", ".join(f"“{w}”" for w in dict.fromkeys(words))
