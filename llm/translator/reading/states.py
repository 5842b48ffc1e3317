"""Being in the market in a state of things: while it lasts, between two days, and otherwise."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, Always, Calendar, Cross, First
from llm.specification.walk import nodes
from llm.translator.reading.cases import Cases
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.negation import negate
from llm.translator.said import Said, Word
from llm.translator.seasons import date_of, days_between

_ACTING = ("entry_verb", "exit_verb")
_DOWNWARDS = ("down", "dn", "dwn", "downwards")
_STARTS: Any = ("week_start", "month_start", "quarter_start", "year_start")
_EACH_UNIT = tuple(Calendar(unit=start) for start in _STARTS)


def _without_each_unit(condition: Any) -> Any:
    """ "In the market every month but August": the whole month, not its first day."""
    if isinstance(condition, Calendar):
        return Always() if condition in _EACH_UNIT else condition
    if isinstance(condition, AllOf):
        kept = tuple(c for c in condition.conditions if c not in _EACH_UNIT)
        return kept[0] if len(kept) == 1 else AllOf(conditions=kept)
    return condition


def _is_moment(condition: Any) -> bool:
    """A single day, after which nothing has changed: what holds "otherwise" is not its opposite."""
    if isinstance(condition, Calendar):
        counted = condition.unit.startswith("trading_day") and len(condition.values) == 1
        return counted or condition.unit.endswith(("_start", "_end"))
    if isinstance(condition, AllOf):
        return any(_is_moment(part) for part in condition.conditions)
    return isinstance(condition, First)


class States(Cases):
    """Reads what holds while something is true, and what is done in all other cases."""

    # -- otherwise -----------------------------------------------------------------------------

    def _otherwise(self, condition: Any, said: Any) -> None:
        if said.kind == "otherwise_exit" and not any(isinstance(p, Said) for p in said.parts):
            raise Unreadable("ambiguous", "Otherwise what?")
        acts = any(isinstance(p, Said) and p.kind == "exit_verb" for p in said.parts)
        if not acts and any(word.has("SYMBOL") for word in said.words):
            raise Unreadable("ambiguous", "“Otherwise” another symbol: which is held when?")
        self.found.otherwise = True
        if said.kind == "otherwise_short":
            self.enter("short", self._opposite(condition))
            self.found.reverse = True
            return
        self._leave_otherwise(condition, "short" if self.found.side == "short" else "long")

    def _leave_otherwise(self, entry: Any, side: str) -> None:
        """ "..., cash otherwise": nothing new where a rule says when to sell."""
        exits = self.found.exits[side]
        if exits and self.found.regime is None:
            self.assume("“Otherwise” changes nothing: the rule for selling says when it is sold.")
            return
        exits.append(self._opposite(entry))

    def _opposite(self, condition: Any) -> Any:
        """What "otherwise" means; after a crossing it is the crossing back, not every other day."""
        if isinstance(condition, AllOf):
            condition = self._looked_at(condition)
        if _is_moment(condition):
            raise Unreadable("ambiguous", "Otherwise from when on? Say when it is sold.")
        if not isinstance(condition, Cross):
            return negate(condition)
        self.assume("“Otherwise” after a crossing is the crossing back.")
        back: Any = "below" if condition.direction == "above" else "above"
        return condition.model_copy(update={"direction": back})

    def _looked_at(self, condition: AllOf) -> Any:
        """ "if A at the end of the month, else cash": both ways are decided on that day only."""
        days = [part for part in condition.conditions if _is_moment(part)]
        rest = tuple(part for part in condition.conditions if part not in days)
        if len(days) != 1 or not rest:
            return condition
        if self.found.schedule is None:
            self.found.schedule = days[0]
        return AllOf(conditions=rest) if len(rest) > 1 else rest[0]

    def on_when_act_otherwise(self, condition: Any, action: Any, otherwise: Any) -> None:
        found = self.condition(condition)
        self._enter(action, found)
        self._otherwise(found, otherwise)

    def on_act_when_otherwise(self, action: Any, condition: Any, otherwise: Any) -> None:
        found = self.condition(condition)
        self._enter(action, found)
        self._otherwise(found, otherwise)

    def on_when_exit_otherwise(self, condition: Any, _exit: Any, otherwise: Any) -> None:
        found = self.condition(condition)
        self.enter("long", negate(found))
        self.found.exits["long"].append(found)
        del otherwise

    def on_exit_when_otherwise(self, action: Any, condition: Any, otherwise: Any) -> None:
        """ "Be out of the market while C, otherwise be invested"."""
        self.on_when_exit_otherwise(condition, action, otherwise)

    def on_otherwise_out(self, *_: Any) -> None:
        if self.found.pending:
            raise Unreadable("ambiguous", "Otherwise than what?")
        self.found.otherwise = True
        entries = self.found.entries
        if all(entries.values()) and not any(self.found.exits.values()):
            # "Long above A, short below B, otherwise flat": each side ends where its reason does.
            for side, told in entries.items():
                self._leave_otherwise(told[-1], side)
            self.found.reverse = True
            return
        self._leave_otherwise(self._last_entry(), self.found.side)

    on_leave_otherwise = on_otherwise_out

    def on_down_leave(self, *parts: Any) -> None:
        """ "sma20 x sma60 up buy, down sell": the crossing back."""
        found, way = self.memory.cross, next(p for p in parts if isinstance(p, Word))
        entry = self._last_entry()
        if not isinstance(entry, Cross) or (entry.left, entry.right) != (
            getattr(found, "left", None),
            getattr(found, "right", None),
        ):
            raise Unreadable("not_understood", "What goes down?", way.text)
        if entry.direction != "above" or way.text not in _DOWNWARDS or self.found.side != "long":
            raise Unreadable("ambiguous", "Down through what?")
        self._tails(tuple(p for p in parts if isinstance(p, Said) and p.kind != "exit_action"))
        self.leave(entry.model_copy(update={"direction": "below"}), cover=False)

    on_leave_down = on_down_leave

    def on_leave_failing(self, *_: Any) -> None:
        """ "Sell as soon as one of the two fails": a crossing is over the day after it."""
        if any(isinstance(node, Cross) for node in nodes(self._last_entry())):
            raise Unreadable("ambiguous", "When does a crossing fail? Say when it is sold.")
        self.on_otherwise_out()

    def on_otherwise_nothing(self, *_: Any) -> None:
        """ "otherwise do nothing": out, where what is done is done for one month or week only."""
        side = self.found.side
        if "horizon" in self.memory.meanings and not self.found.exits[side]:
            self.on_otherwise_out()

    def on_not_when(self, condition: Any) -> None:
        """ "if it is outside that range, don't": what holding while it is inside says anyway."""
        if negate(self.condition(condition)) != self._last_entry():
            raise Unreadable("ambiguous", "Don't do what then?")
        self.on_otherwise_nothing()

    def on_otherwise_go_short(self, *_: Any) -> None:
        self._go_other_way("short")

    def _go_other_way(self, side: str) -> None:
        self.enter(side, self._opposite(self._last_entry()))
        self.found.reverse = True

    def _last_entry(self) -> Any:
        entries = self.found.entries[self.found.side]
        if not entries:
            raise Unreadable("ambiguous", "Otherwise than what?")
        return entries[-1]

    # -- being in a state ----------------------------------------------------------------------

    def on_hold_days(self, *parts: Any) -> None:
        said = [p for p in parts if isinstance(p, Said)]
        rule = next(p for p in said if not p.kind.startswith("object"))
        for part in said:
            if part is not rule:
                self.read(part)
        self._hold_while(self.read(rule))

    on_hold_days_in = on_hold_days

    def on_hold_while(self, *parts: Any) -> None:
        self._hold_while(self.condition(parts[-1]))

    def on_long_while(self, *parts: Any) -> None:
        """ "long while ...": in the market then, and only then."""
        for part in parts[1:-1]:
            if isinstance(part, Said):
                self.read(part)
        self._hold_while(self.condition(parts[-1]))

    def on_am_long_when(self, condition: Any, _word: Any, *objects: Any) -> None:
        """ "only if the close is above its average am I long"."""
        for part in objects:
            self.read(part)
        self._hold_while(self.condition(condition))

    def on_held_together(self, *parts: Any) -> None:
        """ "two things must hold for me to be invested: A and B"."""
        number = next((p for p in parts if isinstance(p, Said) and p.kind == "number"), None)
        condition = self.condition(parts[-1])
        self._as_many(number, condition)
        for part in parts[:-1]:
            if isinstance(part, Said) and part is not number:
                self.read(part)
        self._hold_while(condition)

    def on_hold_unless(self, *parts: Any) -> None:
        """ "be long unless ...": in the market except then; what was bought before, until then."""
        if any(self.found.entries.values()):
            self.leave(self._exit_condition(parts[-1]))
            return
        self._hold_while(negate(self.condition(parts[-1])))

    def _hold_while(self, condition: Any) -> None:
        condition = _without_each_unit(condition)
        self.enter("long", condition)
        self.found.regime = condition
        self.found.kept_while = True

    def on_hold_from_to(self, *parts: Any) -> None:
        """ "own the index from November until May": in on the one day, out on the other."""
        for part in parts[:-1]:
            if isinstance(part, Said) and part.kind.startswith("object"):
                self.read(part)
        self._hold_from_to(parts[-1])

    def _hold_from_to(self, stretch: Any, *, out: bool = False) -> None:
        first, last = (self._edge(p) for p in stretch.parts)
        if (
            isinstance(first, Calendar)
            and isinstance(last, Calendar)
            and (first.unit == last.unit == "month")
        ):
            months = self.months_between(first.values[0], last.values[0])
            self.assume("Both months are included.")
            self._hold_while(negate(months) if out else months)
            return
        if isinstance(first, Calendar) and first.unit == "month":
            first = Calendar(unit="month_start", values=first.values)
        if isinstance(last, Calendar) and last.unit == "month":
            raise Unreadable("ambiguous", "Until the first or the last day of that month?")
        if out and (months := self._whole_months(first, last)) is not None:
            self._hold_while(negate(months))
            return
        if out:
            first, last = last, first
        self.enter("long", first)
        self.found.exits["long"].append(last)

    def _whole_months(self, first: Any, last: Any) -> Any:
        """ "out from the first trading day of June until that of October": four months."""
        edges = [e for e in (first, last) if isinstance(e, Calendar) and e.unit == "month_start"]
        months = [e.values[0] for e in edges if len(e.values) == 1]
        if len(months) != 2 or months[0] == months[1]:
            return None
        return self.months_between(months[0], (months[1] - 2) % 12 + 1)

    def on_hold_from_to_first(self, stretch: Any, *parts: Any) -> None:
        """ "from November to April be long"."""
        self.on_hold_from_to(*parts, stretch)

    def on_hold_stretch(self, *parts: Any) -> None:
        """ "long from the 9th through the 13th trading day": in then, and only then."""
        said = [p for p in parts if isinstance(p, Said)]
        verbs = [p for p in said if p.kind == "entry_verb"]
        if verbs and verbs[0].words[0].has("SHORT"):
            raise Unreadable("unsupported", "Only a long position is held in certain times.")
        rest = [p for p in said if p not in verbs]
        days = [p for p in rest if not p.kind.startswith(("object", "setting", "size"))]
        for part in rest:
            if part not in days:
                self.read(part)
        found = self.read(days[0])
        self.memory.meanings["days"] = found
        self._hold_while(found)

    def on_gated_rule(self, condition: Any, rule: Any) -> None:
        """ "Only when the close is above its average: buy on Mondays"."""
        entries = len(self.found.entries["long"]) + len(self.found.entries["short"])
        case = self.condition(condition)
        self.read(rule)
        if len(self.found.entries["long"]) + len(self.found.entries["short"]) == entries:
            raise Unreadable("not_understood", "What is done then?")
        self.found.gates.append(case)

    def on_hold_from_to_when(self, stretch: Any, action: Any, condition: Any, *tails: Any) -> None:
        """ "from November to April be long when the close is above its average"."""
        days = self._days_of(stretch)
        self._say_side(action)
        found = self.condition(condition)
        self._tails(tails)
        rest = found.conditions if isinstance(found, AllOf) else (found,)
        self._enter(action, AllOf(conditions=(days, *rest)))

    def _days_of(self, stretch: Any) -> Any:
        """The days of the year from one to the other."""
        first, last = (self._edge(p) for p in stretch.parts)
        if getattr(first, "unit", "") == getattr(last, "unit", "-") == "month":
            self.assume("Both months are included.")
            return self.months_between(first.values[0], last.values[0])
        days = days_between(first, last)
        if days is None:
            raise Unreadable("ambiguous", "From which to which day of the year?")
        return days

    def on_out_from_to(self, *parts: Any) -> None:
        """ "in cash from May to October, otherwise long": in when that ends."""
        stretch = next(p for p in parts if isinstance(p, Said) and p.kind == "from_to")
        for part in parts:
            if isinstance(part, Said) and part.kind.startswith("object"):
                self.read(part)
            if isinstance(part, Said) and any(word.has("SHORT") for word in part.words):
                raise Unreadable("unsupported", "Only a long position is held in certain times.")
        self._hold_from_to(stretch, out=True)

    def on_stay_out_from_to(self, *parts: Any) -> None:
        """ "Stay in cash from May to September": nothing is bought then, and all of it sold."""
        stretch = next(p for p in parts if isinstance(p, Said) and p.kind == "from_to")
        days = self._days_of(stretch)
        if self.found.entries["long"]:
            self.found.exits["long"].append(days)
            return
        whole = self._whole_months(*(self._edge(p) for p in stretch.parts))
        self.memory.meanings["out months"] = (days, whole)
        self.found.gates.append(negate(days))
        self.found.days_off.append(days)

    def on_otherwise_in(self, *parts: Any) -> None:
        """ "..., otherwise be long": in the market whenever it is not stayed away from."""
        for part in parts:
            if isinstance(part, Said) and part.kind.startswith("object"):
                self.read(part)
        words = [w for p in parts for w in (p.words if isinstance(p, Said) else (p,))]
        other = "short" if any(w.has("SHORT") for w in words) else "long"
        if self.found.side != other and any(self.found.entries.values()):
            self._go_other_way(other)
            return
        leaves = self.found.exits["long"]
        if len(leaves) == 1 and other == "long" and not any(self.found.entries.values()):
            left = negate(leaves.pop())
            self.found.gates = [gate for gate in self.found.gates if gate != left]
            self._hold_while(left)
            return
        if any(self.found.entries.values()) or not self.found.days_off or other == "short":
            raise Unreadable("ambiguous", "Otherwise than what?")
        for days in self.found.days_off:
            self.found.gates = [gate for gate in self.found.gates if gate != negate(days)]
        told, whole = self.memory.meanings.get("out months") or (None, None)
        off = [
            negate(whole if whole is not None and days == told else days)
            for days in self.found.days_off
        ]
        self.found.days_off.clear()
        self._hold_while(off[0] if len(off) == 1 else AllOf(conditions=tuple(off)))

    def _edge(self, said: Any) -> Any:
        return self.on_last_of_month(said.parts[0]) if said.kind == "untilend" else self.read(said)

    def on_in_out(self, *parts: Any) -> None:
        """ "in from the first of October, out on the last day of April"."""
        said = [p for p in parts if isinstance(p, Said) and p.kind not in _ACTING]
        days = [p for p in said if not p.kind.startswith("object")]
        for part in said:
            if part not in days:
                self.read(part)
        first, last = (self.read(day) for day in days)
        self.enter("long", first)
        self.found.exits["long"].append(last)

    def on_hold_except(self, *parts: Any) -> None:
        self._hold_while(negate(self.read(parts[-1])))

    def on_hold_days_bare(self, *parts: Any) -> None:
        self.on_hold_days(*parts)

    # -- from a day on -------------------------------------------------------------------------

    def on_from_day_rule(self, day: Any, rule: Any) -> None:
        """ "from October 1 on, buy at the first ...": until the other rule's day comes."""
        start = self.read(day)
        if date_of(start) is None:
            raise Unreadable("not_understood", "From which day of the year on?")
        entries, exits = len(self.found.entries["long"]), len(self.found.exits["long"])
        self.within_season = True
        try:
            self.read(rule)
        finally:
            self.within_season = False
        entered = len(self.found.entries["long"]) - entries
        left = len(self.found.exits["long"]) - exits
        if entered + left != 1:
            raise Unreadable("not_understood", "What is done from that day on?")
        self.found.seasons["entry" if entered else "exit"] = start
