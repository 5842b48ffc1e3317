"""Conditions: joining, timing, extremes, candles, and what is true of the open trade."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    Ago,
    AllOf,
    Always,
    AnyOf,
    Calendar,
    Compare,
    Cross,
    First,
    Streak,
    Within,
)
from llm.translator.reading.memory import OfTrade, Unreadable
from llm.translator.reading.monthdays import PartsOfMonths
from llm.translator.reading.negation import negate
from llm.translator.said import Said


class Conditions(PartsOfMonths):
    """Reads whatever can be true on a bar."""

    def condition(self, said: Any) -> Any:
        """A condition of the bars alone."""
        found = self.read(said)
        if isinstance(found, OfTrade):
            raise Unreadable("unsupported", "A rule about the open trade can only close it.")
        if self.of_symbol:
            found = self._of(self.of_symbol, found)
        self._remember(found)
        return found

    def _remember(self, found: Any) -> None:
        parts = found.conditions if isinstance(found, AllOf | AnyOf) else (found,)
        for part in parts:
            inner = part.of if isinstance(part, Streak | Within | First | Ago) else part
            self.memory.last_conditions.append(inner)

    # -- joining -------------------------------------------------------------------------------

    def on_all_of(self, *parts: Any) -> Any:
        found: list[Any] = []
        for part in parts:
            if part.kind == "list_comma":
                continue
            one = self._and_part(part)
            found.extend(one.conditions if isinstance(one, AllOf) else [one])
        found = list(dict.fromkeys(found))
        found = [self._ended(one, found) for one in found]
        units = [one.unit for one in found if isinstance(one, Calendar)]
        if len(set(units)) < len(units):
            raise Unreadable("contradictory", "One day cannot be both; say “or” between days.")
        return AllOf(conditions=tuple(dict.fromkeys(found))) if len(set(found)) > 1 else found[0]

    def _ended(self, one: Any, others: list[Any]) -> Any:
        """ "below it for ten days and then closes above it": the row ends the day before."""
        inner = one.of if isinstance(one, Streak) else None
        if not isinstance(inner, Compare) or inner.operator == "==":
            return one
        up = inner.operator.startswith(">")
        for other in others:
            if not isinstance(other, Compare | Cross):
                continue
            if (other.left, other.right) != (inner.left, inner.right):
                continue
            above = (
                other.operator.startswith(">")
                if isinstance(other, Compare)
                else other.direction == "above"
            )
            if above != up:
                self.assume("The days in a row end the day before.")
                return Ago(of=one, bars=1)
        return one

    def _and_part(self, part: Any) -> Any:
        found = self.read(part)
        if isinstance(found, OfTrade):
            raise Unreadable(
                "unsupported",
                "A rule about the open trade cannot be joined with another by “and”.",
            )
        self._remember(found)
        return found

    def on_any_of(self, *parts: Any) -> Any:
        if parts[0].kind == "unless":  # "A unless B or C": any of these keeps it from happening
            condition, exception = parts[0].parts
            return self.on_unless(condition, Said("any_of", (exception, *parts[1:])))
        found: list[Any] = []
        for part in _of_list(parts):
            one = self.read(part)
            if not isinstance(one, OfTrade | tuple):
                self._remember(one)
            found.extend(one if isinstance(one, tuple) else (one,))
        if any(isinstance(one, AllOf) for one in found):
            self.assume("“and” binds closer than “or”.")
        if any(isinstance(one, OfTrade) for one in found):
            return tuple(found)
        flat: list[Any] = []
        for one in found:
            flat.extend(one.conditions if isinstance(one, AnyOf) else [one])
        return AnyOf(conditions=tuple(dict.fromkeys(flat))) if len(set(flat)) > 1 else flat[0]

    def on_unless(self, condition: Any, exception: Any) -> Any:
        first = self._and_part(condition)
        return AllOf(conditions=(first, negate(self._and_part(exception))))

    def on_meaning_is(self, *parts: Any) -> Any:
        """ "the trend is up, meaning that ...": what follows is what counts."""
        return self._and_part(parts[-1])

    def on_followed(self, first: Any, second: Any) -> Any:
        """ "two red candles followed by a green one": the first ended the day before."""
        return AllOf(conditions=(Ago(of=self._and_part(first), bars=1), self._and_part(second)))

    def on_negated(self, *parts: Any) -> Any:
        return negate(self._and_part(parts[-1]))

    def on_explained(self, condition: Any, note: Any) -> Any:
        """A definition in brackets counts, where it stands beside a pattern's name."""
        kept = self.memory.copy()
        first = self.read(condition)
        known = self.memory
        self.memory = kept
        second = self.read(note.parts[0])
        if first == second:
            return first
        if condition.kind not in ("pattern", "pattern_of", "candle", "narrow_range", "compare"):
            raise Unreadable("not_understood", "What stands in brackets says something else.")
        self.memory = known if condition.kind == "compare" else self.memory
        return second

    # -- timing --------------------------------------------------------------------------------

    def on_for_days(self, atom: Any, number: Any, *_: Any) -> Any:
        return self._streak(self._and_part(atom), number)

    def on_for_times(self, atom: Any, number: Any, *_: Any) -> Any:
        return self._streak(self._and_part(atom), number)

    def on_days_for(self, number: Any, *parts: Any) -> Any:
        return self._streak(self._and_part(parts[-1]), number)

    def on_recently(self, atom: Any, number: Any, *_: Any) -> Any:
        return Within(of=self._and_part(atom), bars=self._count(number))

    def on_recently_first(self, number: Any, *parts: Any) -> Any:
        return Within(of=self._and_part(parts[-1]), bars=self._count(number))

    def on_recently_before(self, atom: Any, number: Any, *_: Any) -> Any:
        """On one of the days before today."""
        of = self._and_part(atom)
        return Ago(of=Within(of=of, bars=self._count(number)), bars=1)

    def on_times_of(self, atom: Any, times: Any, number: Any, *_: Any) -> Any:
        return Within(of=self._and_part(atom), bars=self._count(number), times=self._count(times))

    def on_times_of_first(self, times: Any, number: Any, *parts: Any) -> Any:
        return Within(
            of=self._and_part(parts[-1]), bars=self._count(number), times=self._count(times)
        )

    def _count(self, number: Any) -> int:
        count = round(self.number(number))
        if count < 1:
            raise Unreadable("invalid_value", "At least one day is needed.")
        return count

    def on_was_yesterday(self, atom: Any, *_: Any) -> Any:
        return Ago(of=self._and_part(atom), bars=1)

    def on_was_ago(self, atom: Any, ago: Any) -> Any:
        return Ago(of=self._and_part(atom), bars=self.bars_in(self.read(ago)))

    def on_days_after(self, span: Any, atom: Any) -> Any:
        return Ago(of=self._and_part(atom), bars=self.bars_in(self.read(span)))

    def on_first_time_in(self, atom: Any, number: Any, *_: Any) -> Any:
        of = self._and_part(atom)
        earlier = Ago(of=Within(of=of, bars=self._count(number)), bars=1)
        return AllOf(conditions=(of, negate(earlier)))

    def on_always(self) -> Any:
        return Always()


def listed(said: Any) -> list[Any]:
    """The members of "A, B" where nothing but commas joins them; otherwise nothing."""
    if said.kind != "all_of":
        return []
    members = [p for p in said.parts if p.kind != "list_comma"]
    return members if len(said.parts) == 2 * len(members) - 1 else []


def _of_list(parts: tuple[Any, ...]) -> list[Any]:
    """In "A, B or C" the comma stands for the "or"; in "A and B or C" nothing does."""
    members = listed(parts[0]) if len(parts) == 2 else []
    return [*members, *parts[1:]] if members else list(parts)


def ways_of_list(said: Any) -> Any:
    """A way out that is the beginning of a list, read as one of several."""
    members = listed(said.parts[-1]) if said.parts and isinstance(said.parts[-1], Said) else []
    if not members:
        return said
    return Said(said.kind, (*said.parts[:-1], Said("any_of", tuple(members))))
