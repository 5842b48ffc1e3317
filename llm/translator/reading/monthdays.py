"""Parts of months and years: the last Friday, the first three trading days, even years."""

from __future__ import annotations

from typing import Any

from llm.specification.days import LAST_SEVEN_DAYS
from llm.specification.nodes import AllOf, AnyOf, Calendar, Compare, First, Previous
from llm.specification.words import MONTHS
from llm.translator.reading.calendar import number_of
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.periods import Periods
from llm.translator.said import Said

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_GIVEN_BEFORE = (
    "An order for a day's open is given on the session before, by the exchange calendar: "
    "after a closure that nobody foresaw it is not given."
)


def _from_day_on(day: int) -> tuple[int, ...]:
    """That day and those after it, but not the days before it, wherever the month begins."""
    if day < 8:
        return tuple(range(day, day + 7))
    return (*range(1, day - 24), *range(day, 32)) if day > 25 else tuple(range(day, 32))


class PartsOfMonths(Periods):
    """Reads days that are counted within a month or a year."""

    def _in_month(self, rule: Any, word: Any) -> Any:
        month = self.on_month(word)
        parts = rule.conditions if isinstance(rule, AllOf) else (rule,)
        return AllOf(conditions=(*parts, month))

    def on_day_open(self, *parts: Any) -> Any:
        """ "at the open of the third trading day": the day named is that of the fill."""
        found = self.read(next(p for p in parts if isinstance(p, Said)))
        return self.filled_on(found)

    def on_day_its_open(self, day: Any, word: Any) -> Any:
        """ "every Monday at the open": not the open after it."""
        if "next" in word.text.split():
            raise Unreadable("ambiguous", "The open of that day, or of the next?")
        return self.on_day_open(day)

    def filled_on(self, found: Any) -> Any:
        parts = found.conditions if isinstance(found, AllOf) else (found,)
        if not all(isinstance(part, Calendar) for part in parts):
            raise Unreadable("ambiguous", "The open of which day?")
        self.assume(_GIVEN_BEFORE)
        made = tuple(part.model_copy(update={"fills": True}) for part in parts)
        return AllOf(conditions=made) if len(made) > 1 else made[0]

    def on_day_close(self, *parts: Any) -> Any:
        self.assume("Orders fill at the next open after the signal, not at the close.")
        return self.read(next(p for p in parts if isinstance(p, Said)))

    def on_weekday_closes(self, word: Any, side: Any, *_: Any) -> Any:
        """ "if a Friday closes lower": lower than the session before it."""
        operator: Any = "<" if side.has("DOWN", "BELOW") else ">"
        close = Compare(left=CLOSE, operator=operator, right=Previous(of=CLOSE, bars=1))
        self.memory.subject = CLOSE
        return AllOf(conditions=(self.on_weekday(word), close))

    def on_weekday_closes_against(self, word: Any, side: Any, other: Any) -> Any:
        if (number_of(word, "WEEKDAY") - number_of(other, "WEEKDAY")) % 5 != 1:
            raise Unreadable("unsupported", "A weekday is compared with the session before it.")
        self.assume(f"{other.text.capitalize()} is the session before, whatever its weekday.")
        return self.on_weekday_closes(word, side)

    def on_first_open_of_unit(self, *parts: Any) -> Any:
        self.assume(_GIVEN_BEFORE)
        found = self.on_first_of_unit(next(p for p in parts if isinstance(p, Said)))
        return found.model_copy(update={"fills": True})

    def on_nth_day_in(self, nth: Any, month: Any) -> Any:
        return self._in_month(self.on_nth_day(nth), month)

    def on_nth_last_day_in(self, nth: Any, month: Any) -> Any:
        return self._in_month(self.on_nth_last_day(nth), month)

    def on_penultimate_day(self, *_: Any) -> Any:
        return Calendar(unit="trading_days_left_in_month", values=(1,))

    def on_penultimate_day_in(self, month: Any) -> Any:
        return self._in_month(self.on_penultimate_day(), month)

    def on_nth_weekday_in(self, nth: Any, word: Any, month: Any) -> Any:
        return self._in_month(self.on_nth_weekday(nth, word), month)

    def on_last_weekday(self, *parts: Any) -> Any:
        """Among the last seven calendar days, which depend on the month and on leap years."""
        word = next(p for p in parts if not isinstance(p, Said) and p.has("WEEKDAY"))
        self.assume(
            f"Where that {word.text.capitalize()} is a holiday, nothing happens in that month."
        )
        return AllOf(conditions=(self.on_weekday(word), LAST_SEVEN_DAYS))

    def on_last_weekday_in(self, word: Any, month: Any) -> Any:
        return self._in_month(self.on_last_weekday(word), month)

    def _days_counted(self, number: Any, most: int = 15) -> int:
        count = round(self.number(number))
        if not 1 <= count <= most:
            raise Unreadable("invalid_value", f"{count} days of a month?")
        return count

    def on_last_days(self, number: Any, *_: Any) -> Any:
        left = tuple(range(self._days_counted(number)))
        return Calendar(unit="trading_days_left_in_month", values=left)

    def on_first_days(self, number: Any, *_: Any) -> Any:
        days = tuple(range(1, self._days_counted(number) + 1))
        return Calendar(unit="trading_day_of_month", values=days)

    def on_last_days_in(self, *parts: Any) -> Any:
        return self._in_month(self.on_last_days(parts[0]), parts[-1])

    def on_first_days_in(self, *parts: Any) -> Any:
        return self._in_month(self.on_first_days(parts[0]), parts[-1])

    def on_last_days_after(self, month: Any, number: Any, *_: Any) -> Any:
        return self._in_month(self.on_last_days(number), month)

    def on_first_days_after(self, month: Any, number: Any, *_: Any) -> Any:
        return self._in_month(self.on_first_days(number), month)

    def on_days_around(self, *parts: Any) -> Any:
        """ "the last five trading days of December and the first two of January"."""
        first, second = (p for p in parts if isinstance(p, Said))
        month, other = (p for p in parts if not isinstance(p, Said) and p.has("MONTHNAME"))
        found = (self.on_last_days_in(first, month), self.on_first_days_in(second, other))
        return AnyOf(conditions=found)

    def on_turn_days(self, *parts: Any) -> Any:
        first, second = (p for p in parts if isinstance(p, Said))
        return AnyOf(conditions=(self.on_last_days(first), self.on_first_days(second)))

    def on_turn_days_one(self, *parts: Any) -> Any:
        number = next(p for p in parts if isinstance(p, Said))
        return AnyOf(conditions=(self.on_month_end(), self.on_first_days(number)))

    def _is_first(self, half: Any) -> bool:
        word = half.parts[0]
        if not word.has("NTH"):
            raise Unreadable("ambiguous", "The first or the second half?")
        which = number_of(word, "NTH")
        if which > 2:
            raise Unreadable("invalid_value", "There are two halves.")
        return which == 1

    def on_half_of_unit(self, half: Any, unit: Any) -> Any:
        first, name = self._is_first(half), self._unit(unit)
        if name == "year":
            return Calendar(unit="month", values=tuple(range(1, 7) if first else range(7, 13)))
        if name == "month":
            self.assume("The first half of a month is its days 1 to 15, the second the rest.")
            days = range(1, 16) if first else range(16, 32)
            return Calendar(unit="day_of_month", values=tuple(days))
        raise Unreadable("ambiguous", f"Half of a {name}: please name the days.")

    def on_half_of_month(self, half: Any, word: Any) -> Any:
        self.assume("The first half of a month is its days 1 to 15, the second the rest.")
        days = tuple(range(1, 16) if self._is_first(half) else range(16, 32))
        return self._in_month(Calendar(unit="day_of_month", values=days), word)

    def on_year_day(self, number: Any, word: Any, *_: Any) -> Any:
        """ "January 15": that day, or the first session after it."""
        return self.from_day(round(self.number(number)), number_of(word, "MONTHNAME"))

    def on_year_day_us(self, word: Any, number: Any, *_: Any) -> Any:
        return self.on_year_day(number, word)

    def on_year_day_nth(self, word: Any, nth: Any, *_: Any) -> Any:
        return self.from_day(number_of(nth, "NTH"), number_of(word, "MONTHNAME"))

    def on_year_day_nth_first(self, nth: Any, word: Any, *_: Any) -> Any:
        return self.on_year_day_nth(word, nth)

    def on_day_of_month(self, nth: Any, *_: Any) -> Any:
        return self.from_day(number_of(nth, "NTH"), 0)

    def from_day(self, day: int, month: int) -> Any:
        if not 1 <= day <= (_LENGTHS[month - 1] if month else 31):
            raise Unreadable("invalid_value", f"There is no day {day} in every such month.")
        if day == 1:
            return Calendar(unit="month_start", values=(month,) if month else ())
        if not month and day > 28:
            raise Unreadable("ambiguous", f"Not every month has a day {day}.")
        self.assume("Where that day is no trading day, the next one counts.")
        if month:
            return self._since_day(day, month)
        return First(of=Calendar(unit="day_of_month", values=_from_day_on(day)))

    def _since_day(self, day: int, month: int) -> Any:
        """The first session from that day on, also where it lies in the next month."""
        after = month % 12 + 1
        days = Calendar(unit="day_of_month", values=tuple(range(day, 32)))
        within = AllOf(conditions=(Calendar(unit="month", values=(month,)), days))
        if day <= 25:
            return First(of=within)
        head = Calendar(unit="day_of_month", values=tuple(range(1, 8)))
        following = AllOf(conditions=(Calendar(unit="month", values=(after,)), head))
        return First(of=AnyOf(conditions=(within, following)))

    def on_even_years(self, word: Any, *_: Any) -> Any:
        values = (0, 2) if word.has("EVENODD:even") else (1, 3)
        return Calendar(unit="year_of_four", values=values)

    def on_first_of_even_year(self, word: Any, *_: Any) -> Any:
        """ "the first trading day of every odd year"."""
        return AllOf(conditions=(Calendar(unit="year_start"), self.on_even_years(word)))

    def on_even_years_after(self, _year: Any, word: Any) -> Any:
        return self.on_even_years(word)

    def on_cycle_years(self, word: Any) -> Any:
        return Calendar(unit="year_of_four", values=(int(word.sub("YEARCYCLE")),))

    def on_month_of_quarter(self, nth: Any, *_: Any) -> Any:
        which = number_of(nth, "NTH")
        if which > 3:
            raise Unreadable("invalid_value", "A quarter has three months.")
        return Calendar(unit="month", values=tuple(range(which, 13, 3)))

    def on_last_month_of_quarter(self, *_: Any) -> Any:
        return Calendar(unit="month", values=(3, 6, 9, 12))

    def on_season(self, word: Any) -> Any:
        first, last = (int(month) for month in word.sub("SEASON").split("-"))
        names = f"{MONTHS[first - 1]} to {MONTHS[last - 1]}"
        self.assume(f"“{word.text}” is taken as {names}.")
        return self.months_between(first, last)
