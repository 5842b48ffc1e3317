"""Finding what a change speaks of: a stop, a side, an indicator, a number."""

from __future__ import annotations

import re
from typing import Any

from llm.specification.nodes import (
    Ago,
    Calendar,
    Candle,
    Indicator,
    Number,
    Previous,
    Price,
    Streak,
    Within,
)
from llm.specification.walk import nodes
from llm.specification.words import say_value
from llm.translator.editing.pieces import AVERAGES
from llm.translator.editing.state import all_nodes
from llm.translator.reading.memory import Found, Unreadable
from llm.translator.tokens import Token

# Names of parts, longest first where one is the head of another.
NAMES = {
    "trail": ("trailing stop loss", "trailing stop", "trail", "trailing"),
    "stop": ("stop loss", "stop-loss", "stoploss", "stop distance", "stops", "stop"),
    "target": ("take profit", "take-profit", "profit target", "target", "targets"),
    "time": ("time limit", "time stop", "holding limit", "holding period", "holding time",
             "maximum holding period", "hold limit", "hold time", "hold", "holding"),
    "exit": ("exit rule", "exit signal", "exit condition", "sell rule", "sell signal",
             "selling rule", "exits", "exit"),
    "short": ("short side", "short trades", "short selling", "shorting", "shorts", "short"),
    "long": ("long side", "long trades", "longs", "long"),
    "costs": ("trading costs", "costs", "fees"),
    "commission": ("commission", "commissions", "fee"),
    "slippage": ("slippage",),
    "capital": ("capital", "starting capital", "initial capital", "starting money"),
    "pause": ("pause", "cooldown", "cool-down", "cool down", "waiting time"),
    "order": ("limit order", "stop order", "stop entry", "limit entry", "order", "limit"),
    "size": ("position sizing", "position size", "sizing", "size"),
    "entries": ("pyramiding", "adding", "number of entries", "entries"),
    "breakeven": ("breakeven stop", "break-even", "breakeven"),
    "dates": ("dates", "start date", "end date", "period", "date range", "date limits"),
    "start": ("first day", "start", "beginning"),
    "end": ("last day", "end"),
}  # fmt: skip
_BY_LENGTH = sorted(
    ((phrase, name) for name, phrases in NAMES.items() for phrase in phrases),
    key=lambda pair: -len(pair[0]),
)
_HEADS = {"MACD": "macd", "BB": "bbands", "STOCH": "stoch", "SUPERTREND": "supertrend",
          "AROON": "aroon", "ICHIMOKU": "ichimoku"}  # fmt: skip
ANY_AVERAGE = "any average"
# An average as long as this, in days, is what people call the trend.
TREND = 50
_COUNTED = Streak | Within | Ago | Previous
_IDLE = re.compile(
    r"\b(?:the|its|a|an|my|any|our|this|that|condition|conditions|rule|rules|filter|filters|"
    r"requirement|check|part|indicator|of|for|period|length|lookback|from|in|entry|entries|exit|"
    r"both|all|everywhere|level|threshold)\b",
    re.IGNORECASE,
)


def part_named(text: str) -> str:
    """The part that these words name, as in `NAMES`; empty for none."""
    plain = re.sub(r"^(?:the|its|a|an|my|any|our|that|this|all)\s+", "", text.strip().lower())
    plain = re.sub(r"\s+(?:rule|order|limit)$", "", plain) if plain not in _FLAT else plain
    return next((name for phrase, name in _BY_LENGTH if plain == phrase), "")


_FLAT = {phrase for phrase, _ in _BY_LENGTH}


class Meant:
    """What some words point at inside a specification: indicators by name and number, and more."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.names = {name for token in tokens for name in _indicator_names(token)}
        self.numbers = {token.value for token in tokens if token.has("NUM") and token.value}
        self.volume = any(token.has("VOLUME") for token in tokens)
        self.days = any(token.has("WEEKDAY", "MONTHNAME") for token in tokens) or bool(
            re.search(r"\b(?:calendar|weekday|month|season)", text, re.IGNORECASE)
        )
        self.candle = any(token.has("CDL", "PATTERN") for token in tokens)
        self.trend = bool(re.search(r"\btrend", text, re.IGNORECASE)) and not self.names
        self.streak = bool(re.search(r"\bstreak|in a row", text, re.IGNORECASE))

    @property
    def is_clear(self) -> bool:
        """Whether the words point at anything at all."""
        there = (self.names, self.volume, self.days, self.candle, self.streak, self.trend)
        return any(there)

    def is_in(self, condition: Any) -> bool:
        """Whether a single condition is one of those meant."""
        return any(self._is(node) for node in nodes(condition))

    def _is(self, node: Any) -> bool:
        if isinstance(node, Indicator):
            wanted = node.name in self.names or (ANY_AVERAGE in self.names and _average(node))
            wanted = wanted or (self.trend and _average(node) and node.numbers[0] >= TREND)
            return wanted and (not self.numbers or self.numbers <= set(node.numbers))
        if isinstance(node, Price):
            return self.volume and node.field == "volume" and not self.names
        if isinstance(node, Calendar):
            return self.days
        if isinstance(node, Streak):
            return self.streak
        return isinstance(node, Candle) and self.candle


def _average(node: Indicator) -> bool:
    return node.name in AVERAGES


def _indicator_names(token: Token) -> set[str]:
    found = {tag.partition(":")[2] for tag in token.tags if tag.startswith(("IND:", "MA:"))}
    found |= {name for tag, name in _HEADS.items() if token.has(tag)}
    # "average" alone is one of any type.
    return (found - {"ma"}) | ({ANY_AVERAGE} if "ma" in found else set())


def left_over(text: str) -> str:
    """What the words say beyond naming: nothing is what a bare name leaves."""
    return _IDLE.sub(" ", text).strip()


def the_one(meant: Meant, there: list[Indicator]) -> Indicator:
    """The only indicator that is meant; raises `Unreadable` for none and for several."""
    found = [one for one in there if meant.is_in(one)]
    if not found:
        names = ", ".join(dict.fromkeys(say_value(one) for one in there)) or "none"
        raise Unreadable(
            "not_understood",
            f"“{meant.text}” is not in this idea; its indicators are: {names}.",
            meant.text,
        )
    if len(found) > 1:
        raise which(meant.text, [say_value(one) for one in found])
    return found[0]


def which(words: str, candidates: list[str]) -> Unreadable:
    """The refusal of a change that could mean several things."""
    listed = " or ".join(f"“{one}”" for one in dict.fromkeys(candidates))
    return Unreadable(
        "ambiguous",
        f"“{words}” could mean {listed}: say which, with its number or its rule.",
        words,
    )


def spots(found: Found, number: float, *, percent: bool) -> list[tuple[str, Any]]:
    """Where a number stands: (what it is, the node or the name of the setting)."""
    wanted = number / 100 if percent else number
    there: dict[Any, tuple[str, Any]] = {}
    for node in all_nodes(found):
        if isinstance(node, Number) and _near(node.value, wanted):
            there[node] = (f"the level {number:g}", node)
        elif isinstance(node, Indicator) and not percent and number in node.numbers:
            key = (node.name, node.numbers, node.source, node.symbol)
            there[key] = (say_value(node), node)
        elif not percent and isinstance(node, _COUNTED) and node.bars == number:
            there[node] = (f"{number:g} days", node)
    for name, value in (*found.risk.items(), *found.settings.items()):
        if isinstance(value, int | float) and not isinstance(value, bool) and _near(value, wanted):
            there[name] = (name.replace("_", " "), name)
    return list(there.values())


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(1.0, abs(other))
