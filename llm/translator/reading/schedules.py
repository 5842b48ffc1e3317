"""On which days a rule is looked at at all; regular purchases."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AnyOf, Calendar, Compare
from llm.translator.reading.ends import Ends
from llm.translator.reading.memory import Unreadable
from llm.translator.said import Said


class Schedules(Ends):
    """Reads schedules."""

    # -- schedules -----------------------------------------------------------------------------

    def on_scheduled(self, schedule: Any, rule: Any) -> None:
        """ "At the end of every month, if ... be long": both ways are decided on that day."""
        self.found.schedule = self._schedule(schedule)
        self.read(rule)

    def on_scheduled_pending(self, schedule: Any, condition: Any) -> None:
        self.found.schedule = self._schedule(schedule)
        self.found.pending.append(self.condition(condition))

    def on_scheduled_after(self, rule: Any, schedule: Any) -> None:
        self.on_scheduled(schedule, rule)

    def on_scheduled_rotation(self, schedule: Any, rule: Any) -> None:
        self.found.schedule = self._schedule(schedule)
        self.read(rule)

    def on_scheduled_comparison(self, schedule: Any, left: Any, right: Any) -> None:
        self.found.schedule = self._schedule(schedule)
        self._compare_later(left, right)

    def on_compare_then(self, left: Any, right: Any) -> None:
        self._compare_later(left, right)

    def _compare_later(self, left: Any, right: Any) -> None:
        """ "compare A with B. If it is higher ...": what "higher" stands for."""
        first = self.value(left)
        second = self.value(right, first)
        self.memory.subject = first
        self.memory.pair = Compare(left=first, operator=">", right=second)
        self.memory.meanings["compared"] = (first, second)

    def _schedule(self, said: Any) -> Any:
        if said.kind == "schedule_on":
            return self.on_schedule_on(*said.parts)
        units = {"WEEK": "week_end", "MONTH": "month_end", "QUARTER": "quarter_end"}
        for part in said.parts:
            if isinstance(part, Said) and part.kind == "calendar_unit":
                word = part.parts[0]
                unit: Any = next((u for tag, u in units.items() if word.has(tag)), "year_end")
                return Calendar(unit=unit)
            if isinstance(part, Said):
                return self.read(part)
            if part.has("WEEKLY", "MONTHLY"):
                return Calendar(unit="week_end" if part.has("WEEKLY") else "month_end")
        raise Unreadable("not_understood", "On which days?")

    def on_schedule_on(self, unit: Any, day: Any) -> Any:
        """ "once a week, at Friday's close": the week's last session, if Friday is none."""
        found = self.read(day)
        last_of_week = isinstance(found, Calendar) and found.unit == "weekday"
        if last_of_week and found.values == (4,) and unit.parts[0].has("WEEK"):
            self.assume("Where Friday is a holiday, the last session of that week counts.")
            return Calendar(unit="week_end")
        return found

    def on_invest_when(self, *parts: Any) -> None:
        """ "put 500 dollars into the index on the first trading day of every month"."""
        said = [p for p in parts if isinstance(p, Said)]
        size = next(p for p in said if p.kind.startswith("size_"))
        rest = [p for p in said if p is not size]
        condition = next(p for p in rest if not p.kind.startswith(("object", "setting")))
        for part in rest:
            if part is not condition:
                self.read(part)
        self.set_size(size)
        self.found.risk.setdefault("max_entries", 1000)
        self.enter("long", self.condition(condition))

    def on_scale_in_when(self, *parts: Any) -> None:
        said = [p for p in parts if isinstance(p, Said)]
        condition = next(p for p in said if not p.kind.startswith(("size", "entry", "number")))
        size = next(p for p in said if p.kind.startswith("size_"))
        numbers = [p for p in said if p.kind == "number"]
        self.set_size(size)
        self.found.risk["max_entries"] = round(self.number(numbers[0])) if numbers else 1000
        self.enter("long", self.condition(condition))

    def any_of(self, conditions: list[Any]) -> Any:
        distinct = list(dict.fromkeys(conditions))
        if not distinct:
            return None
        return distinct[0] if len(distinct) == 1 else AnyOf(conditions=tuple(distinct))
