"""Conditions: joining, timing, extremes, candles, and what is true of the open trade."""

from __future__ import annotations

from itertools import pairwise
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
    Number,
    Previous,
    Streak,
    Within,
)
from llm.specification.walk import nodes, scale_of
from llm.translator.reading.memory import OfTrade, Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.stretches import Stretches
from llm.translator.said import Said


class Conditions(Stretches):
    """Reads whatever can be true on a bar."""

    def condition(self, said: Any) -> Any:
        """A condition of the bars alone."""
        found = self.read(said)
        if isinstance(found, OfTrade | tuple):
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
        if any(part.kind == "count_of" for part in parts[:-1]):
            raise Unreadable("ambiguous", "Where does the list of conditions end?")
        found: list[Any] = []
        for part in parts:
            if part.kind == "list_comma":
                continue
            one = self._and_part(part)
            found.extend(one.conditions if isinstance(one, AllOf) else [one])
        found = returned(list(dict.fromkeys(found)))
        found = [self._ended(one, found) for one in found]
        found = _on_the_next_day(self._days_together(found))
        self._beyond_several(found)
        units = [(one.unit, one.fills) for one in found if isinstance(one, Calendar)]
        if any(p.kind == "each_unit" for p in parts) and any(u == "month" for u, _ in units):
            raise Unreadable("ambiguous", "Every month, or these months?")
        if len(set(units)) < len(units):
            raise Unreadable("contradictory", "One day cannot be both; say “or” between days.")
        return AllOf(conditions=tuple(dict.fromkeys(found))) if len(set(found)) > 1 else found[0]

    def _days_together(self, found: list[Any]) -> list[Any]:
        """ "in November, December and January": one of these, where only days are joined."""
        named = {one.unit: one.values for one in found if isinstance(one, Calendar)}
        quarters = named.get("quarter", ())
        if named.get("month") == tuple(3 * q - k for q in quarters for k in (2, 1, 0)):
            found = [one for one in found if getattr(one, "unit", "") != "month"]
        units = {getattr(one, "unit", "") for one in found}
        fills = {getattr(one, "fills", False) for one in found}
        if len(found) < 2 or len(fills) > 1 or units not in ({"month"}, {"weekday"}):
            return found
        values = tuple(dict.fromkeys(value for one in found for value in one.values))
        return [found[0].model_copy(update={"values": values})]

    def on_first_seen(self, said: Any) -> Any:
        """ "the first close above the average": the first day it is true is when it is acted on."""
        found = self.read(said)
        if isinstance(found, OfTrade | tuple) or any(isinstance(n, Calendar) for n in nodes(found)):
            raise Unreadable("not_understood", "The first of what?")
        return found

    def _ended(self, one: Any, others: list[Any]) -> Any:
        """ "below it for ten days and then closes above it": the row ends the day before."""
        if isinstance(one, Cross):
            return self._stayed(one, others)
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

    def _beyond_several(self, found: list[Any]) -> None:
        """ "above A and above B": what "below either" is below."""
        compared = [one for one in found if isinstance(one, Compare)]
        sides = [one for one in compared if scale_of(one.right) != "number"]
        same = {(one.left, one.operator) for one in sides}
        chained = all(a.right == b.left for a, b in pairwise(compared))
        if len(compared) > 1 and chained and len({one.operator for one in compared}) == 1:
            self.memory.meanings["stack"] = AllOf(conditions=tuple(compared))
        if len(sides) > 1 and len(same) == 1:
            self.memory.meanings["several_left"] = sides[0].left
            self.memory.meanings["several_right"] = tuple(one.right for one in sides)

    def _stayed(self, one: Any, others: list[Any]) -> Any:
        """ "crosses above it and stays above it for three days": it crossed on the first."""
        for other in others:
            inner = other.of if isinstance(other, Streak) else None
            if not isinstance(inner, Compare) or other.bars < 2:
                continue
            same = (inner.left, inner.right) == (one.left, one.right)
            if same and inner.operator.startswith(">") == (one.direction == "above"):
                self.assume("The day of the crossing is the first of these days.")
                return Ago(of=one, bars=other.bars - 1)
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
        if any(part.kind == "count_of" for part in parts[:-1]):
            raise Unreadable("ambiguous", "Where does the list of conditions end?")
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
        first, less = self._and_part(condition), self._and_part(exception)
        if self.leaving and isinstance(less, Calendar):
            raise Unreadable("ambiguous", "Is it not sold then, or not bought?")
        return AllOf(conditions=(first, negate(less)))

    def on_meaning_is(self, *parts: Any) -> Any:
        """ "the trend is up, meaning that ...": what follows is what counts."""
        return self._and_part(parts[-1])

    def on_followed(self, first: Any, *parts: Any) -> Any:
        """ "two red candles followed by a green one": the first ended the day before."""
        earlier = self._and_part(first)
        self.following = True
        try:
            later = self.on_all_of(*parts)
        finally:
            self.following = False
        rest = later.conditions if isinstance(later, AllOf) else (later,)
        return AllOf(conditions=(Ago(of=earlier, bars=1), *rest))

    def on_negated(self, *parts: Any) -> Any:
        return negate(self._and_part(parts[-1]))

    def on_explained(self, condition: Any, note: Any) -> Any:
        """A definition in brackets counts, where it stands beside a pattern's name."""
        kept = self.memory.copy()
        first = self.read(condition)
        known = self.memory
        if condition.kind not in ("trend", "trend_it"):
            self.memory = kept
        second = self.read(note.parts[0])
        if second in (first, getattr(first, "of", None), *_parts(first)):
            return first
        if _measures(second, first):  # so it is not the day before that is compared with
            told = [a for a in self.memory.assumptions if not a.sentence.startswith("“Rising”")]
            self.memory.assumptions = kept.assumptions + [
                a for a in told if a not in kept.assumptions
            ]
            return second
        if condition.kind not in ("pattern", "pattern_of", "candle", "narrow_range", "compare"):
            raise Unreadable("not_understood", "What stands in brackets says something else.")
        self.memory = known if condition.kind == "compare" else self.memory
        return second

    # -- timing --------------------------------------------------------------------------------

    def on_for_days(self, atom: Any, number: Any, *_: Any) -> Any:
        self.memory.meanings["counts_days"] = True
        return self._streak(self._and_part(atom), number)

    def on_for_exactly(self, atom: Any, number: Any, *_: Any) -> Any:
        """ "for exactly three days": and not on the day before these."""
        of = self._and_part(atom)
        row = self._streak(of, number)
        return AllOf(conditions=(row, negate(Ago(of=of, bars=round(self.number(number))))))

    def on_for_as_many(self, atom: Any, number: Any, *_: Any) -> Any:
        """ "below 10 for three days ... above 60 for two": days, as before."""
        if not self.memory.meanings.get("counts_days"):
            raise Unreadable("ambiguous", "For how many days?")
        return self._streak(self._and_part(atom), number)

    def on_for_times(self, atom: Any, number: Any, *_: Any) -> Any:
        return self._streak(self._and_part(atom), number)

    def on_days_for(self, number: Any, *parts: Any) -> Any:
        return self._streak(self._and_part(parts[-1]), number)

    def on_recently(self, atom: Any, number: Any, *_: Any) -> Any:
        _not_denied(atom)
        return Within(of=self._and_part(atom), bars=self._count(number))

    def on_recently_first(self, number: Any, *parts: Any) -> Any:
        _not_denied(parts[-1])
        return Within(of=self._and_part(parts[-1]), bars=self._count(number))

    def on_recently_before(self, atom: Any, number: Any, *_: Any) -> Any:
        """On one of the days before today."""
        of = self._and_part(atom)
        return Ago(of=Within(of=of, bars=self._count(number)), bars=1)

    def on_times_of(self, atom: Any, *parts: Any) -> Any:
        """ "closes lower five days out of six"."""
        times, number = (self._count(p) for p in parts if isinstance(p, Said))
        if times > number:
            raise Unreadable("contradictory", f"{times} of {number} days are not possible.")
        if atom.kind == "compare_again_it" and len(atom.parts) == 1:  # "on at most 3 of 5"
            raise Unreadable("unsupported", "Say on at least how many of these days.")
        return Within(of=self._and_part(atom), bars=number, times=times)

    def on_times_of_first(self, *parts: Any) -> Any:
        return self.on_times_of(parts[-1], *parts[:-1])

    def _count(self, number: Any) -> int:
        count = round(self.number(number))
        if count < 1:
            raise Unreadable("invalid_value", "At least one day is needed.")
        return count

    def on_was_yesterday(self, atom: Any, *_: Any) -> Any:
        return Ago(of=self._and_part(atom), bars=1)

    def on_was_ago(self, atom: Any, ago: Any) -> Any:
        alone = isinstance(ago, Said) and any(p.kind == "one_unit" for p in _said(ago))
        if alone and atom.words and atom.words[-1].has("NUM", "ONE"):
            raise Unreadable("not_understood", "How long ago?")  # "higher than 1 | month ago"
        found = self._and_part(atom)
        of_value = isinstance(found, Compare) and not isinstance(found.right, Number)
        if of_value and not self.says_past:
            raise Unreadable("not_understood", "Of which day?")  # "is above the average 5 days ago"
        if isinstance(found, Compare) and isinstance(found.left, Previous):
            raise Unreadable("not_understood", "Each side is of another day.")
        return Ago(of=found, bars=self.bars_in(self.read(ago)))

    def on_days_after(self, span: Any, atom: Any) -> Any:
        return Ago(of=self._and_part(atom), bars=self.bars_in(self.read(span)))

    def on_first_time_in(self, atom: Any, number: Any, *_: Any) -> Any:
        of = self._and_part(atom)
        earlier = Ago(of=Within(of=of, bars=self._count(number)), bars=1)
        return AllOf(conditions=(of, negate(earlier)))

    def on_first_of(self, atom: Any) -> Any:
        """ "the first close above it": the day on which it turns true; the next one, of an exit."""
        found = self._and_part(atom)
        is_event = isinstance(found, Cross | Calendar | First)
        return found if is_event or self.leaving or self.within_season else First(of=found)

    def on_always(self) -> Any:
        return Always()


