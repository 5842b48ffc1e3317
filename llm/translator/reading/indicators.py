"""Averages, oscillators, bands and lines."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import Arithmetic, Indicator, Number, OnPeriod, Price
from llm.translator.reading.levels import Levels
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.said import Said

VOLUME = Price(field="volume")


class Indicators(Levels):
    """Reads indicators by name."""

    def make(
        self, name: str, said: tuple[float, ...] | None, output: str = "", source: Any = None
    ) -> Indicator:
        """An indicator with all its numbers; remembers it as what is spoken of."""
        info = INDICATORS[name]
        numbers = self.numbers_of(name, said)
        if info.reads_series:
            source = source if source is not None else CLOSE
            if isinstance(source, Number):
                raise Unreadable("not_understood", f"{info.label} of a number means nothing.")
        else:
            source = None
        if name in ("macd",) and numbers[0] >= numbers[1]:
            raise Unreadable("invalid_value", "The fast length of MACD is below the slow one.")
        return Indicator(name=name, numbers=numbers, output=output, source=source)

    # -- averages ------------------------------------------------------------------------------

    def _average(self, word: Any, numbers: tuple[float, ...] | None, source: Any = None) -> Any:
        kind = word.sub("MA")
        if kind == "ma":
            kind = self._usual_kind()
        self.memory.kind = kind
        found = self.make(kind, numbers, source=source)
        self.memory.average = found
        return found

    def _usual_kind(self) -> str:
        if self.memory.kind:
            return self.memory.kind
        if "ma_kind" in self.known:
            return str(self.known["ma_kind"][0])
        kind = str(self.choices.get("average.kind", "sma"))
        self.assume(
            f"An average without a type is the {INDICATORS[kind].label}.",
            "average.kind",
            kind,
            ("sma", "ema", "wma"),
        )
        return kind

    def on_average(self, word: Any) -> Any:
        spoken_of = self.memory.average is not None and not word.has("MA:sma")
        if spoken_of and not self._new_average(word):
            return self.memory.average
        return self._average(word, None)

    def _new_average(self, word: Any) -> bool:
        """A bare "average" after one was spoken of means that one; "the EMA" a new one."""
        kind = word.sub("MA")
        return kind not in ("ma", getattr(self.memory.average, "name", ""))

    def on_average_period(self, period: Any, word: Any) -> Any:
        span = self.read(period)
        longer = self._longer_unit(span)
        if longer:
            found = self._longer(longer, self._average(word, (span.count,), self._of_volume()))
        else:
            found = self._average(word, (float(self.bars_in(span)),), self._of_volume())
        return self._told_in(span, found)  # type: ignore[attr-defined]

    def _of_volume(self) -> Any:
        """ "the volume is above the 20-day average": no price is beside a volume."""
        return VOLUME if self.left is not None and self._own() == VOLUME else None

    def _longer_unit(self, span: Any) -> str:
        """ "the 6-month average", where the rule is looked at once a month, is one of months."""
        unit = getattr(self.found.schedule, "unit", self.looks)
        pairs = {("MONTH", "month_end"): "M", ("WEEK", "week_end"): "W"}
        return pairs.get((span.unit, unit), "")

    def on_average_nums(self, word: Any, nums: Any) -> Any:
        return self._average(word, self._one(self.nums(nums), nums), self._of_volume())

    def on_average_call(self, word: Any, of: Any, number: Any) -> Any:
        return self._average(word, (self.number(number),), self.series(of))

    def on_average_bare(self, word: Any, bare: Any) -> Any:
        return self._average(word, self._one(self.nums(bare), bare))

    def on_average_with(self, word: Any, withs: Any) -> Any:
        volume = self._of_volume()
        if withs.kind == "with_previous":
            bars, before = self._window(withs)
            return self._before(self._average(word, (float(bars),), volume), before)
        return self._average(word, self._one(self.withs(withs), withs), volume)

    def _one(self, numbers: tuple[float, ...], said: Any) -> tuple[float, ...]:
        if len(numbers) != 1:
            raise Unreadable("not_understood", "An average has one length.")
        return numbers

    def on_average_of(self, period: Any, word: Any, of: Any) -> Any:
        if _is_bare_force(of):
            return self._smoothed_force(period, word)
        source = self.series(of)
        return self._average(word, (float(self.bars_in(self.read(period))),), source)

    def _smoothed_force(self, period: Any, word: Any) -> Any:
        """ "the 2-day EMA of the force index": its own smoothing, and not one more."""
        if word.sub("MA") != "ema":
            raise Unreadable("ambiguous", "The force index is smoothed by an exponential average.")
        return self.make("force", (float(self.bars_in(self.read(period))),))

    def on_average_nums_of(self, word: Any, nums: Any, of: Any) -> Any:
        return self._average(word, self._one(self.nums(nums), nums), self.series(of))

    def on_average_of_with(self, word: Any, of: Any, withs: Any) -> Any:
        source = self.series(of)
        bars, before = self._window(withs)
        return self._before(self._average(word, (float(bars),), source), before)

    def on_average_last(self, word: Any, number: Any, of: Any) -> Any:
        return self._average(word, (self.number(number),), self.series(of))

    def on_average_of_last(self, word: Any, of: Any, number: Any, unit: Any) -> Any:
        bars = self.bars_in(self.span_of(self.number(number), unit))
        return self._average(word, (float(bars),), self.series(of))

    def on_average_last_unit(self, word: Any, number: Any, unit: Any, of: Any) -> Any:
        return self.on_average_of_last(word, of, number, unit)

    def on_average_volume(self, period: Any, word: Any, *_: Any) -> Any:
        return self._average(word, (float(self.bars_in(self.read(period))),), VOLUME)

    def on_volume_average(self, period: Any, _volume: Any, word: Any) -> Any:
        return self._average(word, (float(self.bars_in(self.read(period))),), VOLUME)

    def on_volume_average_with(self, _volume: Any, word: Any, withs: Any = None) -> Any:
        if withs is None:
            return self._average(word, None, VOLUME)
        bars, before = self._window(withs)
        return self._before(self._average(word, (float(bars),), VOLUME), before)

    def on_average_volume_with(self, word: Any, _volume: Any, withs: Any) -> Any:
        return self.on_volume_average_with(_volume, word, withs)

    def _before(self, found: Any, before: bool) -> Any:
        from llm.specification.nodes import Previous

        return Previous(of=found, bars=1) if before else found

    def on_that_average(self, _that: Any, word: Any, *_: Any) -> Any:
        if self.memory.average is None:
            raise Unreadable("not_understood", "Which average is meant?", word.text)
        return self.memory.average

    def on_elliptic_average(self, period: Any) -> Any:
        """ "the 200-day" after averages were spoken of; "the 60-day one" of what it is beside."""
        beside = self.left
        if isinstance(beside, Indicator) and len(beside.numbers) == 1:
            return beside.model_copy(update={"numbers": (self.number(period.parts[0]),)})
        if not self.memory.kind and self.memory.average is None:
            # "above the 50-day and above the 200-day SMA": the kind is told later.
            told = self.memory.meanings.get("kind of sentence", "")
            if told and told != "ma":
                self.memory.kind = told
            elif told or "averages" in self.memory.meanings:
                self.memory.kind = self._usual_kind()
        if not self.memory.kind and self.memory.average is None:
            raise Unreadable("not_understood", "A number of days alone is no value.")
        kind = self.memory.kind or self.memory.average.name
        found = self.make(kind, (self.number(period.parts[0]),))
        self.memory.average = found
        return found

    def on_period_only(self, *parts: Any) -> Any:
        raise Unreadable("not_understood", "A number of days alone is no value.")

    def on_fast_average(self, _speed: Any, word: Any) -> Any:
        return self._of_pair(0, word)

    def on_slow_average(self, _speed: Any, word: Any) -> Any:
        return self._of_pair(1, word)

    def _of_pair(self, which: int, word: Any) -> Any:
        """ "the fast average" of two that are given, or the usual pair."""
        told = self.by_speed()  # type: ignore[attr-defined]
        if told is not None and INDICATORS[told[0].name].scale == "same":
            return told[which]
        pair = self.known.get("pair")
        numbers = (float(pair[which]),) if pair else None
        if numbers is None:
            usual = (50.0, 200.0)
            chosen = self.choices.get("pair.numbers", usual)
            numbers = (float(chosen[which]),)
            told = " and ".join(f"{n:g}" for n in chosen)
            self.assume(
                f"No lengths are given for the two averages: {told} bars.",
                "pair.numbers",
                list(chosen),
            )
        return self._average(word, numbers)

    # -- on longer bars ------------------------------------------------------------------------

    def on_weekly_average(self, _weekly: Any, word: Any, nums: Any = None) -> Any:
        return self._longer("W", self._average(word, self.nums(nums) if nums else None))

    def on_weekly_average_period(self, period: Any, _weekly: Any, word: Any) -> Any:
        return self._longer("W", self._average(word, (self.read(period).count,)))

    def on_monthly_average(self, _monthly: Any, word: Any, nums: Any = None) -> Any:
        return self._longer("M", self._average(word, self.nums(nums) if nums else None))

    def on_average_of_weekly(self, period: Any, word: Any, *_: Any) -> Any:
        span = self.read(period)
        return self._told_in(span, self._longer("W", self._average(word, (span.count,))))  # type: ignore[attr-defined]

    def on_average_of_monthly(self, period: Any, word: Any, *_: Any) -> Any:
        span = self.read(period)
        return self._told_in(span, self._longer("M", self._average(word, (span.count,))))  # type: ignore[attr-defined]

    def on_average_of_weeks(self, word: Any, number: Any, *_: Any) -> Any:
        return self._longer("W", self._average(word, (self.number(number),)))

    def on_average_of_months(self, word: Any, number: Any, *_: Any) -> Any:
        return self._longer("M", self._average(word, (self.number(number),)))

    def on_weekly_oscillator(self, _weekly: Any, word: Any, nums: Any = None) -> Any:
        return self._longer("W", self.make(word.sub("IND"), self.nums(nums) if nums else None))

    def on_weekly_oscillator_period(self, period: Any, _weekly: Any, word: Any) -> Any:
        return self._longer("W", self.make(word.sub("IND"), (self.read(period).count,)))

    def on_monthly_oscillator(self, _monthly: Any, word: Any, nums: Any = None) -> Any:
        return self._longer("M", self.make(word.sub("IND"), self.nums(nums) if nums else None))

    def _longer(self, period: Any, node: Any) -> Any:
        long = {"W": "week", "M": "month"}[period]
        self.assume(f"A {long}ly value is that of the last finished {long}.")
        found = OnPeriod(period=period, of=node)
        if self.memory.average == node:
            self.memory.average = found
        return found

    def on_volume_weighted(self, *parts: Any) -> Any:
        """ "VWMA(20)": closes by their volumes."""
        said = parts[-1]
        numbers = self.nums(said) if said.kind in ("nums", "bare") else self.withs(said)
        if len(numbers) != 1:
            raise Unreadable("invalid_value", "A volume-weighted average takes one number.")
        paid = Arithmetic(operator="*", left=CLOSE, right=VOLUME)
        sums = [Indicator(name="sma", numbers=numbers, source=of) for of in (paid, VOLUME)]
        return Arithmetic(operator="/", left=sums[0], right=sums[1])

    def on_volume_weighted_period(self, period: Any, *_: Any) -> Any:
        return self.on_volume_weighted(Said("with_span", (period,)))

    # -- oscillators ---------------------------------------------------------------------------

    def on_oscillator(self, *words: Any) -> Any:
        name = words[0].sub("IND")
        return self.memory.meanings.get(name) or self.make(name, None)

    def on_oscillator_period(self, period: Any, word: Any) -> Any:
        return self.make(word.sub("IND"), (float(self.bars_in(self.read(period))),))

    def on_oscillator_nums(self, *parts: Any) -> Any:
        nums = [p for p in parts if isinstance(p, Said)]
        word = next(p for p in parts if not isinstance(p, Said) and p.has("IND"))
        return self.make(word.sub("IND"), self.nums(nums[0]) if nums else None)

    def on_oscillator_call(self, word: Any, of: Any, number: Any) -> Any:
        return self.make(word.sub("IND"), (self.number(number),), source=self.series(of))

    def on_oscillator_bare(self, word: Any, bare: Any) -> Any:
        return self.make(word.sub("IND"), self.nums(bare))

    def on_oscillator_with(self, word: Any, withs: Any) -> Any:
        return self.make(word.sub("IND"), self.withs(withs))

    def on_oscillator_period_with(self, period: Any, word: Any, withs: Any) -> Any:
        raise Unreadable("not_understood", "Two lengths are given for one indicator.")

    def on_oscillator_of(self, period: Any, word: Any, of: Any) -> Any:
        source = self.series(of)
        return self.make(word.sub("IND"), (float(self.bars_in(self.read(period))),), source=source)

    def on_oscillator_of_only(self, word: Any, of: Any) -> Any:
        return self.make(word.sub("IND"), None, source=self.series(of))

    def on_oscillator_of_nums(self, word: Any, of: Any, nums: Any) -> Any:
        return self.make(word.sub("IND"), self.nums(nums), source=self.series(of))

    def on_oscillator_of_with(self, word: Any, of: Any, withs: Any) -> Any:
        return self.make(word.sub("IND"), self.withs(withs), source=self.series(of))

    # -- ranks ---------------------------------------------------------------------------------

    def on_rank_with(self, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        return self._rank(self.series(said[0]), self.withs(said[1]))

    def on_rank_series(self, of: Any, *parts: Any) -> Any:
        withs = [p for p in parts if isinstance(p, Said)]
        return self._rank(self.series(of), self.withs(withs[0]) if withs else None)

    def on_rank_period(self, period: Any, _word: Any, of: Any) -> Any:
        return self._rank(self.series(of), (float(self.bars_in(self.read(period))),))

    def _rank(self, source: Any, numbers: tuple[float, ...] | None) -> Any:
        return Indicator(name="rank", numbers=self.numbers_of("rank", numbers), source=source)

    def on_percentile_of(self, period: Any, nth: Any, of: Any) -> Any:
        bars = float(self.bars_in(self.read(period)))
        return self._percentile(bars, nth, self.series(of))

    def on_percentile_of_with(self, nth: Any, of: Any, withs: Any) -> Any:
        source = self.series(of)
        return self._percentile(self.withs(withs)[0], nth, source)

    def _percentile(self, bars: float, nth: Any, source: Any) -> Any:
        share = float(nth.sub("NTH")) / 100
        return Indicator(name="percentile", numbers=(bars, share), source=source)

    # -- change --------------------------------------------------------------------------------

    def on_period_return(self, period: Any) -> Any:
        return self._change(float(self.bars_in(self.read(period))))

    def on_return_with(self, *parts: Any) -> Any:
        return self._change(self.withs(parts[-1])[0])

    def on_return_one(self) -> Any:
        return self._change(1.0)

    def on_return_of(self, period: Any, of: Any) -> Any:
        return self._change(float(self.bars_in(self.read(period))), self.series(of))

    def _change(self, bars: float, source: Any = CLOSE) -> Any:
        return Indicator(name="change", numbers=(bars,), source=source)

    def on_stdev_of_returns(self, word: Any, withs: Any = None) -> Any:
        return self._deviation_of_changes(word, self.withs(withs) if withs is not None else None)

    def _deviation_of_changes(self, word: Any, numbers: tuple[float, ...] | None) -> Any:
        """Of returns the sample's, as statistics does; of prices the population's, as charts do."""
        if word.text.startswith("population"):
            return self.make("stddev", numbers, source=self._change(1.0))
        self.assume("The standard deviation of changes is that of a sample (it divides by n - 1).")
        return self.make("sample_stddev", numbers, source=self._change(1.0))

    def on_period_stdev_of_returns(self, period: Any, word: Any) -> Any:
        return self._deviation_of_changes(word, (float(self.bars_in(self.read(period))),))

    def on_period_stdev_of(self, period: Any, _word: Any, of: Any) -> Any:
        return self.make(
            "stddev", (float(self.bars_in(self.read(period))),), source=self.series(of)
        )

    def on_period_stdev(self, period: Any, _word: Any) -> Any:
        return self.make("stddev", (float(self.bars_in(self.read(period))),))

    def on_stdev_nums(self, _word: Any, nums: Any) -> Any:
        return self.make("stddev", self.nums(nums))

    def on_stdev_with(self, _word: Any, withs: Any) -> Any:
        return self.make("stddev", self.withs(withs))

    def on_stdev_of_with(self, _word: Any, of: Any, withs: Any) -> Any:
        return self.make("stddev", self.withs(withs), source=self.series(of))

    def on_drawdown(self) -> Any:
        return Indicator(name="drawdown", source=CLOSE)


def _is_bare_force(said: Any) -> bool:
    """The force index without a length: the raw product, which its average smooths."""
    return (
        isinstance(said, Said)
        and said.kind == "oscillator"
        and any(word.sub("IND") == "force" for word in said.words)
    )
