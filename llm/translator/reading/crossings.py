"""Crossings, trends and moves."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    Compare,
    Cross,
    First,
    Indicator,
    Number,
    Price,
)
from llm.specification.walk import scale_of
from llm.translator.reading.comparisons import OPEN, is_it
from llm.translator.reading.distances import Distances
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.said import Said


def _upward(said: Any) -> bool:
    words = said.words if isinstance(said, Said) else (said,)
    if any(
        w.has("UPCROSS", "ABOVE", "UP", "RISE", "BACK_ABOVE", "GE", "BULLISH", "FROMBELOW")
        for w in words
    ):
        return True
    if any(
        w.has("DOWNCROSS", "BELOW", "DOWN", "FALL", "BACK_BELOW", "LE", "FROMABOVE") for w in words
    ):
        return False
    raise Unreadable("ambiguous", "Crossing upwards or downwards?")


def partner_of(line: Any) -> Any:
    """The line that one of two crosses: the signal line of MACD, %D of the stochastic."""
    if not isinstance(line, Indicator):
        return None
    name = {("macd", "line"): "signal", ("stoch", "k"): "d"}.get((line.name, line.output))
    return line.model_copy(update={"output": name}) if name else None


class Crossings(Distances):
    """Reads what changes from one bar to the next."""

    # -- crossings -----------------------------------------------------------------------------

    def on_first_close(self, *parts: Any) -> Any:
        """ "the first close above it": to leave, any such close; to buy, none the day before."""
        found = self.on_closes_it(*parts[1:])
        return found if self.leaving else First(of=found)

    def on_closes_beyond_open(self, *parts: Any) -> Any:
        """ "closes higher than it opened"."""
        side = next(p for p in parts if self._is_side(p))  # type: ignore[attr-defined]
        return self.compare(CLOSE, self._operator(side), OPEN)

    def on_cross(self, left: Any, verb: Any, right: Any) -> Any:
        first, second = self.left_of(left, right)
        return self.cross(first, "above" if _upward(verb) else "below", second)

    def on_cross_it(self, verb: Any, right: Any) -> Any:
        first, second = self.left_of(None, right)
        return self.cross(first, "above" if _upward(verb) else "below", second)

    def on_cross_again(self, left: Any, verb: Any) -> Any:
        """ "MACD crosses up"; "it crosses back below": the pair spoken of, or the signal line."""
        direction = "above" if _upward(verb) else "below"
        first = None if is_it(left) else self.value(left)
        if isinstance(first, Indicator) and first.name == "macd" and first.output == "line":
            return self.cross(first, direction, first.model_copy(update={"output": "signal"}))
        pair = self.memory.cross or self.memory.pair
        if pair is None and first == CLOSE and self._line_spoken_of() is not None:
            return self.cross(CLOSE, direction, self._line_spoken_of())
        if pair is None or (isinstance(pair, Compare) and isinstance(pair.right, Number)):
            raise Unreadable("ambiguous", "Crosses what?")
        if first is not None and first != pair.left:
            raise Unreadable("ambiguous", "Crosses what?")
        return self.cross(pair.left, direction, pair.right)

    def _line_spoken_of(self) -> Any:
        """ "KAMA(10): a close crossing over it": the line that was introduced."""
        line = self.memory.subject
        return line if isinstance(line, Indicator) and scale_of(line) == "price" else None

    def on_cross_again_it(self, verb: Any) -> Any:
        direction = "above" if _upward(verb) else "below"
        pair = self.memory.cross or self.memory.pair
        if pair is None:
            found = self.memory.subject
            partner = partner_of(found)
            if partner is None:
                raise Unreadable("ambiguous", "What crosses what?")
            return self.cross(found, direction, partner)
        return self.cross(pair.left, direction, pair.right)

    def on_cross_again_later(self, left: Any, way: Any) -> Any:
        return self.on_cross_again(left, way)

    def on_cross_told_later(self, left: Any, *rest: Any) -> Any:
        right, way = rest[-2], rest[-1]
        first, second = self.left_of(left, right)
        return self.cross(first, "above" if _upward(way) else "below", second)

    def on_cross_it_later(self, right: Any, way: Any) -> Any:
        first, second = self.left_of(None, right, closes=True)
        return self.cross(first, "above" if _upward(way) else "below", second)

    def on_cross_no_direction(self, left: Any, right: Any) -> Any:
        first, second = self.left_of(left, right)
        if is_it(left) or isinstance(second, Number):
            raise Unreadable("ambiguous", "Crossing upwards or downwards? Say above or below.")
        if self.memory.cross is not None:
            raise Unreadable("ambiguous", "Crossing upwards or downwards? Say above or below.")
        self.assume("A crossing without a direction is the upward one.")
        return self.cross(first, "above", second)

    def on_cross_from_below(self, left: Any, right: Any) -> Any:
        first, second = self.left_of(left, right)
        return self.cross(first, "above", second)

    def on_cross_from_above(self, left: Any, right: Any) -> Any:
        first, second = self.left_of(left, right)
        return self.cross(first, "below", second)

    def on_cross_of_periods(self, verb: Any, one: Any, other: Any, word: Any) -> Any:
        """a bullish crossover of the 15-day and 45-day EMAs"""
        return self._periods(one, other, word, "above" if _upward(verb) else "below")

    def on_cross_periods(self, one: Any, other: Any, word: Any, verb: Any) -> Any:
        return self._periods(one, other, word, "above" if _upward(verb) else "below")

    def _periods(self, one: Any, other: Any, word: Any, direction: str) -> Any:
        lengths = sorted(float(self.bars_in(self.read(p))) for p in (one, other))
        if lengths[0] == lengths[1]:
            raise Unreadable("contradictory", "The two averages have the same length.")
        fast, slow = (self._average(word, (n,)) for n in lengths)
        return self.cross(fast, direction, slow)

    def on_cross_of_period_average(self, verb: Any, period: Any, average: Any) -> Any:
        slow = self.value(average)
        if not isinstance(slow, Indicator):
            raise Unreadable("not_understood", "A crossover is of two averages.")
        fast = slow.model_copy(update={"numbers": (float(self.bars_in(self.read(period))),)})
        return self.cross(fast, "above" if _upward(verb) else "below", slow)

    def on_cross_pair(self, left: Any, right: Any, verb: Any) -> Any:
        first, second = self.left_of(left, right)
        return self.cross(first, "above" if _upward(verb) else "below", second)

    # "drops below", "climbs above": read as a crossing.

    def on_soft_cross(self, left: Any, *rest: Any) -> Any:
        verb, right = rest[-2], rest[-1]
        first, second = self.left_of(left, right)
        reaches = next((w for w in verb.words if w.has("LE", "GE")), None)
        if reaches is not None and first in (Price(field="high"), Price(field="low")):
            return self.compare(first, "<=" if reaches.has("LE") else ">=", second)
        return self.cross(first, self._soft(verb), second)

    def on_soft_cross_from(self, *parts: Any) -> Any:
        """ "rises above 30 from below": the side it came from says no more than the verb."""
        told = parts[-1].parts[0]
        found = (
            self.on_soft_cross(*parts[:-1])
            if len(parts) > 3
            else self.on_soft_cross_it(*parts[:-1])
        )
        if (found.direction == "above") is not told.has("FROMBELOW"):
            raise Unreadable("contradictory", "It cannot rise from above, or fall from below.")
        return found

    def on_soft_cross_it(self, verb: Any, right: Any) -> Any:
        first, second = self.left_of(None, right)
        return self.cross(first, self._soft(verb), second)

    def on_soft_cross_again(self, left: Any, verb: Any) -> Any:
        pair = self.memory.cross or self.memory.pair
        first = None if is_it(left) else self.value(left)
        if pair is None or isinstance(pair.right, Number) or (first and first != pair.left):
            raise Unreadable("ambiguous", "Above or below what?")
        return self.cross(pair.left, self._soft(verb), pair.right)

    def _soft(self, verb: Any) -> str:
        side = verb.words[-1]
        return "above" if side.has("ABOVE", "GE") else "below"

    def on_end_cross(self, left: Any, side: Any, right: Any, *_: Any) -> Any:
        """Where the verb stands last: "wenn der RSI über 60 steigt"."""
        first, second = self.left_of(left, right)
        up = self._operator(side).startswith(">")
        return self.cross(first, "above" if up else "below", second)

    def on_cross_again_end(self, *parts: Any) -> Any:
        """ "wenn er darunter fällt": the pair spoken of."""
        side = next(p for p in parts if not isinstance(p, Said) or p.kind.startswith("side"))
        pair = self.memory.cross or self.memory.pair
        if pair is None or isinstance(pair.right, Number):
            raise Unreadable("ambiguous", "Above or below what?")
        up = self._operator(side).startswith(">")
        return self.cross(pair.left, "above" if up else "below", pair.right)

    def on_cross_two(self, left: Any, right: Any, verb: Any) -> Any:
        """Where the verb stands last: "die 20-Tage-Linie die 50-Tage-Linie ... kreuzt"."""
        if is_it(left):
            return self.on_cross_again_it(verb)
        first, second = self.left_of(left, right)
        return self.cross(first, "above" if _upward(verb) else "below", second)

    def on_soft_through(self, left: Any, verb: Any, right: Any) -> Any:
        first, second = self.left_of(left, right)
        return self.cross(first, "above" if verb.has("RISE") else "below", second)

    def on_soft_through_it(self, verb: Any, right: Any) -> Any:
        first, second = self.left_of(None, right)
        return self.cross(first, "above" if verb.has("RISE") else "below", second)

    def on_turns_sign(self, left: Any, _turn: Any, sign: Any = None) -> Any:
        sign = sign if sign is not None else _turn
        first = self.memory.subject if is_it(left) else self.value(left)
        return self._turned(first, sign)

    def on_turns_sign_it(self, *parts: Any) -> Any:
        return self._turned(self.memory.subject, parts[-1])

    def on_turns_from_sign(self, left: Any, *parts: Any) -> Any:
        return self._turned(self.value(left), parts[-1])

    def _turned(self, left: Any, sign: Any) -> Any:
        if left is None or scale_of(left) == "price":
            raise Unreadable("not_understood", "What should turn positive or negative?")
        up = sign.parts[0].has("POSITIVE")
        return self.cross(left, "above" if up else "below", Number(value=0))

    def on_opposite(self) -> Any:
        pair = self.memory.cross or self.memory.pair
        if isinstance(pair, Cross):
            turned = "below" if pair.direction == "above" else "above"
            return self.cross(pair.left, turned, pair.right)
        raise Unreadable("ambiguous", "The opposite of which crossing?")

    def on_opposite_back(self, *_: Any) -> Any:
        """ "sell when it crosses back"."""
        return self.on_opposite()

    def on_macd_cross(self, way: Any, _macd: Any, nums: Any = None) -> Any:
        line = self._macd(self.nums(nums) if nums is not None else None, "line")
        signal = line.model_copy(update={"output": "signal"})
        return self.cross(line, "above" if way.has("BULLISH", "POSITIVE") else "below", signal)

    def on_macd_way(self, _macd: Any, *parts: Any) -> Any:
        """ "the MACD is bullish": above its signal line."""
        nums = next((p for p in parts if isinstance(p, Said)), None)
        line = self._macd(self.nums(nums) if nums is not None else None, "line")
        self.assume("The MACD is bullish above its signal line, and bearish below it.")
        self.memory.meanings["way"] = line
        return self._way_of(line, parts)

    def on_it_way(self, *parts: Any) -> Any:
        line = self.memory.meanings.get("way")
        if line is None and self.memory.coloured == "supertrend":
            line = self.make("supertrend", self.memory.said.get("supertrend"), "direction")
            up = any(not isinstance(p, Said) and p.has("BULLISH") for p in parts)
            return self.compare(line, ">" if up else "<", Number(value=0))
        if line is None:
            raise Unreadable("ambiguous", "What is bullish or bearish?")
        return self._way_of(line, parts)

    def _way_of(self, line: Any, parts: tuple[Any, ...]) -> Any:
        up = any(not isinstance(p, Said) and p.has("BULLISH") for p in parts)
        signal = line.model_copy(update={"output": "signal"})
        return self.compare(line, ">" if up else "<", signal)

    def on_macd_cross_after(self, macd: Any, *parts: Any) -> Any:
        way = next(p for p in parts if not isinstance(p, Said))
        return self.on_macd_cross(way, macd, *(p for p in parts if p is not way))

    def on_bull_cross(self, way: Any) -> Any:
        pair = self.memory.cross
        if pair is None:
            raise Unreadable("ambiguous", "A crossover of what?")
        return self.cross(pair.left, "above" if way.has("BULLISH") else "below", pair.right)
