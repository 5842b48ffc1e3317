"""What stands on the two sides of a comparison, and whether they can be compared."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.model import (
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Cross,
    Indicator,
    NotTrue,
    Number,
    Previous,
    Price,
)
from llm.specification.walk import scale_of
from llm.translator.operands import IT, Operands
from llm.translator.reader import CLOSE

OPPOSITE = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}


class Relations(Operands):
    """Makes comparisons and resolves what words refer to."""

    __slots__ = ()

    def _resolve(self, left: Any, verb: Any, right: Any) -> Any:
        """What "it" is: the last subject, or the price where only the price can be meant."""
        if left is not IT and left is not None:
            return left
        subject = self.memory.subject
        level = self.memory.level_of
        if isinstance(right, Number) and isinstance(subject, Price) and level is not None:
            self.assume(f"“It” is the {INDICATORS[level.name].label} there, not the price.")
            return level
        wanted = scale_of(right) if right is not None else None
        if wanted == "price" and (subject is None or scale_of(subject) != "price"):
            return CLOSE
        if verb is not None and verb.has("CLOSEV") and wanted == "price":
            return CLOSE
        if subject is None and left is IT and isinstance(right, Number) and right.value > 1:
            return None
        return subject

    def _reached(self, left: Any, right: Any) -> Any:
        """ "reaches", "at": from the other side than the pair spoken of before."""
        pair = self.memory.pair
        if pair is None or right is None:
            return None
        if isinstance(pair, Cross):
            was_below = pair.direction == "below"
        else:
            was_below = pair.operator.startswith("<")
        self.assume("To reach a level or a line means to be there or beyond it.")
        return self._compare(left, ">=" if was_below else "<=", right)

    def _is_settled(self, subject: Any) -> bool:
        """Whether "it ... its average" can no longer mean the indicator spoken of before.

        "RSI is below 10 while it is above its 200-day average": one that was just held against
        a number, or lies between two bounds, is not compared with its own average as well.
        """
        if not isinstance(subject, Indicator) or scale_of(subject) == "price":
            return False
        pair = self.memory.pair
        if pair is not None and pair.left == subject:
            return isinstance(pair.right, Number)
        return INDICATORS[subject.name].bounds is not None

    def _right(self, left: Any, verb: Any = None) -> Any:
        subject = self.memory.subject if left in (None, IT) else left
        if left is IT and verb is not None and verb.has("CLOSEV"):
            subject = CLOSE  # only a price closes
        if left is IT and self._is_settled(subject):
            subject = CLOSE
        self.take("OFSTRICT")
        found = self.attempt(lambda: self.operand(subject))
        if found is IT:
            pair = self.memory.pair
            if pair is None or isinstance(pair.right, Number):
                return None
            right = pair.right
            if isinstance(right, Arithmetic) and isinstance(right.left, Number):
                return right.right
            return right
        if found is not None:
            return found
        return self.attempt(self.level)

    def _compare(self, left: Any, operator: str, right: Any) -> Any:
        right = self._units(left, right)
        if not self._comparable(left, right):
            return None
        right = self._without_today(left, operator, right)
        if isinstance(left, Number):
            return None
        found = Compare(left=left, operator=operator, right=right)  # type: ignore[arg-type]
        self.remember(subject=left, pair=found)
        self._remember_level(left, right)
        return found

    def _cross(self, left: Any, direction: str, right: Any) -> Any:
        if (
            isinstance(left, Indicator) and left.name == "macd" and left == right
        ):  # "MACD crosses signal" said with one word
            return None
        right = self._units(left, right)
        if isinstance(left, Number) or not self._comparable(left, right):
            return None
        right = self._without_today(left, ">" if direction == "above" else "<", right)
        found = Cross(left=left, direction=direction, right=right)  # type: ignore[arg-type]
        self.remember(subject=left, pair=found, cross=found)
        self._remember_level(left, right)
        return found

    def _remember_level(self, left: Any, right: Any) -> None:
        if isinstance(left, Indicator) and isinstance(right, Number):
            self.remember(level_of=left)

    def _turned(self, pair: Compare | Cross) -> Any:
        if isinstance(pair, Cross):
            direction = "below" if pair.direction == "above" else "above"
            return self._cross(pair.left, direction, pair.right)
        operator = "<" if pair.operator.startswith(">") else ">"
        return self._compare(pair.left, operator, pair.right)

    def _units(self, left: Any, right: Any) -> Any:
        """A percentage is a fraction where the other side is one."""
        if not isinstance(right, Number):
            return right
        said = self.tokens[self.i - 1] if self.i else None
        percent = said is not None and (said.percent or said.has("PERCENT"))
        if percent and scale_of(left) in ("fraction", "unit", "ratio"):
            return Number(value=round(right.value / 100, 12))
        return right

    def _comparable(self, left: Any, right: Any) -> bool:
        first, second = scale_of(left), scale_of(right)
        if isinstance(right, Number):
            return self._in_range(left, right.value)
        if left == right:
            self.complain("contradictory", "A value cannot be compared with itself.")
            return False
        if first != second:
            self.complain(
                "not_understood",
                "These two cannot be compared: they are measured in different units.",
            )
            return False
        return True

    def _in_range(self, left: Any, level: float) -> bool:
        if scale_of(left) == "price" and level <= 0:
            self.complain("invalid_value", f"A price never reaches {level:g}.")
            return False
        if not isinstance(left, Indicator):
            return True
        bounds = INDICATORS[left.name].bounds
        if bounds is not None and not bounds[0] <= level <= bounds[1]:
            self.complain(
                "invalid_value",
                f"{INDICATORS[left.name].label} is always between {bounds[0]:g} and "
                f"{bounds[1]:g}; it can never pass {level:g}.",
            )
            return False
        return True

    def _without_today(self, left: Any, operator: str, right: Any) -> Any:
        """No close is above the highest high that includes it: the days before are meant."""
        if not (isinstance(right, Indicator) and right.name in ("highest", "lowest")):
            return right
        strict = operator == ">" if right.name == "highest" else operator == "<"
        if strict and isinstance(left, Price):
            self.assume("The highest and lowest values are those of the days before today.")
            return Previous(of=right, bars=1)
        return right


def negate(condition: Any) -> Any:
    """The opposite; comparisons turn round, so that warm-up bars stay silent."""
    if isinstance(condition, Compare):
        return Compare(
            left=condition.left,
            operator=OPPOSITE[condition.operator],  # type: ignore[arg-type]
            right=condition.right,
        )
    if isinstance(condition, AllOf):
        return AnyOf(conditions=tuple(negate(c) for c in condition.conditions))
    if isinstance(condition, AnyOf):
        return AllOf(conditions=tuple(negate(c) for c in condition.conditions))
    if isinstance(condition, NotTrue):
        return condition.of
    return NotTrue(of=condition)
