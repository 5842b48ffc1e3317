"""Values of weeks, months and quarters: their closes, and averages and returns over them."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Arithmetic, Calendar, Indicator, Number, OnPeriod, Previous
from llm.translator.reading.calendar import UNITS, Days
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.said import Said, Word

_PERIODS = {"WEEK": "W", "WEEKLY": "W", "MONTH": "M", "MONTHLY": "M", "QUARTER": "Q"}


def _period(word: Any) -> Any:
    return next(code for tag, code in _PERIODS.items() if word.has(tag))


class Periods(Days):
    """Reads what belongs to longer bars than days."""

    # -- closes of periods ---------------------------------------------------------------------

    def _close_before(self, period: Any, count: float) -> Any:
        """The close of the period so many before the last finished one."""
        return OnPeriod(period=period, of=Previous(of=CLOSE, bars=round(count)))

    def on_period_close_ago(self, word: Any, *parts: Any) -> Any:
        """ "the month-end close 3 months ago": counted in months, not in days."""
        span = self.read(next(p for p in parts if isinstance(p, Said)))
        if span.unit not in _PERIODS or _PERIODS[span.unit] != _period(word):
            raise Unreadable("ambiguous", f"Closes of a {word.text} are counted in the same unit.")
        if isinstance(self.left, Previous):
            raise Unreadable(
                "ambiguous", f"So many before the last {word.text}, or before this one?"
            )
        return self._close_before(_period(word), span.count)

    def on_ends_ago(self, number: Any, word: Any) -> Any:
        return self._close_before(_period(word), self.number(number))

    def on_ends_ago_close(self, _close: Any, number: Any, word: Any) -> Any:
        return self.on_ends_ago(number, word)

    def on_above_its_past_ends(self, left: Any, side: Any, *rest: Any) -> Any:
        """ "above where it stood six month-ends ago"."""
        first = CLOSE if is_it(left) else self.value(left)
        if first != CLOSE:
            raise Unreadable("unsupported", "Only closes are counted by the ends of months.")
        return self.compare(first, self._operator(side), self.on_ends_ago(*rest[-2:]))

    def on_unit_close(self, *parts: Any) -> Any:
        """ "the quarter's last close": what is looked at on the quarter's last day."""
        unit = next(p for p in parts if isinstance(p, Said) and p.kind == "calendar_unit")
        return self._last_close(self._end_of(unit))

    def _end_of(self, unit: Any) -> str:
        word = unit.parts[0]
        return f"{next(name for tag, name in UNITS.items() if word.has(tag))}_end"

    def on_previous_unit_close(self, *parts: Any) -> Any:
        return self.on_period_close_first(parts[-1], None)

    def on_previous_period_close(self, word: Any, *_: Any) -> Any:
        return Previous(of=OnPeriod(period=_period(word), of=CLOSE), bars=1)

    def on_previous_end_close(self, word: Any, *rest: Any) -> Any:
        """ "higher than the month-end close before it"."""
        if rest[0].has("PREDECESSOR") and not rest[0].text.startswith("close"):
            raise Unreadable("not_understood", "Which value of the month before?")
        return self.on_previous_period_close(word)

    def on_define_last_closes(self, number: Any, *words: Any) -> None:
        """ "look at the last six month-end closes": what "their average" is the average of."""
        count = round(self.number(number))
        found = self.make("sma", (float(count),))
        longer = next((w for w in words if isinstance(w, Word) and w.has(*_PERIODS)), None)
        if longer is not None:
            found = self._longer(_period(longer), found)
        else:
            self.memory.meanings["window"] = (count, False)
        self.memory.average, self.memory.subject = found, CLOSE
        self.memory.meanings["closes told"] = True

    def on_where_it_closed(self, word: Any) -> Any:
        """ "opens at least 0.5% higher than it closed the day before"."""
        if not word.has("YESTERDAY") and "day" not in word.text and "session" not in word.text:
            raise Unreadable("not_understood", "Where it closed when?")
        return Previous(of=CLOSE, bars=1)

    def on_middle_of_closes(self, period: Any) -> Any:
        """ "the middle of the 60-day closing range"."""
        bars = float(self.bars_in(self.read(period)))
        ends = [self.make(name, (bars,)) for name in ("highest", "lowest")]
        return Arithmetic(
            operator="/",
            left=Arithmetic(operator="+", left=ends[0], right=ends[1]),
            right=Number(value=2),
        )

    def on_current_one(self, _word: Any) -> Any:
        """ "if the current one is higher than their average": of the closes told before."""
        if not self.memory.meanings.get("closes told"):
            raise Unreadable("ambiguous", "The current one of what?")
        return CLOSE

    def on_one_ago(self, *parts: Any) -> Any:
        """ "compare the close with the one 252 days before"."""
        left = self.left
        if left is None:
            raise Unreadable("not_understood", "Which one is meant?")
        return Previous(of=left, bars=self.bars_in(self.read(parts[-1])))

    def _at_end(self, unit: Any) -> None:
        if self.found.schedule is None:
            self.found.schedule = Calendar(unit=self._end_of(unit))  # type: ignore[arg-type]

    def on_unit_closes(self, unit: Any, side: Any, right: Any) -> Any:
        """ "when the month closes above its average"."""
        self._at_end(unit)
        return self.on_closes_it(side, right)

    def on_unit_closes_again(self, unit: Any, side: Any) -> Any:
        self._at_end(unit)
        return self.on_compare_again_it(side)

    def on_unit_with(self, unit: Any, condition: Any) -> Any:
        """ "after a week that ends with it below 40"."""
        self._at_end(unit)
        return self.read(condition)

    def on_all_met_it(self, *_: Any) -> Any:
        return self.on_all_met()  # type: ignore[attr-defined]

    def on_define_longer_bars(self, word: Any, *_: Any) -> None:
        """ "build weekly bars": everything is looked at once a week."""
        if self.found.schedule is None:
            unit: Any = "week_end" if word.has("WEEKLY") else "month_end"
            self.found.schedule = Calendar(unit=unit)

    def on_closes_unit(self, *parts: Any) -> Any:
        """ "if it ends the month above its average"."""
        word, side, right = parts[-3:]
        self._ends_with(word)
        return (
            self.on_closes(parts[0], side, right)
            if len(parts) > 3
            else (self.on_closes_it(side, right))
        )

    def on_closes_unit_again(self, *parts: Any) -> Any:
        self._ends_with(parts[-2])
        return self.on_compare_again_it(parts[-1])

    def _ends_with(self, word: Any) -> None:
        unit: Any = f"{word.sub('CLOSESUNIT')}_end"
        if self.found.schedule is None:
            self.found.schedule = Calendar(unit=unit)

    # -- over periods --------------------------------------------------------------------------

    def _extreme_of_closes(self, word: Any, unit: Any, count: float) -> Any:
        inner = Indicator(name=word.sub("EXT"), numbers=(count,), source=CLOSE)
        return self._longer(_period(unit), inner)

    def on_extreme_of_closes(self, word: Any, unit: Any, *parts: Any) -> Any:
        withs = parts[-1]
        spans = [p for p in withs.parts if isinstance(p, Said) and p.kind == "span"]
        numbers = [p for p in withs.parts if isinstance(p, Said) and p.kind == "number"]
        count = self.read(spans[0]).count if spans else self.number(numbers[0])
        return self._extreme_of_closes(word, unit, count)

    def on_extreme_of_last_closes(self, word: Any, number: Any, unit: Any, *_: Any) -> Any:
        return self._extreme_of_closes(word, unit, self.number(number))

    def on_extreme_period_closes(self, period: Any, word: Any, unit: Any, *_: Any) -> Any:
        return self._extreme_of_closes(word, unit, self.read(period).count)

    def on_oscillator_of_longer(self, period: Any, word: Any, unit: Any, *_: Any) -> Any:
        made = self.make(word.sub("IND"), (self.read(period).count,))
        return self._longer(_period(unit), made)

    def on_oscillator_nums_of_longer(self, word: Any, *parts: Any) -> Any:
        nums = [p for p in parts if isinstance(p, Said)]
        unit = next(p for p in parts if not isinstance(p, Said))
        made = self.make(word.sub("IND"), self.nums(nums[0]) if nums else None)
        return self._longer(_period(unit), made)

    # -- returns with a gap --------------------------------------------------------------------

    def _return_between(self, far: int, near: int) -> Any:
        if near >= far:
            raise Unreadable("invalid_value", "A return runs from an earlier to a later day.")
        return Previous(of=self._change(float(far - near)), bars=near)

    def on_return_between(self, far: Any, near: Any) -> Any:
        """ "the return from 252 days ago to 21 days ago"."""
        return self._return_between(self.bars_in(self.read(far)), self.bars_in(self.read(near)))

    def on_return_skipping(self, period: Any, span: Any) -> Any:
        """ "the 12-month return without the last month"."""
        return self._return_between(self.bars_in(self.read(period)), self.bars_in(self.read(span)))

    def on_return_skipping_unit(self, period: Any, *parts: Any) -> Any:
        span = self.span_of(1.0, parts[-1])
        return self._return_between(self.bars_in(self.read(period)), self.bars_in(span))
