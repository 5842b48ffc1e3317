"""How many of several conditions: two of these three, exactly one, neither ... nor."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from llm.specification.nodes import AllOf, AnyOf, Compare, Previous, Streak, Within
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.conditions import Conditions
from llm.translator.reading.memory import CLOSE, OfTrade, Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.streaks import lasting
from llm.translator.said import Said

_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5}


def _all(conditions: tuple[Any, ...]) -> Any:
    flat: list[Any] = []
    for one in conditions:
        flat.extend(one.conditions if isinstance(one, AllOf) else [one])
    distinct = tuple(dict.fromkeys(flat))
    return distinct[0] if len(distinct) == 1 else AllOf(conditions=distinct)


def _any(conditions: list[Any]) -> Any:
    distinct = tuple(dict.fromkeys(conditions))
    return distinct[0] if len(distinct) == 1 else AnyOf(conditions=distinct)


def at_least(count: int, members: tuple[Any, ...]) -> Any:
    """At least `count` of them."""
    return _any([_all(chosen) for chosen in combinations(members, count)])


def exactly(count: int, members: tuple[Any, ...]) -> Any:
    """So many of them, and the others not."""
    ways = []
    for chosen in combinations(range(len(members)), count):
        ways.append(_all(tuple(m if k in chosen else negate(m) for k, m in enumerate(members))))
    return _any(ways)


class Counting(Conditions):
    """Reads conditions that count others."""

    def _members(self, said: Any) -> tuple[Any, ...]:
        signs = {p.kind for p in said.parts if p.kind in ("list_and", "list_or")}
        if len(signs) > 1:
            raise Unreadable("ambiguous", "Where does the list of conditions end?")
        found = tuple(self._and_part(p) for p in said.parts if not p.kind.startswith("list_"))
        if any(isinstance(one, OfTrade | tuple) for one in found):
            raise Unreadable("unsupported", "Rules about the open trade cannot be counted.")
        self.memory.meanings["counted"] = found
        return found

    def _counted(self, lead: Any, said: Any) -> Any:
        members = self._members(said)
        spoken = [p.text.split() for p in lead.parts if not isinstance(p, Said)]
        named = {_WORDS[word] for words in spoken for word in words if word in _WORDS}
        if named - {len(members)}:
            raise Unreadable("ambiguous", "How many conditions are meant?")
        numbers = [p for p in lead.parts if isinstance(p, Said) and p.kind == "number"]
        count = round(self.number(numbers[0])) if numbers else len(members)
        if lead.kind == "count_all":
            count = len(members)
        if not 1 <= count <= len(members) or len(members) > 5:
            raise Unreadable("ambiguous", "How many conditions are meant?")
        if lead.kind in ("count_one", "count_just_one"):
            count = 1
        if lead.kind in ("count_exactly", "count_just_one"):
            return exactly(count, members)
        return at_least(count, members)

    def on_count_of(self, lead: Any, said: Any) -> Any:
        return self._counted(lead, said)

    def on_one_of_two(self, one: Any, other: Any) -> Any:
        members = (self._and_part(one), self._and_part(other))
        self.memory.meanings["counted"] = members
        return exactly(1, members)

    def on_none_of(self, *parts: Any) -> Any:
        return _all(tuple(negate(self._and_part(p)) for p in parts))

    def on_not_both(self, one: Any, other: Any) -> Any:
        return negate(_all((self._and_part(one), self._and_part(other))))

    def on_list_conditions(self, number: Any, said: Any) -> None:
        """ "There are three criteria: A, B, C": all of them, unless some are counted later."""
        members = self._members(said)
        if len(members) != round(self.number(number)):
            raise Unreadable("ambiguous", "How many conditions are meant?")
        self.found.pending = [*self.found.pending, _all(members)]
        self.memory.meanings["listed"] = _all(members)

    def _counted_before(self) -> tuple[Any, ...]:
        found = self.memory.meanings.get("counted")
        if not isinstance(found, tuple):
            raise Unreadable("ambiguous", "Of which conditions?")
        listed = self.memory.meanings.pop("listed", None)
        self.found.pending = [one for one in self.found.pending if one != listed]
        return found

    def on_count_none(self, *_: Any) -> Any:
        return _all(tuple(negate(one) for one in self._counted_before()))

    def on_count_none_or_one(self, *_: Any) -> Any:
        members = self._counted_before()
        return negate(at_least(2, members)) if len(members) > 1 else self.on_count_none()

    def on_count_fewer(self, _below: Any, number: Any) -> Any:
        members, count = self._counted_before(), round(self.number(number))
        if not 1 <= count <= len(members):
            raise Unreadable("ambiguous", "How many conditions are meant?")
        return negate(at_least(count, members))

    def on_count_again(self, number: Any) -> Any:
        members, count = self._counted_before(), round(self.number(number))
        if not 1 <= count <= len(members):
            raise Unreadable("ambiguous", "How many conditions are meant?")
        return at_least(count, members)

    # -- points --------------------------------------------------------------------------------

    def on_scored_list(self, said: Any) -> None:
        """ "Score one point for each: A, B, C": counted by what is said of the points."""
        self.memory.meanings["scored"] = self._members(said)

    def _scored(self) -> tuple[Any, ...]:
        found = self.memory.meanings.get("scored")
        if not isinstance(found, tuple):
            raise Unreadable("not_understood", "Points for what?")
        self.memory.meanings["counted"] = found
        return found

    def on_points_reached(self, number: Any, *_: Any) -> Any:
        """ "with at least two points"."""
        self._scored()
        return self.on_count_again(number)

    def on_points_missed(self, below: Any, number: Any) -> Any:
        """ "with fewer than two points"."""
        self._scored()
        return self.on_count_fewer(below, number)

    def on_cross_noun(self, *parts: Any) -> Any:
        """ "a cross of the close above the average"."""
        one, other = (p for p in parts if isinstance(p, Said))
        up = any(p.has("ABOVE") for p in parts if not isinstance(p, Said))
        left = self.value(one)
        return self.cross(left, "above" if up else "below", self.value(other, left))

    def on_for_nth_day(self, atom: Any, nth: Any, *_: Any) -> Any:
        """ "for the third day in a row"."""
        bars = int(nth.sub("NTH"))
        of = self._and_part(atom)
        return Streak(of=lasting(of), bars=bars) if bars > 1 else of

    # -- closes --------------------------------------------------------------------------------

    def on_count_moves(self, *parts: Any) -> Any:
        """ "has fallen on 4 of the last 5 days": of the close, and of what else was named."""
        said = [p for p in parts if isinstance(p, Said)]
        counts = [p for p in said if p.kind == "number"]
        values = [p for p in said if p.kind not in ("number", "closes")]
        times, bars = (self._count(n) for n in counts)
        of = self.series(values[0]) if values and not is_it(values[0]) else CLOSE
        words = [p for p in parts if not isinstance(p, Said)]
        up = any(w.has("UP", "RISE") for w in words)
        return Within(of=self._than_before(of, up=up, bars=1), bars=bars, times=times)

    def on_count_closes(self, *parts: Any) -> Any:
        """ "six lower closes out of the last nine"."""
        numbers = [p for p in parts if isinstance(p, Said) and p.kind == "number"]
        times, bars = (self._count(n) for n in numbers)
        up = any(w.has("UP", "ABOVE") for w in parts if not isinstance(w, Said))
        rose = Compare(left=CLOSE, operator=">" if up else "<", right=Previous(of=CLOSE, bars=1))
        return Within(of=rose, bars=bars, times=times)
