"""Levels: the highest and lowest of a window, and of longer periods."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    Calendar,
    Indicator,
    Number,
    OnPeriod,
    Previous,
    Price,
)
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.values import Values
from llm.translator.said import Said

PERIODS = {"WEEK": "W", "MONTH": "M", "QUARTER": "Q", "YEAR": "Y"}


class Levels(Values):
    """Reads extremes and the values of finished weeks and months."""

    # -- highest and lowest --------------------------------------------------------------------

    def on_extreme_with(self, word: Any, of: Any, withs: Any) -> Any:
        return self._extreme(word, self.series(of, self.left), *self._window(withs))

    def on_extreme_plain(self, word: Any, withs: Any) -> Any:
        source = self._own() if self._own() is not None else CLOSE
        return self._extreme(word, source, *self._window(withs))

    def on_extreme_bare(self, word: Any, of: Any) -> Any:
        window = self.memory.meanings.get("window")
        if window is None:
            raise Unreadable("ambiguous", f"The {word.sub('EXT')} of how many days?", word.text)
        return self._extreme(word, self.series(of), *window)

    def on_extreme_period(self, period: Any, word: Any, column: Any) -> Any:
        return self._extreme(word, self.value(column), self.bars_in(self.read(period)), False)

    def on_previous_extreme_period(self, period: Any, word: Any, column: Any) -> Any:
        return self._extreme(word, self.value(column), self.bars_in(self.read(period)), True)

    def _extreme(self, word: Any, source: Any, bars: int, before: bool) -> Any:
        if isinstance(source, Number):
            raise Unreadable("not_understood", "The highest of what?")
        found = Indicator(name=word.sub("EXT"), numbers=(bars,), source=source)
        return Previous(of=found, bars=1) if before else found

    def _window(self, withs: Any) -> tuple[int, bool]:
        """A window and whether today is left out."""
        if withs.kind == "with_previous":
            number, unit = withs.parts[0], withs.parts[-1]
            return self.bars_in(self.span_of(self.number(number), unit)), True
        if withs.kind in ("with_last_told", "with_previous_told"):
            # "over the last 3 months (63 trading days)": the length in brackets counts.
            told = self.bars_in(self.span_of(self.number(withs.parts[-2]), withs.parts[-1]))
            return told, withs.kind == "with_previous_told"
        if withs.kind == "with_last":
            number, unit = withs.parts[0], withs.parts[-1]
            return self.bars_in(self.span_of(self.number(number), unit)), False
        if withs.kind == "with_span":
            return self.bars_in(self.read(withs.parts[-1])), False
        numbers = self.withs(withs)
        if len(numbers) != 1:
            raise Unreadable("not_understood", "One length is needed here.")
        return int(numbers[0]), False

    def _own_high(self, period: Any, side: str, *, closing: bool, before: bool = False) -> Any:
        """ "the 20-day high": of the days before, today is compared with it."""
        bars = self.bars_in(self.read(period))
        name = "highest" if side == "high" else "lowest"
        if closing or not self.symbol.has_range:
            source: Any = CLOSE
        else:
            source = Price(field=side)  # type: ignore[arg-type]
        if self.ordering and not before:
            self.assume(f"The {bars}-day {side} of an order includes the day of its signal.")
            return Indicator(name=name, numbers=(bars,), source=source)
        self.assume(
            f"The {bars}-day {side} is the {name} {source.field} of the {bars} days before today."
        )
        return Previous(of=Indicator(name=name, numbers=(bars,), source=source), bars=1)

    def on_period_high(self, period: Any, _word: Any) -> Any:
        return self._own_high(period, "high", closing=False)

    def on_period_low(self, period: Any, _word: Any) -> Any:
        return self._own_high(period, "low", closing=False)

    def on_previous_period_high(self, period: Any, _word: Any) -> Any:
        return self._own_high(period, "high", closing=False, before=True)

    def on_previous_period_low(self, period: Any, _word: Any) -> Any:
        return self._own_high(period, "low", closing=False, before=True)

    def on_period_closing_high(self, period: Any, *_: Any) -> Any:
        return self._own_high(period, "high", closing=True)

    def on_period_closing_low(self, period: Any, *_: Any) -> Any:
        return self._own_high(period, "low", closing=True)

    def on_period_high_after(self, _word: Any, withs: Any) -> Any:
        return self._after_word("highest", "high", withs)

    def on_period_low_after(self, _word: Any, withs: Any) -> Any:
        return self._after_word("lowest", "low", withs)

    def _after_word(self, name: str, side: str, withs: Any) -> Any:
        bars, before = self._window(withs)
        source: Any = Price(field=side) if self.symbol.has_range else CLOSE  # type: ignore[arg-type]
        if self.ordering and not before:
            self.assume(f"The {bars}-day {side} of an order includes the day of its signal.")
            return Indicator(name=name, numbers=(bars,), source=source)
        self.assume(f"The {side} of {bars} days is that of the {bars} days before today.")
        return Previous(of=Indicator(name=name, numbers=(bars,), source=source), bars=1)

    def on_since_entry(self, *_: Any) -> Any:
        raise Unreadable(
            "unsupported",
            "The highest price since the entry can be used for trailing stops only, for example: "
            "sell 10 % below the highest close since entry.",
        )

    def on_alltime_high(self, _word: Any) -> Any:
        self.assume("The all-time high is the highest close of the data so far.")
        return Indicator(name="peak", source=CLOSE)

    # -- of longer periods ---------------------------------------------------------------------

    def on_extreme_of_period(self, word: Any, column: Any, unit: Any) -> Any:
        of = self.value(column)
        fields = {"highest": "high", "lowest": "low"}
        if not isinstance(of, Price) or of.field != fields[word.sub("EXT")]:
            raise Unreadable(
                "unsupported", "Of weeks, months and years the high, low and close are known."
            )
        return self._finished(unit, of)

    def on_high_of_period(self, word: Any, unit: Any) -> Any:
        return self._finished(unit, Price(field="high"))

    def on_low_of_period(self, word: Any, unit: Any) -> Any:
        return self._finished(unit, Price(field="low"))

    def on_close_of_period(self, word: Any, unit: Any) -> Any:
        return self._finished(unit, CLOSE)

    def on_period_high_first(self, unit: Any, _word: Any) -> Any:
        return self._finished(unit, Price(field="high"))

    def on_period_low_first(self, unit: Any, _word: Any) -> Any:
        return self._finished(unit, Price(field="low"))

    def on_period_close_first(self, unit: Any, _word: Any) -> Any:
        return self._finished(unit, CLOSE)

    def _finished(self, unit: Any, of: Any) -> Any:
        """Of the period before that of the bar, also on the period's own last day."""
        word = unit.parts[0]
        period: Any = next(code for name, code in PERIODS.items() if word.has(name))
        return Previous(of=OnPeriod(period=period, of=of), bars=1)

    def on_week_close(self, *_: Any) -> Any:
        return self._last_close("week_end")

    def on_month_close(self, *_: Any) -> Any:
        return self._last_close("month_end")

    def _last_close(self, unit: Any) -> Any:
        """ "this week's close": the rule is looked at on the last day of each week."""
        if self.found.schedule is None:
            self.found.schedule = Calendar(unit=unit)
        return CLOSE

    # -- numbers after a name ------------------------------------------------------------

    def withs(self, said: Any) -> tuple[float, ...]:
        """The numbers after an indicator: "over 20 days", "with 2 deviations"."""
        if said.kind in ("with_two", "with_span_two"):
            first, second = said.parts[0], said.parts[1]
            one = (
                self.number(first)
                if first.kind == "number"
                else float(self.bars_in(self.read(first)))
            )
            return (one, self.number(second))
        if said.kind == "with_nums":
            return self.nums(said.parts[-1])
        if said.kind in ("with_number", "with_last_values"):
            return (self.number(next(p for p in said.parts if isinstance(p, Said))),)
        return (float(self._window(said)[0]),)

    def nums(self, said: Any) -> tuple[float, ...]:
        """The numbers of (20, 2)."""
        return tuple(
            self.number(p) for p in said.parts if isinstance(p, Said) and p.kind == "number"
        )
