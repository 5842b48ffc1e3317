"""Frames around rules: sides with headings, cases in brackets, an exit told a sentence before."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from llm.specification.nodes import AllOf, AnyOf, Calendar, Compare, Cross, Indicator
from llm.specification.walk import nodes
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.titled import Titled
from llm.translator.said import Said


class Cases(Titled):
    """Reads what stands around a rule."""

    # -- "longs: ...; shorts: ..." -------------------------------------------------------------

    def on_side_long(self, *_: Any) -> None:
        self.memory.meanings["side"] = self.found.side = "long"

    def on_side_short(self, *_: Any) -> None:
        self.memory.meanings["side"] = self.found.side = "short"

    def on_side_case(self, case: Any, action: Any) -> None:
        """ "above the average only go long: enter when A, exit when B"."""
        side = self.action(action)
        if side not in ("long", "short"):
            raise Unreadable("not_understood", "What is done then, and when?")
        self._begin_case(case, side)

    def on_side_case_short(self, case: Any) -> None:
        self._begin_case(case, "short")

    def _begin_case(self, case: Any, side: str) -> None:
        found = self._case(case) if case.kind == "case" else self.condition(case)
        if found is None:
            raise Unreadable("ambiguous", "Above or below what?")
        self.memory.meanings["side"] = self.found.side = side
        before = len(self.found.entries[side])
        self.memory.meanings["case_told"] = (found, side, before)

    def end_case(self) -> None:
        """What is bought in such a sentence is bought in its case only."""
        found, side, before = self.memory.meanings.pop("case_told")
        self.memory.meanings.pop("side", None)
        entries = self.found.entries[side]
        if len(entries) == before:
            raise Unreadable("not_understood", "What is done then, and when?")
        entries[before:] = [AllOf(conditions=(one, found)) for one in entries[before:]]

    # -- rules ---------------------------------------------------------------------------------

    def on_act_when_until(self, action: Any, condition: Any, part: Any) -> None:
        """ "long from the day A until the day B"."""
        self.on_act_when(action, condition)
        self._leave_part(part, cover=self.found.side == "short")

    def on_regime_act(self, case: Any, action: Any, condition: Any, *tails: Any) -> None:
        """ "in an uptrend (close above the average), buy ..."."""
        self._say_side(action)
        both = (self.condition(case), self.condition(condition))
        self._tails(tails)
        self._enter(action, AllOf(conditions=tuple(dict.fromkeys(both))))

    def on_needed_together(self, *parts: Any) -> None:
        """ "two things must be true before I buy: A and B"."""
        self.enter("long", self._together(parts))

    def on_exit_together(self, *parts: Any) -> None:
        """ "exit needs both: A and B"."""
        self.leave(self._together(parts))

    def on_needed_either(self, *parts: Any) -> None:
        """ "entry needs either: A or B"."""
        condition, *tails = [p for p in parts if isinstance(p, Said)]
        found = self.condition(condition)
        if not isinstance(found, AnyOf):
            raise Unreadable("ambiguous", "Either of which two?")
        self._tails(tuple(tails))
        self.enter("long", found)

    def _together(self, parts: tuple[Any, ...]) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        number = next((p for p in said if p.kind == "number"), None)
        first, *tails = [p for p in said if p is not number]
        condition = self.condition(first)
        self._tails(tuple(tails))
        self._as_many(number, condition)
        return condition

    def _as_many(self, number: Any, condition: Any) -> None:
        """Whether as many conditions are told as were announced."""
        told = len(condition.conditions) if isinstance(condition, AllOf) else 1
        if isinstance(condition, AnyOf):
            raise Unreadable("contradictory", "All of them, or one of them?")
        if number is not None and self.number(number) != told:
            raise Unreadable("ambiguous", f"{self.number(number):g} are announced, {told} told.")

    def on_stacked_act(self, number: Any, _word: Any, action: Any, condition: Any, *t: Any) -> None:
        """ "three averages in order: buy when A is above B and B is above C"."""
        found = self.condition(condition)
        told = found.conditions if isinstance(found, AllOf) else (found,)
        linked = all(
            one.operator == other.operator and one.right == other.left
            for one, other in pairwise(c for c in told if isinstance(c, Compare))
        )
        averages = {n.name for n in nodes(found) if isinstance(n, Indicator)}
        plain = all(isinstance(c, Compare) for c in told) and len(averages) == 1
        if not plain or not linked or len(told) != self.number(number) - 1:
            raise Unreadable("ambiguous", "Which averages in which order?")
        self._tails(t)
        self._enter(action, found)

    def on_stacked_when_act(self, number: Any, word: Any, *parts: Any) -> None:
        condition, action, *tails = parts
        self.on_stacked_act(number, word, action, condition, *tails)

    def on_sell_in_may(self) -> None:
        self.leave(Calendar(unit="month", values=(5,)))

    def on_leave_by(self, protection: Any, action: Any) -> None:
        """ "let a 10 % trailing stop take me out"."""
        self.action(action)
        self.read(protection)

    def on_leave_alone(self, action: Any, *tails: Any) -> None:
        """ "RSI above 60? Sell.": on what the sentence before says."""
        if not any(self.found.entries.values()):
            raise Unreadable("not_understood", "When should it be sold?")
        condition = self._told_before()
        self._tails(tails)
        self.leave(condition, cover=self.action(action) == "cover")

    def on_at_the_close(self, condition: Any, _word: Any) -> Any:
        """ "if RSI is under 30 at the close": when every condition is judged."""
        return self.read(condition)

    def on_appears(self, condition: Any) -> Any:
        """ "a new high shows up"."""
        return self.read(condition)

    def on_leave_each(self, action: Any, condition: Any, *tails: Any) -> None:
        self.on_when_leave(condition, action, *tails)

    # -- looks and days -----------------------------------------------------------------------

    def on_scheduled_look(self, schedule: Any, value: Any) -> None:
        """ "Once a month, on the last trading day, look at the 6-month return."."""
        self.found.schedule = self._schedule(schedule)
        self.on_define_values(value)

    def on_last_day_spoken(self) -> Calendar:
        """ "sell on the last trading day", after a day of the month was named for buying."""
        looked = self.found.schedule
        if isinstance(looked, Calendar) and looked.unit in ("month_end", "week_end"):
            return looked
        entries = [one for told in self.found.entries.values() for one in told]
        days = [n for one in entries for n in nodes(one) if isinstance(n, Calendar)]
        if not any("month" in day.unit for day in days):
            raise Unreadable("ambiguous", "The last trading day of what?")
        return Calendar(unit="month_end")

    # -- holding -------------------------------------------------------------------------------

    def on_hold_plain_then(self, span: Any, action: Any) -> None:
        self.action(action)
        self.on_hold_plain(span)

    # -- shares of the account -----------------------------------------------------------------

    def on_allocate(self, condition: Any, first: Any, second: Any) -> None:
        """ "if A then 100% cash, else 100% S&P 500"."""
        self.on_allocate_in_turn(condition, first, second)

    def on_allocate_in_turn(self, *parts: Any) -> None:
        """ "if A then 100% stocks, else if B then 100% stocks, else 100% cash"."""
        *cases, last = parts
        pairs = zip(cases[::2], cases[1::2], strict=True)
        told = [(self.condition(when), self._allocation(what)) for when, what in pairs]
        if any(isinstance(condition, Cross) for condition, _ in told):
            raise Unreadable("ambiguous", "“Otherwise” than a crossing: when?")
        at_last = self._allocation(last)
        if all(held is at_last for _, held in told):
            raise Unreadable("contradictory", "All cases say the same.")
        while told[-1][1] is at_last:
            told.pop()  # what the last case says anyway
        condition, held = told.pop()
        inside = condition if held else negate(condition)
        for condition, held in reversed(told):
            rest = (condition, inside) if held else (negate(condition), inside)
            inside = AnyOf(conditions=rest) if held else AllOf(conditions=rest)
        self.found.otherwise = True
        self.enter("long", inside)
        self._leave_otherwise(inside, "long")  # type: ignore[attr-defined]

    def _allocation(self, said: Any) -> bool:
        for part in said.parts:
            if isinstance(part, Said) and part.kind in ("pct", "pct_of") and self.read(part) != 1.0:
                raise Unreadable("unsupported", "Only all in or all out can be tested here.")
        return bool(said.kind == "allocation_in")
