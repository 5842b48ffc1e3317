"""Stretches of days within a month, and what happens on a day that is named."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    AllOf,
    AnyOf,
    Arithmetic,
    Calendar,
    Compare,
    First,
    Number,
    OnPeriod,
    Previous,
    Price,
)
from llm.specification.walk import rebuilt
from llm.translator.reading.calendar import number_of
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.monthdays import PartsOfMonths
from llm.translator.said import Said, Word


class Stretches(PartsOfMonths):
    """Reads days from one to another, and conditions of one day."""

    # -- stretches of days ---------------------------------------------------------------------

    def on_trading_day_range(self, *parts: Any) -> Any:
        """ "the 9th through the 13th trading day of the month"."""
        first, last = (number_of(p, "NTH") for p in _nths(parts))
        return self._trading_days(first, last)

    def on_numbered_day_range(self, word: Any, *parts: Any) -> Any:
        """ "trading days 9 to 13 of each month"; "days 9 to 13" are days of the calendar."""
        first, last = (
            round(self.number(p)) for p in parts if isinstance(p, Said) and p.kind == "number"
        )
        if word.text in ("day", "days"):
            return self._month_days(first, last)
        return self._trading_days(first, last)

    def _trading_days(self, first: int, last: int) -> Any:
        if not 1 <= first < last <= 23:
            raise Unreadable("ambiguous", "From which to which trading day of the month?")
        return Calendar(unit="trading_day_of_month", values=tuple(range(first, last + 1)))

    def on_trading_day_list(self, *parts: Any) -> Any:
        values = tuple(sorted({number_of(p, "NTH") for p in _nths(parts)}))
        return Calendar(unit="trading_day_of_month", values=values)

    def on_month_day_list(self, *parts: Any) -> Any:
        """ "on the 1st and the 15th of the month": each of these days, or the next session."""
        days = [self.on_day_of_month(nth) for nth in _nths(parts)]
        return AnyOf(conditions=tuple(dict.fromkeys(days)))

    def on_month_day_range(self, *parts: Any) -> Any:
        """ "from the 25th to the 5th": into the next month, where the second comes first."""
        first, last = (number_of(p, "NTH") for p in _nths(parts))
        return self._month_days(first, last)

    def on_month_days_from(self, *parts: Any) -> Any:
        return self._month_days(number_of(_nths(parts)[0], "NTH"), 31)

    def _month_days(self, first: int, last: int) -> Any:
        if first == last or not (1 <= first <= 31 and 1 <= last <= 31):
            raise Unreadable("ambiguous", "From which to which day of the month?")
        days = [*range(first, last + 1)] or [*range(1, last + 1), *range(first, 32)]
        return Calendar(unit="day_of_month", values=tuple(days))

    def on_days_before_month_end(self, number: Any, *_: Any) -> Any:
        """ "three trading days before the month ends": so many are left after it."""
        left = round(self.number(number))
        if not 1 <= left <= 15:
            raise Unreadable("invalid_value", f"{left} days before the end of a month?")
        self.assume("So many trading days before the end are left in the month after that day.")
        return Calendar(unit="trading_days_left_in_month", values=(left,))

    def on_day_number(self, word: Any, number: Any, *_: Any) -> Any:
        """ "day 15 of the month" is one of the calendar, "trading day 15" is counted."""
        day = round(self.number(number))
        if word.text in ("day", "days"):
            return self.from_day(day, 0)
        return Calendar(unit="trading_day_of_month", values=(day,))

    def on_on_day_of_month(self, number: Any, *_: Any) -> Any:
        return self.from_day(round(self.number(number)), 0)

    def on_season_months(self, season: Any, *months: Any) -> Any:
        """ "the winter months: November, December, January": the months that are named."""
        del season
        return self.on_months(*(m for m in months if m.has("MONTHNAME")))

    def on_season_range(self, season: Any, first: Any, last: Any) -> Any:
        del season
        return self.on_month_range(first, last)

    # -- one day -------------------------------------------------------------------------------

    def on_next_weekday_open(self, *parts: Any) -> Any:
        """ "exit at the open of the following Monday"; of an entry it would have to wait."""
        if not self.leaving:
            raise Unreadable("unsupported", "A signal that waits for a weekday is not possible.")
        return self.on_weekday_open(next(p for p in parts if p.has("WEEKDAY")))

    def on_day_told_on(self, day: Any, happens: Any) -> Any:
        """ "if the first trading day of the month closes up"."""
        if isinstance(day, Said) and day.kind in ("month", "months"):
            raise Unreadable("ambiguous", "The whole month, or a day of it?")
        found = self.condition(happens)  # type: ignore[attr-defined]
        return self._on_day(self.read(day), found)

    def on_day_is_way(self, day: Any, word: Any, *_: Any) -> Any:
        """ "if Monday is down": against the session before."""
        operator: Any = ">" if word.has("UP") else "<"
        moved = Compare(left=CLOSE, operator=operator, right=Previous(of=CLOSE, bars=1))
        self.memory.subject = CLOSE
        self.memory.meanings["unit moved"] = True
        found = self.read(day)
        if isinstance(found, Calendar) and found.unit == "month":
            raise Unreadable("unsupported", "Whether a whole named month rose is not looked at.")
        return self._on_day(found, moved)

    def on_day_is_way_by(self, day: Any, word: Any, *parts: Any) -> Any:
        amount = next(p for p in parts if isinstance(p, Said))
        moved = self._move((amount,), up=word.has("UP"), bars=1)
        return self._on_day(self.read(day), moved)

    def on_way_weekday(self, word: Any, weekday: Any) -> Any:
        """ "a down Monday"."""
        return self.on_day_is_way(Said("weekday", (weekday,)), word)

    def _on_day(self, day: Any, found: Any) -> Any:
        parts = [
            part
            for one in (day, found)
            for part in (one.conditions if isinstance(one, AllOf) else (one,))
        ]
        return AllOf(conditions=tuple(dict.fromkeys(parts)))

    def on_weekday_closes_before(self, word: Any, *parts: Any) -> Any:
        """ "a Monday that closes lower than the Friday before it"."""
        side = next(p for p in parts if isinstance(p, Word) and p.has("ABOVE", "BELOW"))
        other = next(w for w in parts[-1].words if w.has("WEEKDAY"))
        return self.on_weekday_closes_against(word, side, other)

    def on_first_of_those(self) -> Any:
        """ "at the open of the first of those days": of the days that were named before."""
        return self._of_those(first=True)

    def on_last_of_those(self) -> Any:
        return self._of_those(first=False)

    def _of_those(self, *, first: bool) -> Any:
        days = self.memory.meanings.get("days")
        ways = days.conditions if isinstance(days, AnyOf) else (days,)
        way = ways[0 if first else -1]
        parts = way.conditions if isinstance(way, AllOf) else (way,)
        kept = []
        for part in parts:
            if not isinstance(part, Calendar):
                raise Unreadable("ambiguous", "Which days are meant?")
            counted = part.unit in ("trading_day_of_month", "trading_days_left_in_month")
            if counted:
                low = first == (part.unit == "trading_day_of_month")
                value = min(part.values) if low else max(part.values)
                part = part.model_copy(update={"values": (value,)})
            kept.append(part)
        if not any(part.unit.startswith("trading_day") for part in kept):
            raise Unreadable("ambiguous", "Which days are meant?")
        if self.found.regime == days:  # when it is bought is told more exactly now
            self.found.entries["long"] = [e for e in self.found.entries["long"] if e != days]
            self.found.regime = None
        return AllOf(conditions=tuple(kept)) if len(kept) > 1 else kept[0]

    def on_weekday_closes_level(self, word: Any, *parts: Any) -> Any:
        """ "if Friday closes below Thursday's low": the session before it."""
        side = next(p for p in parts if isinstance(p, Word) and p.has("ABOVE", "BELOW"))
        other = next(p for p in parts if isinstance(p, Word) and p.has("WEEKDAY"))
        day = self.on_weekday_closes_against(word, side, other).conditions[0]
        field: Any = next(f for f in ("HIGH", "LOW", "OPEN") if parts[-1].has(f)).lower()
        level = Previous(of=Price(field=field), bars=1)
        operator: Any = ">" if side.has("ABOVE") else "<"
        return AllOf(conditions=(day, Compare(left=CLOSE, operator=operator, right=level)))

    # -- since the beginning of a year, a month or a week --------------------------------------

    def on_moved_so_far(self, *parts: Any) -> Any:
        """ "down for the year so far": against the last close of the year before."""
        said = [p for p in parts if isinstance(p, Said)]
        amounts = [p for p in said if p.kind.endswith("_move")]
        so_far = said[-1]
        values = [p for p in said if p is not so_far and p not in amounts and p.kind != "be_not"]
        left = self.value(values[0]) if values else CLOSE
        if not isinstance(left, Price) or left.field == "volume":
            raise Unreadable("not_understood", "Only prices are up or down for the year.")
        up = any(w.has("UP", "RISE", "POSITIVE") for w in parts if isinstance(w, Word))
        level, operator = self._before_this(so_far), ">" if up else "<"
        if amounts:
            fraction = self.read(amounts[0].parts[0])
            factor = Number(value=round(1 + fraction if up else 1 - fraction, 12))
            level = Arithmetic(operator="*", left=factor, right=level)
            operator += "" if amounts[0].kind == "strict_move" else "="
        self.memory.subject = left
        return Compare(left=left, operator=operator, right=level)  # type: ignore[arg-type]

    def on_unit_moved(self, *parts: Any) -> Any:
        """ "if the month closes up": looked at on its last day."""
        unit = next(p for p in parts if isinstance(p, Said) and p.kind == "calendar_unit")
        rest = [p for p in parts if p is not unit]
        moved = self.on_moved_so_far(*rest, Said("so_far", (unit,)))
        self.memory.meanings["unit moved"] = True  # "it was down": the day, or the month?
        return self._on_day(Calendar(unit=self._end_of(unit)), moved)  # type: ignore[arg-type]

    def on_last_unit_moved(self, *parts: Any) -> Any:
        """ "if last week was down": the finished one before that of the bar."""
        unit = next(p for p in parts if isinstance(p, Said) and p.kind == "calendar_unit")
        up = any(w.has("UP", "GREEN", "POSITIVE") for w in parts if isinstance(w, Word))
        amount = next((p for p in parts if isinstance(p, Said) and p is not unit), None)
        level, operator = self._finished(unit, Previous(of=CLOSE, bars=1)), ">" if up else "<"
        if amount is not None:
            fraction = self.read(amount.parts[0])
            factor = Number(value=round(1 + fraction if up else 1 - fraction, 12))
            level = Arithmetic(operator="*", left=factor, right=level)
            operator += "" if amount.kind == "strict_move" else "="
        left = self._finished(unit, CLOSE)
        self.memory.meanings["unit moved"] = True
        return Compare(left=left, operator=operator, right=level)  # type: ignore[arg-type]

    def on_closes_against_weekday(self, *parts: Any) -> Any:
        """ "closed lower than it did on Friday": than the last such day before."""
        side = next(p for p in parts if isinstance(p, Word) and p.has("ABOVE", "BELOW"))
        other = next(p for p in parts if isinstance(p, Word) and p.has("WEEKDAY"))
        day = Calendar(unit="weekday", values=((number_of(other, "WEEKDAY") + 1) % 5,))
        known = self.found.schedule or self.found.regime
        if day not in (known, *self.found.entries["long"], *self.found.gates):
            raise Unreadable(
                "unsupported", f"Say on which weekday it is compared with {other.text}."
            )
        return self.on_up_close() if side.has("ABOVE") else self.on_down_close()

    def _before_this(self, so_far: Any) -> Any:
        """The last close of the week, month, quarter or year before this one."""
        if so_far.kind == "to_date":
            return Previous(of=OnPeriod(period=self.read(so_far), of=CLOSE), bars=1)
        unit = next(p for p in so_far.parts if isinstance(p, Said) and p.kind == "calendar_unit")
        return self._finished(unit, CLOSE)

    def on_to_date(self, word: Any) -> str:
        return str(word.sub("TODATE"))

    # -- holidays ------------------------------------------------------------------------------

    def on_weeks_run(self, *days: Any) -> None:
        """ "weeks run Monday to Friday": as they do here."""
        named = [number_of(day, "WEEKDAY") for day in days if day.has("WEEKDAY")]
        if named[0] != 0 or named[1:] not in ([], [4], [6]):
            raise Unreadable("unsupported", "A week begins on Monday here.")

    def on_holiday_next(self, *parts: Any) -> None:
        """ "if Monday is a holiday, use the next session": the first one of the week from then."""
        words = [p for p in parts if isinstance(p, Word) and p.has("WEEKDAY")]
        named = {number_of(w, "WEEKDAY") for w in words}
        moved = 0
        for ways in (self.found.entries, self.found.exits):
            for side, rules in ways.items():
                ways[side] = [rebuilt(rule, lambda n: _from_weekday(n, named)) for rule in rules]
                moved += sum(a != b for a, b in zip(rules, ways[side], strict=True))
        if words and not moved:
            raise Unreadable("ambiguous", "No rule names that day.")


def _nths(parts: tuple[Any, ...]) -> list[Any]:
    return [p for p in parts if isinstance(p, Word) and p.has("NTH")]


def _from_weekday(node: Any, named: set[int]) -> Any:
    """That weekday, or the first session after it in its week."""
    if not isinstance(node, Calendar) or node.unit != "weekday" or len(node.values) != 1:
        return node
    day = node.values[0]
    if (named and day not in named) or day == 4:
        return node
    if day == 0:
        return Calendar(unit="week_start", fills=node.fills)
    days = tuple(range(day, 5))
    return First(of=Calendar(unit="weekday", values=days, fills=node.fills))
