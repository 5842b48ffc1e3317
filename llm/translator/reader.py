"""A cursor over tagged tokens that can go back, and remembers what was spoken of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from llm.specification.model import Compare, Cross, Price
from llm.translator.tokens import Token

T = TypeVar("T")
UNITS = ("DAY", "BAR", "WEEK", "MONTH", "YEAR")
UNIT_BARS = {"DAY": 1, "BAR": 1, "WEEK": 5, "MONTH": 21, "YEAR": 252}
CLOSE = Price()


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a reading that fits the grammar was still not accepted."""

    code: Any
    message: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """What later words may refer to. Frozen, so that going back restores it."""

    subject: Any = None
    pair: Compare | Cross | None = None
    average: str = ""
    last_average: Any = None
    level_of: Any = None
    heikin: bool = False
    channel: str = ""
    cross: Cross | None = None
    numbers: tuple[tuple[str, tuple[float, ...]], ...] = ()
    assumptions: tuple[str, ...] = ()


@dataclass(slots=True)
class Reader:
    """The token stream with backtracking; grammar modules build on it."""

    tokens: list[Token]
    known: dict[str, tuple[float, ...]] = field(default_factory=dict)
    has_range: bool = True
    verb_last: bool = False
    i: int = 0
    furthest: int = 0
    memory: Memory = Memory()
    complaint: Complaint | None = None

    def mark(self) -> tuple[int, Memory]:
        return self.i, self.memory

    def reset(self, mark: tuple[int, Memory]) -> None:
        self.i, self.memory = mark

    def attempt(self, rule: Callable[[], T | None]) -> T | None:
        """What `rule` reads, or None with everything as before."""
        mark = self.mark()
        found = rule()
        if found is None:
            self.reset(mark)
        return found

    def first_of(self, *rules: Callable[[], T | None]) -> T | None:
        for rule in rules:
            found = self.attempt(rule)
            if found is not None:
                return found
        return None

    @property
    def at_end(self) -> bool:
        return self.i >= len(self.tokens)

    def peek(self, *tags: str, ahead: int = 0) -> bool:
        k = self.i + ahead
        return k < len(self.tokens) and self.tokens[k].has(*tags)

    def take(self, *tags: str) -> Token | None:
        if not self.peek(*tags):
            return None
        token = self.tokens[self.i]
        self.i += 1
        self.furthest = max(self.furthest, self.i)
        return token

    def skip(self, *tags: str) -> bool:
        """Pass over any run of these; they carry no meaning at this place."""
        found = False
        while self.take(*tags):
            found = True
        return found

    def sequence(self, *steps: str | tuple[str, ...]) -> list[Token] | None:
        """One token for each step, or nothing read at all."""
        mark = self.mark()
        found = []
        for step in steps:
            token = self.take(*((step,) if isinstance(step, str) else step))
            if token is None:
                self.reset(mark)
                return None
            found.append(token)
        return found

    def number(self) -> Token | None:
        if self.peek("ONE"):
            token = self.take("ONE")
            assert token is not None
            return replace(token, value=1.0)
        return self.take("NUM")

    def percent(self) -> float | None:
        """A percentage as a fraction."""
        mark = self.mark()
        token = self.number()
        if token is not None and token.value is not None:
            if token.percent or self.take("PERCENT"):
                return round(token.value / 100, 12)
            if self.take("BPS"):
                return round(token.value / 10000, 12)
        self.reset(mark)
        return None

    def span(self) -> int | None:
        """A length of time in bars: "5 trading days", "two weeks"."""
        mark = self.mark()
        token = self.number()
        if token is not None and token.value is not None and not token.percent:
            self.take("CONSECUTIVE")
            for unit in UNITS:
                if self.take(unit):
                    return self._bars(token.value, unit)
        self.reset(mark)
        return None

    def unit_alone(self) -> int | None:
        """ "in a week": one of the unit."""
        for unit in ("DAY", "WEEK", "MONTH", "YEAR"):
            if self.take(unit):
                return self._bars(1, unit)
        return None

    def _bars(self, count: float, unit: str) -> int | None:
        bars = round(count * UNIT_BARS[unit])
        if unit == "WEEK" and count == 52:
            bars = 252
        if unit in ("WEEK", "MONTH", "YEAR"):
            self.assume(f"{count:g} {unit.lower()}{'s' if count != 1 else ''} are {bars} bars.")
        if bars < 1:
            self.complain("invalid_value", f"A length of {count:g} is not possible.")
            return None
        return bars

    def assume(self, sentence: str) -> None:
        if sentence not in self.memory.assumptions:
            self.memory = replace(self.memory, assumptions=(*self.memory.assumptions, sentence))

    def complain(self, code: str, message: str, *words: str) -> None:
        if self.complaint is None:
            self.complaint = Complaint(code, message, words)

    def remember(self, **changes: Any) -> None:
        self.memory = replace(self.memory, **changes)
