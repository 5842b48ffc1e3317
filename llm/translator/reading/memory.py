"""What later words may refer to, and what has been taken for granted on the way."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from llm.provider import IdeaContext, RefusalCode, SymbolFacts
from llm.specification.indicators import INDICATORS
from llm.specification.nodes import OnPeriod, Previous, Price
from llm.translator.said import Said, Word

CLOSE = Price()
UNIT_BARS = {"DAY": 1, "BAR": 1, "WEEK": 5, "MONTH": 21, "QUARTER": 63, "YEAR": 252}
UNITS = tuple(UNIT_BARS)
# The bands and what is measured of them: numbers given for one of these are those of all.
_BANDS = ("bbands", "bandwidth", "percent_b")


class Unreadable(Exception):
    """A reading that fits the grammar and still means nothing; the message is for the person."""

    def __init__(self, code: RefusalCode, message: str, *words: str) -> None:
        super().__init__(message)
        self.code, self.message, self.words = code, message, words


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as it was said."""

    count: float
    unit: str

    @property
    def bars(self) -> int:
        if self.unit == "WEEK" and self.count == 52:
            return 252
        return round(self.count * UNIT_BARS[self.unit])


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something the idea did not say. `key` names what a person may choose instead."""

    sentence: str
    key: str = ""
    value: Any = None
    options: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class OfTrade:
    """Something true of the open trade: it becomes a stop, a target or a time limit."""

    name: str
    amount: Any


@dataclass(slots=True)
class Found:
    """What the rules of an idea add up to, before it becomes a specification."""

    entries: dict[str, list[Any]] = field(default_factory=lambda: {"long": [], "short": []})
    exits: dict[str, list[Any]] = field(default_factory=lambda: {"long": [], "short": []})
    risk: dict[str, Any] = field(default_factory=dict)
    parts: list[Any] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    gates: list[Any] = field(default_factory=list)
    pending: list[Any] = field(default_factory=list)
    defined: list[str] = field(default_factory=list)
    days_off: list[Any] = field(default_factory=list)
    only: list[Any] = field(default_factory=list)
    rotation: dict[str, Any] = field(default_factory=dict)
    seasons: dict[str, Any] = field(default_factory=dict)
    regime: Any = None
    kept_while: bool = False
    otherwise: bool = False
    sided: bool = False
    both_ways: bool = False
    schedule: Any = None
    side: str = "long"
    reverse: bool = False
    no_exit: bool = False
    traded: str = ""

    def copy(self) -> Found:
        twin = copy(self)
        for name in ("risk", "settings", "rotation", "seasons"):
            setattr(twin, name, dict(getattr(self, name)))
        for name in ("parts", "gates", "pending", "defined", "days_off", "only"):
            setattr(twin, name, list(getattr(self, name)))
        twin.entries = {side: list(found) for side, found in self.entries.items()}
        twin.exits = {side: list(found) for side, found in self.exits.items()}
        return twin


@dataclass(slots=True)
class Memory:
    """References, numbers and assumptions; copied before a reading is tried."""

    subject: Any = None
    pair: Any = None
    cross: Any = None
    average: Any = None
    kind: str = ""
    channel: str = ""
    coloured: str = ""
    level_met: bool = False
    level_of: Any = None
    moving: Any = None
    said: dict[str, tuple[float, ...]] = field(default_factory=dict)
    meanings: dict[str, Any] = field(default_factory=dict)
    last_conditions: list[Any] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)

    def copy(self) -> Memory:
        return replace(
            self,
            said=dict(self.said),
            meanings=dict(self.meanings),
            last_conditions=list(self.last_conditions),
            assumptions=list(self.assumptions),
        )


class Base:
    """A reader of trees: dispatches on their names, remembers, and assumes aloud."""

    def __init__(
        self,
        context: IdeaContext,
        symbol: SymbolFacts,
        *,
        known: Mapping[str, tuple[float, ...]] | None = None,
        choices: Mapping[str, Any] | None = None,
    ) -> None:
        self.context = context
        self.symbol = symbol
        self.known = dict(known or {})
        self.choices = dict(choices or {})
        self.memory = Memory()
        self.found = Found()
        self.of_symbol = ""
        self.left: Any = None
        self.leaving = False
        self.ordering = False
        self.within_season = False
        self.following = False
        self.says_while = False
        self.says_only = False
        self.looks = ""
        self.says_past = False
        self.begun = 0
        self.told = 0
        self.opening: tuple[Any, ...] = ()

    def read(self, said: Any, *arguments: Any) -> Any:
        """What a tree means."""
        method = getattr(self, f"on_{said.kind}", None)
        if method is None:
            raise Unreadable("not_understood", "This is not understood.", *_texts(said))
        return method(*said.parts, *arguments)

    # -- assumptions ---------------------------------------------------------------------------

    def assume(
        self, sentence: str, key: str = "", value: Any = None, options: tuple[Any, ...] = ()
    ) -> None:
        made = Assumption(sentence, key, value, options)
        if all(other.sentence != sentence for other in self.memory.assumptions):
            self.memory.assumptions.append(made)

    def numbers_of(self, name: str, said: tuple[float, ...] | None) -> tuple[float, ...]:
        """All numbers of an indicator: as said, as said elsewhere, as chosen, or the usual ones."""
        info = INDICATORS[name]
        usual = tuple(default for _, default in info.parameters)
        if said:
            if len(said) > len(usual):
                raise Unreadable(
                    "invalid_value",
                    f"{info.label} takes {len(usual)} numbers, not {len(said)}.",
                )
            for number, least in zip(said, info.least, strict=False):
                if number < least:
                    raise Unreadable(
                        "invalid_value",
                        f"{info.label} over {number:g} bars is not possible.",
                    )
            numbers = (*said, *usual[len(said) :])
            for same in _BANDS if name in _BANDS else (name,):
                self.memory.said.setdefault(same, numbers)
            if len(said) < len(usual):
                rest = ", ".join(f"{n:g}" for n in usual[len(said) :])
                self.assume(f"The other numbers of the {info.label} are the usual ones: {rest}.")
            return numbers
        if not usual:
            return ()
        if name in self.known:
            return self.known[name]
        chosen = self.choices.get(f"{name}.numbers")
        numbers = tuple(chosen) if chosen else usual
        told = ", ".join(f"{n:g}" for n in numbers)
        self.assume(
            f"No period is given for {info.label}: {told}.", f"{name}.numbers", list(numbers)
        )
        return numbers

    # -- small parts ---------------------------------------------------------------------------

    def number(self, part: Any) -> float:
        return float(part.parts[0].value)

    def on_number(self, word: Any) -> float:
        return float(word.value)

    def on_pct(self, word: Any) -> float:
        return round(float(word.value) / 100, 12)

    def on_pct_of(self, number: Any) -> float:
        return round(self.number(number) / 100, 12)

    def on_bps_of(self, number: Any) -> float:
        return round(self.number(number) / 10_000, 12)

    def on_half_percent(self, *_: Any) -> float:
        return 0.005

    def on_quarter_percent(self, *_: Any) -> float:
        return 0.0025

    def on_nth_percent(self, *words: Any) -> float:
        """ "a tenth of a percent"; "a second percent" is none."""
        nth = int(next(w for w in words if isinstance(w, Word) and w.has("NTH")).sub("NTH"))
        if nth < 3:
            raise Unreadable("not_understood", "How many percent?")
        return round(0.01 / nth, 12)

    def on_tenths_percent(self, number: Any, *_: Any) -> float:
        return round(self.number(number) / 1000, 12)

    def on_span(self, *parts: Any) -> Span:
        """A length; in "a month (21 trading days)" the one in brackets counts."""
        numbers = [p for p in parts if isinstance(p, Said) and p.kind == "number"]
        return self.span_of(self.number(numbers[-1]) if numbers else 1.0, parts[-1])

    def on_one_unit(self, *parts: Any) -> Span:
        one = [p for p in parts if isinstance(p, Word) and p.has("ONE")]
        if not one and parts[-1].words[0].text.endswith("s"):
            raise Unreadable("ambiguous", f"How many {parts[-1].words[0].text}?")
        return self.span_of(1.0, parts[-1])

    def on_bare_span(self, number: Any) -> Span:
        return Span(self.number(number), "BAR")

    def span_of(self, count: float, unit: Any) -> Span:
        word = unit.parts[0] if isinstance(unit, Said) else unit
        name = next(u for u in UNITS if word.has(u))
        if round(count * UNIT_BARS[name]) < 1:
            raise Unreadable("invalid_value", f"A length of {count:g} is not possible.")
        return Span(count, name)

    def earlier(self, value: Any, span: Span) -> Any:
        """A value some time before; a weekly one goes back whole weeks."""
        unit = {"W": "WEEK", "M": "MONTH"}
        if isinstance(value, OnPeriod) and unit.get(value.period) == span.unit and not value.before:
            return value.model_copy(update={"of": Previous(of=value.of, bars=round(span.count))})
        return Previous(of=value, bars=self.bars_in(span))

    def bars_in(self, span: Span) -> int:
        """A length in bars; longer units are counted in trading days, and said so."""
        if span.unit in ("WEEK", "MONTH", "QUARTER", "YEAR"):
            plural = "s" if span.count != 1 else ""
            self.assume(f"{span.count:g} {span.unit.lower()}{plural} are {span.bars} trading days.")
        if span.bars < 1:
            raise Unreadable("invalid_value", f"A length of {span.count:g} is not possible.")
        return span.bars


def _texts(said: Any) -> list[str]:
    return [word.text for word in said.words] if isinstance(said, Said) else []
