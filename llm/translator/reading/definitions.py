"""Definitions: what a name, a sum, a smoothed line or a channel of one's own stands for."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Arithmetic, Indicator, Number, Previous, Price
from llm.specification.walk import nodes, scale_of
from llm.translator.reading.kinds import bands_in, is_difference_of, is_same_formula
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.rotations import Rotations
from llm.translator.reading.values import FORMULAS
from llm.translator.said import Said

# What the force index smooths.
_FORCE = Arithmetic(
    operator="*",
    left=Arithmetic(operator="-", left=CLOSE, right=Previous(of=CLOSE, bars=1)),
    right=Price(field="volume"),
)


class Definitions(Rotations):
    """Reads what introduces values."""

    # -- names ---------------------------------------------------------------------------------

    def on_define_names(self, *parts: Any) -> None:
        said = [p for p in parts if isinstance(p, Said) and p.kind.startswith("define_")]
        if any(word.has("PIVOT") for part in said for word in part.words):
            self._of_the_day_before()
        self.memory.meanings["defining"] = True
        try:
            for part in said:
                self.read(part)
        finally:
            self.memory.meanings.pop("defining", None)

    def _of_the_day_before(self) -> None:
        self.memory.meanings["previous_day"] = True
        self.assume("Pivots are those of the day before.")

    def on_define_names_before(self, *parts: Any) -> None:
        """ "levels from the previous day: H4 = C + 1.1 x (H - L) / 2": each is used a day later."""
        self.assume("The levels are those of the day before.")
        self.on_define_names(*parts)
        named = {p.parts[0].detail for p in parts if getattr(p, "kind", "") == "define_name"}
        known = self.memory.meanings.get("levels_before", frozenset())
        self.memory.meanings["levels_before"] = known | named

    def on_define_name(self, word: Any, value: Any) -> None:
        self.call(f"name:{word.detail}", self.value(value))

    def call(self, name: str, found: Any) -> None:
        self.memory.meanings[name] = found
        if not isinstance(found, Number):
            self.memory.subject, self.memory.level_met = found, False

    def on_define_known(self, *parts: Any) -> None:
        """ "PPO = ...", "R1 = ...": the formula counts, where it is not the usual one."""
        found = self.value(parts[-1])
        word = parts[0] if len(parts) == 2 else None
        if word is None:
            self.call("stochrsi", found)
        elif word.has("PIVOT"):
            self.call(f"pivot:{word.sub('PIVOT')}", found)
        elif word.has("IND"):
            name = word.sub("IND")
            known = self._usual(name, found)
            self.memory.meanings.pop(name, None)
            if known is not None:
                self.memory.subject, self.memory.level_met = known, False
                self.memory.meanings[name] = known
            else:
                self.call(name, found)
        else:
            raise Unreadable("not_understood", "This definition is not the usual one.")

    def _usual(self, name: str, said: Any) -> Any:
        """The indicator of this name, where the formula is the one we use."""
        if FORMULAS.get(name) == said:
            return self.make(name, None)
        outputs = [n.output for n in bands_in(said)]
        usual = {
            "bandwidth": ["upper", "lower", "middle"],
            "percent_b": ["lower", "upper", "lower"],
        }
        if outputs and outputs == usual.get(name):
            return self.make(name, bands_in(said)[0].numbers)
        return None

    def on_define_as(self, name: Any, value: Any) -> None:
        """ "bandwidth is (upper - lower) / middle": a definition of what we know, or none."""
        told = len(self.memory.assumptions)
        first = self.value(name)
        if not isinstance(first, Indicator):
            raise Unreadable("not_understood", "What is defined here?")
        assumed = len(self.memory.assumptions)
        second = self.value(value)
        if is_difference_of(first, second):
            del self.memory.assumptions[assumed:]  # its lines have its numbers
            self.memory.subject = first
            return
        self._define_formula(first, second, slice(told, assumed))

    def _define_formula(self, first: Any, second: Any, assumed: slice) -> None:
        """What the name is from here on; what was assumed of it before is told then."""
        if not any(isinstance(node, Price | Indicator) for node in nodes(second)):
            raise Unreadable("not_understood", "A formula of numbers alone is none.")
        if second == FORMULAS.get(first.name):
            self.memory.subject = first
            return
        if not isinstance(second, Arithmetic):
            raise Unreadable("not_understood", "This definition is not the usual one.")
        self.memory.subject = first if is_same_formula(first, second) else second
        if self.memory.subject is second:
            del self.memory.assumptions[assumed]
            self.memory.meanings[first.name] = second

    def on_define_ratio_as(self, name: Any, *terms: Any) -> None:
        """ "z-score: the close minus its average, over its deviation"."""
        self.on_define_as(name, Said("divided", terms))

    def on_define_steps(self, name: Any, steps: Any) -> None:
        """ "z-score: subtract the 30-day average and divide by the 30-day deviation"."""
        told = len(self.memory.assumptions)
        first = self.value(name)
        if not isinstance(first, Indicator):
            raise Unreadable("not_understood", "What is defined here?")
        assumed = slice(told, len(self.memory.assumptions))
        of = {self.series(s.parts[0]) for s in steps.find("step_of")} | {first.source or CLOSE}
        if len(of) != 1:
            raise Unreadable("ambiguous", "From what is it subtracted?")
        (source,) = of
        terms = [p for p in steps.parts if isinstance(p, Said) and p.kind not in ("step_of", "it")]
        less, by = (self.value(p, source) for p in terms)
        over = Arithmetic(operator="-", left=source, right=less)
        self._define_formula(first, Arithmetic(operator="/", left=over, right=by), assumed)

    def on_define_signal(self, *parts: Any) -> None:
        found = self.value(parts[-1])
        self.memory.meanings["signal"] = found
        if isinstance(found, Indicator) and scale_of(found) == "price":
            self.memory.subject = found  # "my trigger line is ...: a close crossing up through it"

    def on_define_call(self, *parts: Any) -> None:
        if self.memory.subject is None:
            raise Unreadable("not_understood", "What is called so?")
        self.memory.meanings[f"name:{parts[-1].detail}"] = self.memory.subject

    def on_define_called(self, value: Any, *parts: Any) -> None:
        self.call(f"name:{parts[-1].detail}", self.series(value))

    # -- sums and smoothed lines ---------------------------------------------------------------

    def on_define_sum(self, *terms: Any) -> None:
        first = self.series(terms[0])
        second = self.series(terms[1], first)
        self.call("sum", Arithmetic(operator="+", left=first, right=second))

    def on_define_sum_yesterday(self, of: Any, *_: Any) -> None:
        self.call("sum", self._with_day_before(self.series(of)))

    def on_define_sum_both(self, *parts: Any) -> None:
        self.on_define_sum_yesterday(parts[-1])

    def on_define_sum_last(self, number: Any, of: Any) -> None:
        self.call("sum", self._sum_over(self.series(of), round(self.number(number))))

    def on_define_smoothed(self, of: Any, period: Any, word: Any) -> None:
        self.call("smoothed", self.on_smoothed(of, period, word))

    def on_define_smoothed_with(self, of: Any, word: Any, withs: Any) -> None:
        self.call("smoothed", self.on_smoothed_with(of, word, withs))

    def on_define_smoothed_span(self, of: Any, span: Any) -> None:
        self.call("smoothed", self.on_smoothed_ma(span, of))

    def on_define_rank_of_it(self, series: Any, *parts: Any) -> None:
        """ "Take the 14-day RSI and rank it among its last 126 values"."""
        self.on_define_rank(series, next(p for p in parts if isinstance(p, Said)))  # type: ignore[attr-defined]

    def on_define_smoothed_sum(self, said: Any) -> None:
        """ "Close minus previous close, times volume, smoothed with a 13-day EMA"."""
        self.call("smoothed", self.value(said))

    def on_define_as_smoothed(self, name: Any, said: Any) -> None:
        """ "Force index: (close minus previous close) times volume, smoothed with ..."."""
        kept = self.memory.copy()
        known = self.value(name)
        self.memory = kept  # what is said of its length, the formula says itself
        found = self.value(said)
        if not isinstance(known, Indicator):
            raise Unreadable("not_understood", "What is defined here?")
        if found.name == "ema" and (known.name, found.source) == ("force", _FORCE):
            found = self.make(known.name, found.numbers)
        self.call(known.name, found)

    def on_smoothed_sum(self, *parts: Any) -> Any:
        of, *rest = [p for p in parts if isinstance(p, Said)]
        word = next((p for p in parts if not isinstance(p, Said) and p.has("MA")), None)
        source = self.series(of)
        if source == CLOSE:
            raise Unreadable("not_understood", "An average alone is no rule.")
        is_k = getattr(source, "name", "") == "stoch" and source.output == "k"
        if is_k and sum(w.has("NUM") for w in of.words) < 2:
            return self._slowed(source, word, rest[-1])
        if word is None:
            return self.on_smoothed_ma(rest[-1], of)
        length = rest[-1]
        withs = length.kind == "nums" or length.kind.startswith("with_")
        return (
            self.on_smoothed_with(of, word, length) if withs else self.on_smoothed(of, length, word)
        )

    def _slowed(self, source: Any, word: Any, length: Any) -> Any:
        """ "%K(14) smoothed over 3 days": its own smoothing, and not one more."""
        if (word is not None and word.sub("MA") not in ("ma", "sma")) or length.kind == "nums":
            raise Unreadable("ambiguous", "Is that the smoothing of %K, or one more?")
        bars = self.withs(length)[0] if length.kind.startswith("with_") else None
        bars = bars or float(self.bars_in(self.read(length)))
        return self.make("stoch", (source.numbers[0], bars, 3.0), "k")

    def on_define_smoothed_by(self, period: Any, word: Any, of: Any) -> None:
        """ "Put a 9-day average on the RSI"."""
        source = self.series(of)
        if source == CLOSE:
            raise Unreadable("not_understood", "An average alone is no rule.")
        self.call("smoothed", self.on_smoothed(of, period, word))

    # -- channels ------------------------------------------------------------------------------

    def on_define_channel(self, said: Any) -> None:
        """Lines around an average: an envelope of a percentage, or a multiple of the range."""
        parts = [p for p in said.parts if isinstance(p, Said)]
        names = [p for p in parts if p.kind == "channel_name"]
        if any(word.sub("CHANNELNAME") == "donchian" for name in names for word in name.words):
            raise Unreadable("not_understood", "A Donchian channel has no average in the middle.")
        rest = [p for p in parts if p not in names]
        wide = [p for p in rest if p.kind.endswith("_amount") or p.kind in _PERCENTAGES]
        middle = self.value(next(p for p in rest if p not in wide))
        if wide[0].kind in _PERCENTAGES:
            self.envelope(middle, self.read(wide[0]))
        else:
            self._lines_around(middle, wide, said)
        self.memory.subject, self.memory.level_met = None, False

    def _lines_around(self, middle: Any, wide: list[Any], said: Any) -> None:
        """ "3% above and 2% below": each side as far away as it was said."""
        upper, lower = self.beside(middle, wide[0])
        if len(wide) > 1:
            other = self.beside(middle, wide[1])
            first = next(p for p in said.parts if not isinstance(p, Said) and p.has(*_SIDES))
            up_first = first.has("ABOVE")
            upper, lower = (upper, other[1]) if up_first else (other[0], lower)
        self.own_channel(upper, middle, lower)

    def on_define_lines_around(self, *parts: Any) -> None:
        """ "Take the 30-day SMA and draw lines 3% above and 3% below"."""
        said = parts[-1]
        rest = [
            p
            for p in (*parts[:-1], *said.parts)
            if isinstance(p, Said) and p.kind != "channel_name"
        ]
        sides = [p for p in parts if not isinstance(p, Said) and p.has("BANDSIDE")]
        if any(p.sub("BANDSIDE") != "middle" for p in sides):
            raise Unreadable("not_understood", "Lines around which average?")
        wide = [p for p in rest if p.kind.endswith("_amount")]
        middles = [self.value(p) for p in rest if p not in wide]
        if not middles and self.memory.average is not None:
            middles = [self.memory.average]
        if len(set(middles)) != 1 or len(self.memory.meanings.get("several") or ()) > 1:
            raise Unreadable("ambiguous", "Lines around which average?")
        if any(word.sub("CHANNELNAME") == "donchian" for word in said.words):
            raise Unreadable("not_understood", "A Donchian channel has no average in the middle.")
        self._lines_around(middles[0], wide, said)
        self.memory.subject, self.memory.level_met = None, False

    # -- averages ------------------------------------------------------------------------------

    def on_define_averages(self, *parts: Any) -> None:
        word = next(p for p in parts if not isinstance(p, Said))
        said = [p for p in parts if isinstance(p, Said)]
        units = [p for p in said if p.kind == "unit"]
        numbers = self.several(next(p for p in said if p.kind == "several_numbers"))
        counted = [p for p in said if p.kind == "number"]
        if counted and round(self.number(counted[0])) != len(numbers):
            raise Unreadable("contradictory", f"{len(numbers)} lengths are given.")
        bars = [self.bars_in(self.span_of(n, units[0])) if units else round(n) for n in numbers]
        self.introduce([self._average(word, (float(length),)) for length in bars])

    def introduce(self, averages: list[Any]) -> None:
        """Several averages by their lengths; those of a golden cross that was spoken of."""
        if any(a.sentence.startswith("A golden or death") for a in self.memory.assumptions):
            self.golden_of(averages)
        self.memory.meanings["several"] = tuple(averages)

    def _in_one_unit(self, periods: list[Any]) -> None:
        """ "the 10- and 40-week averages": both of weeks."""
        if periods[0].kind == "bare_span" and periods[1].kind == "span":
            periods[0] = Said("span", (periods[0].parts[0], periods[1].parts[1]))

    def on_define_two_averages(self, *parts: Any) -> None:
        """ "Take the 10-day and the 40-day EMA"."""
        words = [p for p in parts if not isinstance(p, Said) and p.has("MA")]
        periods = [p for p in parts if isinstance(p, Said)]
        self._are_of_the_traded(parts)
        self._in_one_unit(periods)
        if self.read(periods[0]) == self.read(periods[1]):
            raise Unreadable("contradictory", "Twice the same average?")
        read = [
            self.read(Said("average_period", (period, word)))
            for period, word in zip(periods, (words[0], words[-1]), strict=True)
        ]
        self.introduce(read)

    def on_define_two_longer(self, *parts: Any) -> None:
        """ "the 10-week and the 40-week average of weekly closes"."""
        words = [p for p in parts if not isinstance(p, Said) and p.has("MA")]
        periods = [p for p in parts if isinstance(p, Said) and p.kind in ("span", "bare_span")]
        self._in_one_unit(periods)
        weekly = any(not isinstance(p, Said) and p.has("WEEKLY") for p in parts)
        unit = "WEEK" if weekly else "MONTH"
        if any(p.kind == "span" and self.read(p).unit != unit for p in periods):
            raise Unreadable("ambiguous", "Days, or weeks and months?")
        kind = "average_of_weekly" if weekly else "average_of_monthly"
        self.memory.meanings["several"] = tuple(
            self.read(Said(kind, (period, word)))
            for period, word in zip(periods, (words[0], words[-1]), strict=True)
        )

    def on_scheduled_two(self, schedule: Any, averages: Any) -> None:
        self.found.schedule = self._schedule(schedule)  # type: ignore[attr-defined]
        self.read(averages)

    def on_define_several_averages(self, *parts: Any) -> None:
        """ "looks at two lines, the 20- and 50-day averages of the index"."""
        self._are_of_the_traded(parts)
        said = {p.kind: p for p in parts if isinstance(p, Said)}
        found = tuple(self.averages(said["several_averages"]))
        if "number" in said and round(self.number(said["number"])) != len(found):
            raise Unreadable("contradictory", f"{len(found)} lengths are given.")
        self.introduce(list(found))

    def _are_of_the_traded(self, parts: tuple[Any, ...]) -> None:
        for word in parts:
            named = "" if isinstance(word, Said) or not word.has("SYMBOL") else word.detail
            if named and named != self.symbol.code:
                raise Unreadable("not_understood", "Averages of another symbol: say whose.")

    def on_define_of_two(self, number: Any, _word: Any) -> None:
        """ "Two moving averages": names what the rules below spell out."""
        if not 2 <= self.number(number) <= 4:
            raise Unreadable("not_understood", "An average of how many days, and what about it?")

    on_define_averages_counted = on_define_averages_after = on_define_averages

    # -- kinds of averages ---------------------------------------------------------------------

    def on_definable_kind(self, *words: Any) -> None:
        kind = words[-1].sub("MA")
        if kind == "ma":
            raise Unreadable("not_understood", "Which average?")
        if self.memory.said.get("ma_kind", (kind,)) != (kind,):
            raise Unreadable("ambiguous", "Which average is of which kind?")
        self.memory.kind = kind
        self.memory.said["ma_kind"] = (kind,)

    def on_definable_kind_instead(self, kind: Any, other: Any) -> None:
        """ "exponential averages instead of simple ones"."""
        if kind.sub("MA") == other.sub("MA"):
            raise Unreadable("contradictory", "Twice the same kind of average?")
        self.on_definable_kind(kind)


_SIDES = ("ABOVE", "BELOW")
_PERCENTAGES = ("pct", "pct_of", "bps_of", "half_percent")
