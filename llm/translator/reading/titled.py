"""What a title or a note besides says of the thing a rule is about: lengths, factors, signals."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import Ago, AllOf, Cross, Indicator, Previous, Within
from llm.specification.walk import nodes
from llm.translator.reading.deviations import Deviations
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.moves import DOWN_CLOSE, UP_CLOSE
from llm.translator.said import Said

# What takes a length and a factor, in the order in which they are thought of.
_OUTPUTS = {"supertrend": "direction", "bbands": "middle", "keltner": "middle"}


class Titled(Deviations):
    """Reads lengths in titles, and notes that say what is meant anyway."""

    # -- titles --------------------------------------------------------------------------------

    def on_definable_system(self, word: Any, said: Any) -> Any:
        """ "RSI system, 10 periods": the length of the RSI below."""
        name = word.sub("IND")
        if said.kind == "nums":
            return self.make(name, self.nums(said))
        if said.kind.startswith("with_"):
            return self.make(name, self.withs(said))
        return self.make(name, (float(self.bars_in(self.read(said))),))

    def on_definable_system_period(self, period: Any, word: Any) -> Any:
        return self.on_definable_system(word, period)

    def on_define_titled(self, *parts: Any) -> None:
        """ "Squeeze play on 20-day, 2-sigma Bollinger bands": introduces the bands."""
        self._define(parts[-1])

    def on_define_faded(self, said: Any) -> None:
        """ "Fade the lower Bollinger band: ...": bought there, as the rule below says."""
        band = self.value(said)
        inner = band.of if isinstance(band, Previous) else band
        if getattr(inner, "output", "") != "lower":
            raise Unreadable("ambiguous", "Sold short there, or sold?")
        self.memory.subject, self.memory.level_met = band, False

    def on_define_named_lines_before(self, period: Any, word: Any) -> None:
        self.on_define_named_lines(word, Said("span", period.parts))

    # -- lengths and factors -------------------------------------------------------------------

    def on_define_length_factor(self, length: Any, factor: Any) -> None:
        """ "ATR period 14, multiplier 2": of the line that was named without numbers."""
        numbers = (self.number(length), self.number(factor))
        assumed = [a.sentence for a in self.memory.assumptions]
        for name in _OUTPUTS:
            unsaid = f"No period is given for {INDICATORS[name].label}:"
            told = self.known.get(name, ())[:2] == numbers
            if told or any(sentence.startswith(unsaid) for sentence in assumed):
                self.make(name, numbers, _OUTPUTS[name])
                return
        raise Unreadable("not_understood", "Numbers of what?")

    def on_define_range_factor(self, period: Any, word: Any, factor: Any) -> None:
        """ "10-day ATR, multiplier 3"."""
        if word.sub("IND") != "atr":
            raise Unreadable("not_understood", "Numbers of what?")
        bars = Said("number", (_Counted(float(self.bars_in(self.read(period)))),))
        self.on_define_length_factor(bars, factor)

    def on_tenkan_period(self, period: Any) -> Any:
        numbers = self._ichimoku(0, float(self.bars_in(self.read(period))))
        return self.make("ichimoku", numbers, "conversion_line")

    def on_kijun_period(self, period: Any) -> Any:
        numbers = self._ichimoku(1, float(self.bars_in(self.read(period))))
        return self.make("ichimoku", numbers, "base_line")

    # -- what is meant anyway ------------------------------------------------------------------

    def usual_numbers(self, found: Any) -> None:
        """ "(standard settings)": its numbers are the usual ones indeed."""
        if not isinstance(found, Indicator) or found.numbers != tuple(
            default for _, default in INDICATORS[found.name].parameters
        ):
            raise Unreadable("not_understood", "The standard settings of what?")

    def on_ago_back(self, span: Any) -> Any:
        return self.on_ago_span(span)

    # -- signals -------------------------------------------------------------------------------

    def on_line_signal_after(self, *parts: Any) -> Any:
        """ "a Supertrend buy signal"."""
        self.memory.coloured = "supertrend"
        return self.on_line_signal(parts[-1], *parts[:-1])

    def on_signal_cross(self, *parts: Any) -> Any:
        """ "the signal line cross to the upside": of MACD, unless something else was spoken of."""
        spoken = getattr(self.memory.subject, "name", "macd")
        named = "macd" in self.memory.said or "macd" in self.known
        if spoken != "macd" and not named:
            raise Unreadable("ambiguous", "What crosses its signal line?")
        line = self._macd(self.memory.said.get("macd"), "line")
        signal = self.memory.meanings.get("signal", line.model_copy(update={"output": "signal"}))
        up = parts[-1].has("UPCROSS", "UP", "FROMBELOW")
        return self.cross(line, "above" if up else "below", signal)

    def on_noun_cross_way(self, *parts: Any) -> Any:
        """ "the crossover to the upside", of the two that were spoken of."""
        pair = self.memory.cross
        if pair is None and "macd" in self.memory.said:
            return self.on_signal_cross(*parts)
        if pair is None:
            raise Unreadable("ambiguous", "A crossover of what?")
        up = parts[-1].has("UP", "FROMBELOW")
        return self.cross(pair.left, "above" if up else "below", pair.right)

    def on_follows(self, later: Any, earlier: Any) -> Any:
        """ "a green candle follows a red one"."""
        first, second = self._and_part(later), self._and_part(earlier)
        return AllOf(conditions=(Ago(of=second, bars=1), first))

    def on_after_being_within(self, later: Any, *parts: Any) -> Any:
        """ "closes below 20 after having been above 60 at any time in the 10 days before"."""
        found = self._and_part(later)
        side, right, window = [p for p in parts if isinstance(p, Said) or not p.has("IT")]
        left = getattr(found, "left", None)
        if left is None:
            raise Unreadable("ambiguous", "What should have been there before?")
        before = self.compare(left, self._operator(side), self.value(right, left))
        number = next(p for p in window.parts if isinstance(p, Said) and p.kind == "number")
        bars = self._count(number)
        return AllOf(conditions=(found, Ago(of=Within(of=before, bars=bars), bars=1)))

    def on_after_act_within(self, earlier: Any, action: Any, later: Any, *rest: Any) -> None:
        """ "after RSI falls below 30, buy when C within 15 days": so many days after it."""
        self._say_side(action)
        found = self._within(self._and_part(earlier), rest[0], self._and_part(later))
        self._tails(rest[1:])
        self._enter(action, found)

    def on_waited_act(self, later: Any, span: Any, action: Any, *tails: Any) -> None:
        """ "RSI has to fall below 30. Wait until C, but no longer than 15 days, and buy"."""
        crossed = [c for c in self.found.pending if isinstance(c, Cross)]
        if len(crossed) != 1 or crossed != self.found.pending:
            raise Unreadable("ambiguous", "Within that many days of what?")
        self.found.pending = []
        self._say_side(action)
        found = self._within(crossed[0], span, self._and_part(later))
        self._tails(tails)
        self._enter(action, found)

    def on_limit_plain(self, span: Any) -> None:
        """ "no longer than 15 days", where nothing is bought yet, may be how long is waited."""
        if self.found.pending and not (self.found.entries["long"] or self.found.entries["short"]):
            raise Unreadable("ambiguous", "Held no longer than that, or waited for no longer?")
        self.on_hold_for(span)

    def on_rank_values(self, *parts: Any) -> Any:
        """ "the percentile rank of RSI within its last 252 values"."""
        series, number = (p for p in parts if isinstance(p, Said))
        return self._rank(self.series(series), (self.number(number),))

    def on_then_closes(self, *parts: Any) -> Any:
        """ "it must be above A; if B then closes under 15": both on one day."""
        lasting = [c for c in self.found.pending if not any(isinstance(n, Cross) for n in nodes(c))]
        if not lasting or len(lasting) != len(self.found.pending):
            raise Unreadable("ambiguous", "On the same day, or on a later one?")
        return self.on_closes(*parts)

    def on_compare_told(self, *parts: Any) -> Any:
        """ "any close that is higher than yesterday's high"."""
        return self.on_compare(*[p for p in parts if isinstance(p, Said) or not p.has("EACH")])

    # -- states with a name --------------------------------------------------------------------

    def on_in_state(self, condition: Any, name: Any) -> AllOf:
        """ "RSI is below 10 in an uptrend"."""
        return AllOf(conditions=(self._and_part(condition), self._state(name)))

    def on_state_act(self, name: Any, condition: Any, action: Any, *tails: Any) -> None:
        """ "in an uptrend, if it closes below yesterday's low, buy"."""
        self._say_side(action)
        found = AllOf(conditions=(self._state(name), self.condition(condition)))
        self._tails(tails)
        self._enter(action, found)

    def on_state_act_first(self, name: Any, action: Any, condition: Any, *tails: Any) -> None:
        self.on_state_act(name, condition, action, *tails)

    def on_act_in_state(self, action: Any, name: Any, *rest: Any) -> None:
        """ "buy in an uptrend when RSI is below 10"."""
        self.on_state_act(name, rest[0], action, *rest[1:])

    def on_gate_state(self, *parts: Any) -> None:
        """ "only buy in an uptrend"."""
        self.found.gates.append(self._state(parts[-1]))

    # -- how the parts of a condition hang together --------------------------------------------

    def on_both_needed(self, *parts: Any) -> Any:
        """ "A and B, I need both"."""
        if len([p for p in parts if p.kind != "list_comma"]) != 2:
            raise Unreadable("ambiguous", "Both of which conditions?")
        return self.on_all_of(*parts)

    def on_ignore_when(self, condition: Any) -> None:
        """ "Ignore the cross if C": of buying, as long as nothing is said of selling."""
        sold = self.found.exits["long"] or self.found.exits["short"] or self.found.risk
        if sold or not (self.found.entries["long"] or self.found.entries["short"]):
            raise Unreadable("ambiguous", "What is ignored then: buying, selling, or both?")
        self.on_gate_not(condition)  # type: ignore[attr-defined]

    def on_closes_row_told(self, row: Any, step: Any) -> Any:
        """ "four red closes in a row, each below the one before": what a red close is here."""
        told = self.read(step)
        red = any(word.has("RED") for word in row.words)
        if told not in (UP_CLOSE, DOWN_CLOSE) or (told == DOWN_CLOSE) != red:
            raise Unreadable("not_understood", "Each of which closes?")
        number = next(p for p in row.parts if isinstance(p, Said) and p.kind == "number")
        return self._streak(told, number)

    def on_slope_of_closes(self, *parts: Any) -> Any:
        """ "the linear regression slope of the closes over 50 days"."""
        number, unit = (p for p in parts if isinstance(p, Said))
        return self._slope(float(self.bars_in(self.span_of(self.number(number), unit))))

    def on_slope_of_closes_first(self, period: Any, *_: Any) -> Any:
        return self._slope(float(self.bars_in(self.read(period))))


class _Counted:
    """A length that is told in other units, as the number of its bars."""

    def __init__(self, value: float) -> None:
        self.value = value
