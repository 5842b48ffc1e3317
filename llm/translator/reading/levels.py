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
from llm.specification.walk import nodes
from llm.translator.reading.memory import CLOSE, Span, Unreadable
from llm.translator.reading.values import Values
from llm.translator.said import Said

PERIODS = {"WEEK": "W", "MONTH": "M", "QUARTER": "Q", "YEAR": "Y"}


def _numbers(said: Any) -> list[Any]:
    return [p for p in said.parts if getattr(p, "kind", "") == "number"]


def _units(said: Any) -> list[Any]:
    return [p for p in said.parts if getattr(p, "kind", "") == "unit"]


class Levels(Values):
    """Reads extremes and the values of finished weeks and months."""

    # -- highest and lowest --------------------------------------------------------------------

    def on_extreme_with(self, word: Any, of: Any, withs: Any) -> Any:
        return self._extreme(word, self.series(of, self.left), *self._window(withs))

    def on_extreme_plain(self, word: Any, withs: Any) -> Any:
        source = self._own() if self._own() is not None else CLOSE
        return self._extreme(word, source, *self._window(withs))

    def on_extreme_of_width(self, word: Any, *parts: Any) -> Any:
        """ "the smallest high minus low of the last four days"."""
        return self._extreme(word, Indicator(name="range"), *self._window(parts[-1]))

    def on_extreme_bare(self, word: Any, of: Any) -> Any:
        window = self.memory.meanings.get("window")
        if window is None:
            raise Unreadable("ambiguous", f"The {word.sub('EXT')} of how many days?", word.text)
        return self._extreme(word, self.series(of), *window)

    def on_extreme_period(self, period: Any, word: Any, column: Any) -> Any:
        return self._extreme(word, self.value(column), self.bars_in(self.read(period)), False)

    def on_that_extreme(self, _that: Any, period: Any, *_: Any) -> Any:
        """ "that 100-day high": the one spoken of, of as many days."""
        bars = float(self.bars_in(self.read(period)))
        for node in nodes(self.memory.pair) if self.memory.pair is not None else ():
            of_them = isinstance(node, Indicator) and node.name in ("highest", "lowest")
            if of_them and node.numbers == (bars,):
                return node
        raise Unreadable("ambiguous", "Which high or low is that?")

    def on_previous_extreme_period(self, period: Any, word: Any, column: Any) -> Any:
        return self._extreme(word, self.value(column), self.bars_in(self.read(period)), True)

    def _extreme(self, word: Any, source: Any, bars: int, before: bool) -> Any:
        if isinstance(source, Number):
            raise Unreadable("not_understood", "The highest of what?")
        found = Indicator(name=word.sub("EXT"), numbers=(bars,), source=source)
        return Previous(of=found, bars=1) if before else found

    def _window(self, withs: Any) -> tuple[int, bool]:
        """A window and whether today is left out."""
        before = withs.kind.startswith("with_previous")
        if withs.kind in ("with_previous_short", "with_last_short"):
            return self._window_again(self.number(withs.parts[0])), before
        if withs.kind in ("with_previous", "with_last"):
            span = self.span_of(self.number(withs.parts[0]), withs.parts[-1])
            self.memory.meanings["window"] = span.unit
            return self.bars_in(span), before
        if withs.kind in ("with_last_told", "with_previous_told"):
            # "over the last 3 months (63 trading days)": the length in brackets counts.
            told = self.bars_in(self.span_of(self.number(withs.parts[-2]), withs.parts[-1]))
            return told, before
        if withs.kind == "with_span":
            return self.bars_in(self.read(withs.parts[-1])), False
        numbers = self.withs(withs)
        if len(numbers) != 1:
            raise Unreadable("not_understood", "One length is needed here.")
        return int(numbers[0]), False

    def _window_again(self, count: float) -> int:
        """ "of the previous 15": days or weeks, as those of the window before."""
        unit = self.memory.meanings.get("window")
        if unit is None:
            raise Unreadable("ambiguous", f"{count:g} days, weeks or months?")
        return self.bars_in(Span(count, unit))

    def _own_high(self, period: Any, side: str, *, closing: bool, before: bool = False) -> Any:
        """ "the 20-day high": of the days before, today is compared with it."""
        bars = self.bars_in(self.read(period))
        name = "highest" if side == "high" else "lowest"
        of_closes = Indicator(name=name, numbers=(bars,), source=CLOSE)
        if closing or not self.symbol.has_range or self.memory.meanings.get(name) == of_closes:
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

    # -- what brackets say again --------------------------------------------------------------

    def on_noted(self, of: Any, note: Any) -> Any:
        found = self.value(of, self.left)
        if note.kind == "note_before":
            return found if isinstance(found, Previous) else Previous(of=found, bars=1)
        if note.kind == "note_days_before":
            span = self.span_of(self.number(_numbers(note)[0]), _units(note)[0])
            self._of_that_length(found, self.bars_in(span))
            return found if isinstance(found, Previous) else Previous(of=found, bars=1)
        if note.kind == "note_facts":
            return self._with_facts(found, note)
        if note.kind == "note_usual":
            self.usual_numbers(found)  # type: ignore[attr-defined]
        if note.kind == "note_span_before":
            self._of_that_length(found, self.bars_in(self.read(note.parts[0])))
            return found if isinstance(found, Previous) else Previous(of=found, bars=1)
        if note.kind in ("note_span", "note_closing"):
            self._of_that_length(found, self.bars_in(self.read(note.parts[0])))
        if note.kind in ("note_closing", "note_closing_only") and isinstance(found, Previous):
            inner = found.of
            if isinstance(inner, Indicator) and inner.name in ("highest", "lowest"):
                return inner.model_copy(update={"source": CLOSE})
        return found

    def _with_facts(self, found: Any, note: Any) -> Any:
        """ "(previous 50 days, highs)": the same again, or it is not read."""
        inner = found.of if isinstance(found, Previous) else found
        if not isinstance(inner, Indicator) or inner.name not in ("highest", "lowest"):
            raise Unreadable("not_understood", "What stands in brackets says something else.")
        if _numbers(note):
            span = self.span_of(self.number(_numbers(note)[0]), _units(note)[0])
            self._of_that_length(found, self.bars_in(span))
        for column in note.find("note_column"):
            told = next((f for f in ("high", "low") if column.words[0].has(f.upper())), "close")
            if told == "close" and isinstance(found, Previous):
                self._forget_the_highs(inner)
                inner = inner.model_copy(update={"source": CLOSE})
            elif inner.source != Price(field=told):  # type: ignore[arg-type]
                raise Unreadable("ambiguous", "The extreme of highs, of lows or of closes?")
        return Previous(of=inner, bars=1)

    def _forget_the_highs(self, extreme: Any) -> None:
        """What was assumed of highs and lows does not hold where closes are told."""
        was = f"is the {extreme.name} {extreme.source.field} of the"
        made = self.memory.assumptions
        self.memory.assumptions = [one for one in made if was not in one.sentence]

    def _of_that_length(self, found: Any, bars: int) -> None:
        """A length in brackets repeats that of the value, or is not a note."""
        inner = found.of if isinstance(found, Previous) else found
        if not isinstance(inner, Indicator) or inner.numbers[:1] != (bars,):
            raise Unreadable("not_understood", "Two lengths are given for one value.")
