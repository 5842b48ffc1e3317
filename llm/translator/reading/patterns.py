"""Conditions with a name: oversold, candles, Supertrend, clouds."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import (
    Ago,
    AllOf,
    Candle,
    Compare,
    First,
    Indicator,
    Number,
    Previous,
    Price,
)
from llm.translator.reading.comparisons import HIGH, LOW, OPEN, is_it
from llm.translator.reading.extremes import Extremes, before
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.moves import GREEN, RED
from llm.translator.reading.negation import negate
from llm.translator.said import Said

LEVELS = {
    "rsi": (30, 70), "mfi": (20, 80), "stoch": (20, 80), "cci": (-100, 100),
    "willr": (-80, -20), "rsi_of_stochastic": (20, 80), "cmo": (-50, 50), "ultosc": (30, 70),
}  # fmt: skip
# Lines that swing around zero.
_AROUND_ZERO = ("macd", "roc", "mom", "change", "trix", "ppo", "apo", "awesome", "cmf", "zscore")
_UP = ("GREEN", "BULLISH", "UP", "UPTREND")


class Patterns(Extremes):
    """Reads names that stand for conditions."""

    # -- conditions with a name ----------------------------------------------------------------

    def on_through_band(self, band: Any, *_: Any) -> Any:
        """ "sell the 20-day channel low": the close beyond it."""
        level = self.value(band)
        inner: Any = level.of if isinstance(level, Previous) else level
        if not isinstance(inner, Indicator) or inner.output not in ("upper", "lower"):
            if not self.leaving or getattr(inner, "output", "") != "middle":
                raise Unreadable("ambiguous", "Above or below the middle?")
            # "sell middle band": once it is back there
            return self._at(band, leaving=True)  # type: ignore[attr-defined]
        return self.compare(CLOSE, ">" if inner.output == "upper" else "<", level)

    def on_golden_cross(self, _word: Any) -> Any:
        return self._famous_cross("above")

    def on_death_cross(self, _word: Any) -> Any:
        return self._famous_cross("below")

    def on_cross_of_those(self, word: Any, *averages: Any) -> Any:
        """ "a golden cross of the 20- and 50-day averages": the faster through the slower."""
        found = self.averages(averages[0]) if len(averages) == 1 else map(self.value, averages)
        fast, slow = sorted(found, key=lambda one: one.numbers)
        if fast.numbers == slow.numbers:
            raise Unreadable("ambiguous", "Which average crosses which?")
        self.memory.meanings["golden"] = (fast, slow)
        return self.cross(fast, "above" if word.has("GOLDEN") else "below", slow)

    def _famous_cross(self, direction: str) -> Any:
        if (pair := self._told_pair()) is not None:
            return self.cross(pair[0], direction, pair[1])
        kind = str((self.memory.said.get("ma_kind") or self.known.get("ma_kind") or ("sma",))[0])
        told = kind.upper()
        self.assume(f"A golden or death cross is the 50-day {told} crossing the 200-day {told}.")
        fast, slow = (Indicator(name=kind, numbers=(n,), source=CLOSE) for n in (50.0, 200.0))
        return self.cross(fast, direction, slow)

    def golden_of(self, averages: list[Any]) -> None:
        """ "the golden cross, but use the 50 and 200 day EMAs": told after it was spoken of."""
        lengths = sorted(average.numbers[0] for average in averages)
        if len(averages) != 2 or len(set(lengths)) != 2 or averages[0].name != averages[1].name:
            raise Unreadable("ambiguous", "A golden cross of which two averages?")
        self.memory.said["golden"] = (averages[0].name, *lengths)

    def _told_pair(self) -> tuple[Any, Any] | None:
        """The two averages that a golden cross was said to be of."""
        if "golden" in self.memory.meanings:
            fast, slow = self.memory.meanings["golden"]
            return fast, slow
        several = self.memory.meanings.get("several")
        if several:
            numbers = [getattr(one, "numbers", ()) for one in several]
            compared = several == self.memory.meanings.get("several_right")
            if compared or len(set(numbers)) != 2 or len(numbers) != 2:
                raise Unreadable("ambiguous", "A golden cross of which two averages?")
            fast, slow = sorted(several, key=lambda one: one.numbers)
            return fast, slow
        if "golden" not in self.known:
            return None
        name, *lengths = self.known["golden"]
        fast, slow = (self.make(str(name), (float(n),)) for n in lengths)
        return fast, slow

    def on_oversold_by(self, *parts: Any) -> Any:
        """ "the stock is oversold according to the stochastic"."""
        return self.on_oversold(*(p for p in parts if not self._judged_one(p)))

    on_oversold_after = on_oversold_by

    def _judged_one(self, part: Any) -> bool:
        """Whether a part only names what is traded: its price, and nothing else."""
        if not isinstance(part, Said) or part.kind != "lead":
            return False
        values = [p for p in part.parts if isinstance(p, Said)]
        if values and not is_it(values[0]) and self.value(values[0]) != CLOSE:
            raise Unreadable("not_understood", "Which of the two is oversold or overbought?")
        return True

    def on_oversold(self, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        word = next(p for p in parts if not isinstance(p, Said))
        notes = [p for p in said if p.kind == "level_note"]
        values = [p for p in said if p.kind != "level_note"]
        low = word.has("OVERSOLD")
        subject = self._judged(values[0] if values else None)
        levels = LEVELS.get(subject.name)
        if levels is None:
            raise Unreadable("ambiguous", f"{word.text.capitalize()} by what measure?", word.text)
        operator = "<" if low else ">"
        if notes:
            number = next(p for p in notes[0].parts if isinstance(p, Said) and p.kind == "number")
            return self.compare(subject, operator, Number(value=self.number(number)))
        name = word.text.split()[-1]
        levels = self.memory.meanings.get("levels", levels)
        level = float(self.choices.get(f"{name}.level", levels[0] if low else levels[1]))
        label = INDICATORS[subject.name].label
        if subject.name == "rsi":
            label = f"RSI({subject.numbers[0]:g})"
        self.assume(
            f"{name.capitalize()} means {label} {'below' if low else 'above'} {level:g}.",
            f"{name}.level",
            level,
        )
        return self.compare(subject, operator, Number(value=level))

    def on_turns_oversold(self, *parts: Any) -> Any:
        """ "becomes overbought": the day on which it does."""
        words = [p for p in parts if isinstance(p, Said) or p.has("OVERSOLD", "OVERBOUGHT")]
        level = self.on_oversold(*words)
        way = "below" if level.operator == "<" else "above"
        return self.cross(level.left, way, level.right)

    def _judged(self, said: Any) -> Any:
        found = None if said is None or is_it(said) else self.value(said)
        if found is None or isinstance(found, Price):
            found = self.memory.subject
        if getattr(found, "name", "") in LEVELS:
            return found
        named = said is not None and not is_it(said)
        if named and found is not None and not isinstance(found, Price):
            return found
        numbers = self.known.get("rsi") or self.memory.said.get("rsi") or (14.0,)
        return Indicator(name="rsi", numbers=numbers, source=CLOSE)

    def on_supertrend(self, *parts: Any) -> Any:
        words = [p for p in parts if not isinstance(p, Said)]
        given = [p for p in parts if isinstance(p, Said)]
        numbers = None
        if given:
            numbers = self.nums(given[0]) if given[0].kind == "nums" else self.withs(given[0])
        self.memory.coloured = "supertrend"
        line = self.make("supertrend", numbers or self.memory.said.get("supertrend"), "direction")
        flips = any(w.has("FLIP", "RISE") for w in words[:-1])
        return self._direction(line, up=words[-1].has(*_UP), flips=flips)

    def on_flips(self, *parts: Any) -> Any:
        words = [p for p in parts if not isinstance(p, Said)]
        up = words[-1].has(*_UP)
        if self.memory.coloured == "supertrend" or "supertrend" in self.known:
            line = self.make("supertrend", self.memory.said.get("supertrend"), "direction")
            return self._direction(line, up=up, flips=True)
        if self.memory.coloured == "heikin_ashi":
            return First(of=self._candle(up=up))
        raise Unreadable("ambiguous", "What turns green or red?")

    def _direction(self, line: Any, *, up: bool, flips: bool) -> Any:
        zero = Number(value=0)
        if flips:
            return self.cross(line, "above" if up else "below", zero)
        return self.compare(line, ">" if up else "<", zero)

    def on_above_supertrend(self, *parts: Any) -> Any:
        nums = [p for p in parts if isinstance(p, Said) and p.kind == "nums"]
        side = next(p for p in parts if not isinstance(p, Said) or p.kind.startswith("side"))
        line = self.make("supertrend", self.nums(nums[0]) if nums else None, "line")
        return self.compare(CLOSE, self._operator(side), line)

    def on_cloud(self, *parts: Any) -> Any:
        side = next(
            p for p in parts if not isinstance(p, Said) or p.kind in ("side", "side_or_equal")
        )
        operator = self._operator(side)
        numbers = self.memory.said.get("ichimoku")
        for note in (p for p in parts if isinstance(p, Said) and p.kind == "cloud_note"):
            numbers = self._noted_cloud(note, numbers)  # type: ignore[attr-defined]
        edges = [self.make("ichimoku", numbers, output) for output in ("span_a", "span_b")]
        return AllOf(conditions=tuple(self.compare(CLOSE, operator, edge) for edge in edges))

    def on_heikin(self, *words: Any) -> Any:
        self.memory.coloured = "heikin_ashi"
        return self._candle(up=words[-1].has(*_UP))

    def on_heikin_candle(self, *parts: Any) -> Any:
        word = next(p for p in parts if not isinstance(p, Said))
        up = word.has(*_UP)
        colour = self._candle(up=up)
        wicks = [p for p in parts if isinstance(p, Said) and p.kind == "no_wick"]
        if wicks:
            return AllOf(conditions=(colour, self._without_wick(wicks[0], up)))
        return colour

    def _without_wick(self, said: Any, up: bool) -> Compare:
        """The body reaches as far as the bar does: from its open or to its close."""
        word, *notes = said.parts
        lower = word.has("LOWER_WICK")
        end = self._column("low" if lower else "high")
        body = self._column("open" if lower == up else "close")
        found = Compare(left=end, operator=">=" if lower else "<=", right=body)
        for note in notes:
            spoken = [p for p in note.parts if isinstance(p, Said)]
            one, other = (self.value(p) for p in spoken if p.kind in ("column", "plural_close"))
            be = next((p for p in spoken if p.kind == "be_not"), None)
            sides = [p for p in note.parts if self._is_side(p)]  # type: ignore[attr-defined]
            told: Any = self._operator(sides[0], be)
            columns = (one.field, other.field)
            ends = ("low" if lower else "high", "open" if lower == up else "close")
            if columns != ends or told not in ("==", found.operator):
                raise Unreadable("not_understood", "What stands in brackets says something else.")
        return found

    def _column(self, field: Any) -> Any:
        """A price of the bar, or of the Heikin-Ashi candle."""
        heikin = Indicator(name="heikin_ashi", output=field)
        return heikin if self._heikin else Price(field=field)

    @property
    def _heikin(self) -> bool:
        return self.memory.coloured == "heikin_ashi"

    def on_heikin_streak(self, number: Any, *parts: Any) -> Any:
        word = next(p for p in parts if not isinstance(p, Said))
        return self._streak(self._candle(up=word.has(*_UP)), number)

    def on_candle_colour(self, *words: Any) -> Any:
        return self._candle(up=words[-1].has("GREEN"))

    def on_yesterday_colour(self, *words: Any) -> Any:
        return Ago(of=GREEN if words[-1].has("GREEN") else RED, bars=1)

    def on_body_covers(self, *_: Any) -> Any:
        """Today's body covers yesterday's: on whichever side each lies."""
        from llm.specification.nodes import Function

        top, bottom = (Function(name=n, of=(OPEN, CLOSE)) for n in ("larger", "smaller"))
        return AllOf(
            conditions=(
                Compare(left=bottom, operator="<=", right=before(bottom)),
                Compare(left=top, operator=">=", right=before(top)),
            )
        )

    def on_pattern(self, *words: Any) -> Any:
        word = next(w for w in words if w.has("PATTERN"))
        return self._pattern(word.sub("PATTERN"), word, words)

    def _pattern(self, name: str, word: Any, words: tuple[Any, ...]) -> Any:
        way = next((w for w in words if w.has("BULLISH", "BEARISH") and w is not word), None)
        if name == "inside":
            return self._two(HIGH, "<", LOW, ">")
        if name == "outside":
            return self._two(HIGH, ">", LOW, "<")
        up = name.startswith("bullish") or (way is not None and way.has("BULLISH"))
        if name == "engulfing" and way is None:
            raise Unreadable("ambiguous", "A bullish or a bearish engulfing candle?")
        self.memory.meanings["shaped"] = "engulfing"
        self.assume(
            "An engulfing candle: the day before has the other colour, and today's body covers "
            "its whole body."
        )
        sides: tuple[Any, Any] = ("<=", ">=") if up else (">=", "<=")
        first: Any = "<" if up else ">"
        return AllOf(
            conditions=(
                Compare(left=before(CLOSE), operator=first, right=before(OPEN)),
                GREEN if up else RED,
                Compare(left=OPEN, operator=sides[0], right=before(CLOSE)),
                Compare(left=CLOSE, operator=sides[1], right=before(OPEN)),
            )
        )

    def _two(self, left: Any, one: Any, right: Any, other: Any) -> Any:
        return AllOf(
            conditions=(
                Compare(left=left, operator=one, right=before(left)),
                Compare(left=right, operator=other, right=before(right)),
            )
        )

    def on_pattern_of(self, *parts: Any) -> Any:
        if any(isinstance(p, Said) and p.kind == "yesterday_alone" for p in parts):
            raise Unreadable("not_understood", "That of yesterday is another day's.")
        return self.on_pattern(*(p for p in parts if not isinstance(p, Said)))

    def on_candle(self, *words: Any) -> Any:
        word = next(w for w in words if w.has("CDL"))
        way = next((w for w in words if w.has("BULLISH", "BEARISH")), None)
        bullish = None if way is None else way.has("BULLISH")
        self.memory.meanings["shaped"] = word.sub("CDL")
        defined = self.memory.meanings.get(f"candle {word.sub('CDL')}")
        if defined is not None:
            if way is not None:
                raise Unreadable("ambiguous", "Is the candle as defined, or as TA-Lib has it?")
            return defined
        return Candle(name=word.sub("CDL"), bullish=bullish)

    def on_centre_line(self) -> Any:
        """ "RSI crosses above its centre line": 50 of what runs from 0 to 100, and 0 of others."""
        of: Any = self.left if self.left is not None else self.memory.subject
        while isinstance(of, Previous) or isinstance(getattr(of, "source", None), Indicator):
            of = of.of if isinstance(of, Previous) else of.source
        if isinstance(of, Indicator) and of.name in LEVELS:
            return Number(value=sum(LEVELS[of.name]) / 2)
        if isinstance(of, Indicator) and of.name in _AROUND_ZERO:
            return Number(value=0)
        if isinstance(of, Price) and self.memory.channel == "bbands":
            return self.make("bbands", self.memory.said.get("bbands"), "middle")
        raise Unreadable("ambiguous", "Where does its centre line lie?")

    def on_no_more_oversold(self, *parts: Any) -> Any:
        """ "when it is no longer oversold"."""
        return negate(self.on_oversold(*parts))

    def on_candle_beyond(self, *parts: Any) -> Any:
        """ "a hammer below the 20-day average": on a day that closes there."""
        words = [p for p in parts if not isinstance(p, Said)]
        side = next(w for w in words if w.has("ABOVE", "BELOW"))
        named = [w for w in words if w is not side]
        shaped = any(w.has("PATTERN") for w in named)
        found = self.on_pattern(*named) if shaped else self.on_candle(*named)
        beyond = self.compare(CLOSE, ">" if side.has("ABOVE") else "<", self.value(parts[-1]))
        return AllOf(conditions=(found, beyond))

    def on_pattern_way(self, *words: Any) -> Any:
        """ "an outside day that closes up"."""
        way = next(w for w in words if w.has("UP", "DOWN"))
        found = self.on_pattern(next(w for w in words if w.has("PATTERN")))
        closes = self._than_before(CLOSE, up=way.has("UP"), bars=1)
        parts = found.conditions if isinstance(found, AllOf) else (found,)
        return AllOf(conditions=(*parts, closes))

    def on_pattern_closes(self, word: Any, *parts: Any) -> Any:
        """ "an inside day closes above its 50-day average"."""
        *notes, side, value = parts
        found = self.on_pattern(word)
        if notes and self.read(notes[0].parts[0]) != found:
            raise Unreadable("ambiguous", "What stands in brackets says something else.")
        closes = self.on_closes_it(side, value)
        shape = found.conditions if isinstance(found, AllOf) else (found,)
        return AllOf(conditions=(*shape, closes))

    def on_pattern_yesterday_way(self, _yesterday: Any, *words: Any) -> Any:
        return Ago(of=self.on_pattern_way(*words), bars=1)

    def on_narrow_range(self, word: Any, *_: Any) -> Any:
        bars = 4 if "4" in word.text else 7
        return self._narrowest(bars)

    def on_narrowest_range(self, withs: Any) -> Any:
        return self._narrowest(int(self.withs(withs)[0]))

    def _narrowest(self, bars: int) -> Any:
        span = Indicator(name="range")
        best = Indicator(name="lowest", numbers=(float(bars),), source=span)
        self.memory.subject = span
        return Compare(left=span, operator="<=", right=best)

    def on_all_met(self, word: Any) -> Any:
        pending = [*self.found.pending]
        described = [v for k, v in self.memory.meanings.items() if k.startswith("candle ")]
        if described and word.text.startswith(("one ", "such ")):  # "Hammer: ... If one appears"
            if len(described) > 1 or any(one not in described for one in pending):
                raise Unreadable("ambiguous", "Which of them is meant by “one”?")
            pending = described
        if not pending:
            raise Unreadable("not_understood", "Which conditions are meant?")
        self.found.pending.clear()
        return pending[0] if len(pending) == 1 else AllOf(conditions=tuple(pending))
