"""Levels that were spoken of before, and moves that are compared with others."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    AllOf,
    Arithmetic,
    Compare,
    Indicator,
    Number,
    Previous,
    Price,
)
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.extremes import before
from llm.translator.reading.formulas import times
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.spans import Spans
from llm.translator.said import Said

# The range of one day.
_WIDTH = Indicator(name="range")


class Spoken(Spans):
    """Reads levels and moves that what was said before explains."""

    # -- levels that were spoken of ------------------------------------------------------------

    def on_minus_number(self, number: Any) -> Any:
        return Number(value=-self.number(number))

    def on_define_period_range(self, unit: Any, *parts: Any) -> None:
        words = [p for p in parts if not isinstance(p, Said)]
        columns = [self.value(p) for p in parts if isinstance(p, Said)]
        for word, column in zip(words, columns, strict=True):
            fields = {"highest": "high", "lowest": "low"}
            if getattr(column, "field", "") != fields[word.sub("EXT")]:
                raise Unreadable("unsupported", "Of longer periods the high and low are known.")
        self.memory.meanings["span"] = self.on_range_of_period(unit)

    def on_range_of_period(self, unit: Any) -> tuple[Any, Any]:
        text = unit.parts[0].text
        self.assume(f"“Last {text}” is the last finished calendar {text}.")
        return (
            self._finished(unit, Price(field="low")),
            self._finished(unit, Price(field="high")),
        )

    def on_edge_of_span(self, word: Any, span: Any) -> Any:
        """ "the top of its 20-day range": of the days before today."""
        side = word.sub("BANDSIDE")
        lowest, highest = self.read(span)
        if side == "middle":
            total = Arithmetic(operator="+", left=highest, right=lowest)
            return Arithmetic(operator="/", left=total, right=Number(value=2))
        edge = highest if side == "upper" else lowest
        if isinstance(edge, Previous):
            return edge
        self.assume("The range that is left is that of the days before today.")
        return before(edge)

    def on_leaves_range(self, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        words = [p for p in parts if not isinstance(p, Said)]
        if len(said) > 1 and not is_it(said[0]) and self.value(said[0]) != CLOSE:
            raise Unreadable("not_understood", "What leaves that range?")
        lowest, highest = self.read(said[-1])
        up = words[-1].has("UP")
        edge = highest if up else lowest
        edge = edge if isinstance(edge, Previous) else before(edge)
        self.assume("The range that is left is that of the days before today.")
        return self.compare(CLOSE, ">" if up else "<", edge)

    def on_leaves_range_way(self, word: Any, span: Any) -> Any:
        return self.on_leaves_range(span, word)

    def on_that_level(self, *words: Any) -> Any:
        """ "back above that low": the extreme that was spoken of last."""
        pair = self.memory.pair
        level = pair.right if pair is not None else None
        levels = [level]
        if isinstance(level, Arithmetic) and isinstance(level.left, Number):
            levels = [pair.left, level.right]  # "12 % under its high ... that high"
        ext = next((w.sub("EXT") for w in words if w.has("EXT")), "")
        low = ext == "lowest" or (not ext and words[-1].has("LOW"))
        for level in levels:
            inner = level.of if isinstance(level, Previous) else level
            if isinstance(inner, Indicator) and inner.name == ("lowest" if low else "highest"):
                return level
            if not ext and isinstance(inner, Price) and inner.field == ("low" if low else "high"):
                return level
        raise Unreadable("not_understood", "Which level is meant?", words[-1].text)

    def on_that_period_level(self, that: Any, period: Any, word: Any) -> Any:
        """ "within 2 % of that 252-day high": the one before, where its length is the same."""
        level = self.on_that_level(that, word)
        inner = level.of if isinstance(level, Previous) else level
        if getattr(inner, "numbers", ()) != (self.bars_in(self.read(period)),):
            raise Unreadable("ambiguous", f"Which {word.text} is meant?")
        return level

    def on_signal_of_period(self, period: Any) -> Any:
        """ "its 9-day signal line": an exponential average of TRIX."""
        left = self.left if self.left is not None else self.memory.subject
        if not isinstance(left, Indicator) or left.name not in ("trix", "force", "accumulation"):
            raise Unreadable("not_understood", "The signal line of what?")
        bars = float(self.bars_in(self.read(period)))
        self.assume("A signal line is an exponential average.")
        return Indicator(name="ema", numbers=(bars,), source=left)

    def on_channel_withs(self, word: Any, name: Any, withs: Any) -> Any:
        return self._line_of(name.sub("CHANNELNAME"), word, self.withs(withs))

    def on_extreme_of_number(self, word: Any, number: Any) -> Any:
        own = self._own()
        found = self._extreme(word, own if own is not None else CLOSE, self._count(number), False)
        return self.of_end_closes(found)  # type: ignore[attr-defined]

    def on_extreme_of_named_closes(self, word: Any, _close: Any, number: Any, *_: Any) -> Any:
        return self._extreme(word, CLOSE, self._count(number), False)

    def on_off_level(self, *parts: Any, least: bool = False) -> Any:
        """ "10 % or more off its 50-day high"."""
        said = [p for p in parts if isinstance(p, Said)]
        least = least or any(not isinstance(p, Said) and p.has("OR_MORE") for p in parts)
        pct = next(p for p in said if p.kind.startswith(("pct", "bps", "half_percent")))
        if any(w.has("NOT") for p in said if p.kind == "be_not" for w in p.words):
            raise Unreadable("ambiguous", "Not how far away?")
        values = [p for p in said[:-1] if p is not pct and p.kind != "be_not"]
        left, level = self.left_of(values[0] if values else None, said[-1])
        inner: Any = level.of if isinstance(level, Previous) else level
        if getattr(inner, "name", "") not in ("highest", "lowest", "peak"):
            raise Unreadable("ambiguous", "Above or below it?")
        down = inner.name != "lowest"
        fraction = self.read(pct)
        operator = ("<" if down else ">") + ("=" if least else "")
        return self.compare(left, operator, times(1 - fraction if down else 1 + fraction, level))

    def on_off_level_least(self, *parts: Any) -> Any:
        return self.on_off_level(*parts, least=True)

    def on_exceeds_by_be(self, *parts: Any) -> Any:
        be, left, (side, right, amount) = self._split(parts)
        if any(w.has("NOT") for w in be.words):
            raise Unreadable("ambiguous", "Not by how much?")
        return self.on_exceeds_by(left, side, right, amount)

    def on_than_before_it(self, side: Any, *_: Any) -> Any:
        return self._than_its_past(side, 1)

    def on_than_ago_it(self, side: Any, ago: Any) -> Any:
        return self._than_its_past(side, self.bars_in(self.read(ago)))

    def _than_its_past(self, side: Any, bars: int) -> Any:
        subject = self.memory.subject
        if subject is None or isinstance(subject, Number):
            raise Unreadable("ambiguous", "What is higher or lower than before?")
        operator: Any = self._operator(side)
        return Compare(left=subject, operator=operator, right=Previous(of=subject, bars=bars))

    def on_biggest_move(self, *parts: Any) -> Any:
        """ "the biggest one-day loss of the past 60 days"."""
        said = [p for p in parts if isinstance(p, Said)]
        if len(said) > 1 and said[0].kind not in ("it", "generic_price", "symbol_price"):
            raise Unreadable("not_understood", "The biggest move of what?")
        words = [p for p in parts if not isinstance(p, Said)]
        ext = next(w for w in words if w.has("EXT"))
        move = next(w for w in words if w.has("FALL", "LOSS", "RISE", "PROFIT") and w is not ext)
        up = move.has("RISE", "PROFIT")
        if ext.sub("EXT") == "lowest" and ext.text != "worst":
            raise Unreadable("ambiguous", "The smallest move: up or down?")
        bars, ago = self._window(said[-1])
        change = Indicator(name="change", numbers=(1.0,), source=CLOSE)
        name = "highest" if up else "lowest"
        best: Any = Indicator(name=name, numbers=(float(bars),), source=change)
        best = before(best) if ago else best
        operator: Any = (">" if up else "<") + ("" if ago else "=")
        return AllOf(
            conditions=(
                Compare(left=change, operator=operator, right=best),
                Compare(left=change, operator=">" if up else "<", right=Number(value=0)),
            )
        )

    # -- averages of two, slopes ---------------------------------------------------------------

    def on_mean_with_yesterday(self, word: Any, *parts: Any) -> Any:
        if word.sub("MA") not in ("ma", "sma"):
            raise Unreadable("not_understood", "The plain average of two days is meant.")
        return Indicator(name="sma", numbers=(2.0,), source=self.series(parts[-1]))

    def on_mean_of_two_after(self, word: Any, of: Any, *_: Any) -> Any:
        return self.on_mean_with_yesterday(word, of)

    def on_average_of_oscillator(self, word: Any, of: Any, withs: Any) -> Any:
        bars, ago = self._window(withs)
        return self._before(self._average(word, (float(bars),), self.series(of)), ago)

    def on_average_width(self, period: Any, word: Any, *_: Any) -> Any:
        """ "the 10-day average range": of high minus low."""
        return self._average(word, (float(self.bars_in(self.read(period))),), _WIDTH)

    def on_average_width_before(self, period: Any, word: Any, *_: Any) -> Any:
        return before(self.on_average_width(period, word))

    def on_average_of_width(self, word: Any, withs: Any) -> Any:
        """ "the average range of the previous 10 days"."""
        bars, ago = self._window(withs)
        return self._before(self._average(word, (float(bars),), _WIDTH), ago)

    def on_indicator_yesterday(self, word: Any, *_: Any) -> Any:
        return before(self.make(word.sub("IND"), None))

    def _slope(self, bars: float, name: str = "slope") -> Any:
        if bars < 2:
            raise Unreadable("invalid_value", "A line needs two days.")
        self.memory.said.setdefault("slope", (bars,))
        self.memory.said.setdefault("linearreg", (bars,))
        return Indicator(name=name, numbers=(bars,), source=CLOSE)

    def on_slope_period(self, period: Any, *_: Any) -> Any:
        return self._slope(float(self.bars_in(self.read(period))))

    def on_slope_through(self, *parts: Any) -> Any:
        number = next(p for p in parts if isinstance(p, Said) and p.kind == "number")
        return self._slope(float(self._count(number)))

    def on_slope_nums(self, nums: Any) -> Any:
        return self._slope(self.nums(nums)[0])

    def on_regression_period(self, period: Any) -> Any:
        return self._slope(float(self.bars_in(self.read(period))), "linearreg")

    def on_regression_through(self, number: Any, *_: Any) -> Any:
        return self._slope(float(self._count(number)), "linearreg")

    def on_regression_number(self, number: Any) -> Any:
        return self._slope(self.number(number), "linearreg")

    def on_slope_number(self, number: Any) -> Any:
        return self._slope(self.number(number))

    def on_regression_nums(self, nums: Any) -> Any:
        return self._slope(self.nums(nums)[0], "linearreg")

    def on_define_regression(self, number: Any, *_: Any) -> None:
        self.memory.subject = self._slope(float(self._count(number)))
        self.memory.level_met = False
        self.found.defined.append("slope")

    def on_aroon_up_with(self, withs: Any) -> Any:
        return self.make("aroon", self.withs(withs), "up")

    def on_aroon_down_with(self, withs: Any) -> Any:
        return self.make("aroon", self.withs(withs), "down")

    # -- told otherwise ------------------------------------------------------------------------

    def on_pattern_row(self, number: Any, word: Any) -> Any:
        return self._streak(self.on_pattern(word), number)

    def on_supertrend_line_with(self, withs: Any) -> Any:
        return self.make("supertrend", self.withs(withs), "line")

    def on_width_withs(self, withs: Any) -> Any:
        """ "the range of the last 10 days": from its lowest low to its highest high."""
        return self._span_width(self.on_range_withs(withs))

    def on_width_period(self, period: Any) -> Any:
        return self._span_width(self.on_range_period(period))

    def _span_width(self, edges: tuple[Any, Any]) -> Any:
        return Arithmetic(operator="-", left=edges[1], right=edges[0])

    def on_graded_again(self, *parts: Any) -> Any:
        """ "higher than the SAR ...; when it is lower": than the same."""
        said = [p for p in parts if isinstance(p, Said)]
        be = next(p for p in said if p.kind == "be_not")
        values = [p for p in said if p is not be]
        graded = self.memory.meanings.get("graded")
        if graded is None or any(w.has("NOT") for w in be.words):
            raise Unreadable("not_understood", "Higher or lower than what?")
        left, right = graded
        if values and not is_it(values[0]) and self.value(values[0]) != left:
            raise Unreadable("ambiguous", "Higher or lower than what?")
        return self.compare(left, ">" if parts[-1].has("UP") else "<", right)

    def on_day_told(self, *parts: Any) -> Any:
        return self.read(parts[-1])

    def on_back_own(self, of: Any, ago: Any) -> Any:
        return self.on_back(of, ago)

    def on_that_period(self, that: Any, unit: Any, word: Any) -> Any:
        if that.text == "this":
            raise Unreadable("unsupported", "A period that is not over has no high or low yet.")
        text = unit.parts[0].text
        self.assume(f"“That {text}” is the last finished calendar {text}.")
        return self._finished(unit, Price(field="high" if word.has("HIGH") else "low"))

    def on_wick_noted(self, word: Any, *words: Any) -> Any:
        """ "the lower shadow (from the lower of open and close down to the low)"."""
        lower = word.sub("IND") == "lower_wick"
        if word.sub("IND") not in ("lower_wick", "upper_wick"):
            raise Unreadable("not_understood", "What is explained there?", word.text)
        end = next(w for w in words if w.has("HIGH", "LOW") and not w.has("BANDSIDE"))
        side = next(w for w in words if w.has("BANDSIDE", "BELOW", "ABOVE") and w is not end)
        below = side.sub("BANDSIDE") == "lower" or side.has("BELOW")
        if end.has("LOW") != lower or below != lower:
            raise Unreadable("not_understood", "This is not the usual shadow.")
        return self.make(word.sub("IND"), None)

    def on_aroon_noted(self, *parts: Any) -> Any:
        """ "the Aroon oscillator (up minus down, 14 days)"."""
        word = next(p for p in parts if not isinstance(p, Said))
        if word.sub("IND") != "aroonosc":
            raise Unreadable("not_understood", "What is explained there?", word.text)
        told = [p for p in parts if isinstance(p, Said)]
        if not told:
            return self.make("aroonosc", None)
        bars = self.number(told[0]) if told[0].kind == "number" else self._bars_told(told[0])
        return self.make("aroonosc", (float(bars),))

    def _bars_told(self, said: Any) -> int:
        found = self.read(said)
        return self.bars_in(found)

    def on_during_day(self, *parts: Any) -> Any:
        """ "during the day the index undercuts yesterday's low": its low does."""
        side = next(p for p in parts if not isinstance(p, Said) or p.kind.startswith("side"))
        values = [p for p in parts if isinstance(p, Said) and not p.kind.startswith("side")]
        operator = self._operator(side)
        left = Price(field="high" if operator.startswith(">") else "low")
        plain = ("it", "generic_price", "symbol_price")
        if len(values) > 1 and values[0].kind not in plain and self.value(values[0]) != left:
            raise Unreadable("not_understood", "What is beyond it during the day?")
        return self.compare(left, operator, self.value(values[-1], left))

    def on_close_which(self, *parts: Any) -> Any:
        found = self.value(parts[-1], CLOSE)
        inner = found.of if isinstance(found, Previous) else found
        if not isinstance(inner, Indicator) or inner.name not in ("highest", "lowest"):
            raise Unreadable("not_understood", "The highest or lowest of what?")
        operator: Any = ">" if inner.name == "highest" else "<"
        operator += "" if isinstance(found, Previous) or inner.source != CLOSE else "="
        return self.compare(CLOSE, operator, found)

    def on_close_which_side(self, *parts: Any) -> Any:
        return self.compare(CLOSE, self._operator(parts[-2]), self.value(parts[-1], CLOSE))

    def on_close_which_distance(self, *parts: Any) -> Any:
        amount, side, right = (p for p in parts[1:] if isinstance(p, Said) or not p.has("OR_MORE"))
        return self._distance(CLOSE, amount, side, self.value(right, CLOSE), least=True)

    def on_noted_move(self, atom: Any, *parts: Any) -> Any:
        """ "(today's close against the close three days earlier)" says the same again."""
        found = self._and_part(atom)
        bars = self.bars_in(self.read(parts[-1]))
        left: Any = getattr(found, "left", None)
        if getattr(left, "name", "") != "change" or left.numbers != (float(bars),):
            raise Unreadable("not_understood", "What stands in brackets says something else.")
        return found

    def on_breaks_edge(self, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        side = next(p for p in parts if not isinstance(p, Said) and p.has("BANDSIDE"))
        if len(said) > 1 and not is_it(said[0]) and self.value(said[0]) != CLOSE:
            raise Unreadable("not_understood", "What breaks out?")
        top = side.sub("BANDSIDE") == "upper"
        return self.compare(CLOSE, ">" if top else "<", self.on_edge_of_span(side, said[-1]))

    # -- definitions ---------------------------------------------------------------------------

    def on_define_heikin(self, *_: Any) -> None:
        self.memory.coloured = "heikin_ashi"

    def on_define_named_lines(self, word: Any, said: Any) -> None:
        """ "Directional movement with 14 days": of all its lines."""
        if said.kind == "span":
            numbers: tuple[float, ...] = (float(self.bars_in(self.read(said))),)
        else:
            numbers = self.nums(said) if said.kind in ("nums", "bare") else self.withs(said)
        if len(numbers) != 1:
            raise Unreadable("not_understood", "One length is needed here.")
        vortex = word.has("VORTEXNAME")
        for name in ("vortex_plus", "vortex_minus") if vortex else ("plus_di", "minus_di", "adx"):
            self.make(name, numbers)

    def on_define_supertrend_with(self, withs: Any) -> None:
        self.memory.coloured = "supertrend"
        self.make("supertrend", self.withs(withs), "direction")

    def on_define_indicator_with(self, word: Any, withs: Any) -> None:
        found = self.make(word.sub("IND"), self.withs(withs))
        self.memory.subject, self.memory.level_met = found, False
        self.found.defined.append(found.name)
