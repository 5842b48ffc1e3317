"""Rows of days, places within a range, bursts, and candles that are described."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    Ago,
    AllOf,
    Arithmetic,
    Compare,
    Function,
    Indicator,
    Number,
    Previous,
    Price,
    Streak,
    Within,
)
from llm.specification.walk import rebuilt, scale_of
from llm.translator.reading.comparisons import HIGH, LOW, OPEN, is_it
from llm.translator.reading.distances import Amount
from llm.translator.reading.extremes import before
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.moves import DOWN_CLOSE, UP_CLOSE
from llm.translator.reading.spoken import Spoken
from llm.translator.said import Said


def _said(parts: tuple[Any, ...], *kinds: str) -> list[Any]:
    return [p for p in parts if isinstance(p, Said) and (not kinds or p.kind in kinds)]


def _words(parts: tuple[Any, ...], *tags: str) -> list[Any]:
    return [p for p in parts if not isinstance(p, Said) and (not tags or p.has(*tags))]


class Shapes(Spoken):
    """Reads what days look like, alone and in rows."""

    # -- how many of the last days -------------------------------------------------------------

    def _of_last(self, of: Any, times: Any, number: Any) -> Any:
        found, bars = self._count(times), self._count(number)
        if found > bars:
            raise Unreadable("invalid_value", f"{found} of {bars} days are not possible.")
        return Streak(of=of, bars=bars) if found == bars else Within(of=of, bars=bars, times=found)

    def on_count_closes_side(self, *parts: Any) -> Any:
        times, number = _said(parts, "number")
        be = next(iter(_said(parts, "be_not")), None)
        side = next(p for p in parts if self._is_side(p))
        operator: Any = self._operator(side, be)
        return self._of_last(
            Compare(left=CLOSE, operator=operator, right=before(CLOSE)), times, number
        )

    @staticmethod
    def _is_side(part: Any) -> bool:
        if isinstance(part, Said):
            return part.kind in ("side", "side_or_equal")
        return bool(part.has("ABOVE", "BELOW", "GE", "LE", "EQUALTO"))

    def on_count_ways(self, *parts: Any) -> Any:
        times, number = _said(parts, "number")
        values = [p for p in _said(parts) if p.kind not in ("number", "closes")]
        if values and self.value(values[0]) != CLOSE and not is_it(values[0]):
            raise Unreadable("not_understood", "Days are counted for prices only.")
        return self._of_last(self._way(parts), times, number)

    def _way(self, parts: tuple[Any, ...]) -> Any:
        """Up, down, green or red: of one day."""
        tags = (
            "UP",
            "DOWN",
            "GREEN",
            "RED",
            "RISE",
            "FALL",
            "RISING",
            "FALLING",
            "WINNING",
            "LOSING",
        )
        word = _words(parts, *tags)[0]
        if word.has("GREEN", "RED"):
            return self._candle(up=word.has("GREEN"))
        return UP_CLOSE if word.has("UP", "RISE", "RISING", "WINNING") else DOWN_CLOSE

    # -- each of the last days -----------------------------------------------------------------

    def _each_day(self, parts: tuple[Any, ...], of: Any) -> Any:
        if any(w.text.startswith("any") for w in _words(parts, "EACH", "ANY_OF")):
            raise Unreadable("ambiguous", "On one of these days, or on each of them?")
        return self._streak(of, _said(parts, "number")[0])

    def on_each_of_last(self, *parts: Any) -> Any:
        return self._each_day(parts, self._and_part(parts[-1]))

    def on_each_way(self, *parts: Any) -> Any:
        return self._each_day(parts, self._way(parts))

    def on_each_side(self, *parts: Any) -> Any:
        operator: Any = self._operator(next(p for p in parts if self._is_side(p)))
        return self._each_day(parts, Compare(left=CLOSE, operator=operator, right=before(CLOSE)))

    def on_streak_falling(self, number: Any, *parts: Any) -> Any:
        return self._streak(self._way(parts), number)

    def on_nth_row(self, nth: Any, *parts: Any) -> Any:
        return self._nth(nth, self._way(parts))

    def on_nth_candle(self, nth: Any, *parts: Any) -> Any:
        word = _words(parts, "GREEN", "RED", "BULLISH", "BEARISH")[0]
        return self._nth(nth, self._candle(up=word.has("GREEN", "BULLISH")))

    def _nth(self, nth: Any, of: Any) -> Any:
        count = int(float(nth.sub("NTH")))
        return of if count == 1 else Streak(of=of, bars=count)

    def on_streak_each(self, *parts: Any) -> Any:
        """ "three lower closes in a row, each of them a loss of at least 0.5 %"."""
        first = self._and_part(parts[0])
        amount = next(p for p in _said(parts) if p.kind.endswith("_move"))
        if not isinstance(first, Streak) or first.of not in (UP_CLOSE, DOWN_CLOSE):
            raise Unreadable("not_understood", "Each of what?")
        counted = _said(parts, "number")
        if counted and self._count(counted[0]) != first.bars:
            raise Unreadable("contradictory", "These are two numbers of days.")
        up = first.of == UP_CLOSE
        told = _words(parts, "RISE", "FALL")
        if told and told[0].has("RISE") != up:
            raise Unreadable(
                "contradictory", "A rise on days that fall, or a fall on days that rise."
            )
        return Streak(of=self._move((amount,), up=up, bars=1), bars=first.bars)

    def on_row_closing(self, *parts: Any) -> Any:
        """Three green candles, each closing higher than the one before: two rises among them."""
        row = self._and_part(parts[0])
        operator: Any = self._operator(next(p for p in parts[1:] if self._is_side(p)))
        step = Compare(left=CLOSE, operator=operator, right=before(CLOSE))
        if not isinstance(row, Streak):
            raise Unreadable("not_understood", "Each of which candles?")
        rises = step if row.bars == 2 else Streak(of=step, bars=row.bars - 1)
        return AllOf(conditions=(row, rises))

    def on_closes_than_before(self, *parts: Any) -> Any:
        values = [p for p in _said(parts) if not self._is_side(p)]
        if values and not is_it(values[0]) and self.value(values[0]) != CLOSE:
            raise Unreadable("not_understood", "Only the close closes.")
        operator: Any = self._operator(next(p for p in parts if self._is_side(p)))
        return Compare(left=CLOSE, operator=operator, right=before(CLOSE))

    def on_makes_than_before(self, *parts: Any) -> Any:
        """ "makes a lower low than the day before"."""
        way, word = (
            _words(parts, "UP", "DOWN")[0],
            _words(parts, "HIGH", "LOW", "CLOSE", "OPEN")[-1],
        )
        values = _said(parts)
        if values and not is_it(values[0]) and self.value(values[0]) != CLOSE:
            raise Unreadable("not_understood", "The high and low of what?")
        field: Any = next(f for f in ("HIGH", "LOW", "CLOSE", "OPEN") if word.has(f)).lower()
        price = Price(field=field)
        return Compare(left=price, operator=">" if way.has("UP") else "<", right=before(price))

    def on_told_yesterday(self, word: Any, condition: Any) -> Any:
        """ "Yesterday was up and the day before was down": two different days."""
        found = self._and_part(condition)
        told = self.memory.meanings.get("yesterday")
        self.memory.meanings["yesterday"] = word.text
        return Ago(of=found, bars=2 if told == "yesterday" != word.text else 1)

    # -- bursts --------------------------------------------------------------------------------

    def on_burst_up(self, *parts: Any, up: bool = True, least: bool = False) -> Any:
        """ "rises by more than 1.5 times yesterday's ATR": from one close to the next."""
        if self.leaving:
            raise Unreadable("ambiguous", "Counted from the entry or from the day before?")
        values = _said(parts)
        if len(values) > 1 and not is_it(values[0]) and self.value(values[0]) != CLOSE:
            raise Unreadable("not_understood", "Only prices move by a distance.")
        found: Amount = self.amount(values[-1])
        if scale_of(found.distance) != "price_difference":
            raise Unreadable("not_understood", "By how much? A distance in prices is needed.")
        ends = (CLOSE, before(CLOSE)) if up else (before(CLOSE), CLOSE)
        moved = Arithmetic(operator="-", left=ends[0], right=ends[1])
        self.assume("The move is that from one close to the next.")
        return Compare(left=moved, operator=">=" if least else ">", right=found.distance)

    def on_burst_down(self, *parts: Any) -> Any:
        return self.on_burst_up(*parts, up=False)

    def on_burst_up_least(self, *parts: Any) -> Any:
        return self.on_burst_up(*parts, least=True)

    def on_burst_down_least(self, *parts: Any) -> Any:
        return self.on_burst_up(*parts, up=False, least=True)

    # -- candles -------------------------------------------------------------------------------

    def on_unfilled_gap(self, *parts: Any) -> Any:
        self.assume("An unfilled gap leaves the whole range of the day before.")
        if _words(parts, "UP"):
            return Compare(left=LOW, operator=">", right=before(HIGH))
        return Compare(left=HIGH, operator="<", right=before(LOW))

    def on_pattern_yesterday(self, _yesterday: Any, *words: Any) -> Any:
        return Ago(of=self.on_pattern(*words), bars=1)

    def on_candle_yesterday(self, _yesterday: Any, *words: Any) -> Any:
        return Ago(of=self.on_candle(*words), bars=1)

    def on_candle_is(self, *parts: Any) -> Any:
        if any(
            p.kind not in ("it", "generic_price", "symbol_price", "column") for p in _said(parts)
        ):
            raise Unreadable("not_understood", "Which day is such a candle?")
        return self.on_candle(*_words(parts, "CDL", "BULLISH", "BEARISH"))

    def on_candle_colour_seen(self, word: Any, *_: Any) -> Any:
        return self._candle(up=word.has("GREEN"))

    def on_candle_colour_told(self, *words: Any) -> Any:
        return self._candle(up=words[-1].has("GREEN", "BULLISH"))

    def on_value_colour(self, value: Any, word: Any) -> Any:
        if value.kind not in ("it", "generic_price", "symbol_price"):
            raise Unreadable("not_understood", "What has this colour?")
        if value.kind == "it" and self.memory.coloured == "supertrend":
            line = self.make("supertrend", self.memory.said.get("supertrend"), "direction")
            return self._direction(line, up=word.has("GREEN", "BULLISH"), flips=False)
        return self._candle(up=word.has("GREEN", "BULLISH"))

    def on_heikin_then(self, *parts: Any) -> Any:
        self.memory.coloured = "heikin_ashi"
        word = _words(parts, "GREEN", "RED", "BULLISH", "BEARISH")[0]
        return self.on_heikin_candle(word, *_said(parts, "no_wick"))

    def on_nth_heikin(self, *parts: Any) -> Any:
        self.memory.coloured = "heikin_ashi"
        word = _words(parts, "GREEN", "RED", "BULLISH", "BEARISH")[0]
        return self._nth(parts[0], self._candle(up=word.has("GREEN", "BULLISH")))

    def on_heikin_row(self, number: Any, *parts: Any) -> Any:
        self.memory.coloured = "heikin_ashi"
        word = _words(parts, "GREEN", "RED", "BULLISH", "BEARISH")[0]
        return self._streak(self._candle(up=word.has("GREEN", "BULLISH")), number)

    def on_candle_with_columns(self, word: Any, *parts: Any) -> Any:
        """ "a bullish Heikin-Ashi bar whose low is not beneath its open"."""
        if _words(parts, "HEIKIN"):
            self.memory.coloured = "heikin_ashi"
        if _said(parts, "no_upper_wick"):
            raise Unreadable("not_understood", "A wick above and one below?")
        colour = self._candle(up=word.has("GREEN", "BULLISH"))
        one, other = (self.value(p) for p in _said(parts, "column", "plural_close"))
        be = next(iter(_said(parts, "be_not")), None)
        operator: Any = self._operator(next(p for p in parts if self._is_side(p)), be)
        found: Any = Compare(left=one, operator=operator, right=other)
        if self._heikin:
            found = rebuilt(found, of_heikin)
        return AllOf(conditions=(colour, found))

    def on_range_inside(self, *_: Any) -> Any:
        return self._two(HIGH, "<", LOW, ">")

    on_each_range_inside = on_range_inside

    def on_range_outside(self, *_: Any) -> Any:
        return self._two(HIGH, ">", LOW, "<")

    def on_body_covers_yesterday(self, *_: Any) -> Any:
        return self.on_body_covers()

    def on_yesterday_colour_candle(self, _day: Any, word: Any) -> Any:
        return self.on_yesterday_colour(word)

    def on_candle_covering(self, word: Any, _body: Any) -> Any:
        """ "a green candle whose body engulfs yesterday's"."""
        covers = self.on_body_covers()
        return AllOf(conditions=(self.on_heikin_candle(word), *covers.conditions))

    def on_body_inside(self, *_: Any) -> Any:
        top, bottom = (Function(name=n, of=(OPEN, CLOSE)) for n in ("larger", "smaller"))
        self.assume("Inside means: not beyond either end.")
        return AllOf(
            conditions=(
                Compare(left=top, operator="<=", right=before(top)),
                Compare(left=bottom, operator=">=", right=before(bottom)),
            )
        )

    def on_define_candle(self, word: Any, *parts: Any) -> None:
        """ "A doji is a day whose body is at most a tenth of its range."."""
        found = self._and_part(parts[-1])
        self.memory.meanings[f"candle {word.sub('CDL')}"] = found

    def on_pending_defined(self, word: Any, condition: Any) -> None:
        """ "Hammer, defined by me: ...": what is said of it is all of it."""
        found = self._and_part(condition)
        self.memory.meanings[f"candle {word.sub('CDL')}"] = found
        self.found.pending.append(found)

    # -- lines ---------------------------------------------------------------------------------

    def on_supertrend_turns(self, *parts: Any) -> Any:
        given = [self.nums(p) if p.kind == "nums" else self.withs(p) for p in _said(parts)]
        words = _words(parts)
        self._opposites(words[-2], words[-1])
        self.memory.coloured = "supertrend"
        numbers = given[0] if given else self.memory.said.get("supertrend")
        line = self.make("supertrend", numbers, "direction")
        return self._direction(line, up=words[-1].has("GREEN", "BULLISH", "UP"), flips=True)

    def _opposites(self, one: Any, other: Any) -> None:
        up = ("GREEN", "BULLISH", "UP")
        if one.has(*up) == other.has(*up):
            raise Unreadable("contradictory", "A change is from one to the other.")

    def on_lagging_span(self, *parts: Any) -> Any:
        """The close, drawn 26 days back, against the price there."""
        be = next(iter(_said(parts, "be_not")), None)
        operator: Any = self._operator(next(p for p in parts if self._is_side(p)), be)
        numbers = self.memory.said.get("ichimoku") or (9.0, 26.0, 52.0)
        bars = int(numbers[1])
        told = _said(parts, "ago_span")
        if told and self.bars_in(self.read(told[0])) != bars:
            raise Unreadable("not_understood", f"The lagging span is drawn {bars} days back.")
        self.assume(f"The lagging span is the close against that of {bars} days earlier.")
        return Compare(left=CLOSE, operator=operator, right=Previous(of=CLOSE, bars=bars))

    def on_cloud_colour(self, word: Any) -> Any:
        numbers = self.memory.said.get("ichimoku")
        one, other = (self.make("ichimoku", numbers, f"span_{side}") for side in "ab")
        return self.compare(one, ">" if word.has("GREEN", "BULLISH") else "<", other)

    def on_line_jumps(self, value: Any, *parts: Any) -> Any:
        """ "the SAR jumps from above the price to below it"."""
        up = [
            w.has("ABOVE", "FROMABOVE")
            for w in _words(parts, "ABOVE", "BELOW", "FROMABOVE", "FROMBELOW")
            if not w.has("RISE", "FALL", "FLIP")
        ]
        if len(up) != 2 or up[0] == up[1]:
            raise Unreadable("contradictory", "From one side to the other.")
        left = self.value(value)
        right = self.value(_said(parts)[0], left)
        return self.cross(left, "above" if up[1] else "below", right)

    def on_upper_hand(self, value: Any, *_: Any) -> Any:
        """ "-DI takes the upper hand": over the one it was compared with."""
        left, pair = self.value(value), self.memory.pair
        pairs = {"minus_di": "plus_di", "plus_di": "minus_di", "vortex_plus": "vortex_minus",
                 "vortex_minus": "vortex_plus"}  # fmt: skip
        rival = pairs.get(getattr(left, "name", ""))
        if rival is None:
            raise Unreadable("ambiguous", "The upper hand over what?")
        del pair
        return self.compare(left, ">", left.model_copy(update={"name": rival}))

    def on_slope_up(self, *_: Any) -> Any:
        return self.compare(self.on_slope_alone(), ">", Number(value=0))

    def on_slope_down(self, *_: Any) -> Any:
        return self.compare(self.on_slope_alone(), "<", Number(value=0))

    # -- volume --------------------------------------------------------------------------------

    def on_volume_up(self, *_: Any) -> Any:
        volume = Price(field="volume")
        return Compare(left=volume, operator=">", right=before(volume))

    def on_volume_down(self, *_: Any) -> Any:
        volume = Price(field="volume")
        return Compare(left=volume, operator="<", right=before(volume))

    def on_volume_multiple(self, *parts: Any) -> Any:
        volume = Price(field="volume")
        found = self.amount(_said(parts)[-1], volume)
        if found.distance is None:
            raise Unreadable("not_understood", "How many times what?")
        return self.compare(volume, ">=", found.distance)

    def on_volume_compared(self, *parts: Any) -> Any:
        volume = Price(field="volume")
        side = next(p for p in parts if self._is_side(p))
        return self.compare(volume, self._operator(side), self.value(parts[-1], volume))


def of_heikin(node: Any) -> Any:
    """A price as it is on a Heikin-Ashi chart."""
    if isinstance(node, Price) and node.field != "volume":
        return Indicator(name="heikin_ashi", output=node.field)
    return node
