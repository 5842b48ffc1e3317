"""Levels and lines that are reached: from above or from below, as was said before."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import Compare, Cross, Indicator, Number, Previous, Price
from llm.translator.reading.comparisons import Comparisons
from llm.translator.reading.memory import Unreadable


class Reaching(Comparisons):
    """Reads "RSI reaches 60"."""

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
        line = right.of if isinstance(right, Previous) else right
        if isinstance(line, Indicator) and line.output in ("upper", "lower"):
            return line.output == "upper"
        own = self.memory.meanings.get("channel") or {}
        if right in (own.get("upper"), own.get("lower")):
            return bool(right == own.get("upper"))
        if (
            isinstance(left, Price)
            and left.field in ("low", "high")
            and isinstance(line, Indicator)
        ):
            return left.field == "high"  # a low comes down to a line, a high goes up to it
        for earlier in reversed(self.memory.last_conditions):
            if isinstance(right, Number) and isinstance(getattr(earlier, "right", None), Previous):
                continue  # "is rising" says nothing of levels
            if isinstance(earlier, Compare | Cross) and earlier.left == left:
                below = isinstance(earlier, Compare) and earlier.operator.startswith("<")
                below = below or (isinstance(earlier, Cross) and earlier.direction == "below")
                if isinstance(earlier.right, Number) and isinstance(right, Number):
                    return earlier.right.value < right.value
                side = getattr(getattr(earlier.right, "of", earlier.right), "output", "")
                if side in ("upper", "lower"):
                    return bool(side == "lower")
                if not below and earlier.right != right:
                    break
                return below
        if isinstance(right, Number) and isinstance(left, Indicator):
            bounds = INDICATORS[left.name].bounds
            centre = sum(bounds) / 2 if bounds else 0.0
            if right.value != centre:
                return right.value > centre
        raise Unreadable("ambiguous", "Reached from above or from below? Say above or below.")
