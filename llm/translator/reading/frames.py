"""Rules in further frames, and definitions of what a value is put through."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    AllOf,
    Arithmetic,
    Calendar,
    Compare,
    Indicator,
    Number,
    Price,
    Within,
)
from llm.specification.walk import scale_of
from llm.translator.reading.buffers import Buffers
from llm.translator.reading.conditions import returned
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.negation import negate
from llm.translator.said import Said


class Frames(Buffers):
    """Reads rules told by halves, and what introduces values of one's own."""

    # -- rules ---------------------------------------------------------------------------------

    def on_and_leave(self, condition: Any, action: Any, *tails: Any) -> None:
        """ "Two higher closes in a row and I sell"."""
        self.on_when_leave(condition, action, *tails)

    def on_when_close(self, condition: Any, *tails: Any) -> None:
        """ "When %K is above 85, close." """
        found = self._exit_condition(condition)
        self._tails(tails)
        self.leave(found)

    on_close_when = on_when_close

    def on_close_of_when(self, word: Any, condition: Any, *tails: Any) -> None:
        """ "Close the Exxon position when ..."."""
        self.on_object_symbol(word)
        self.on_when_close(condition, *tails)

    def on_only_these(self, word: Any, condition: Any, *tails: Any) -> None:
        """ "Take only ..." buys; "look only at days when ..." is a filter of what buys."""
        found = self.condition(condition)
        self._tails(tails)
        if word.text.startswith("take"):
            self.enter("long", found)
        elif isinstance(found, Calendar) and found.unit.endswith(("_start", "_end")):
            self.found.schedule = found
        else:
            self.found.gates.append(found)

    def on_act_with(self, action: Any, condition: Any, *tails: Any) -> None:
        """ "Go in with RSI(2) below 10"."""
        self.on_act_when(action, condition, *tails)

    def on_sized_signal(self, sizing: Any, condition: Any, *tails: Any) -> None:
        """ "50 % of the account into each signal: RSI(3) below 10"."""
        self.read(sizing)
        self.enter(self.found.side, self.condition(condition))
        self._tails(tails)

    def on_reverse_when(self, condition: Any) -> None:
        """ "reverse when -DI crosses above +DI": the other way from that day on."""
        sides = [side for side in ("long", "short") if self.found.entries[side]]
        if len(sides) != 1:
            raise Unreadable("ambiguous", "Reverse from long to short, or the other way?")
        self.enter("short" if sides == ["long"] else "long", self.condition(condition))
        self.found.reverse = True

    def on_keep_away(self, days: Any) -> None:
        """ "Avoid September": nothing is held then."""
        if not self._keeps_away(self.read(days)):
            raise Unreadable("ambiguous", "Is nothing bought on those days, or nothing held?")
        self.assume("In that time nothing is bought, and what is held is sold.")

    def on_flat_for_days(self, *parts: Any) -> None:
        """ "be out of the market for the whole month of September"."""
        self.on_keep_away(parts[-1])

    def on_act_for_when(self, action: Any, span: Any, condition: Any, *tails: Any) -> None:
        """ "Buy for a week when RSI(2) is below 10"."""
        self.on_act_when(action, condition, *tails)
        self.set_risk("hold_bars", self.bars_in(self.read(span)))

    def on_only_act_when(self, action: Any, condition: Any, *tails: Any) -> None:
        """ "I only go long when A. The entry is B": both; without a B it is the entry."""
        self.on_act_when(action, condition, *tails)
        self.found.only.append(self.found.entries[self.found.side][-1])

    def on_only_buy_when(self, word: Any, condition: Any, *tails: Any) -> None:
        """ "Only buy if A": both, where what is bought is told besides."""
        found = self.condition(condition)
        self._tails(tails)
        if not word.text.endswith("buy"):
            self.found.gates.append(found)
            return
        self.enter("long", found)
        self.found.only.append(found)

    def on_act_first(self, action: Any, condition: Any, *tails: Any) -> None:
        """ "Buy the first close above the average": the close that gets there."""
        found = self.condition(condition)
        if not isinstance(found, Compare) or isinstance(found.left, Number):
            raise Unreadable("not_understood", "The first of what?")
        self._say_side(action)
        self._tails(tails)
        first = found
        if found.operator in (">", "<"):
            way: Any = "above" if found.operator == ">" else "below"
            first = self.cross(found.left, way, found.right)
        self._enter(action, first)

    def on_leave_first(self, action: Any, condition: Any, *tails: Any) -> None:
        """ "Sell the first close below it"."""
        self.on_when_leave(condition, action, *tails)

    def on_each_move(self, *parts: Any) -> Any:
        """ "on the day after any decline of 1 % or more"."""
        way = next(p for p in parts if not isinstance(p, Said) and p.has("RISE", "FALL"))
        return self._move(tuple(p for p in parts if isinstance(p, Said)), up=way.has("RISE"))

    def on_rises_to_multiple(self, left: Any, *parts: Any) -> Any:
        """ "volume spikes to three times its average"."""
        return self.on_is_multiple(left, next(p for p in parts if isinstance(p, Said)))

    def on_buy_close_when(self, word: Any, condition: Any, *tails: Any) -> None:
        """ "Buy the close when RSI(2) is below 5."."""
        self.assume("Orders fill at the next open after the signal, not at the close.")
        self._tails(tails)
        side = "short" if word.has("SHORT") else "long"
        self.found.side = side
        self.enter(side, self.condition(condition))

    def on_sell_close_when(self, verb: Any, condition: Any, *tails: Any) -> None:
        """ "sell the close when RSI(2) is above 70"."""
        self.assume("Orders fill at the next open after the signal, not at the close.")
        found = self._exit_condition(condition)
        self._tails(tails)
        self.leave(found, cover=any(word.has("COVER") for word in verb.words))

    def on_told_entry_within(self, case: Any, condition: Any, told: Any, *tails: Any) -> None:
        """ "With the close over its average, an RSI of 5 or less is a buy"."""
        found = returned([self.condition(case), self.condition(condition)])
        both = found[0] if len(found) == 1 else AllOf(conditions=tuple(found))
        self._enter_told(both, told, tails)

    def on_told_entry_before_if(self, told: Any, more: Any) -> None:
        """ "... : that cross is the entry as long as C"."""
        first = self._told_before()
        self._enter_told(AllOf(conditions=(first, self.condition(more))), told, ())

    def on_state_pending(self, condition: Any) -> None:
        """ "The tide is up if C": what a rule below may ask for, and what it needs anyway."""
        found = self.condition(condition)
        self.memory.meanings["state"] = found
        self.found.pending = returned([*self.found.pending, found])

    def _told_state(self, *way: Any, up: bool) -> Any:
        found = self.memory.meanings.get("state")
        if found is not None:
            return found if up else negate(found)
        line = self._introduced()
        if line is None:
            raise Unreadable("not_understood", "When is the trend up or down?")
        # The trend of a Supertrend is its direction: "turns up" is the day on which it changes.
        return self._direction(
            line.model_copy(update={"output": "direction"}),
            up=up,
            flips=any(word.text.startswith("turn") for word in way),
        )

    def on_state_up(self, *way: Any) -> Any:
        return self._told_state(*way, up=True)

    def on_state_down(self, *way: Any) -> Any:
        return self._told_state(*way, up=False)

    def on_define_counted(self, *parts: Any) -> None:
        """ "Count a day when C": what "five of them in the last 25 days" are."""
        self.memory.meanings["counted day"] = self.condition(parts[-1])

    def _counted_days(self, parts: tuple[Any, ...]) -> Any:
        of = self.memory.meanings.get("counted day")
        numbers = [p for p in parts if isinstance(p, Said) and p.kind == "number"]
        times, bars = (self._count(number) for number in numbers)
        if of is None or times > bars:
            raise Unreadable("ambiguous", "How many of which days?")
        return Within(of=of, bars=bars, times=times)

    def on_counted_in(self, *parts: Any) -> Any:
        return self._counted_days(parts)

    def on_counted_few(self, side: Any, *parts: Any) -> Any:
        found = self._counted_days(parts)
        if side.has("BELOW"):
            return negate(found)
        return negate(found.model_copy(update={"times": found.times + 1}))

    def on_told_exit_before(self) -> None:
        """ "That is the exit": what the sentences before say."""
        self.leave(self._told_before())

    # -- definitions ---------------------------------------------------------------------------

    def on_define_for(self, said: Any, *_: Any) -> None:
        """ "RSI(21) as a trend filter:" introduces the RSI."""
        self._define(said)

    def on_definable_length(self, word: Any, *parts: Any) -> Any:
        """ "Kaufman adaptive moving average, 10 periods (2/30)"."""
        said = [p for p in parts if isinstance(p, Said)]
        self._constants(word, [p for p in said if p.kind == "constants"])
        length = said[0]
        if length.kind == "number":
            bars = self.number(length)
        elif length.kind == "nums":
            bars = self._one(self.nums(length), length)[0]
        elif length.kind.startswith("with_"):
            bars = self._one(self.withs(length), length)[0]
        else:
            bars = float(self.bars_in(self.read(length)))
        if word.has("MA"):
            return self._average(word, (bars,))
        return self.make(word.sub("IND"), (bars,))

    def on_definable_length_first(self, period: Any, word: Any, constants: Any) -> Any:
        return self.on_definable_length(word, period, constants)

    def _constants(self, word: Any, said: list[Any]) -> None:
        """The constants of the adaptive average are 2 and 30 here; there are no others."""
        for part in said:
            numbers = [self.number(p) for p in part.parts if isinstance(p, Said)]
            if word.sub("MA") != "kama" or numbers != [2.0, 30.0]:
                raise Unreadable("unsupported", "Constants of smoothing other than 2 and 30.")

    def on_definable_stoch_speed(self, *parts: Any) -> Any:
        """ "Stochastic 10/3/3 slow"."""
        said = next(p for p in parts if isinstance(p, Said))
        numbers = self.several(said) if said.kind == "settings" else self.nums(said)
        if any(not isinstance(p, Said) and p.has("FAST") for p in parts):
            return self._fast(numbers, "k")
        return self.make("stoch", numbers, "k")

    def on_definable_bands_two(self, _word: Any, bars: Any, width: Any) -> Any:
        return self._bands_of((self.number(bars), self.number(width)))

    def on_define_sum_days(self, number: Any, *parts: Any) -> None:
        self.on_define_sum_last(number, parts[-1])

    def on_define_sum_over(self, of: Any, number: Any, *_: Any) -> None:
        self.on_define_sum_last(number, of)

    def on_define_mean(self, word: Any, *parts: Any) -> None:
        """ "Average the 10-day and the 20-day SMA": the middle of these."""
        if word.sub("MA") not in ("ma", "sma"):
            raise Unreadable("not_understood", "Which average is meant?", word.text)
        kind = "mean_of_averages" if len(parts) == 1 else "mean_of_two"
        self.call("mean", self.read(Said(kind, (word, *parts))))
        self.memory.average = self.memory.subject

    def on_define_average_last(self, word: Any, number: Any, of: Any) -> None:
        """ "Average the last 3 daily returns": what "that average" is from here on."""
        self._define(Said("average_last", (word, number, of)))

    def on_define_average_unit(self, word: Any, number: Any, unit: Any, of: Any) -> None:
        self._define(Said("average_of_last", (word, of, number, unit)))

    def on_define_average_over(self, word: Any, of: Any, number: Any, unit: Any) -> None:
        self._define(Said("average_of_last", (word, of, number, unit)))

    def on_define_laid_on(self, period: Any, word: Any, of: Any) -> None:
        """ "lay a 20-day average over OBV"; over another average it may lie above it."""
        if scale_of(self.series(of)) == "price":
            raise Unreadable("ambiguous", "An average of that, or one that lies above it?")
        self.on_define_smoothed_by(period, word, of)

    def on_define_averaged_over(self, word: Any, of: Any, span: Any) -> None:
        """ "average the RSI over 3 days"."""
        self.call("smoothed", self.on_smoothed(of, span, word))

    def on_define_averaged(self, of: Any, word: Any, _it: Any, span: Any) -> None:
        """ "take the RSI and average it over 3 days"."""
        self.call("smoothed", self.on_smoothed(of, span, word))

    def on_that_smoothed(self, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        return self.on_smoothed_value(*said)

    def on_zscore_against(self, word: Any, of: Any, mean: Any, *notes: Any) -> Any:
        """ "the z-score of the close against its 50-day mean"."""
        source = self.series(of)
        average = self.value(mean, source)
        if isinstance(average, Indicator) and average.source == CLOSE and source != CLOSE:
            average = average.model_copy(update={"source": source})
        if word.sub("IND") != "zscore" or getattr(average, "name", "") != "sma":
            raise Unreadable("not_understood", "A z-score is counted from a simple average.")
        if average.source != source:
            raise Unreadable("not_understood", "The average of another value.")
        spans = [p for note in notes for p in note.parts if isinstance(p, Said)]
        if any((float(self.bars_in(self.read(p))),) != average.numbers for p in spans):
            raise Unreadable("unsupported", "The mean and the deviation of different lengths.")
        return self.make("zscore", average.numbers, source=source)

    # -- a value within its own range ----------------------------------------------------------

    def on_define_place(self, *parts: Any) -> None:
        """ "where RSI(14) lies in its own 14-day range, 0 to 100"."""
        said = [p for p in parts if isinstance(p, Said)]
        values = [p for p in said if p.kind not in ("span", "bare_span", "scale_said")]
        spans = [p for p in said if p.kind in ("span", "bare_span")]
        scales = [p for p in said if p.kind == "scale_said"]
        source = self.series(values[0])
        bars = float(self.bars_in(self.read(spans[0])))
        if isinstance(source, Indicator) and source.name == "rsi" and source.source == CLOSE:
            self.call("stochrsi", self.make("rsi_of_stochastic", (source.numbers[0], bars)))
            return
        if isinstance(source, Price):
            raise Unreadable("ambiguous", "The range of its highs and lows, or of its closes?")
        lowest, highest = (
            Indicator(name=name, numbers=(bars,), source=source) for name in ("lowest", "highest")
        )
        place: Any = self._place((lowest, highest), source)
        numbers = [self.number(p) for p in scales[0].parts if isinstance(p, Said)] if scales else []
        if numbers not in ([], [0.0, 1.0], [0.0, 100.0]):
            raise Unreadable("not_understood", "From where to where?")
        if numbers == [0.0, 100.0]:
            place = Arithmetic(operator="*", left=Number(value=100), right=place)
        self.call("placed", place)

    def on_define_stochastic(self, of: Any, said: Any) -> None:
        """ "put the 14-day RSI through a 14-day stochastic"."""
        source = self.series(of)
        if not isinstance(source, Indicator) or source.name != "rsi" or source.source != CLOSE:
            raise Unreadable("not_understood", "The stochastic of RSI is the only one of its kind.")
        bars = float(self.bars_in(self.read(said.parts[0])))
        for formula in [p for p in said.parts[1:] if isinstance(p, Said)]:
            self._is_stochastic(formula, bars)
        self.call("stochrsi", self.make("rsi_of_stochastic", (source.numbers[0], bars)))

    def on_define_stochastic_of(self, said: Any, of: Any) -> None:
        self.on_define_stochastic(of, said)

    def _is_stochastic(self, formula: Any, bars: float) -> None:
        """ "RSI minus its low, divided by its high minus low": it, or none that we know."""
        ends = [
            "low" if word.has("LOW") or word.sub("EXT") == "lowest" else "high"
            for word in formula.words
            if word.has("LOW", "HIGH", "EXT")
        ]
        lengths = {word.value for word in formula.words if word.has("NUM")}
        if ends != ["low", "high", "low"] or lengths - {bars}:
            raise Unreadable("not_understood", "This is not the usual formula.")
