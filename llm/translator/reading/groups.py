"""Comparisons of several values at once, of ranges and bands, and with a value's own past."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

from llm.specification.nodes import (
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Number,
    Previous,
)
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.ways import Ways
from llm.translator.said import Said


def is_not(parts: tuple[Any, ...]) -> bool:
    """Whether "is not" stands among these parts."""
    said = [p for p in parts if isinstance(p, Said) and p.kind == "be_not"]
    return any(word.has("NOT") for be in said for word in be.words)


def without_be(parts: tuple[Any, ...]) -> list[Any]:
    """The parts but for "is"."""
    return [p for p in parts if not (isinstance(p, Said) and p.kind == "be_not")]


class Groups(Ways):
    """Reads what is said of two or three values together."""

    # -- of two values -------------------------------------------------------------------------

    def _pair_of(self, one: Any, other: Any) -> tuple[Any, Any]:
        first = self.series(one)
        second = self.series(other, first)
        self.memory.meanings["several"] = (first, second)
        return first, second

    def _each(self, lefts: Any, operator: str, right: Any) -> list[Any]:
        found = []
        for left in lefts:
            level = right if isinstance(right, Number) else self.value(right, left)
            found.append(self.compare(left, operator, level))
        return found

    def _all_or_any(self, found: list[Any], every: bool) -> Any:
        if len(found) == 1:
            return found[0]
        return (AllOf if every else AnyOf)(conditions=tuple(found))

    def on_both_compare(self, *parts: Any) -> Any:
        one, other, side, right = without_be(parts)
        if is_not(parts):
            raise Unreadable("ambiguous", "Not both, or neither of the two?")
        return AllOf(
            conditions=tuple(self._each(self._pair_of(one, other), self._operator(side), right))
        )

    def on_both_signed(self, *parts: Any) -> Any:
        one, other, sign = without_be(parts)
        if is_not(parts):
            raise Unreadable("ambiguous", "Not both, or neither of the two?")
        found = self._each(self._pair_of(one, other), self._sign(sign), Number(value=0))
        return AllOf(conditions=tuple(found))

    def _sign(self, sign: Any) -> str:
        return ">" if sign.parts[0].has("POSITIVE") else "<"

    def on_neither_compare(self, one: Any, other: Any, side: Any, right: Any) -> Any:
        found = self._each(self._pair_of(one, other), self._operator(side), right)
        return AllOf(conditions=tuple(negate(c) for c in found))

    def on_either_compare(self, one: Any, other: Any, side: Any, right: Any) -> Any:
        return AnyOf(
            conditions=tuple(self._each(self._pair_of(one, other), self._operator(side), right))
        )

    # -- of those that were spoken of ----------------------------------------------------------

    def _several(self) -> tuple[Any, ...]:
        found = self.memory.meanings.get("several")
        pair = self.memory.pair
        if not found and pair is not None and not isinstance(pair.right, Number):
            return (pair.left, pair.right)  # "crosses its signal while both are below zero"
        if not found:
            raise Unreadable("ambiguous", "Which of them?")
        return tuple(found)

    def _counted_of(self, them: Any, found: list[Any]) -> Any:
        """All, one, none, or at least so many of some conditions."""
        if them.kind == "of_them_all":
            return self._all_or_any(found, True)
        if them.kind == "of_them_one":
            return self._all_or_any(found, False)
        if them.kind == "of_them_none":
            return self._all_or_any([negate(c) for c in found], True)
        least = round(self.number(them.parts[0]))
        if not 1 <= least <= len(found):
            raise Unreadable("invalid_value", f"There are {len(found)} of them, not {least}.")
        chosen = [self._all_or_any(list(some), True) for some in combinations(found, least)]
        return self._all_or_any(chosen, False)

    def on_them_compare(self, them: Any, side: Any, right: Any) -> Any:
        return self._counted_of(them, self._each(self._several(), self._operator(side), right))

    def on_them_compare_again(self, them: Any, side: Any) -> Any:
        """ "both lines above zero ... sell when both are below": below the same."""
        pair, lefts = self.memory.pair, self._several()
        past = isinstance(getattr(pair, "right", None), Previous)
        if pair is None or past or pair.left not in lefts or pair.right in lefts:
            raise Unreadable("ambiguous", "Above or below what?")
        operator = self._operator(side)
        return self._counted_of(them, [self.compare(one, operator, pair.right) for one in lefts])

    def on_them_signed(self, them: Any, sign: Any) -> Any:
        found = self._each(self._several(), self._sign(sign), Number(value=0))
        return self._counted_of(them, found)

    def on_compare_of_them(self, *parts: Any) -> Any:
        rest = without_be(parts)
        them, side = rest[-1], rest[-2]
        rights = self.memory.meanings.get("several_right")
        if not rights or is_not(parts):
            raise Unreadable("ambiguous", "Above or below which of them?")
        left = self.memory.meanings["several_left"]
        if len(rest) == 3 and not is_it(rest[0]) and self.value(rest[0]) != left:
            raise Unreadable("ambiguous", "Above or below which of them?")
        operator = self._operator(side)
        return self._counted_of(them, [self.compare(left, operator, r) for r in rights])

    def averages(self, said: Any) -> tuple[Any, ...]:
        """ "the 10-, 50- and 200-day averages", each of them."""
        word = next(p for p in said.parts if not isinstance(p, Said))
        units = [p for p in said.parts if isinstance(p, Said) and p.kind == "unit"]
        found = []
        for part in said.parts:
            if not isinstance(part, Said) or part.kind == "unit":
                continue
            if part.kind != "number":
                bars = self.bars_in(self.read(part))
            elif units:
                bars = self.bars_in(self.span_of(self.number(part), units[0]))
            else:
                bars = round(self.number(part))
            found.append(self._average(word, (float(bars),)))
        if len(set(found)) < len(found):
            raise Unreadable("contradictory", "Two of the averages are the same.")
        return tuple(found)

    def on_compare_all(self, *parts: Any) -> Any:
        rest = [p for p in without_be(parts) if isinstance(p, Said) or not p.has("BOTH")]
        left, side, averages = rest
        if is_not(parts):
            raise Unreadable("ambiguous", "Not above all of them, or above none?")
        first = CLOSE if is_it(left) else self.series(left)
        return self._beyond_all(first, side, averages)

    def on_closes_all(self, *parts: Any) -> Any:
        *left, side, averages = [p for p in parts if isinstance(p, Said) or not p.has("BOTH")]
        if left and not is_it(left[0]) and self.value(left[0]) != CLOSE:
            raise Unreadable("not_understood", "Only the close closes.")
        return self._beyond_all(CLOSE, side, averages)

    def _beyond_all(self, left: Any, side: Any, said: Any) -> Any:
        rights = self.averages(said)
        operator = self._operator(side)
        found = tuple(self.compare(left, operator, right) for right in rights)
        self.memory.meanings["several_left"], self.memory.meanings["several_right"] = left, rights
        self.memory.meanings["several"] = rights
        return AllOf(conditions=found)

    def on_mean_of_averages(self, _word: Any, said: Any) -> Any:
        """ "the average of the 10, 50 and 200 day SMAs"."""
        first, *rest = self.averages(said)
        for other in rest:
            first = Arithmetic(operator="+", left=first, right=other)
        return Arithmetic(operator="/", left=first, right=Number(value=float(len(rest) + 1)))

    def on_between_averages(self, *parts: Any) -> Any:
        left, said = without_be(parts)
        first = CLOSE if is_it(left) else self.series(left)
        averages = self.averages(said)
        if len(averages) != 2:
            raise Unreadable("not_understood", "Between which two?")
        low, high = self.ordered(*averages)
        found = AllOf(conditions=(self.compare(first, ">=", low), self.compare(first, "<=", high)))
        return negate(found) if is_not(parts) else found

    def on_both_trend(self, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        way = next(p for p in parts if not isinstance(p, Said))
        return self._trends(tuple(self.series(one) for one in said), way)

    on_three_trend = on_both_trend

    def _trends(self, values: tuple[Any, ...], way: Any) -> Any:
        self.assume("“Rising” and “falling” compare with the day before.")
        self.memory.meanings["several"] = values
        self.memory.meanings["moving together"] = values
        operator = ">" if way.has("RISING", "RISE") else "<"
        found = [self.compare(v, operator, Previous(of=v, bars=1)) for v in values]
        return AllOf(conditions=tuple(found))

    def on_averages_trend(self, said: Any, way: Any) -> Any:
        return self._trends(self.averages(said), way)

    def on_averages_compare(self, *parts: Any) -> Any:
        said, side, right = without_be(parts)
        if is_not(parts):
            raise Unreadable("ambiguous", "Not both, or neither of the two?")
        values = self.averages(said)
        found = AllOf(conditions=tuple(self._each(values, self._operator(side), right)))
        self.memory.meanings["several"] = values
        return found

    def on_three_compare(self, *parts: Any) -> Any:
        *said, side, right = parts
        values = tuple(self.series(one) for one in said)
        self.memory.meanings["several"] = values
        return AllOf(conditions=tuple(self._each(values, self._operator(side), right)))

    def on_three_signed(self, *parts: Any) -> Any:
        *said, sign = parts
        values = tuple(self.series(one) for one in said)
        self.memory.meanings["several"] = values
        found = self._each(values, self._sign(sign), Number(value=0))
        return AllOf(conditions=tuple(found))

    def on_them_negative(self, word: Any) -> Any:
        """ "both are below zero"; the phrases of rotations say more than that."""
        if not word.text.startswith(("both are", "all are")):
            raise Unreadable("not_understood", "Which of them?", word.text)
        return AllOf(conditions=tuple(self._each(self._several(), "<", Number(value=0))))

    def on_compare_count(self, *parts: Any) -> Any:
        left, side, number, said = without_be(parts)
        if is_not(parts):
            raise Unreadable("ambiguous", "Not above how many of them?")
        first = CLOSE if is_it(left) else self.series(left)
        found = self._beyond_all(first, side, said)
        return self._counted_of(Said("of_them_count", (number,)), list(found.conditions))

    def on_count_compare(self, *parts: Any) -> Any:
        """ "at least two of the 20, 50 and 100 day averages are below the price"."""
        number, said, side, right = without_be(parts)
        if is_not(parts):
            raise Unreadable("ambiguous", "Not above how many of them?")
        line = self.value(right)
        if isinstance(line, Number):
            raise Unreadable("not_understood", "Averages above or below which price?")
        operator = self._operator(side)
        found = [self.compare(one, operator, line) for one in self.averages(said)]
        return self._counted_of(Said("of_them_count", (number,)), found)

    def on_compare_either(self, side: Any, *_: Any) -> Any:
        """ "above both averages, long; below either, cash"."""
        return self.on_compare_of_them(side, Said("of_them_one", ()))

    def on_stacked(self, *_: Any) -> Any:
        """The shorter above the longer, all the way."""
        found = self._several()
        lengths = [getattr(f, "numbers", ()) for f in found]
        if any(len(n) != 1 for n in lengths):
            raise Unreadable("not_understood", "What is stacked?")
        ordered = sorted(found, key=lambda f: f.numbers)
        pairs = pairwise(ordered)
        return self._all_or_any([self.compare(a, ">", b) for a, b in pairs], True)

    def on_chain_four(self, *parts: Any) -> Any:
        values, sides = parts[0::2], parts[1::2]
        found, left = [], self.series(values[0])
        for side, said in zip(sides, values[1:], strict=True):
            right = self.value(said, left)
            found.append(self.compare(left, self._operator(side), right))
            left = right
        return AllOf(conditions=tuple(found))

    # -- ranges --------------------------------------------------------------------------------

    def on_outside(self, *parts: Any) -> Any:
        left, low, high = without_be(parts)
        first = self.subject(self.value(low)) if is_it(left) else self.value(left)
        edges = self.ordered(self.value(low, first), self.value(high, first))
        found = AnyOf(
            conditions=(self.compare(first, "<", edges[0]), self.compare(first, ">", edges[1]))
        )
        return negate(found) if is_not(parts) else found

    def on_in_decade(self, *parts: Any) -> Any:
        left, number = without_be(parts)
        first = self.subject(Number(value=1)) if is_it(left) else self.series(left)
        low = self.number(number)
        if low % 10:
            raise Unreadable("not_understood", "Which numbers are meant?")
        found = AllOf(
            conditions=(
                self.compare(first, ">=", Number(value=low)),
                self.compare(first, "<", Number(value=low + 10)),
            )
        )
        return negate(found) if is_not(parts) else found

    def on_reach_or_side(self, left: Any, *rest: Any) -> Any:
        """ "touches or undercuts": is there or beyond."""
        first, second = self.left_of(left, rest[-1])
        return self.compare(first, self._operator(rest[-2]).rstrip("=") + "=", second)

    def on_at_least_it(self, *parts: Any) -> Any:
        return self._least_it(parts, ">=")

    def on_at_most_it(self, *parts: Any) -> Any:
        return self._least_it(parts, "<=")

    def _least_it(self, parts: tuple[Any, ...], operator: str) -> Any:
        values = [p for p in without_be(parts) if isinstance(p, Said) and not is_it(p)]
        first, second = self.left_of(None, values[-1])
        found = self.compare(first, operator, second)
        return negate(found) if is_not(parts) else found

    # -- with its own past ---------------------------------------------------------------------

    def on_its_past(self, side: Any, ago: Any) -> Any:
        return self._than_its(side, self.bars_in(self.read(ago)))

    def on_its_yesterday(self, side: Any, *_: Any) -> Any:
        return self._than_its(side, 1)

    def _than_its(self, side: Any, bars: int) -> Any:
        left = self.memory.subject or CLOSE
        if isinstance(left, Number):
            raise Unreadable("ambiguous", "Higher or lower than what?")
        return self.compare(left, self._operator(side), Previous(of=left, bars=bars))

    def on_goes_streak(self, *parts: Any) -> Any:
        way = next(p for p in parts if not isinstance(p, Said) and p.has("RISING", "FALLING"))
        number = next(p for p in parts if isinstance(p, Said) and p.kind == "number")
        values = [p for p in parts if isinstance(p, Said) and p.kind != "number"]
        return self._goes(values, way.has("RISING"), number)

    def on_goes_streak_after(self, value: Any, number: Any, way: Any, *_: Any) -> Any:
        return self._goes([value], way.has("UP", "RISING"), number)

    def _goes(self, values: list[Any], up: bool, number: Any) -> Any:
        if values and not is_it(values[0]):
            found = self.series(values[0])
        else:
            found = self.memory.subject if self.memory.subject is not None else CLOSE
        self.memory.subject = found
        step = Compare(left=found, operator=">" if up else "<", right=Previous(of=found, bars=1))
        return self._streak(step, number)
