"""Days, weeks, months and years."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, AnyOf, Calendar
from llm.specification.walk import nodes
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.noun_crossings import NounCrossings
from llm.translator.said import Said

UNITS = {"WEEK": "week", "MONTH": "month", "QUARTER": "quarter", "YEAR": "year"}
TURN_OF_MONTH = AnyOf(
    conditions=(
        Calendar(unit="month_end"),
        Calendar(unit="trading_day_of_month", values=(1, 2, 3)),
    )
)


def number_of(word: Any, head: str) -> int:
    return int(word.sub(head))


class Days(NounCrossings):
    """Reads rules about the calendar."""

    def on_calendar(self, rule: Any) -> Any:
        return self.read(rule)

    def on_same(self, *parts: Any) -> Any:
        return self.read(parts[0])

    def on_it_is_day(self, *parts: Any) -> Any:
        return self.read(parts[-1])

    def on_nth_weekday(self, nth: Any, word: Any, *_: Any) -> Any:
        """ "the first Monday of the month": the Monday among its first seven days."""
        which = number_of(nth, "NTH")
        if which > 4:
            raise Unreadable("unsupported", "Not every month has a fifth one of each weekday.")
        days = tuple(range(7 * which - 6, 7 * which + 1))
        self.assume(
            f"Where that {word.text.capitalize()} is a holiday, nothing happens in that month."
        )
        return AllOf(conditions=(self.on_weekday(word), Calendar(unit="day_of_month", values=days)))

    def _not_on_holidays(self, word: Any) -> None:
        name = word.text.capitalize()
        self.assume(f"Where that {name} is a holiday, nothing happens in that month.")

    def on_weekday(self, word: Any) -> Any:
        return Calendar(unit="weekday", values=(number_of(word, "WEEKDAY"),))

    def on_weekday_of_same_week(self, word: Any, *, fills: bool = False) -> Any:
        """ "Buy on Monday, sell on Thursday of that week": or on the Friday after a holiday."""
        day = number_of(word, "WEEKDAY")
        entries = [e for told in self.found.entries.values() for e in told]
        days = [n for n in nodes(AllOf(conditions=(*entries, *entries))) if _is_weekday(n)]
        if entries and day < 4 and days and max(max(n.values) for n in days) < day:
            self.assume("Where that day is a holiday, the next trading day of that week counts.")
            return Calendar(unit="weekday", values=tuple(range(day, 5)), fills=fills)
        self.assume("Where that day of the week is a holiday, the one of the next week counts.")
        return Calendar(unit="weekday", values=(day,), fills=fills)

    def on_weekday_ending_week(self, word: Any, *_: Any) -> Any:
        """ "Friday (the last trading day of the week)": that day, whatever its weekday."""
        if number_of(word, "WEEKDAY") != 4:
            raise Unreadable("contradictory", "The last trading day of a week is no such day.")
        return Calendar(unit="week_end")

    def on_weekday_of_that_week(self, *words: Any) -> Any:
        return self.on_weekday_of_same_week(words[-1])

    def on_weekdays(self, *words: Any) -> Any:
        return Calendar(unit="weekday", values=tuple(number_of(w, "WEEKDAY") for w in words))

    def on_weekday_close(self, word: Any, *_: Any) -> Any:
        self.assume("Orders fill at the next open after the signal, not at the close.")
        return self.on_weekday(word)

    def on_weekday_close_after(self, _close: Any, word: Any) -> Any:
        return self.on_weekday_close(word)

    def on_weekday_open(self, word: Any, *_: Any) -> Any:
        self.assume(
            "An order for a day's open is given on the session before, by the exchange calendar: "
            "after a closure that nobody foresaw it is not given."
        )
        return Calendar(unit="weekday", values=(number_of(word, "WEEKDAY"),), fills=True)

    def on_weekday_open_same(self, word: Any, *_: Any) -> Any:
        self.on_weekday_open(word)
        return self.on_weekday_of_same_week(word, fills=True)

    def on_first_months(self, number: Any, *_: Any, last: bool = False) -> Any:
        """ "the first four months of the year"."""
        count = round(self.number(number))
        if not 1 <= count <= 11:
            raise Unreadable("invalid_value", "A year has twelve months.")
        first = 13 - count if last else 1
        return Calendar(unit="month", values=tuple(range(first, first + count)))

    def on_last_months(self, number: Any, *_: Any) -> Any:
        return self.on_first_months(number, last=True)

    def on_weekday_open_after(self, _open: Any, word: Any) -> Any:
        return self.on_weekday_open(word)

    def on_month(self, word: Any) -> Any:
        return Calendar(unit="month", values=(number_of(word, "MONTHNAME"),))

    def on_months(self, *words: Any) -> Any:
        return Calendar(unit="month", values=tuple(number_of(w, "MONTHNAME") for w in words))

    def on_month_range(self, first: Any, last: Any) -> Any:
        return self.months_between(number_of(first, "MONTHNAME"), number_of(last, "MONTHNAME"))

    def months_between(self, month: int, end: int) -> Any:
        values = [month]
        while month != end:
            month = month % 12 + 1
            values.append(month)
        return Calendar(unit="month", values=tuple(values))

    def on_quarter_named(self, nth: Any, *months: Any) -> Any:
        quarter = number_of(nth, "NTH")
        if not 1 <= quarter <= 4:
            raise Unreadable("invalid_value", "A year has four quarters.")
        if months:
            first = number_of(months[0], "MONTHNAME")
            if first != 3 * quarter - 2 or number_of(months[1], "MONTHNAME") != 3 * quarter:
                raise Unreadable("contradictory", "These months are not that quarter.")
        return Calendar(unit="quarter", values=(quarter,))

    def on_two_quarters(self, first: Any, second: Any) -> Any:
        values = (number_of(first, "NTH"), number_of(second, "NTH"))
        if not all(1 <= quarter <= 4 for quarter in values):
            raise Unreadable("invalid_value", "A year has four quarters.")
        return Calendar(unit="quarter", values=values)

    def on_quarter_code(self, word: Any) -> Any:
        return Calendar(unit="quarter", values=(number_of(word, "QUARTERNAME"),))

    def on_first_of_unit(self, *parts: Any) -> Any:
        return Calendar(unit=f"{self._unit(parts[-1])}_start")  # type: ignore[arg-type]

    def on_last_of_unit(self, *parts: Any) -> Any:
        unit = next(p for p in reversed(parts) if isinstance(p, Said))
        return Calendar(unit=f"{self._unit(unit)}_end")  # type: ignore[arg-type]

    def _unit(self, unit: Any) -> str:
        word = unit.parts[0]
        return next(name for tag, name in UNITS.items() if word.has(tag))

    def on_each_unit(self, unit: Any) -> Any:
        name = self._unit(unit)
        self.assume(f"Each {name} means on its first trading day.")
        return Calendar(unit=f"{name}_start")  # type: ignore[arg-type]

    def on_first_of_month(self, word: Any) -> Any:
        return Calendar(unit="month_start", values=(number_of(word, "MONTHNAME"),))

    def on_last_of_month(self, word: Any) -> Any:
        return Calendar(unit="month_end", values=(number_of(word, "MONTHNAME"),))

    def on_nth_day(self, nth: Any, *_: Any) -> Any:
        return Calendar(unit="trading_day_of_month", values=(number_of(nth, "NTH"),))

    def on_nth_last_day(self, nth: Any, *_: Any) -> Any:
        left = number_of(nth, "NTH") - 1
        return Calendar(unit="trading_days_left_in_month", values=(left,))

    def on_month_end(self, *_: Any) -> Any:
        return Calendar(unit="month_end")

    def on_week_end(self, *_: Any) -> Any:
        return Calendar(unit="week_end")

    def on_quarter_end(self, *_: Any) -> Any:
        return Calendar(unit="quarter_end")

    def on_year_end(self, *_: Any) -> Any:
        return Calendar(unit="year_end")

    def on_preelection(self, *_: Any) -> Any:
        return Calendar(unit="year_of_four", values=(3,))

    def on_election(self, *_: Any) -> Any:
        return Calendar(unit="year_of_four", values=(0,))

    def on_election_both(self, *_: Any) -> Any:
        """ "in election years and the year before them"."""
        return Calendar(unit="year_of_four", values=(0, 3))

    def on_turn_of_month(self) -> Any:
        self.assume("The turn of the month is its last and its first three trading days.")
        return TURN_OF_MONTH


def _is_weekday(node: Any) -> bool:
    return isinstance(node, Calendar) and node.unit == "weekday"
