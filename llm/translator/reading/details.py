"""Details that are told apart from what they belong to: lengths, signals, how far apart."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    AllOf,
    Arithmetic,
    Calendar,
    Compare,
    Indicator,
    Number,
    Previous,
    Price,
    Streak,
)
from llm.specification.walk import nodes
from llm.translator.reading.comparisons import OPERATORS, is_it
from llm.translator.reading.extremes import before
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.sayings import Sayings
from llm.translator.said import Said

# The only shift there is.
SHIFT = "Spans of the cloud that are shifted by the length of the base line only."


class Details(Sayings):
    """Reads numbers of an indicator that was named, and values that lie close together."""

    # -- numbers of what was named -------------------------------------------------------------

    def on_define_two_numbers(self, *parts: Any) -> None:
        """ "Use the usual 0.02 and 0.2": of the SAR that was named without numbers."""
        numbers = tuple(self.number(p) for p in parts if isinstance(p, Said))
        assumed = [a.sentence for a in self.memory.assumptions]
        spoken_of = any("for parabolic SAR" in sentence for sentence in assumed)
        if not spoken_of and self.known.get("sar") != numbers:
            raise Unreadable("not_understood", "Numbers of what?")
        self.make("sar", numbers)

    def on_define_spans(self, bare: Any, *parts: Any) -> None:
        """ "Spans 26/52, shifted 26 days ahead": what the cloud is drawn with."""
        numbers = self.nums(bare)
        shifts = [self.number(p) for p in parts if isinstance(p, Said) and p.kind == "number"]
        if len(numbers) != 2 or shifts not in ([], [numbers[0]]):
            raise Unreadable("unsupported", SHIFT)
        told = self.memory.said.get("ichimoku", (9.0, *numbers))
        if told[1] != numbers[0]:
            raise Unreadable("contradictory", "Two lengths are given for the base line.")
        self.memory.said.pop("ichimoku", None)
        self.make("ichimoku", (told[0], *numbers), "base_line")

    def on_definable_supertrend_told(self, bars: Any, factor: Any) -> Any:
        """ "Supertrend, ATR length 14, factor 2"."""
        self.memory.coloured = "supertrend"
        return self.make("supertrend", (self.number(bars), self.number(factor)), "direction")

    # -- lengths -------------------------------------------------------------------------------

    def on_define_length(self, said: Any) -> None:
        """ "3 months is 63 trading days": what it is anyway, or it is said in days."""
        spoken = [p for p in said.parts if isinstance(p, Said)]
        numbers = [self.number(p) for p in spoken if p.kind == "number"]
        long, short = (p for p in spoken if p.kind == "unit")
        count, days = numbers if len(numbers) == 2 else (1.0, numbers[0])
        told = self.span_of(count, long), self.span_of(days, short)
        if short.words[0].has("DAY", "BAR") and told[0].bars == told[1].bars:
            return
        raise Unreadable("unsupported", "Say the length in trading days in the rule itself.")

    def on_with_length_told(self, condition: Any, said: Any, *closing: Any) -> Any:
        """ "a 3-month high, where 3 months is 63 trading days and only closes count"."""
        self.on_define_length(said)
        return self.on_on_closes_only(condition, *closing) if closing else self.read(condition)

    # -- the stochastic of RSI and its two lines -----------------------------------------------

    def on_define_stochrsi(self, said: Any) -> None:
        """ "Stochastic RSI, 14/14 with K smoothed over 3 days"."""
        first, *lines = said.parts
        numbers = self.several(first) if first.kind == "several_numbers" else self.nums(first)
        smoothed = dict(self.read(line) for line in lines)
        if len(numbers) == 4 and not smoothed:
            numbers, (k, d) = self._shorter_last(numbers)
        elif len(numbers) in (1, 2):
            numbers = (numbers[0], numbers[-1])
            k, d = smoothed.get("k"), smoothed.get("d")
        else:
            raise Unreadable("ambiguous", "Which number belongs to what of the stochastic RSI?")
        self._lines_of_stochrsi(numbers, k, d)

    def on_define_stochrsi_words(self, period: Any, word: Any, span: Any, *notes: Any) -> None:
        """ "Stochastic RSI with a 14-day RSI and a 14-day lookback, on a 0-1 scale"."""
        if word.sub("IND") != "rsi":
            raise Unreadable("not_understood", "The stochastic of RSI is the only one of its kind.")
        scale = [self.number(p) for note in notes for p in note.parts if isinstance(p, Said)]
        if scale not in ([], [0.0, 1.0], [0.0, 100.0]):
            raise Unreadable("not_understood", "From where to where?")
        if scale == [0.0, 100.0]:
            self.memory.meanings["whole scale"] = True
        numbers = tuple(float(self.bars_in(self.read(p))) for p in (period, span))
        self._lines_of_stochrsi(numbers, None, None)

    def on_stochrsi_k(self, number: Any, *_: Any) -> tuple[str, float]:
        return "k", self.number(number)

    def on_stochrsi_d(self, number: Any, *_: Any) -> tuple[str, float]:
        return "d", self.number(number)

    def _shorter_last(self, numbers: tuple[float, ...]) -> tuple[Any, Any]:
        """ "14, 14, 3, 3" and "3, 3, 14, 14": the smoothing is what is shorter."""
        first, second = numbers[:2], numbers[2:]
        if min(first) > max(second):
            return first, second
        if max(first) < min(second):
            return second, first
        raise Unreadable("ambiguous", "Which number belongs to what of the stochastic RSI?")

    def _lines_of_stochrsi(self, numbers: Any, k: float | None, d: float | None) -> None:
        base = self.make("rsi_of_stochastic", numbers)
        line = Indicator(name="sma", numbers=(k,), source=base) if k is not None else None
        slow = None
        if line is not None and d is not None:
            slow = Indicator(name="sma", numbers=(d,), source=line)
        self.memory.meanings["stochrsi lines"] = (line, slow)
        self.call("stochrsi", base if line is None else line)

    def line_of_stochrsi(self, output: str) -> Any:
        """%K and %D of the stochastic RSI, where it was said how they are smoothed."""
        found = self.memory.meanings["stochrsi lines"][0 if output == "k" else 1]
        if found is None:
            raise Unreadable(
                "ambiguous",
                f"Over how many days is %{output.upper()} of the stochastic RSI smoothed? For "
                "example: Stoch RSI (14, 14, 3, 3).",
            )
        return found

    def on_stochrsi_own_k(self, *nums: Any) -> Any:
        return self._own_line_of(nums, "k")

    def on_stochrsi_own_d(self, *nums: Any) -> Any:
        return self._own_line_of(nums, "d")

    def _own_line_of(self, nums: tuple[Any, ...], output: str) -> Any:
        numbers = self.nums(nums[0]) if nums else ()
        if len(numbers) == 4:
            self._lines_of_stochrsi(*self._flat(numbers))
        self.memory.meanings.setdefault("stochrsi lines", (None, None))
        return self.line_of_stochrsi(output)

    def _flat(self, numbers: tuple[float, ...]) -> tuple[Any, float, float]:
        lengths, (k, d) = self._shorter_last(numbers)
        return lengths, k, d

    def on_define_indicator_bare(self, word: Any, bare: Any) -> None:
        """ "Ultimate oscillator, 7-14-28."."""
        found = self.make(word.sub("IND"), self.nums(bare))
        self.memory.subject, self.memory.level_met = found, False
        self.found.defined.append(found.name)

    def on_define_indicator_two(self, word: Any, one: Any, other: Any) -> None:
        """ "Parabolic SAR, 0.02 and 0.2"."""
        found = self.make(word.sub("IND"), (self.number(one), self.number(other)))
        self.found.defined.append(found.name)

    def on_define_ratio_against(self, over: Any, under: Any, average: Any) -> None:
        """ "Ratio A/B against its 40-day average: when the ratio is below the average ..."."""
        ratio = self.on_ratio_of_two(over, under)
        line = self.value(average, ratio)
        if isinstance(line, Indicator) and line.source == CLOSE:
            line = line.model_copy(update={"source": ratio})
        self.memory.average = line
        self.memory.subject, self.memory.level_met = ratio, False

    def on_define_ratio_two(self, *words: Any) -> None:
        """ "Divide KO by PEP every day. When this ratio ..."."""
        over, under = (word for word in words if word.has("SYMBOL"))
        self.memory.subject, self.memory.level_met = self.on_ratio_of_two(over, under), False

    def on_ratio_base(self, *parts: Any) -> Any:
        """ "the ratio's 20-day average"."""
        self.memory.subject, self.memory.level_met = self.on_ratio_alone(), False
        return self.on_own_base(parts[-1])

    def on_over_window(self, over: Any, under: Any, withs: Any, *_: Any) -> Any:
        """ "(close - lowest close) / (highest close - lowest close) over the last 120 days"."""
        self.memory.meanings["window"] = self._window(withs)
        try:
            return self._arithmetic("/", over, under)
        finally:
            self.memory.meanings.pop("window", None)

    # -- signals of a line ---------------------------------------------------------------------

    def on_supertrend_before(self, word: Any, *given: Any) -> Any:
        """ "a bullish Supertrend with length 7 and multiplier 2.5"."""
        return self.on_supertrend(*given, word)

    def on_line_signal(self, word: Any, *given: Any) -> Any:
        """ "on its buy signal": the line that was introduced turns."""
        if not given and self.memory.coloured != "supertrend":
            raise Unreadable("not_understood", "The signal of what?")
        numbers = self.memory.said.get("supertrend")
        if given:
            numbers = self.nums(given[0]) if given[0].kind == "nums" else self.withs(given[0])
        self.assume("A signal of the Supertrend is the day on which it turns.")
        line = self.make("supertrend", numbers, "direction")
        return self._direction(line, up=word.has("BUYSIGNAL"), flips=True)

    # -- close together ------------------------------------------------------------------------

    def on_extremes_apart(self, *parts: Any) -> Any:
        """ "the highest and the lowest close of 15 days are less than 5 % apart"."""
        *span, side, pct = [p for p in parts if not isinstance(p, Said) or p.kind != "be_not"]
        low, high = self.on_range_between(*span)
        self._not_denied(parts)
        factor = Number(value=round(1 + self.read(pct), 12))
        edge = Arithmetic(operator="*", left=factor, right=low)
        return self.compare(high, OPERATORS["LE" if side.has("LE") else "BELOW"], edge)

    def on_values_apart(self, *parts: Any) -> Any:
        """ "the two averages are within 2 % of each other"."""
        self._not_denied(parts)
        said = [p for p in parts if isinstance(p, Said) and p.kind != "be_not"]
        first = self.value(said[0])
        second, fraction = self.value(said[1], first), self.read(said[-1])
        strict = any(not isinstance(p, Said) and p.has("BELOW") for p in parts)
        if isinstance(first, Number) or isinstance(second, Number) or first == second:
            raise Unreadable("not_understood", "Which two values are close together?")
        edges = []
        for sign, operator in ((1, "<"), (-1, ">")):
            factor = Number(value=round(1 + sign * fraction, 12))
            edge = Arithmetic(operator="*", left=factor, right=second)
            edges.append(self.compare(first, operator + ("" if strict else "="), edge))
        return AllOf(conditions=tuple(edges))

    def on_probes_but_closes(self, *parts: Any) -> Any:
        """ "trades under the low of 10 days but settles above it": its low does, not its close."""
        words = [p for p in parts if not isinstance(p, Said) and not p.has("IT", "FALL", "RISE")]
        *first, level, last = (p for p in parts if isinstance(p, Said))
        down, up = (word.has("BELOW", "LE", "BACK_BELOW") for word in words)
        if down is up:
            raise Unreadable("not_understood", "Both on the same side?")
        price = Price(field="low" if down else "high")
        plain = ("it", "generic_price", "symbol_price")
        priced = first and first[0].kind == "column" and first[0].words[-1].has("PRICE")
        spoken = not first or priced or first[0].kind in plain
        if not spoken and self.value(first[0]) != price:
            raise Unreadable("not_understood", "What is beyond it during the day?")
        line = self._without_today(price, "<" if down else ">", self.value(level, price))
        back = line if is_it(last) else self.value(last, CLOSE)
        inner = line.of if isinstance(line, Previous) else line
        of_days = isinstance(inner, Price) or getattr(inner, "name", "") in ("lowest", "highest")
        if not of_days and back != line:
            raise Unreadable("ambiguous", "Is it the close that is beyond it, or the day's range?")
        operators = [self._operator(word) for word in words]
        self.assume(f"“{'Below' if down else 'Above'} it” is the day's {price.field} there.")
        beyond = self.compare(price, operators[0], line)
        return AllOf(conditions=(beyond, self.compare(CLOSE, operators[1], back)))

    @staticmethod
    def _not_denied(parts: tuple[Any, ...]) -> None:
        be = [p for p in parts if isinstance(p, Said) and p.kind == "be_not"]
        if any(word.has("NOT") for part in be for word in part.words):
            raise Unreadable("ambiguous", "How far apart are they?")

    # -- of the open trade ---------------------------------------------------------------------

    def on_while_in_trade(self, condition: Any) -> Any:
        """ "a close below yesterday's low while I'm in": nothing else can be sold."""
        if not self.leaving:
            raise Unreadable("not_understood", "What is bought already?")
        return self.read(condition)

    # -- closes of longer bars, told once ------------------------------------------------------

    def on_define_end_closes(self, *words: Any) -> None:
        """ "Look only at month-end closes": what "the last 3" are from here on."""
        weekly = any(word.has("WEEK", "WEEKLY") for word in words)
        self.memory.meanings["end closes"] = "W" if weekly else "M"
        self.found.schedule = Calendar(unit="week_end" if weekly else "month_end")

    def of_end_closes(self, node: Any) -> Any:
        period = self.memory.meanings.get("end closes")
        return node if period is None else self._longer(period, node)

    def on_average_last_alone(self, word: Any, number: Any) -> Any:
        """ "the average of the last 3": of the closes that were spoken of."""
        if "end closes" not in self.memory.meanings:
            raise Unreadable("ambiguous", "The last so many of what?")
        return self.of_end_closes(self._average(word, (self.number(number),)))

    def on_above_its_past_end(self, left: Any, side: Any, word: Any, *rest: Any) -> Any:
        """ "higher than at the month-end six months before"."""
        if not rest[-1].has(*(tag for tag in ("MONTH", "WEEK", "QUARTER") if word.has(tag))):
            raise Unreadable("ambiguous", "The ends of months are counted in months.")
        return self.on_above_its_past_ends(left, side, *rest)

    def on_ago_told(self, span: Any, told: Any) -> Any:
        """ "one month ago (21 trading days)": the length in brackets counts."""
        del span
        return self.read(told)

    def on_acted_on_next(self, word: Any, *_: Any) -> None:
        """ "Act on the next Monday (or first trading day)": what a signal of weeks does anyway."""
        entries = [one for told in self.found.entries.values() for one in told]
        weekly = [
            one
            for one in entries
            for node in nodes(one)
            if getattr(node, "unit", "") == "week_end" or getattr(node, "period", "") == "W"
        ]
        if word.sub("WEEKDAY") != "0" or not (weekly or self._looks_weekly()):
            raise Unreadable("unsupported", "A signal that waits for a weekday is not possible.")

    def _looks_weekly(self) -> bool:
        return bool(self.found.schedule == Calendar(unit="week_end"))

    # -- levels of a day that is past ----------------------------------------------------------

    def on_of_signal_day(self, *_: Any) -> Any:
        """ "a close below that candle's low": such a level can only be a stop or a target."""
        raise Unreadable(
            "unsupported",
            "The prices of the day that gave the signal are kept for stops and targets only, for "
            "example: stop at the signal day's low.",
        )

    def on_on_signal_day(self, of: Any, *_: Any) -> Any:
        found = self.value(of, self.left)
        if self.leaving and isinstance(found, Price):
            return self.on_of_signal_day()
        return found

    # -- rows of days and their volume, two values at a high -----------------------------------

    def on_both_extreme(self, *parts: Any) -> Any:
        """ "both the close and OBV are at a 50-day high": each of its own values."""
        said = [p for p in parts if isinstance(p, Said) and p.kind != "be_not"]
        one, other, length = said
        word = next(p for p in parts if not isinstance(p, Said) and p.has("HIGH", "LOW", "EXT"))
        low = word.has("LOW") or word.sub("EXT") == "lowest"
        if length.kind.startswith("with_"):
            bars, ago = self._window(length)
        else:
            bars, ago = self.bars_in(self.read(length)), False
        if ago:
            raise Unreadable("ambiguous", "With today or without it?")
        values = [CLOSE if is_it(v) else self.series(v) for v in (one, other)]
        found = tuple(self._own_extreme(v, "low" if low else "high", bars) for v in values)
        return AllOf(conditions=found)

    def on_row_on_volume(self, row: Any, *parts: Any) -> Any:
        """ "two lower closes in a row, each on less volume than the day before"."""
        found = self._and_part(row)
        if not isinstance(found, Streak):
            raise Unreadable("not_understood", "Which days are meant?")
        less = any(not isinstance(p, Said) and p.has("LIGHTER") for p in parts)
        volume = Price(field="volume")
        self.assume("The volume of each of these days is compared with that of the day before it.")
        step = Compare(left=volume, operator="<" if less else ">", right=before(volume))
        return AllOf(conditions=(found, Streak(of=step, bars=found.bars)))

    # -- one value over several lengths --------------------------------------------------------

    def _over_lengths(self, parts: tuple[Any, ...]) -> list[Any]:
        """ "both the 126-day and the 21-day returns"."""
        periods = [p for p in parts if isinstance(p, Said) and p.kind in ("span", "bare_span")]
        named = [p for p in parts if not isinstance(p, Said) and p.has("IND")]
        if periods and periods[-1].kind == "span":
            # "the 3- and 12-month returns": three months
            unit = periods[-1].parts[-1]
            bare = [p.kind == "bare_span" for p in periods]
            pairs = zip(periods, bare, strict=True)
            periods = [Said("span", (p.parts[0], unit)) if b else p for p, b in pairs]
        for told in (p for p in parts if isinstance(p, Said) and p.kind == "lengths_list"):
            periods = [Said("span", (number, told.parts[-1])) for number in told.parts[0].parts]
        for note in (p for p in parts if isinstance(p, Said) and p.kind == "lengths_note"):
            numbers, unit = note.parts[0].parts, note.parts[-1]
            if len(numbers) != len(periods):
                raise Unreadable("not_understood", "How many lengths are these?")
            periods = [Said("span", (number, unit)) for number in numbers]
        if not named:
            return [self.read(Said("period_return", (period,))) for period in periods]
        return [self.read(Said("oscillator_period", (period, named[0]))) for period in periods]

    def on_lengths_signed(self, *parts: Any) -> Any:
        sign = self._sign(parts[-1])
        found = [self.compare(v, sign, Number(value=0)) for v in self._over_lengths(parts)]
        return AllOf(conditions=tuple(found))

    def on_lengths_compare(self, *parts: Any) -> Any:
        *said, side, right = parts
        values = self._over_lengths(tuple(said))
        operator = self._operator(side)
        found = [self.compare(v, operator, self.value(right, v)) for v in values]
        return AllOf(conditions=tuple(found))
