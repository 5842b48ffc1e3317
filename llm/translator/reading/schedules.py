"""On which days a rule is looked at at all; regular purchases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from llm.specification.nodes import AllOf, Always, AnyOf, Calendar, Compare
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.parts import Parts
from llm.translator.said import Said


def _is_schedule(part: Any) -> bool:
    return isinstance(part, Said) and part.kind == "schedule"


_EVERY = {
    "WEEKLY": "week_end", "MONTHLY": "month_end", "QUARTERLY": "quarter_end", "YEARLY": "year_end",
}  # fmt: skip


def _unit(schedule: Any) -> str:
    """The stretch of time after which it is chosen anew: "month" of "month_end"."""
    return str(schedule.unit).split("_")[0]


def _every(word: Any) -> Any:
    """ "quarterly": on the last trading day of each quarter."""
    return next(unit for tag, unit in _EVERY.items() if word.has(tag))


class Schedules(Parts):
    """Reads schedules."""

    # -- schedules -----------------------------------------------------------------------------

    def on_scheduled(self, schedule: Any, rule: Any) -> None:
        """ "At the end of every month, if ... be long": both ways are decided on that day."""
        self.found.schedule = self._schedule(schedule)
        self.read(rule)

    def on_scheduled_pending(self, schedule: Any, condition: Any) -> None:
        self.found.schedule = self._schedule(schedule)
        self.found.pending.append(self.condition(condition))

    def on_ignored_between(self, *_: Any) -> None:
        """ "Whatever happens mid-month is ignored": said of rules looked at once a month."""
        if self.found.schedule in (None, Always()):
            raise Unreadable("ambiguous", "On which days are the rules looked at?")

    def on_not_side_leave(self, side: Any, action: Any, *tails: Any) -> None:
        """ "If above: long. If not above: flat."."""
        beyond = self.on_compare_again_it(side)
        self._tails(tails)
        self.leave(negate(beyond), cover=self.action(action) == "cover")

    def on_scheduled_alone(self, schedule: Any) -> None:
        """ "...; check it at each month end": whatever was said before is decided on that day."""
        if self.found.schedule not in (None, Always()):
            raise Unreadable("ambiguous", "On which days are the rules looked at?")
        self.found.schedule = self._schedule(schedule)

    def on_scheduled_after(self, rule: Any, schedule: Any) -> None:
        """ "..., buy at Tuesday's open": the day of that order, and of no other."""
        day = self._schedule(schedule)
        if not getattr(day, "fills", False):
            self.on_scheduled(schedule, rule)
            return
        ways = [*self.found.entries.values(), *self.found.exits.values()]
        before = [len(rules) for rules in ways]
        self.read(rule)
        for rules, count in zip(ways, before, strict=True):
            for k in range(count, len(rules)):
                parts = rules[k].conditions if isinstance(rules[k], AllOf) else (rules[k],)
                rules[k] = AllOf(conditions=(day, *parts))

    def on_scheduled_rotation(self, schedule: Any, rule: Any) -> None:
        self.found.schedule = self._schedule(schedule)
        self.read(rule)

    def on_rotate_each(self, *parts: Any) -> None:
        """ "Rotate monthly between A and B: own the better one"."""
        told: Any = None
        for part in parts:
            if part.kind == "schedule":
                self.found.schedule = told = self._schedule(part)
            elif part.kind != "symbols":
                self.read(part)
        if told is not None and _unit(told) != _unit(self.found.schedule):
            raise Unreadable("contradictory", "How often is it chosen anew? Two answers are given.")

    def on_rotation_checked(self, rule: Any, schedule: Any) -> None:
        """ "..., decided at every month end"."""
        self.on_scheduled_rotation(schedule, rule)

    def on_rotation_for(self, rule: Any, horizon: Any) -> None:
        """ "..., through the next month": until the next choice."""
        self.read(rule)
        told = self.found.schedule
        if "rank" not in self.found.rotation:
            raise Unreadable("ambiguous", "What is held so long, and instead of what?")
        unit_said = next(p for p in horizon.parts if isinstance(p, Said))
        self._horizon(Said("horizon_words", (unit_said,)))
        unit = _unit(self.found.schedule)
        words = {"week": "WEEK", "month": "MONTH", "quarter": "QUARTER", "year": "YEAR"}
        if told is not None and not any(w.has(words.get(unit, "")) for w in horizon.words):
            raise Unreadable("ambiguous", "Held for how long: until the next choice?")

    def on_rotation_until(self, rule: Any, *parts: Any) -> None:
        """ "... and hold it until the next check", "until the next month end"."""
        self.read(rule)
        schedule, words = self.found.schedule, parts[-1].text.split()
        units = ("week", "month", "quarter", "year")
        said = [unit for unit in units if any(word.startswith(unit) for word in words)]
        if said and schedule is not None and said[0] != _unit(schedule):
            raise Unreadable("ambiguous", "Held for how long: until the next choice?")

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
        if said.kind in ("schedule_on", "schedule_first", "schedule_day", "schedule_bars"):
            return self.read(said)
        if said.kind == "schedule" and said.parts and _is_schedule(said.parts[0]):
            return self._schedule(said.parts[0])
        units = {"WEEK": "week_end", "MONTH": "month_end", "QUARTER": "quarter_end"}
        for part in said.parts:
            if isinstance(part, Said) and part.kind == "calendar_unit":
                word = part.parts[0]
                unit: Any = next((u for tag, u in units.items() if word.has(tag)), "year_end")
                return Calendar(unit=unit)
            if isinstance(part, Said):
                return self.read(part)
            if part.has(*_EVERY):
                return Calendar(unit=_every(part))
        raise Unreadable("not_understood", "On which days?")

    def on_scheduled_on_day(self, *parts: Any) -> None:
        """ "Only check on Fridays." alone."""
        self.found.schedule = self.read(next(p for p in parts if isinstance(p, Said)))

    def on_scheduled_once(self, unit: Any, day: Any) -> None:
        """ "Look once a week, on Friday's close." alone."""
        if not isinstance(unit, Said):
            tag = "WEEK" if unit.has("WEEKLY") else "MONTH"
            unit = Said("calendar_unit", (replace(unit, tags=frozenset((tag,))),))
        self.found.schedule = self.on_schedule_on(unit, day)

    def on_scheduled_every(self, word: Any) -> None:
        self.found.schedule = Calendar(unit=_every(word))

    def on_schedule_first(self, word: Any) -> Any:
        return Calendar(unit="week_start" if word.has("WEEKLY") else "month_start")

    def on_schedule_day(self, _word: Any, day: Any) -> Any:
        return self.read(day)

    def on_schedule_bars(self, bars: Any) -> Any:
        """ "on weekly closes": looked at once a week."""
        weekly = any(word.has("WEEKLY") for word in bars.words)
        return Calendar(unit="week_end" if weekly else "month_end")

    def on_schedule_on(self, unit: Any, day: Any) -> Any:
        """ "once a week, at Friday's close": the week's last session, if Friday is none."""
        found = self.read(day)
        last_of_week = isinstance(found, Calendar) and found.unit == "weekday"
        if last_of_week and found.values == (4,) and unit.parts[0].has("WEEK"):
            self.assume("Where Friday is a holiday, the last session of that week counts.")
            return Calendar(unit="week_end")
        return found

    def on_invest_on(self, _unit: Any, *parts: Any) -> None:
        """ "every month on the first trading day invest $200": the day says of which month."""
        self.on_invest_when(*parts)

    def _invest_per(self, kind: str, parts: tuple[Any, ...]) -> None:
        """ "$300 a month, on its first trading day": of the month that was named."""
        units = [p for p in parts if isinstance(p, Said) and p.kind == "calendar_unit"]
        if len({unit.words[-1].tags for unit in units}) > 1:
            raise Unreadable("contradictory", "Every how long is that put in?")
        rest = [p for p in parts if isinstance(p, Said) and p not in units]
        self.on_invest_when(Said(kind, (units[0],)), *rest)

    def on_invest_unit(self, *parts: Any) -> None:
        """ "put $300 a month into the index"."""
        self._invest_per("each_unit", parts)

    def on_invest_unit_first(self, *parts: Any) -> None:
        """ "every month I invest $300, on the first trading day"."""
        self._invest_per("first_of_unit", parts)

    def on_invest_unit_last(self, *parts: Any) -> None:
        """ "every month I invest $300, on the last trading day"."""
        self._invest_per("last_of_unit", parts)

    def on_invest_unit_weekday(self, *parts: Any) -> None:
        """ "$50 a week, every Monday"."""
        *rest, day = parts
        said = [p for p in rest if isinstance(p, Said)]
        unit = next(p for p in said if p.kind == "calendar_unit")
        if not any(word.has("WEEK") for word in unit.words):
            raise Unreadable("ambiguous", "On which of these weekdays?")
        self.on_invest_when(Said("weekday", (day,)), *(p for p in said if p is not unit))

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
        found = self.condition(condition)
        parts_of = found.conditions if isinstance(found, AllOf) else (found,)
        regular = any(isinstance(part, Calendar) for part in parts_of)
        money = size.kind in ("size_money", "size_dollars")
        if regular or money or self.found.risk.get("sizing") == "cash":
            self.found.risk.setdefault("max_entries", 1000)
        self.enter("long", found)

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
