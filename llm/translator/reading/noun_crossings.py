"""Crossings told as nouns: "an upward cross of A over B", "a cross from below to above"."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    AllOf,
    Cross,
    Indicator,
    Number,
)
from llm.specification.walk import scale_of
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.edges import Edges
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.said import Said

# Verbs that say no direction, though "comes above" and "goes above" do.
_NEUTRAL = ("comes", "come", "coming", "goes", "go", "going", "gets", "moves", "move", "turns")


class NounCrossings(Edges):
    """Reads crossings that are the subject of their sentence."""

    def on_noun_cross_of(self, verb: Any, value: Any) -> Any:
        direction = "above" if verb.has("UPCROSS") else "below"
        found = self.value(value)
        if isinstance(found, Indicator) and found.name == "macd" and found.output == "line":
            return self.cross(found, direction, found.model_copy(update={"output": "signal"}))
        left, right = self.left_of(None, value)
        if left == right:
            raise Unreadable("ambiguous", "A crossing of what and what?")
        return self.cross(left, direction, right)

    def on_speedy_cross(self, *words: Any) -> Any:
        """ "a fast/slow EMA crossover": upward to buy, downward to sell."""
        word = next(w for w in words if w.has("MA"))
        down = self.leaving != (self.found.side == "short")
        fast, slow = self._of_pair(0, word), self._of_pair(1, word)
        self.assume("A crossover strategy buys the upward crossing and sells the downward one.")
        return self.cross(fast, "below" if down else "above", slow)

    def on_macd_has_cross(self, _macd: Any, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        verb = next(p for p in parts if not isinstance(p, Said) and p.has("UPCROSS", "DOWNCROSS"))
        line = self._macd(self.nums(said[0]) if said else None, "line")
        direction = "above" if verb.has("UPCROSS") else "below"
        return self.cross(line, direction, line.model_copy(update={"output": "signal"}))

    def on_macd_cross_in(self, verb: Any, _macd: Any, *nums: Any) -> Any:
        return self.on_macd_has_cross(_macd, verb, *nums)

    def on_macd_noun_cross(self, _macd: Any, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        line = self._macd(self.nums(said[0]) if said else None, "line")
        up = parts[-1].has("FROMBELOW", "UP")
        signal = line.model_copy(update={"output": "signal"})
        return self.cross(line, "above" if up else "below", signal)

    def on_cross_after_being(self, crossing: Any, side: Any, *it: Any) -> Any:
        """ "comes up through 30 after having been under it": a crossing says that too."""
        found = self.read(crossing)
        before = "below" if self._operator(side).startswith("<") else "above"
        said = [p for p in it if isinstance(p, Said) and not is_it(p)]
        level = self.value(said[0]) if said else None
        if not isinstance(found, Cross) or found.direction == before:
            raise Unreadable("contradictory", "It crosses from the other side.")
        if level is not None and level != found.right:
            raise Unreadable("ambiguous", "How long ago should it have been there?")
        return found

    def on_from_to_cross(self, left: Any, *parts: Any) -> Any:
        """ "goes from below 30 to above 30"."""
        said = [p for p in parts if isinstance(p, Said)]
        sides = [p for p in parts if not isinstance(p, Said) and p.has("ABOVE", "BELOW")][-2:]
        first, second = self.left_of(left, said[0])
        ends = said[1:]
        other = bool(ends) and self.value(ends[0], first) != second
        if sides[0].has("ABOVE") == sides[1].has("ABOVE") or other:
            raise Unreadable("ambiguous", "From where to where?")
        return self.cross(first, "above" if sides[1].has("ABOVE") else "below", second)

    def on_cross_beyond(self, left: Any, verb: Any, right: Any, side: Any, level: Any) -> Any:
        """ "%K crosses above %D below 20": the crossing, and where it happens."""
        crossing = self.read(Said("cross", (left, verb, right)))
        edge = self.value(level, crossing.left)
        if not isinstance(edge, Number) or isinstance(crossing.right, Number):
            raise Unreadable("ambiguous", "Which of the two is meant there?")
        return AllOf(conditions=(crossing, self.compare(crossing.left, self._operator(side), edge)))

    def on_signed_before(self, sign: Any, of: Any) -> Any:
        found = self.series(of)
        if scale_of(found) == "price":
            raise Unreadable("not_understood", "What should be positive or negative?")
        return self.compare(found, ">" if sign.has("POSITIVE") else "<", Number(value=0))

    def on_closes_beyond(self, number: Any, *parts: Any) -> Any:
        """ "two straight closes above the band"."""
        if is_it(parts[-1]) and self.memory.pair is not None:
            return self.on_closes_beyond_again(number, *parts[:-1])
        right = self.value(parts[-1], CLOSE)
        return self._streak(self.compare(CLOSE, self._operator(parts[-2]), right), number)

    def on_closes_beyond_again(self, number: Any, *parts: Any) -> Any:
        pair = self.memory.pair
        if pair is None or isinstance(pair.right, Number) or pair.left != CLOSE:
            raise Unreadable("ambiguous", "Closes above or below what?")
        return self._streak(self.compare(CLOSE, self._operator(parts[-1]), pair.right), number)

    def on_noun_cross_two(self, verb: Any, left: Any, *rest: Any) -> Any:
        first, second = self.left_of(left, rest[-1])
        sides = [w for w in rest[:-1] if not isinstance(w, Said)]
        up = verb.has("UPCROSS")
        if any(w.has("BELOW") if up else w.has("ABOVE") and not w.has("OVER") for w in sides):
            raise Unreadable("contradictory", "Upwards or downwards?")
        return self.cross(first, "above" if up else "below", second)

    def on_noun_cross_pair(self, verb: Any, left: Any, right: Any) -> Any:
        first, second = self.left_of(left, right)
        lengths = [getattr(v, "numbers", ()) for v in (first, second)]
        if all(len(n) == 1 for n in lengths) and lengths[0] > lengths[1]:
            first, second = second, first
        return self.cross(first, "above" if verb.has("UPCROSS") else "below", second)

    def on_cross_it_told(self, right: Any, way: Any) -> Any:
        return self.on_cross_it(way, right)

    def on_cross_moved(self, *parts: Any) -> Any:
        """ "comes back across -100 from below"; "comes" and "goes" say no direction."""
        *values, right, way = (p for p in parts if isinstance(p, Said))
        told = way.parts[0].has("FROMBELOW", "UP")
        for verb in parts:
            if isinstance(verb, Said) or verb.text.split()[0] in _NEUTRAL:
                continue
            if verb.has("RISE") is not told:
                raise Unreadable("contradictory", "It cannot rise from above, or fall from below.")
        first, second = self.left_of(values[0] if values else None, right)
        return self.cross(first, "above" if told else "below", second)

    def on_soft_up_through(self, left: Any, *rest: Any) -> Any:
        first, second = self.left_of(left, rest[-1])
        return self.cross(first, "above", second)

    def on_soft_down_through(self, left: Any, *rest: Any) -> Any:
        first, second = self.left_of(left, rest[-1])
        return self.cross(first, "below", second)

    def on_soft_up_through_it(self, *rest: Any) -> Any:
        first, second = self.left_of(None, rest[-1])
        return self.cross(first, "above", second)

    def on_soft_down_through_it(self, *rest: Any) -> Any:
        first, second = self.left_of(None, rest[-1])
        return self.cross(first, "below", second)

    # -- golden crosses of one's own -----------------------------------------------------------

    def on_averages_cross(self, averages: Any, word: Any) -> Any:
        """ "the 10/30 SMA golden cross"."""
        return self.on_cross_of_those(word, averages)  # type: ignore[attr-defined]

    def on_trade_golden_lines(self, *parts: Any) -> None:
        """ "golden cross / death cross of the 20- and 50-day averages": in by one, out by both."""
        said = [p for p in parts if isinstance(p, Said)]
        for part in said:
            if part.kind != "golden_lines":
                self.read(part)
        fast, slow = self._golden_pair(next(p for p in said if p.kind == "golden_lines").parts)
        self.enter("long", self.cross(fast, "above", slow))  # type: ignore[attr-defined]
        self.found.exits["long"].append(self.cross(fast, "below", slow))

    def _golden_pair(self, parts: Any) -> tuple[Any, Any]:
        said = [p for p in parts if isinstance(p, Said) and p.kind != "unit"]
        units = [p for p in parts if isinstance(p, Said) and p.kind == "unit"]
        if said[0].kind == "several_averages":
            found = list(self.averages(said[0]))
        elif said[0].kind in ("number", "span", "bare_span", "one_unit"):
            if said[0].kind == "number":
                given = [self.number(p) for p in said]
                days = [self.bars_in(self.span_of(n, units[0])) for n in given] if units else given
            else:
                days = [self.bars_in(self.read(p)) for p in said]
            found = [self.make(self._usual_kind(), (float(n),)) for n in days]
        else:
            found = [self.value(part) for part in said]
        fast, slow = sorted(found, key=lambda one: one.numbers)
        if len(found) != 2 or fast.numbers == slow.numbers:
            raise Unreadable("ambiguous", "A golden cross of which two averages?")
        self.memory.meanings["golden"] = (fast, slow)
        return fast, slow
