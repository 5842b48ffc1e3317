"""Rules: what to do, and when."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, Always, Calendar, Cross
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.told import Told
from llm.translator.said import Said

_ACTING = ("entry_verb", "exit_verb")


_EACH_UNIT: tuple[Any, ...] = (
    Calendar(unit="week_start"),
    Calendar(unit="month_start"),
    Calendar(unit="quarter_start"),
    Calendar(unit="year_start"),
)


def _without_each_unit(condition: Any) -> Any:
    """ "In the market every month but August": the whole month, not its first day."""
    if isinstance(condition, Calendar):
        return Always() if condition in _EACH_UNIT else condition
    if isinstance(condition, AllOf):
        kept = tuple(c for c in condition.conditions if c not in _EACH_UNIT)
        return kept[0] if len(kept) == 1 else AllOf(conditions=kept)
    return condition


class Reader(Told):
    """Reads whole sentences into `found`."""

    def sentence(self, said: Any) -> None:
        """Everything one sentence says; what it speaks of stays in memory."""
        for part in said.parts:
            if isinstance(part, Said):
                self.read(part)

    def on_unseparated(self, part: Any) -> None:
        """A rule right after another without a word between: the last reading to be tried."""
        self.read(part)

    def on_shorts_only(self) -> None:
        """ "shorts only": true where nothing is bought."""
        if self.found.entries["long"]:
            raise Unreadable("contradictory", "Shorts only, and still a rule that buys?")

    def on_flat_between(self, *_: Any) -> None:
        """ "in cash in between": each side ends with its own condition."""
        for side in ("long", "short"):
            entries = self.found.entries[side]
            if len(entries) != 1:
                raise Unreadable("ambiguous", "Between what?")
            self.found.exits[side].append(negate(entries[0]))

    def on_ignorable(self, *_: Any) -> None:
        """Words that change nothing."""

    # -- otherwise -----------------------------------------------------------------------------

    def _otherwise(self, condition: Any, said: Any) -> None:
        opposite = self._opposite(condition)
        if said.kind == "otherwise_short":
            self.enter("short", opposite)
            self.found.reverse = True
            return
        self.found.exits["short" if self.found.side == "short" else "long"].append(opposite)

    def _opposite(self, condition: Any) -> Any:
        """What "otherwise" means; after a crossing it is the crossing back, not every other day."""
        if isinstance(condition, AllOf):
            condition = self._looked_at(condition)
        if not isinstance(condition, Cross):
            return negate(condition)
        self.assume("“Otherwise” after a crossing is the crossing back.")
        back: Any = "below" if condition.direction == "above" else "above"
        return condition.model_copy(update={"direction": back})

    def _looked_at(self, condition: AllOf) -> Any:
        """ "if A at the end of the month, else cash": both ways are decided on that day only."""
        ends = ("_start", "_end")
        days = [
            part
            for part in condition.conditions
            if isinstance(part, Calendar) and part.unit.endswith(ends) and not part.values
        ]
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

    def on_otherwise_out(self, *_: Any) -> None:
        if self.found.pending:
            raise Unreadable("ambiguous", "Otherwise than what?")
        entry = self._last_entry()
        self.found.exits[self.found.side].append(self._opposite(entry))

    on_leave_otherwise = on_otherwise_out

    def on_otherwise_go_short(self, *_: Any) -> None:
        entry = self._last_entry()
        self.enter("short", self._opposite(entry))
        self.found.reverse = True

    def _last_entry(self) -> Any:
        entries = self.found.entries[self.found.side]
        if not entries:
            raise Unreadable("ambiguous", "Otherwise than what?")
        return entries[-1]

    # -- being in a state ----------------------------------------------------------------------

    def on_hold_days(self, *parts: Any) -> None:
        rule = next(p for p in parts if isinstance(p, Said) and not p.kind.startswith("object"))
        self._hold_while(self.read(rule))

    def on_hold_while(self, *parts: Any) -> None:
        self._hold_while(self.condition(parts[-1]))

    def on_long_while(self, *parts: Any) -> None:
        """ "long while ...": in the market then, and only then."""
        for part in parts[1:-1]:
            if isinstance(part, Said):
                self.read(part)
        self._hold_while(self.condition(parts[-1]))

    def on_hold_unless(self, *parts: Any) -> None:
        """ "be long unless ...": in the market except then."""
        self._hold_while(negate(self.condition(parts[-1])))

    def _hold_while(self, condition: Any) -> None:
        condition = _without_each_unit(condition)
        self.enter("long", condition)
        self.found.regime = condition

    def on_hold_from_to(self, *parts: Any) -> None:
        """ "own the index from November until May": in on the one day, out on the other."""
        for part in parts[:-1]:
            if isinstance(part, Said) and part.kind.startswith("object"):
                self.read(part)
        first, last = (self._edge(p) for p in parts[-1].parts)
        if (
            isinstance(first, Calendar)
            and isinstance(last, Calendar)
            and (first.unit == last.unit == "month")
        ):
            months = self.months_between(first.values[0], last.values[0])
            self.assume("Both months are included.")
            self._hold_while(months)
            return
        if isinstance(first, Calendar) and first.unit == "month":
            first = Calendar(unit="month_start", values=first.values)
        if isinstance(last, Calendar) and last.unit == "month":
            raise Unreadable("ambiguous", "Until the first or the last day of that month?")
        self.enter("long", first)
        self.found.exits["long"].append(last)

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

    # -- conditions without an action ----------------------------------------------------------

    def on_pending(self, *parts: Any) -> None:
        said = [p for p in parts if isinstance(p, Said)]
        self.found.pending.append(self.condition(said[-1]))

    def on_gate(self, *parts: Any) -> None:
        self.found.gates.append(self.condition(parts[-1]))

    def on_gate_not(self, condition: Any) -> None:
        self.found.gates.append(negate(self.condition(condition)))
