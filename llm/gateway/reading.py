"""The first of the model's two answers: what the idea means, before any code."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from llm.provider import Chip, IdeaContext, Refusal, SymbolFacts, plain

RefusedBecause = Literal[
    "not_a_strategy",
    "not_understood",
    "unsupported",
    "missing_data",
    "intraday",
    "lookahead",
    "contradictory",
    "invalid_value",
]
MOST_WARM_UP = 5000


class ModelRefusal(BaseModel):
    """Why there is nothing to test."""

    code: RefusedBecause
    message: str
    words: list[str] = []
    suggestions: list[str] = []


class Question(BaseModel):
    """What cannot be assumed honestly."""

    words: str
    question: str
    choices: list[str] = []


class Rule(BaseModel):
    """One condition of the strategy, with its numbers."""

    part: Literal["entry", "exit", "stop", "target", "size", "filter", "other"]
    rule: str
    assumed: bool = False


class StrategyReading(BaseModel):
    """The typed reading of an idea."""

    title: str
    summary: str
    refusal: ModelRefusal | None = None
    unclear: list[Question] = []
    symbol: str | None = None
    start: date | None = None
    end: date | None = None
    initial_capital: float | None = None
    commission: float | None = None
    slippage: float | None = None
    side: Literal["long", "short", "both"] = "long"
    rules: list[Rule] = []
    needs_volume: bool = False
    needs_range: bool = False
    warm_up_bars: int = Field(default=0, ge=0, le=MOST_WARM_UP)
    assumptions: list[str] = []

    def settings(self) -> dict[str, object]:
        """What the idea itself says about the test."""
        said = {
            "start": self.start.isoformat() if self.start else None,
            "end": self.end.isoformat() if self.end else None,
            "initial_capital": self.initial_capital,
            "commission": self.commission,
            "slippage": self.slippage,
        }
        return {name: value for name, value in said.items() if value is not None}


def complaint(reading: StrategyReading, idea: str) -> str | None:
    """What a schema cannot check; the model gets one turn to correct it."""
    quoted = [q.words for q in reading.unclear]
    quoted += reading.refusal.words if reading.refusal else []
    invented = [w for w in quoted if plain(w) not in plain(idea)]
    if invented:
        return f"these words are not in the idea, quote it letter by letter: {invented[:3]}"
    if reading.refusal or reading.unclear:
        return None
    if not reading.summary.strip():
        return "summary is empty"
    if not any(rule.part == "entry" for rule in reading.rules):
        return "rules must hold at least one entry, or refusal must say why there is none"
    return None


def refusal_of(reading: StrategyReading) -> Refusal | None:
    """The model's own no, or its questions."""
    if reading.refusal:
        no = reading.refusal
        return Refusal(no.code, no.message, tuple(no.words), tuple(no.suggestions))
    if reading.unclear:
        return Refusal(
            "ambiguous",
            " ".join(q.question for q in reading.unclear),
            tuple(q.words for q in reading.unclear),
            tuple(choice for q in reading.unclear for choice in q.choices),
        )
    return _bad_value(reading)


def _bad_value(reading: StrategyReading) -> Refusal | None:
    if reading.initial_capital is not None and not 0 < reading.initial_capital < 1e15:
        return Refusal("invalid_value", "The starting capital must be above zero.")
    for name, value in (("commission", reading.commission), ("slippage", reading.slippage)):
        if value is not None and not 0 <= value < 0.5:
            return Refusal("invalid_value", f"The {name} must be between 0 and 50 %.")
    if reading.start and reading.end and reading.start >= reading.end:
        return Refusal("invalid_dates", "The first day must come before the last day.")
    return None


def resolve_symbol(
    reading: StrategyReading, context: IdeaContext
) -> tuple[SymbolFacts, list[str]] | Refusal:
    """The symbol to trade and what was assumed about it.

    The model's word is looked up like a person's: a symbol that does not exist stays unknown.
    """
    if not reading.symbol:
        if context.default is None:
            return Refusal("unknown_symbol", "Which symbol should be traded?")
        sentence = f"No symbol named: {context.default.code} is used."
        return context.default, [] if context.symbol_is_fixed else [sentence]
    found = context.find_symbol(reading.symbol)
    if found is None:
        return Refusal(
            "unknown_symbol",
            f"There are no prices for {reading.symbol}.",
            (reading.symbol,),
            tuple(s.code for s in context.near_symbols(reading.symbol)),
        )
    if context.symbol_is_fixed and context.default and found.code != context.default.code:
        return found, [f"The idea names {found.code}, so it is used instead of the chosen one."]
    return found, []


def data_refusal(reading: StrategyReading, symbol: SymbolFacts) -> Refusal | None:
    """What this symbol's data cannot answer."""
    if reading.needs_volume and not symbol.has_volume:
        return Refusal("missing_data", f"The idea needs volume; {symbol.code} has none.")
    if reading.needs_range and not symbol.has_range:
        return Refusal(
            "missing_data", f"The idea needs highs and lows; {symbol.code} has closes only."
        )
    late = reading.start and symbol.last_day and reading.start > symbol.last_day
    early = reading.end and symbol.first_day and reading.end < symbol.first_day
    if late or early:
        return Refusal(
            "invalid_dates",
            f"{symbol.code} has prices from {symbol.first_day} to {symbol.last_day}.",
        )
    return None


LABELS = {
    "entry": "Enter",
    "exit": "Leave",
    "stop": "Stop",
    "target": "Target",
    "size": "Size",
    "filter": "Only if",
    "other": "Rule",
}


def chips_of(reading: StrategyReading, symbol: SymbolFacts) -> tuple[Chip, ...]:
    """The labelled facts under the echo sentence."""
    chips = [Chip("Symbol", symbol.code, assumed=not reading.symbol)]
    chips.append(Chip("Side", {"both": "long and short"}.get(reading.side, reading.side)))
    chips += [Chip(LABELS[r.part], r.rule, r.assumed) for r in reading.rules]
    if reading.start or reading.end:
        days = f"{reading.start or 'first day'} to {reading.end or 'last day'}"
        chips.append(Chip("Period", days))
    return tuple(chips)
