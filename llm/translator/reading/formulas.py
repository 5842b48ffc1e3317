"""Values of one's own: names for formulas, sums, smoothed values, and numbers after a name."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Arithmetic, Indicator, Number, Previous, Price
from llm.specification.walk import nodes, scale_of
from llm.translator.reading.lines import Lines
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.said import Said

# A sum of more bars than this is written as so many times their average.
_LONGEST_SUM = 3


def plus(left: Any, right: Any) -> Arithmetic:
    return Arithmetic(operator="+", left=left, right=right)


def times(factor: float, of: Any) -> Any:
    return Arithmetic(operator="*", left=Number(value=round(factor, 12)), right=of)


def _of_one_bar(value: Any) -> bool:
    """Whether a formula is one of the open, high, low and close of a bar, and of nothing else."""
    return all(isinstance(node, Price | Number | Arithmetic) for node in nodes(value))


class Formulas(Lines):
    """Reads formulas, and numbers given in other ways than brackets."""

    # -- names ---------------------------------------------------------------------------------

    def on_named_value(self, word: Any) -> Any:
        found = self.memory.meanings.get(f"name:{word.detail}")
        if found is None:
            raise Unreadable("not_understood", f"“{word.text}” is not defined.", word.text)
        if "defining" in self.memory.meanings:
            return found
        told = word.detail in self.memory.meanings.get("levels_before", ())
        if told and not _of_one_bar(found):
            raise Unreadable("ambiguous", f"Is all of “{word.text}” of the day before?")
        if told or "previous_day" in self.memory.meanings:
            return Previous(of=found, bars=1)
        return found

    def on_coefficient(self, number: Any, named: Any) -> Any:
        return times(self.number(number), self.value(named))

    def on_divided_slash(self, left: Any, right: Any) -> Any:
        return self._arithmetic("/", left, right)

    def on_negative_level(self, *parts: Any) -> Any:
        return Number(value=-self.number(parts[-1]))

    def on_negative_percent(self, *parts: Any) -> Any:
        found = self.on_level_percent(parts[-1])
        return Number(value=-found.value)

    def on_half_level(self, _word: Any) -> Any:
        return Number(value=0.5)

    # -- sums ----------------------------------------------------------------------------------

    def on_sum_of(self, *terms: Any) -> Any:
        found = self.value(terms[0], self.left)
        for term in terms[1:]:
            found = plus(found, self.value(term, found))
        return found

    def _with_day_before(self, of: Any) -> Any:
        return self._summed(plus(of, Previous(of=of, bars=1)))

    def _summed(self, found: Any) -> Any:
        self.memory.meanings["sum"] = found
        return found

    def on_sum_with_yesterday(self, *parts: Any) -> Any:
        return self._with_day_before(self.series(parts[-1]))

    def on_sum_of_two_days(self, of: Any, *_: Any) -> Any:
        return self._with_day_before(self.series(of))

    on_plus_yesterday = on_sum_of_two_days

    def on_plus_yesterday_own(self, one: Any, other: Any, *_: Any) -> Any:
        first, second = self.series(one), self.series(other)
        return self._summed(plus(first, Previous(of=second, bars=1)))

    def on_sum_of_last(self, number: Any, of: Any) -> Any:
        return self._sum_over(self.series(of), round(self.number(number)))

    def on_sum_period(self, period: Any, of: Any) -> Any:
        return self._sum_over(self.series(of), self.bars_in(self.read(period)))

    def on_sum_over(self, of: Any, number: Any, unit: Any) -> Any:
        bars = self.bars_in(self.span_of(self.number(number), unit))
        return self._sum_over(self.series(of), bars)

    def on_summed_over(self, of: Any, number: Any, unit: Any) -> Any:
        """ "the close minus the open, times volume, summed over 20 days"."""
        bars = self.bars_in(self.span_of(self.number(number), unit))
        return self._sum_over(self.value(of), bars)

    def on_flow_named(self, of: Any) -> Any:
        """ "money flow multiplier ((close - low) - (high - close))": the name of what follows."""
        return self.value(of)

    def _sum_over(self, of: Any, bars: int) -> Any:
        if bars < 2:
            raise Unreadable("invalid_value", "A sum is of two values or more.")
        if bars > _LONGEST_SUM:
            average = Indicator(name="sma", numbers=(float(bars),), source=of)
            return self._summed(times(bars, average))
        found = of
        for back in range(1, bars):
            found = plus(found, Previous(of=of, bars=back))
        return self._summed(found)

    def on_sum_alone(self, *_: Any) -> Any:
        found = self.memory.meanings.get("sum")
        if found is None:
            raise Unreadable("not_understood", "The sum of what?")
        return found

    def on_percent_difference(self, one: Any, other: Any) -> Any:
        """ "the percentage gap between A and B": of B, in percent."""
        first = self.series(one)
        second = self.series(other, first)
        difference = Arithmetic(operator="-", left=first, right=second)
        self.assume("A difference in percent is a share of the second of the two values.")
        return times(100, Arithmetic(operator="/", left=difference, right=second))

    def on_distance_between(self, one: Any, other: Any) -> Any:
        return self.on_minus(other, one)

    def on_mean_of_three(self, word: Any, *said: Any) -> Any:
        if word.sub("MA") != "ma":
            raise Unreadable("not_understood", "An average of three values has no type.")
        self._of_values(said)
        found = self.on_sum_of(*said)
        return Arithmetic(operator="/", left=found, right=Number(value=float(len(said))))

    def _of_values(self, said: Any) -> None:
        """ "the average of the 10, 50 and 200 day lines": no number is added to a line."""
        if any(part.kind in ("level", "number") for part in said):
            raise Unreadable("ambiguous", "The average of a number and a value?")

    def on_plus_counted(self, left: Any, number: Any, of: Any) -> Any:
        """ "the EMA plus two 10-day ATRs"."""
        return self._counted_times("+", left, number, of)

    def on_minus_counted(self, left: Any, number: Any, of: Any) -> Any:
        return self._counted_times("-", left, number, of)

    def _counted_times(self, operator: Any, left: Any, number: Any, of: Any) -> Any:
        first, second = self.value(left), self.series(of)
        if scale_of(second) != "price_difference":
            raise Unreadable("not_understood", "So many of what?")
        return Arithmetic(operator=operator, left=first, right=times(self.number(number), second))

    def on_speedy_average(self, _speed: Any, period: Any, word: Any) -> Any:
        return self.on_average_period(period, word)

    def on_speedy_average_nums(self, _speed: Any, word: Any, nums: Any) -> Any:
        return self.on_average_nums(word, nums)

    def on_weekly_average_word(self, _weekly: Any, period: Any, word: Any) -> Any:
        return self._longer("W", self._average(word, (self.read(period).count,)))

    def on_channel_with(self, word: Any, name: Any, withs: Any) -> Any:
        return self._line_of(name.sub("CHANNELNAME"), word, self.withs(withs))

    def on_slow_k(self, _slow: Any, *parts: Any) -> Any:
        return self._stoch(parts, "k")

    def on_slow_d(self, _slow: Any, *parts: Any) -> Any:
        return self._stoch(parts, "d")

    def on_mean_of_two(self, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        if any(not isinstance(p, Said) and p.sub("MA") not in ("", "ma") for p in parts):
            raise Unreadable("not_understood", "An average of two values has no type.")
        self._of_values(said)
        found = self.on_plus(said[0], said[1])
        middle = Arithmetic(operator="/", left=found, right=Number(value=2))
        self.memory.meanings["middle"] = middle
        return middle

    # -- smoothing -----------------------------------------------------------------------------

    def _smoothed(self, found: Any) -> Any:
        self.memory.meanings["smoothed"] = found
        return found

    def on_smoothed(self, of: Any, period: Any, word: Any) -> Any:
        source = self.series(of)
        bars = float(self.bars_in(self.read(period)))
        return self._smoothed(self._average(word, (bars,), source))

    def on_smoothed_with(self, of: Any, word: Any, said: Any) -> Any:
        source = self.series(of)
        numbers = self.nums(said) if said.kind == "nums" else self.withs(said)
        return self._smoothed(self._average(word, self._one(numbers, said), source))

    def on_smoothed_ma(self, period: Any, of: Any) -> Any:
        source = self.series(of)
        bars = float(self.bars_in(self.read(period)))
        return self._smoothed(self.make(self._usual_kind(), (bars,), source=source))

    def on_smoothed_value(self, *_: Any) -> Any:
        found = self.memory.meanings.get("smoothed")
        if found is None:
            raise Unreadable("not_understood", "Smoothed how, and over how many days?")
        return found

    # -- numbers after a name ------------------------------------------------------------------

    def several(self, said: Any) -> tuple[float, ...]:
        """The numbers of "7, 14 and 28", wherever they stand in it."""
        if said.kind in ("several_numbers", "settings_before"):
            return tuple(self.number(p) for p in said.parts)
        inner = next(p for p in said.parts if isinstance(p, Said) and p.kind == "several_numbers")
        return self.several(inner)

    def on_oscillator_settings(self, word: Any, settings: Any) -> Any:
        averaged = [w for w in settings.words if w.has("MA")]
        if averaged and (word.sub("IND") != "ppo" or averaged[0].sub("MA") not in ("ma", "ema")):
            raise Unreadable("not_understood", "An average of these lengths of what?")
        return self.make(word.sub("IND"), self.several(settings))

    def on_oscillator_span(self, word: Any, span: Any) -> Any:
        return self.make(word.sub("IND"), (float(self.bars_in(self.read(span))),))

    def on_oscillator_length(self, word: Any, number: Any) -> Any:
        return self.make(word.sub("IND"), (self.number(number),))

    def on_average_length(self, word: Any, number: Any) -> Any:
        return self._average(word, (self.number(number),))

    def on_elliptic_value(self, period: Any) -> Any:
        """ "the 5-day figure" of what was spoken of."""
        beside = self.left if isinstance(self.left, Indicator) else self.memory.subject
        if not isinstance(beside, Indicator) or len(beside.numbers) != 1:
            raise Unreadable("ambiguous", "Which value of so many days?")
        bars = float(self.bars_in(self.read(period)))
        return beside.model_copy(update={"numbers": (bars,)})

    def on_middle_average(self, *parts: Any) -> Any:
        """ "the EMA in the middle" of the channel that was introduced."""
        own = self.memory.meanings.get("channel") or {}
        word = next(p for p in parts if not isinstance(p, Said))
        middle = own.get("middle") if self.memory.channel == "own" else None
        said = [p for p in parts if isinstance(p, Said)]
        if middle is None and not said and self.memory.channel:
            middle = self.make(self.memory.channel, None, "middle")
        kind = word.sub("MA")
        if middle is None or (
            kind != "ma" and getattr(middle, "name", kind) not in (kind, "bbands", "keltner")
        ):
            raise Unreadable("not_understood", "In the middle of what?")
        if said and (float(self.bars_in(self.read(said[0]))),) != middle.numbers:
            raise Unreadable("not_understood", "In the middle of what?")
        return middle

    def on_band_middle_average(self, side: Any, word: Any) -> Any:
        if side.sub("BANDSIDE") != "middle":
            raise Unreadable("not_understood", "Which average is meant?", word.text)
        return self.on_middle_average(word)

    def on_stochastic_of(self, *parts: Any) -> Any:
        """ "the stochastic over 14 days of the 14-day RSI"."""
        word = next(p for p in parts if not isinstance(p, Said) and p.has("IND"))
        numbers = []
        for part in (p for p in parts if isinstance(p, Said)):
            given = self.nums(part) if part.kind == "nums" else (self.bars_in(self.read(part)),)
            if len(given) != 1:
                raise Unreadable("not_understood", "One length is needed here.")
            numbers.append(float(given[0]))
        if word.sub("IND") != "rsi":
            raise Unreadable("not_understood", "The stochastic of RSI is the only one of its kind.")
        return self.make("rsi_of_stochastic", (numbers[1], numbers[0]))

    def on_awesome_said(self, word: Any, said: Any, *parts: Any) -> Any:
        if any(not isinstance(p, Said) and p.sub("MA") not in ("", "ma", "sma") for p in parts):
            raise Unreadable("not_understood", "The awesome oscillator is of simple averages.")
        return self._awesome(self.several(said))

    def on_stochrsi(self, *parts: Any) -> Any:
        numbers: tuple[float, ...] | None = None
        for part in parts:
            if part.kind in ("nums", "bare"):
                numbers = self.nums(part)
            elif part.kind.startswith("with_"):
                numbers = self.withs(part)
            else:
                numbers = (float(self.bars_in(self.read(part))),)
        if numbers and len(numbers) == 1:
            numbers = (numbers[0], numbers[0])
        if numbers is None and "stochrsi" in self.memory.meanings:
            return self.memory.meanings["stochrsi"]
        self.memory.meanings.setdefault("stochrsi lines", (None, None))
        return self.make("rsi_of_stochastic", numbers)

    def on_awesome(self, _word: Any, nums: Any = None) -> Any:
        return self._awesome(self.nums(nums) if nums is not None else (5.0, 34.0))

    def _awesome(self, numbers: tuple[float, ...]) -> Any:
        if len(numbers) != 2:
            raise Unreadable("not_understood", "The awesome oscillator has two lengths.")
        middle = Indicator(name="median_price")
        fast, slow = (Indicator(name="sma", numbers=(n,), source=middle) for n in numbers)
        return Arithmetic(operator="-", left=fast, right=slow)

    def on_macd_settings(self, _word: Any, settings: Any) -> Any:
        return self._macd(self.several(settings), "line")

    def on_macd_settings_hist(self, _word: Any, settings: Any) -> Any:
        return self._macd(self.several(settings), "histogram")

    def on_macd_settings_signal(self, _word: Any, settings: Any) -> Any:
        return self._macd(self.several(settings), "signal")

    def on_macd_before(self, settings: Any, *_: Any) -> Any:
        return self._macd(self.several(settings), "line")

    def on_hist_nums(self, nums: Any) -> Any:
        return self._macd(self.nums(nums), "histogram")

    # -- the stochastic ------------------------------------------------------------------------

    def _fast(self, numbers: tuple[float, ...] | None, output: str) -> Any:
        """Without smoothing; a second number is that of %D."""
        if numbers is None:
            said = self.memory.said.get("stoch") or self.known.get("stoch")
            if said is not None and said[1] == 1:
                return self.make("stoch", said, output)
            self.assume("No period is given for the fast stochastic: 14, 3.")
            numbers = (14.0,)
        if len(numbers) > 2:
            raise Unreadable("not_understood", "A fast stochastic has two lengths.")
        second = numbers[1] if len(numbers) == 2 else 3.0
        return self.make("stoch", (numbers[0], 1.0, second), output)

    def on_fast_k(self, *parts: Any) -> Any:
        return self._fast(self._nums(parts), "k")

    def on_fast_d(self, *parts: Any) -> Any:
        return self._fast(self._nums(parts), "d")

    def on_fast_k_number(self, _word: Any, number: Any, *_: Any) -> Any:
        """ "stochastic (5, no smoothing)"."""
        return self._fast((self.number(number),), "k")

    on_fast_k_word = on_fast_k

    def on_fast_k_period(self, *parts: Any) -> Any:
        period = next(p for p in parts if isinstance(p, Said))
        return self._fast((float(self.bars_in(self.read(period))),), "k")

    on_fast_k_middle = on_fast_k_period

    def on_fast_k_with(self, *parts: Any) -> Any:
        withs = next(p for p in parts if isinstance(p, Said))
        return self._fast(self.withs(withs), "k")

    def on_stoch_before(self, settings: Any, *_: Any) -> Any:
        return self.make("stoch", self.several(settings), "k")

    def on_stoch_before_d(self, settings: Any, *_: Any) -> Any:
        return self.make("stoch", self.several(settings), "d")

    def on_stoch_settings(self, _word: Any, settings: Any) -> Any:
        return self.make("stoch", self.several(settings), "k")

    def on_stoch_settings_d(self, _word: Any, settings: Any) -> Any:
        return self.make("stoch", self.several(settings), "d")

    # -- extremes ------------------------------------------------------------------------------

    def on_extreme_own_period(self, period: Any, word: Any) -> Any:
        source = self._own() if self._own() is not None else CLOSE
        return self._extreme(word, source, self.bars_in(self.read(period)), False)

    def on_extreme_high_of(self, period: Any, _word: Any, of: Any) -> Any:
        return self._highest_of("highest", period, of)

    def on_extreme_low_of(self, period: Any, _word: Any, of: Any) -> Any:
        return self._highest_of("lowest", period, of)

    def _highest_of(self, name: str, period: Any, of: Any) -> Any:
        bars = float(self.bars_in(self.read(period)))
        return Indicator(name=name, numbers=(bars,), source=self.series(of))
