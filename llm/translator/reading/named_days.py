"""Days of a month that was spoken of, values on a day that is named, and places in the cloud."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, Calendar, Indicator
from llm.specification.walk import nodes
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.details import SHIFT, Details
from llm.translator.reading.extremes import before
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.said import Said


class NamedDays(Details):
    """Reads days whose month was named before, and what is true on them."""

    # -- days of the month that was spoken of --------------------------------------------------

    def _of_the_month(self) -> None:
        """ "Every month buy on the 10th trading day and sell on the 15th": of that month."""
        entries = [one for told in self.found.entries.values() for one in told]
        days = [n for one in (*entries, self.found.schedule) if one is not None for n in nodes(one)]
        units = [day.unit for day in days if isinstance(day, Calendar)]
        if not any("month" in unit for unit in units):
            raise Unreadable("ambiguous", "The day of which month?")

    def on_nth_weekday_spoken(self, nth: Any, word: Any) -> Any:
        self._of_the_month()
        return self.on_nth_weekday(nth, word)

    def on_nth_day_spoken(self, nth: Any) -> Any:
        self._of_the_month()
        return self.on_nth_day(nth)

    def on_nth_last_day_spoken(self, *words: Any) -> Any:
        self._of_the_month()
        return self.on_nth_last_day(*words)

    # -- the ends of quarters and years --------------------------------------------------------

    def on_last_days_of_long(self, number: Any, *parts: Any) -> Any:
        """ "the last five trading days of each quarter"."""
        return self._in_long(self.on_last_days(number), parts[-1], (3, 6, 9, 12))

    def on_first_days_of_long(self, number: Any, *parts: Any) -> Any:
        return self._in_long(self.on_first_days(number), parts[-1], (1, 4, 7, 10))

    def _in_long(self, days: Any, unit: Any, months: tuple[int, ...]) -> Any:
        if unit.has("YEAR"):
            months = (12,) if months[-1] == 12 else (1,)
        return AllOf(conditions=(days, Calendar(unit="month", values=months)))

    # -- values on a day -----------------------------------------------------------------------

    def _on_that_day(self, parts: tuple[Any, ...], reader: Any) -> Any:
        """ "if the 6-month return at the month's end is positive"."""
        days = [p for p in parts if isinstance(p, Said)]
        day = self.read(days[1])
        rest = tuple(p for p in parts if p is not days[1])
        return self._on_day(day, reader(*rest))

    def on_signed_on_day(self, *parts: Any) -> Any:
        return self._on_that_day(parts, self.on_signed)

    def on_compared_on_day(self, *parts: Any) -> Any:
        return self._on_that_day(parts, self.on_compare)

    def on_beyond_past(self, *parts: Any) -> Any:
        """ "closes higher than it has ever closed in the last 126 days"."""
        said = [p for p in parts if isinstance(p, Said)]
        side = next(p for p in parts if self._is_side(p))
        points = [p for p in parts if not isinstance(p, Said) and p.has("AT_SOME_POINT")]
        if any("any" not in p.text.split() for p in points):
            raise Unreadable("ambiguous", "Beyond what it was on which of these days?")
        if any(w.has("NOT") for p in said if p.kind == "be_not" for w in p.words):
            raise Unreadable("ambiguous", "Not beyond each, or beyond none?")
        values = [p for p in said[:-1] if p is not side and p.kind != "be_not"]
        left = self.value(values[0]) if values and not is_it(values[0]) else self.memory.subject
        left = CLOSE if left is None or not values else left
        unit = said[-1].kind == "in_unit"
        bars = self.bars_in(self.read(said[-1])) if unit else self._window(said[-1])[0]
        operator = self._operator(side)
        if operator not in ("<", ">"):
            raise Unreadable("ambiguous", "Not beyond each, or beyond none?")
        name = "highest" if operator.startswith(">") else "lowest"
        best = Indicator(name=name, numbers=(float(bars),), source=left)
        return self.compare(left, operator, before(best))

    def on_beyond_each_of(self, *parts: Any) -> Any:
        """ "tops every close of the last 3 months (63 days)"."""
        said = [p for p in parts if isinstance(p, Said)]
        side = next(p for p in parts if self._is_side(p))
        each = next(p for p in parts if not isinstance(p, Said) and p.has("EACH", "ALL_OF"))
        if each.text.startswith("any"):
            raise Unreadable("ambiguous", "Beyond one of them, or beyond each of them?")
        values = [p for p in said[:-1] if p is not side and p.kind != "be_not"]
        if any(w.has("NOT") for p in said if p.kind == "be_not" for w in p.words):
            raise Unreadable("ambiguous", "Not beyond each, or beyond none?")
        word = parts[-2]
        field = "high" if word.has("HIGH") else "low" if word.has("LOW") else "close"
        left = CLOSE if not values or is_it(values[0]) else self.value(values[0])
        source = CLOSE.model_copy(update={"field": field})
        bars, ago = self._window(said[-1])
        operator = self._operator(side)
        name = "highest" if operator.startswith(">") else "lowest"
        best = self.make(name, (float(bars),), source=source)
        if not ago:
            self.assume("The days before today are meant.")
        return self.compare(left, operator, before(best))

    # -- the cloud -----------------------------------------------------------------------------

    def on_kijun_length(self, number: Any, *_: Any) -> Any:
        """ "Kijun is the usual 26 days"."""
        return self.on_kijun(self._line_length(1, number))

    def on_tenkan_length(self, number: Any, *_: Any) -> Any:
        return self.on_tenkan(self._line_length(0, number))

    def _line_length(self, place: int, number: Any) -> Said:
        told = self.memory.said.get("ichimoku")
        apart = self.memory.meanings.setdefault("lines apart", told is None)
        if told is not None and not apart and told[place] != self.number(number):
            raise Unreadable("contradictory", "Two lengths are given for one line.")
        return Said("nums", (number,))

    def on_definable_ichimoku_shifted(self, numbers: Any, shift: Any) -> Any:
        """ "Ichimoku with 9, 26, 52 and the spans shifted forward 26 bars"."""
        found = self.make("ichimoku", self.nums(numbers), "base_line")
        if self.number(shift.find("number")[0]) != found.numbers[1]:
            raise Unreadable("unsupported", SHIFT)
        return found

    def _noted_cloud(self, note: Any, numbers: Any) -> Any:
        """ "the cloud (9/26/52, shifted 26 days ahead)"."""
        told = next((p for p in note.parts if p.kind in ("nums", "bare")), None)
        shifts = [p for p in note.parts if p.kind == "shift_note"]
        numbers = self.nums(told) if told is not None else numbers
        found = self.make("ichimoku", numbers, "base_line")
        if any(self.number(s.find("number")[0]) != found.numbers[1] for s in shifts):
            raise Unreadable("unsupported", SHIFT)
        return found.numbers

    def on_definable_cloud(self, note: Any) -> Any:
        """ "Ichimoku cloud (9/26/52, displaced 26): ..."."""
        numbers = self._noted_cloud(note, self.memory.said.get("ichimoku"))
        return self.make("ichimoku", numbers, "base_line")

    def on_into_cloud(self, *parts: Any) -> Any:
        """ "falls into the cloud": below its upper edge."""
        left = self.value(parts[0]) if isinstance(parts[0], Said) else CLOSE
        self.assume("“Into the cloud” means: below its upper edge.")
        return self.compare(left, "<", self._cloud([], top=True))

    def on_in_cloud(self, *parts: Any) -> Any:
        left = self.value(parts[0]) if parts else CLOSE
        edges = ((False, ">="), (True, "<="))
        found = [self.compare(left, way, self._cloud([], top=top)) for top, way in edges]
        return AllOf(conditions=tuple(found))
