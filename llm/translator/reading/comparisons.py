"""Comparing values: above, below, between, by how much, crossing, rising."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import (
    AllOf,
    Arithmetic,
    Compare,
    Cross,
    Function,
    Indicator,
    Number,
    Previous,
    Price,
)
from llm.specification.walk import scale_of
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.negation import OPPOSITE, negate
from llm.translator.reading.own_bands import OwnBands
from llm.translator.said import Said

OPERATORS = {"ABOVE": ">", "BELOW": "<", "GE": ">=", "LE": "<=", "EQUALTO": "=="}
OPEN, HIGH, LOW = Price(field="open"), Price(field="high"), Price(field="low")


class Comparisons(OwnBands):
    """Reads comparisons and crossings."""

    # -- the subject ---------------------------------------------------------------------------

    def subject(self, right: Any = None, *, closes: bool = False) -> Any:
        """What an unspoken or pronominal left side stands for."""
        found = self.memory.subject
        if isinstance(right, Number):
            if found is None or (isinstance(found, Price) and right.value < 1):
                raise Unreadable("ambiguous", f"What should be compared with {right.value:g}?")
            level = self.memory.level_of
            if level is not None and scale_of(found) == "price":
                label = getattr(level, "name", "")
                label = INDICATORS[label].label if label in INDICATORS else "earlier value"
                self.assume(f"“It” is the {label} there, not the price.")
                return level
            return found
        if closes or found is None or isinstance(found, Number):
            return CLOSE
        if right is None:
            return found
        same = scale_of(found) == scale_of(right)
        return found if same and not (self.memory.level_met and self._reads(right)) else CLOSE

    def _reads(self, right: Any) -> bool:
        """An average of the price, which "it" beside a level is not compared with."""
        averages = isinstance(right, Indicator) and INDICATORS[right.name].scale == "same"
        return averages and right.source == CLOSE

    def left_of(self, said: Any, right_said: Any, *, closes: bool = False) -> tuple[Any, Any]:
        """Both sides; a pronoun waits for the right side to say what it can mean."""
        if said is None or is_it(said):
            right = self._right(right_said, None)
            left = self.subject(right, closes=closes)
            if self._is_own(right_said):
                right = self.value(right_said, left)
            return left, right
        if said.kind == "elliptic_average" and not self.memory.kind:
            right = self.value(right_said)  # "the 50-day above the 200-day average"
            return self.value(said, None), right
        lengths = self._by_lengths(said, right_said)
        if lengths is not None:
            return lengths
        left = self.value(said)
        return left, self._right(right_said, left)

    def _by_lengths(self, said: Any, right_said: Any) -> tuple[Any, Any] | None:
        """ "the 5 is under the 20", where averages of 5 and 20 days were introduced."""
        if not all(isinstance(s, Said) and s.kind == "level" for s in (said, right_said)):
            return None
        several = self.memory.meanings.get("several") or ()
        known = {getattr(v, "numbers", ()): v for v in several}
        found = [known.get((self.number(s.parts[0]),)) for s in (said, right_said)]
        return None if None in found else (found[0], found[1])

    def _right(self, said: Any, left: Any) -> Any:
        """The right side; "it" is there what was compared with before, or what was defined."""
        pair = self.memory.pair
        if is_it(said) and pair is not None and left in (None, pair.left):
            return self._spoken_of(pair.right)
        prices = pair is not None and isinstance(pair.left, Price) and isinstance(left, Price)
        if is_it(said) and prices and not isinstance(pair.right, Number):
            return pair.right  # "the low is below the 20-day low and the close is above it"
        return self.value(said, left)

    def _spoken_of(self, right: Any) -> Any:
        """ "drops 5 % below the average ... gets back above it": above the average."""
        own = self.memory.meanings.get("channel") or {}
        part_of = isinstance(right, Arithmetic) and isinstance(right.left, Number)
        if not part_of or right.operator != "*" or scale_of(right) != "price":
            return right
        return right if right in own.values() else right.right

    def _is_own(self, said: Any) -> bool:
        return isinstance(said, Said) and said.kind in ("own_base", "level_percent", "signal")

    def compare(self, left: Any, operator: str, right: Any) -> Any:
        """One checked comparison, remembered for what follows."""
        if isinstance(left, Number):
            raise Unreadable("not_understood", "Two numbers are compared: which value is meant?")
        right = self._on_its_scale(left, right)
        self.comparable(left, right)
        right = self._without_today(left, operator, right)
        found = Compare(left=left, operator=operator, right=right)  # type: ignore[arg-type]
        self.memory.subject = left
        self.memory.pair = found
        self._met(left, right)
        return found

    def _on_its_scale(self, left: Any, right: Any) -> Any:
        """The stochastic of RSI runs from 0 to 100 here; levels up to 1 are shares of that."""
        is_share = isinstance(right, Number) and 0 < right.value <= 1
        if is_share and isinstance(left, Indicator) and left.name == "rsi_of_stochastic":
            self.assume("The stochastic RSI is counted from 0 to 100, so 0.2 is 20.")
            return Number(value=round(right.value * 100, 9))
        return right

    def _met(self, left: Any, right: Any) -> None:
        """Remember what was compared with a plain number."""
        self.memory.level_met = isinstance(right, Number)
        if self.memory.level_met:
            self.memory.level_of = left

    def _without_today(self, left: Any, operator: str, right: Any) -> Any:
        """No close is above the highest high that includes it: the days before are meant."""
        if not (isinstance(right, Indicator) and right.name in ("highest", "lowest")):
            return right
        strict = operator == ">" if right.name == "highest" else operator == "<"
        if strict and isinstance(left, Price):
            self.assume("The highest and lowest values are those of the days before today.")
            return Previous(of=right, bars=1)
        return right

    def cross(self, left: Any, direction: str, right: Any) -> Any:
        if isinstance(left, Number):
            raise Unreadable("not_understood", "A number does not cross anything.")
        right = self._on_its_scale(left, right)
        self.comparable(left, right)
        extreme = right.of if isinstance(right, Previous) else right
        if isinstance(extreme, Indicator) and extreme.name in ("highest", "lowest"):
            right = self._without_today(left, ">" if direction == "above" else "<", right)
        found = Cross(left=left, direction=direction, right=right)  # type: ignore[arg-type]
        self.memory.subject = left
        self.memory.pair = self.memory.cross = found
        self._met(left, right)
        return found

    # -- states --------------------------------------------------------------------------------

    def _operator(self, side: Any, be: Any = None) -> str:
        operator = self._side_operator(side)
        if be is not None and any(word.has("NOT") for word in be.words):
            operator = OPPOSITE[operator]
        return operator

    def _side_operator(self, side: Any) -> str:
        if isinstance(side, Said):
            if side.kind == "side_or_equal":
                operator = self._side_operator(side.parts[0])
                return operator if operator.endswith("=") else operator + "="
            return self._side_operator(side.parts[0])
        return next(o for tag, o in OPERATORS.items() if side.has(tag))

    def _split(self, parts: tuple[Any, ...]) -> tuple[Any, Any, list[Any]]:
        """Left, "is not", and the rest of a comparison."""
        rest = list(parts)
        be = next((p for p in rest if isinstance(p, Said) and p.kind == "be_not"), None)
        if be is not None:
            rest.remove(be)
        return be, rest[0], rest[1:]

    def on_compare(self, *parts: Any) -> Any:
        be, left, (side, right) = self._split(parts)
        first, second = self.left_of(left, right)
        found = self.compare(first, self._operator(side, be), second)
        told = side.text if not isinstance(side, Said) else ""
        if told.startswith(("higher", "lower")) and not isinstance(found.right, Number):
            self.memory.meanings["graded"] = (found.left, found.right)
        return found

    def on_compare_two_ways(self, *parts: Any) -> Any:
        _, left, (side, one, other_side, other) = self._split(parts)
        first, second = self.left_of(left, one)
        found = self.compare(first, self._operator(side), second)
        last = self.compare(first, self._operator(other_side), self.value(other, first))
        return AllOf(conditions=(found, last))

    def on_compare_it(self, *parts: Any) -> Any:
        be = next((p for p in parts if isinstance(p, Said) and p.kind == "be_not"), None)
        side, right = parts[-2], parts[-1]
        first, second = self.left_of(None, right)
        return self.compare(first, self._operator(side, be), second)

    def on_compare_both(self, *parts: Any) -> Any:
        be, left, (side, one, other) = self._split(parts)
        first, second = self.left_of(left, one)
        operator = self._operator(side)
        found = [self.compare(first, operator, second)]
        found.append(self.compare(first, operator, self.value(other, first)))
        return self._denied(be, AllOf(conditions=tuple(found)))

    def on_compare_or_more(self, *parts: Any) -> Any:
        be, left, (side, right, _) = self._split(parts)
        first, second = self.left_of(left, right)
        operator = self._operator(side, be)
        return self.compare(first, operator.rstrip("=") + "=", second)

    def on_at_least(self, *parts: Any) -> Any:
        be, left, (right, _more) = self._split(parts)
        first, second = self.left_of(left, right)
        return self._denied(be, self.compare(first, ">=", second))

    def on_at_most(self, *parts: Any) -> Any:
        be, left, (right, _less) = self._split(parts)
        first, second = self.left_of(left, right)
        return self._denied(be, self.compare(first, "<=", second))

    def _denied(self, be: Any, found: Any) -> Any:
        """The opposite after "is not"."""
        is_denied = be is not None and any(word.has("NOT") for word in be.words)
        return negate(found) if is_denied else found

    def on_closes(self, left: Any, side: Any, right: Any) -> Any:
        first, second = self.left_of(left, right, closes=True)
        return self.compare(first, self._operator(side), second)

    def on_closes_it(self, side: Any, right: Any) -> Any:
        first, second = self.left_of(None, right, closes=True)
        return self.compare(first, self._operator(side), second)

    def on_closes_both(self, side: Any, one: Any, other: Any) -> Any:
        first, second = self.left_of(None, one, closes=True)
        operator = self._operator(side)
        found = (
            self.compare(first, operator, second),
            self.compare(first, operator, self.value(other, first)),
        )
        return AllOf(conditions=found)

    def on_opens(self, left: Any, side: Any, right: Any) -> Any:
        return self.compare(OPEN, self._operator(side), self.value(right, OPEN))

    def on_opens_it(self, side: Any, right: Any) -> Any:
        return self.compare(OPEN, self._operator(side), self.value(right, OPEN))

    def on_compare_again(self, *parts: Any) -> Any:
        """ "... when it is below": the pair spoken of before."""
        be, left, (side,) = self._split(parts)
        self._not_of_days(side)
        pair = self.memory.pair
        if pair is None or isinstance(pair.right, Number):
            raise Unreadable("ambiguous", f"{side.text.capitalize()} what?", side.text)
        if not is_it(left):
            first = self.value(left)
            if first != pair.left:
                raise Unreadable("ambiguous", f"{side.text.capitalize()} what?", side.text)
        return self.compare(pair.left, self._operator(side, be), pair.right)

    def on_compare_again_it(self, *parts: Any) -> Any:
        """ "... sell when below": the pair spoken of before."""
        pair = self.memory.pair
        if pair is None or isinstance(pair.right, Number):
            raise Unreadable("ambiguous", "Above or below what?")
        be = next((p for p in parts if isinstance(p, Said) and p.kind == "be_not"), None)
        return self.compare(pair.left, self._operator(parts[-1], be), pair.right)

    def on_chain(self, *parts: Any) -> Any:
        """ "the 5-day above the 10-day above the 20-day average"."""
        be, left, (side, middle, other_side, right) = self._split(parts)
        first, second = self.left_of(left, middle)
        one = self.compare(first, self._operator(side, be), second)
        last = self.value(right, second)
        return AllOf(conditions=(one, self.compare(second, self._operator(other_side), last)))

    def on_signed_it(self, sign: Any) -> Any:
        subject = self.memory.subject
        if subject is None or scale_of(subject) == "price":
            raise Unreadable("not_understood", "What should be positive or negative?")
        operator = ">" if sign.parts[0].has("POSITIVE") else "<"
        return self.compare(subject, operator, Number(value=0))

    def _not_of_days(self, side: Any) -> None:
        """ "higher" alone is higher than the day before, unless a comparison was announced."""
        words = side.words if isinstance(side, Said) else (side,)
        if words[-1].has("UP", "DOWN") and "compared" not in self.memory.meanings:
            raise Unreadable("ambiguous", f"{words[-1].text.capitalize()} than what?")

    def on_closes_again(self, left: Any, side: Any) -> Any:
        """ "sell when it closes below": the line spoken of before."""
        self._not_of_days(side)
        pair = self.memory.pair
        if pair is None or isinstance(pair.right, Number):
            raise Unreadable("ambiguous", "Closes above or below what?")
        if not is_it(left) and self.value(left) != pair.left:
            raise Unreadable("ambiguous", "Closes above or below what?")
        return self.compare(pair.left, self._operator(side), pair.right)

    def on_between(self, *parts: Any) -> Any:
        be, left, (low, high) = self._split(parts)
        first = self.subject(self.value(low)) if is_it(left) else self.value(left)
        below, above = self.ordered(self.value(low, first), self.value(high, first))
        found = (self.compare(first, ">=", below), self.compare(first, "<=", above))
        inside = AllOf(conditions=found)
        return negate(inside) if be is not None and any(w.has("NOT") for w in be.words) else inside

    def ordered(self, low: Any, high: Any) -> tuple[Any, Any]:
        """The two ends of a range; of two lines the lower one may change."""
        if isinstance(low, Number) and isinstance(high, Number):
            if low.value == high.value:
                raise Unreadable("contradictory", "A range has two ends.")
            return (low, high) if low.value < high.value else (high, low)
        names = [getattr(v, "output", "") or getattr(v, "name", "") for v in (low, high)]
        ranks = {"lower": 0, "lowest": 0, "middle": 1, "upper": 2, "highest": 2}
        if all(name in ranks for name in names) and names[0] != names[1]:
            return (low, high) if ranks[names[0]] < ranks[names[1]] else (high, low)
        if isinstance(low, Indicator) and isinstance(high, Indicator):
            return Function(name="smaller", of=(low, high)), Function(name="larger", of=(low, high))
        return low, high

    def on_signed(self, *parts: Any) -> Any:
        be, left, (sign,) = self._split(parts)
        first = self.memory.subject if is_it(left) else self.value(left)
        if first is None or scale_of(first) == "price":
            raise Unreadable("not_understood", "What should be positive or negative?")
        operator = ">" if sign.parts[0].has("POSITIVE") else "<"
        if be is not None and any(w.has("NOT") for w in be.words):
            operator = OPPOSITE[operator]
        return self.compare(first, operator, Number(value=0))

    def on_reaches(self, *parts: Any) -> Any:
        be, left, (_word, right) = self._split(parts)
        first, second = self.left_of(left, right)
        return self._denied(be, self._reached(first, second))

    def on_reaches_it(self, *parts: Any) -> Any:
        first, second = self.left_of(None, parts[-1])
        return self._reached(first, second)

    def on_is_at(self, *parts: Any) -> Any:
        be, left, (right,) = self._split(parts)
        first, second = self.left_of(left, right)
        return self._denied(be, self._reached(first, second))

    def _reached(self, left: Any, right: Any) -> Any:
        """ "RSI reaches 60": from the side on which it was spoken of last, or from the centre."""
        extreme = right.of if isinstance(right, Previous) else right
        if isinstance(extreme, Indicator) and extreme.name in ("highest", "lowest"):
            if extreme.source == left:
                right = extreme  # the highest of a window that today belongs to
            return self.compare(left, ">=" if extreme.name == "highest" else "<=", right)
        up = self._rises_to(left, right)
        self.assume("“Reaches” means: is there or beyond.")
        return self.compare(left, ">=" if up else "<=", right)

    def _rises_to(self, left: Any, right: Any) -> bool:
        if isinstance(right, Indicator) and right.output in ("upper", "lower"):
            return right.output == "upper"
        own = self.memory.meanings.get("channel") or {}
        if right in (own.get("upper"), own.get("lower")):
            return bool(right == own.get("upper"))
        for earlier in reversed(self.memory.last_conditions):
            if isinstance(earlier, Compare | Cross) and earlier.left == left:
                below = isinstance(earlier, Compare) and earlier.operator.startswith("<")
                below = below or (isinstance(earlier, Cross) and earlier.direction == "below")
                if isinstance(earlier.right, Number) and isinstance(right, Number):
                    return earlier.right.value < right.value
                return below
        if isinstance(right, Number) and isinstance(left, Indicator):
            bounds = INDICATORS[left.name].bounds
            centre = sum(bounds) / 2 if bounds else 0.0
            if right.value != centre:
                return right.value > centre
        raise Unreadable("ambiguous", "Reached from above or from below? Say above or below.")


def is_it(said: Any) -> bool:
    return isinstance(said, Said) and said.kind == "it"
