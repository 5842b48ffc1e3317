"""Slopes of lines, and lines that turn: "the slope of the 100-day EMA turns up"."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, Arithmetic, Compare, Cross, Indicator, Number, Previous
from llm.translator.reading.crossings import Crossings
from llm.translator.reading.memory import CLOSE, Unreadable


class Slopes(Crossings):
    """Reads what a slope is, and when it turns."""

    def slope_since(self, of: Any, bars: int) -> Any:
        told = "the day before" if bars == 1 else f"{bars} days before"
        self.assume(f"A slope is the change since {told}.")
        found = Arithmetic(operator="-", left=of, right=Previous(of=of, bars=bars))
        known = self.memory.meanings.get("slopes", ())
        self.memory.meanings["slopes"] = tuple(dict.fromkeys((*known, found)))
        return found

    def on_slope_of(self, of: Any) -> Any:
        found = self.series(of)
        if getattr(found, "name", "") == "slope":
            return found  # "the slope of that line", which is one of regression
        return self.slope_since(found, 1)

    def on_slope_over(self, period: Any, of: Any) -> Any:
        return self.slope_since(self.series(of), self.bars_in(self.read(period)))

    def on_slope_over_last(self, of: Any, span: Any) -> Any:
        return self.on_slope_over(span, of)

    def on_slope_alone(self, *_: Any) -> Any:
        """ "the slope": the one spoken of before."""
        numbers = self.memory.said.get("slope")
        known = self.memory.meanings.get("slopes", ())
        if numbers is not None and not known:
            return Indicator(name="slope", numbers=numbers, source=CLOSE)
        if len(known) != 1 or numbers is not None:
            raise Unreadable("not_understood", "The slope of which line?")
        return known[0]

    # -- turning -------------------------------------------------------------------------------

    def turned(self, first: Any, way: Any) -> Any:
        """ "the slope turns up": from below zero to above; a line, where that was explained."""
        up = way.has("RISING")
        if not way.text.startswith("turn"):
            return None
        slopes = self.memory.meanings.get("slopes", ())
        known = self.memory.meanings.get("turning", {})
        line = first.left if isinstance(first, Arithmetic) else first
        if line in known and (line == first or first in slopes):
            return self.turns_now(line, up=up, strict=known[line])
        if first in slopes or getattr(first, "name", "") == "slope":
            self.assume("A slope turns where it crosses zero.")
            return self.cross(first, "above" if up else "below", Number(value=0))
        return None

    def turns_now(self, of: Any, *, up: bool, strict: bool) -> Any:
        """It goes one way now, and did not on the bar before."""
        before, earlier = Previous(of=of, bars=1), Previous(of=of, bars=2)
        found = Compare(left=of, operator=">" if up else "<", right=before)
        back: Any = ("<" if up else ">") + ("" if strict else "=")
        self.memory.subject, self.memory.pair = of, found
        return AllOf(conditions=(found, Compare(left=before, operator=back, right=earlier)))

    def turning(self, found: Any) -> tuple[Any, bool]:
        """What turns there, and which way: a line, or its slope through zero."""
        left: Any = getattr(found, "left", None)
        if isinstance(found, Compare) and found.right == Previous(of=left, bars=1):
            return left, found.operator == ">"
        if isinstance(found, Cross) and isinstance(left, Arithmetic):
            of = left.left
            if left == Arithmetic(operator="-", left=of, right=Previous(of=of, bars=1)):
                return of, found.direction == "above"
        return None, False
