"""Comparing values: above, below, between, by how much, crossing, rising."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import (
    AllOf,
    Arithmetic,
    Compare,
    Cross,
    Indicator,
    Number,
    Previous,
    Price,
)
from llm.specification.walk import nodes, scale_of
from llm.translator.reading.kinds import is_average_of_closes, is_of_extremes, is_outside_its_bar
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.negation import OPPOSITE, negate
from llm.translator.reading.scales import Scales
from llm.translator.said import Said

OPERATORS = {"ABOVE": ">", "BELOW": "<", "GE": ">=", "LE": "<=", "EQUALTO": "=="}
# What of "or more" says which way, beside a number below zero, too.
_GRADED = frozenset(("or higher", "or greater", "or better", "or above", "or over"))
OPEN, HIGH, LOW = Price(field="open"), Price(field="high"), Price(field="low")


class Comparisons(Scales):
    """Reads comparisons and crossings."""

    # -- the subject ---------------------------------------------------------------------------

    def subject(self, right: Any = None, *, closes: bool = False) -> Any:
        """What an unspoken or pronominal left side stands for."""
        found = self.memory.subject
        if isinstance(right, Number):
            level = self.memory.level_of
            small = isinstance(found, Price) and right.value < 1
            if found is None or (small and level is None):
                raise Unreadable("ambiguous", f"What should be compared with {right.value:g}?")
            if level is not None and scale_of(found) == "price":
                label = getattr(level, "name", "")
                label = INDICATORS[label].label if label in INDICATORS else "earlier value"
                self.assume(f"“It” is the {label} there, not the price.")
                return level
            return found
        if closes or found is None or isinstance(found, Number):
            return self._own_line(right) if found is None and not closes else CLOSE
        if right is None:
            return found
        same = scale_of(found) == scale_of(right)
        met = self.memory.level_met and is_average_of_closes(right)
        met = met or found == right == self.memory.meanings.get("middle")
        return found if same and not met else CLOSE

    def _own_line(self, right: Any) -> Any:
        """ "a cross over the signal line": by its own line."""
        is_signal = isinstance(right, Indicator) and right.output == "signal"
        return right.model_copy(update={"output": "line"}) if is_signal else CLOSE

    def left_of(self, said: Any, right_said: Any, *, closes: bool = False) -> tuple[Any, Any]:
        """Both sides; a pronoun waits for the right side to say what it can mean."""
        if said is None or is_it(said):
            right = self._right(right_said, None)
            left = self.subject(right, closes=closes)
            if said is None and is_average_of_closes(left) and is_average_of_closes(right):
                raise Unreadable("ambiguous", "What is compared with it: the price?")
            if said is not None and left == CLOSE and is_of_extremes(right):
                spoken = self.memory.subject
                if isinstance(spoken, Indicator) and scale_of(spoken) != "price":
                    raise Unreadable("ambiguous", "Of which value is that the highest or lowest?")
            if self._is_own(right_said):
                if said is None:
                    self.not_of_another(left, right, closes)
                right = self.value(right_said, left)
            return left, right
        if said.kind == "elliptic_average" and not self.memory.kind:
            others = "names others" in self.memory.meanings  # "RSI: the 5-day above the 14-day"
            if not others and _is_length(right_said) and self.memory.average is None:
                self.assume("Two lengths beside each other are those of moving averages.")
                self.memory.kind = self._usual_kind()
            right = self.value(right_said)  # "the 50-day above the 200-day average"
            return self.value(said, None), right
        lengths = self._by_lengths(said, right_said)
        if lengths is not None:
            return lengths
        left = self.value(said)
        return left, self._right(right_said, left)

    def _right(self, said: Any, left: Any) -> Any:
        """The right side; "it" is there what was compared with before, or what was defined."""
        pair = self.memory.pair
        if is_it(said) and pair is not None and left in (None, pair.left):
            return self._spoken_of(pair.right)
        before = pair.left if pair is not None else None
        if isinstance(before, Previous) and isinstance(pair.right, Indicator):
            before = before.of  # "yesterday's close was below the band, today's is above it"
        prices = isinstance(before, Price) and isinstance(left, Price)
        if is_it(said) and prices and pair is not None and not isinstance(pair.right, Number):
            return pair.right  # "the low is below the 20-day low and the close is above it"
        return self.value(said, left)

    def _spoken_of(self, right: Any) -> Any:
        """ "drops 5 % below the average ... gets back above it": above the average."""
        own = self.memory.meanings.get("channel") or {}
        part_of = isinstance(right, Arithmetic) and isinstance(right.left, Number)
        if not part_of or right.operator != "*" or scale_of(right) != "price":
            return right
        spoken = right in own.values() and not self.memory.meanings.get("far")
        return right if spoken else right.right

    def _is_own(self, said: Any) -> bool:
        return isinstance(said, Said) and said.kind in ("own_base", "level_percent", "signal")

    def compare(self, left: Any, operator: str, right: Any) -> Any:
        """One checked comparison, remembered for what follows."""
        if not any(isinstance(node, Price | Indicator) for node in nodes(left)):
            raise Unreadable("not_understood", "Two numbers are compared: which value is meant?")
        right = self.second_average(left, self.on_its_scale(left, right))
        if left == CLOSE and self._names_average(right):
            raise Unreadable("ambiguous", "The price, or the average of so many days?")
        self.comparable(left, right)
        right = self._without_today(left, operator, right)
        if is_outside_its_bar(left, operator, right):
            raise Unreadable("ambiguous", f"The {right.field} of which day?")
        found = Compare(left=left, operator=operator, right=right)  # type: ignore[arg-type]
        self.memory.subject = left
        self.memory.pair = found
        self._met(left, right)
        self._lengths(left, right)
        return found

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
        right = self.second_average(left, self.on_its_scale(left, right))
        self.comparable(left, right)
        extreme = right.of if isinstance(right, Previous) else right
        if isinstance(extreme, Indicator) and extreme.name in ("highest", "lowest"):
            right = self._without_today(left, ">" if direction == "above" else "<", right)
        found = Cross(left=left, direction=direction, right=right)  # type: ignore[arg-type]
        self.memory.subject = left
        self.memory.pair = self.memory.cross = found
        self._met(left, right)
        self._lengths(left, right)
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
        if (back := self._comes_back(side, first, second, be)) is not None:
            return back
        graded = not isinstance(side, Said) and side.text.startswith(("worse", "better"))
        if graded and getattr(first, "name", "") == "drawdown":
            raise Unreadable("ambiguous", "Is that a deeper fall, or a smaller one?")
        found = self.compare(first, self._operator(side, be), second)
        told = side.text if not isinstance(side, Said) else ""
        if told.startswith(("higher", "lower")) and not isinstance(found.right, Number):
            self.memory.meanings["graded"] = (found.left, found.right)
        return found

    def _comes_back(self, side: Any, left: Any, right: Any, be: Any = None) -> Any:
        """ "closes back above the band": it was below before; while held, being above is enough."""
        told = side.text if not isinstance(side, Said) else ""
        denied = be is not None and any(word.has("NOT") for word in be.words)
        pair = self.memory.pair
        was = getattr(pair, "operator", "")[:1]  # "was below 30 and closes back above it"
        turned = was == ("<" if side.has("ABOVE") else ">") and pair.left == left
        spoken = pair is not None and pair.right == right and not turned
        if self.leaving or denied or spoken or not told.startswith("back "):
            return None
        return self.cross(left, "above" if side.has("ABOVE") else "below", right)

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

    def on_compare_each(self, *parts: Any) -> Any:
        """ "above the 20-day average, the 50-day average and the 200-day average"."""
        averages = [p for p in parts if isinstance(p, Said) and p.kind.startswith("average")]
        be = next((p for p in parts if isinstance(p, Said) and p.kind == "be_not"), None)
        side, value = parts[-len(averages) - 1], parts[0]
        is_named = value not in (side, be) and not is_it(value)
        first = self.value(value) if is_named else CLOSE
        operator = self._operator(side)
        found = [self.compare(first, operator, self.value(one, first)) for one in averages]
        return self._denied(be, AllOf(conditions=tuple(found)))

    def on_compare_or_more(self, *parts: Any) -> Any:
        be, left, (side, right, _) = self._split(parts)
        first, second = self.left_of(left, right)
        operator = self._operator(side, be)
        return self.compare(first, operator.rstrip("=") + "=", second)

    def on_at_least(self, *parts: Any) -> Any:
        """ "60 or more"; "-12 % or worse" is there or below."""
        be, left, (right, more) = self._split(parts)
        first, second = self.left_of(left, right)
        worse = more.text == "or worse"
        if _is_negative(second) and more.text not in _GRADED and not worse:
            raise Unreadable("ambiguous", "Is that or above meant, or that or below?", more.text)
        return self._denied(be, self.compare(first, "<=" if worse else ">=", second))

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
        if (back := self._comes_back(side, first, second)) is not None:
            return back
        return self.compare(first, self._operator(side), second)

    def on_closes_it(self, side: Any, right: Any) -> Any:
        first, second = self.left_of(None, right, closes=True)
        if (back := self._comes_back(side, first, second)) is not None:
            return back
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
        if pair is None or not self._other_side(pair, side):
            raise Unreadable("ambiguous", f"{side.text.capitalize()} what?", side.text)
        if not is_it(left):
            first = self.value(left)
            if first != pair.left:
                raise Unreadable("ambiguous", f"{side.text.capitalize()} what?", side.text)
        return self.compare(pair.left, self._operator(side, be), self._spoken_of(pair.right))

    def _other_side(self, pair: Any, side: Any) -> bool:
        """ "above 50 ..., flat while below": of a level, only the other side of it."""
        if not isinstance(pair.right, Number):
            return True
        told = getattr(pair, "operator", "") or ("<" if pair.direction == "below" else ">")
        return bool(self._operator(side)[0] not in (told[0], "="))

    def on_compare_again_it(self, *parts: Any) -> Any:
        """ "... sell when below": the pair spoken of before."""
        pair = self.memory.pair
        zero = pair is not None and isinstance(pair.right, Number) and pair.right.value == 0
        told = pair is not None and self.memory.meanings.get("compared") == (pair.left, pair.right)
        if pair is None or not (zero or told or self._other_side(pair, parts[-1])):
            raise Unreadable("ambiguous", "Above or below what?")
        be = next((p for p in parts if isinstance(p, Said) and p.kind == "be_not"), None)
        line = self._spoken_of(pair.right)
        return self.compare(pair.left, self._operator(parts[-1], be), line)

    def on_chain(self, *parts: Any) -> Any:
        """ "the 5-day above the 10-day above the 20-day average"."""
        be, left, (side, middle, other_side, right) = self._split(parts)
        first, second = self.left_of(left, middle)
        one = self.compare(first, self._operator(side, be), second)
        last = self.value(right, second)
        if isinstance(second, Number):
            return AllOf(conditions=(one, self._beside(first, self._operator(other_side), last)))
        return AllOf(conditions=(one, self.compare(second, self._operator(other_side), last)))

    def _beside(self, first: Any, operator: str, line: Any) -> Any:
        """ "RSI is under 10 above the 200-day average": the close is above the average."""
        if scale_of(first) == "price" or scale_of(line) != "price" or isinstance(line, Number):
            raise Unreadable("not_understood", "Two numbers are compared: which value is meant?")
        return self.compare(CLOSE, operator, line)

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
        return self.compare(pair.left, self._operator(side), self._spoken_of(pair.right))

    def on_between(self, *parts: Any) -> Any:
        be, left, (low, high) = self._split(parts)
        first = self.subject(self.value(low)) if is_it(left) else self.value(left)
        below, above = self.ordered(self.value(low, first), self.value(high, first))
        found = (self.compare(first, ">=", below), self.compare(first, "<=", above))
        inside = AllOf(conditions=found)
        return negate(inside) if be is not None and any(w.has("NOT") for w in be.words) else inside

    def on_signed(self, *parts: Any) -> Any:
        be, left, (sign,) = self._split(parts)
        first = self.memory.subject if is_it(left) else self.value(left)
        if first is None or scale_of(first) == "price":
            raise Unreadable("not_understood", "What should be positive or negative?")
        operator = ">" if sign.parts[0].has("POSITIVE") else "<"
        if be is not None and any(w.has("NOT") for w in be.words):
            operator = OPPOSITE[operator]
        return self.compare(first, operator, Number(value=0))


def _is_negative(value: Any) -> bool:
    return isinstance(value, Number) and value.value < 0


def is_it(said: Any) -> bool:
    return isinstance(said, Said) and said.kind == "it"


def _is_length(said: Any) -> bool:
    """ "the 200-day"."""
    return isinstance(said, Said) and said.kind == "elliptic_average"
