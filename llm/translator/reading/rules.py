"""Rules: what to do, and when."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Cross
from llm.translator.reading.comparisons import negate
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.schedules import Schedules
from llm.translator.said import Said


class Reader(Schedules):
    """Reads whole sentences into `found`."""

    def sentence(self, said: Any) -> None:
        """Everything one sentence says; what it speaks of stays in memory."""
        for part in said.parts:
            if isinstance(part, Said):
                self.read(part)

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
        if not isinstance(condition, Cross):
            return negate(condition)
        self.assume("“Otherwise” after a crossing is the crossing back.")
        back: Any = "below" if condition.direction == "above" else "above"
        return condition.model_copy(update={"direction": back})

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

    def _hold_while(self, condition: Any) -> None:
        self.enter("long", condition)
        self.found.regime = condition

    def on_hold_from_to(self, *parts: Any) -> None:
        """ "own the index from November until May": in on the one day, out on the other."""
        first, last = (self.read(p) for p in parts[-1].parts)
        if first.unit == last.unit == "month":
            months = self.months_between(first.values[0], last.values[0])
            self.assume("Both months are included.")
            self._hold_while(months)
            return
        self.enter("long", first)
        self.found.exits["long"].append(last)

    # -- conditions without an action ----------------------------------------------------------

    def on_pending(self, *parts: Any) -> None:
        said = [p for p in parts if isinstance(p, Said)]
        self.found.pending.append(self.condition(said[-1]))

    def on_gate(self, *parts: Any) -> None:
        self.found.gates.append(self.condition(parts[-1]))

    def on_gate_not(self, condition: Any) -> None:
        self.found.gates.append(negate(self.condition(condition)))