def _said(part: Any) -> list[Any]:
    """A part and all parts of it."""
    return [part, *(inner for p in part.parts if isinstance(p, Said) for inner in _said(p))]


def _not_denied(atom: Any) -> None:
    """ "was not below it in the last 20 days": on none of them, and not: not on one of them."""
    denying = ("not ", "never", "no longer")
    if any(word.has("NOT") or word.text.startswith(denying) for word in atom.words):
        raise Unreadable("ambiguous", "On none of these days, or not on one of them?")


def returned(found: list[Any]) -> list[Any]:
    """ "drops below 30 and then crosses back above 30": the way back says both."""
    crosses = [one for one in found if isinstance(one, Cross)]
    for k, one in enumerate(found):
        if isinstance(one, Compare):  # "has been above 70 and drops back below it"
            way: Any = "below" if one.operator.startswith(">") else "above"
            back = Cross(left=one.left, direction=way, right=one.right)
            if back in found[k:]:
                found = [kept for kept in found if kept is not one]
                return returned(found)
    for before, after in pairwise(crosses):
        if before.left != after.left or before.direction == after.direction:
            continue
        if before.right != after.right:
            raise Unreadable("ambiguous", "Within how many days of each other?")
        found = [kept for kept in found if kept is not before]
    return found


def _on_the_next_day(found: list[Any]) -> list[Any]:
    """ "buy on Tuesday if Monday was a down day": the order of Monday is filled on Tuesday."""
    days = [c for c in found if isinstance(c, Calendar) and c.unit == "weekday" and not c.fills]
    if len(days) != 2 or len(found) < 3 or any(len(day.values) != 1 for day in days):
        return found
    one, other = days
    if (other.values[0] - one.values[0]) % 5 == 1:
        one, other = other, one
    if (one.values[0] - other.values[0]) % 5 != 1:
        return found
    return [c.model_copy(update={"fills": True}) if c is one else c for c in found]


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


def _parts(found: Any) -> tuple[Any, ...]:
    return tuple(found.conditions) if isinstance(found, AllOf) else ()


def _measures(note: Any, trend: Any) -> bool:
    """ "rising (higher than 10 days ago)": against which day it rises."""
    if not (isinstance(note, Compare) and isinstance(trend, Compare)):
        return False
    same = note.left == trend.left and note.operator[0] == trend.operator[0]
    pasts = (note.right, trend.right)
    return same and all(isinstance(p, Previous) and p.of == note.left for p in pasts)
