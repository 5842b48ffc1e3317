"""Averages called by their lengths: "the 50 is above the 200"."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import Indicator, Number, OnPeriod
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.own_bands import OwnBands
from llm.translator.said import Said


class Lengths(OwnBands):
    """Remembers averages by their lengths."""

    def _by_lengths(self, said: Any, right_said: Any) -> tuple[Any, Any] | None:
        """ "the 5 is under the 20", where averages of 5 and 20 days were introduced."""
        if not all(isinstance(s, Said) and s.kind == "level" for s in (said, right_said)):
            return None
        several = self.memory.meanings.get("several") or ()
        known = {getattr(v, "numbers", ()): v for v in several}
        known = (self.memory.meanings.get("lengths") or {}) | known
        longer = self.memory.meanings.get("longer lengths") or {}
        known = known | longer
        numbers = [self.number(s.parts[0]) for s in (said, right_said)]
        found = [known.get((number,)) for number in numbers]
        if None not in found:
            return found[0], found[1]
        kind = self.memory.kind
        if not kind or longer or any(number < 2 or number % 1 for number in numbers):
            return None
        return self.make(kind, (numbers[0],)), self.make(kind, (numbers[1],))

    def _names_average(self, right: Any) -> bool:
        """ "above the 10, 20 and 50 day averages, sell below the 20"."""
        number = right.value if isinstance(right, Number) else 0.0
        known = self.memory.meanings.get("lengths") or {}
        named = any(numbers == (number,) for numbers in known)
        return named or (bool(known) and number.is_integer() and 2 <= number <= 250)

    def _lengths(self, *values: Any) -> None:
        """Averages may be called by their lengths afterwards: "the 50 is above the 200"."""
        known = dict(self.memory.meanings.get("lengths") or {})
        for value in values:
            is_average = isinstance(value, Indicator) and INDICATORS[value.name].scale == "same"
            if is_average and len(value.numbers) == 1:
                other = known.get(value.numbers, value)
                known[value.numbers] = value if other == value else None
        self.memory.meanings["lengths"] = known

    def _told_in(self, span: Any, value: Any) -> Any:
        """ "the 10-week average": the 10, wherever only its number is said afterwards."""
        if span.unit not in ("DAY", "BAR"):
            known = dict(self.memory.meanings.get("longer lengths") or {})
            key = (float(span.count),)
            days = (self.memory.meanings.get("lengths") or {}).get(key)
            known[key] = value if known.get(key, value) == value and days is None else None
            self.memory.meanings["longer lengths"] = known
        return value

    def on_elliptic_told(self, number: Any, _unit: Any) -> Any:
        """ "If the 10-week is above the 40-week": averages that were introduced."""
        known = self.memory.meanings.get("longer lengths") or {}
        found = known.get((float(self.number(number)),))
        if found is None:
            raise Unreadable("not_understood", "A number of weeks or months alone is no value.")
        return found

    def on_elliptic_longer(self, number: Any, unit: Any, *_: Any) -> Any:
        """ "the 10-week average crosses above the 40-week one"."""
        span = self.span_of(self.number(number), unit)
        beside = self.left if self.left is not None else self.memory.average
        of = beside.of if isinstance(beside, OnPeriod) else beside
        if not isinstance(of, Indicator) or len(of.numbers) != 1:
            raise Unreadable("not_understood", "A number of weeks or months alone is no value.")
        if not isinstance(beside, OnPeriod):
            return of.model_copy(update={"numbers": (float(self.bars_in(span)),)})
        if {"WEEK": "W", "MONTH": "M"}.get(span.unit) != beside.period:
            raise Unreadable("ambiguous", "Both averages are of weeks, or both of months.")
        inner = of.model_copy(update={"numbers": (span.count,)})
        return beside.model_copy(update={"of": inner})
