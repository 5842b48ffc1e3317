"""One thing within so many days of another."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Ago, AllOf, Compare, Cross, Number, Within
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.waiting import Waiting
from llm.translator.said import Said


class Windows(Waiting):
    """Reads "after that, within the next 10 days, B" and "B within 10 days after A"."""

    def on_within_window(self, window: Any, *parts: Any) -> AllOf:
        """What came before is the last thing that was said without an order."""
        if not self.found.pending:
            raise Unreadable("ambiguous", "Within that many days of what?")
        earlier = self.found.pending.pop()
        return self._within(earlier, window, self.on_all_of(*parts))

    def on_told_what(self, *parts: Any) -> Any:
        """ "a small dip, say two lower closes in a row": what is said of it is what it is."""
        return self.condition(parts[-1])

    def on_then_within(self, earlier: Any, window: Any, *parts: Any) -> AllOf:
        return self._within(self._and_part(earlier), window, self.on_all_of(*parts))

    def on_then_within_after(self, earlier: Any, later: Any, window: Any) -> AllOf:
        return self._within(self._and_part(earlier), window, self._and_part(later))

    def on_then_within_span(self, earlier: Any, later: Any, span: Any, *rest: Any) -> AllOf:
        """ "has been below 30 and then crosses above 50 within 5 days": the days between them."""
        return self._within(self._and_part(earlier), span, self.on_all_of(later, *rest))

    def on_within_after(self, later: Any, span: Any, earlier: Any) -> AllOf:
        found = self._and_part(later)
        return self._within(self._and_part(earlier), span, found)

    def _within(self, earlier: Any, window: Any, later: Any) -> AllOf:
        span = window if window.kind in ("span", "one_unit") else _span_in(window)
        leaves = isinstance(earlier, Cross) and isinstance(earlier.right, Number)
        if leaves and not _returns(earlier, later):
            level = earlier.right
            self.assume(
                f"The days are counted from the last one {earlier.direction} {level.value:g}."
            )
            up = earlier.direction == "above"
            earlier = Compare(left=earlier.left, operator=">" if up else "<", right=level)
        before = Ago(of=Within(of=earlier, bars=self.bars_in(self.read(span))), bars=1)
        rest = later.conditions if isinstance(later, AllOf) else (later,)
        return AllOf(conditions=(before, *rest))


def _returns(earlier: Any, later: Any) -> bool:
    """ "drops below 30 and then crosses above 30": any day before that is below it."""
    parts = later.conditions if isinstance(later, AllOf) else (later,)
    line = (earlier.left, earlier.right)
    return any(isinstance(one, Cross) and (one.left, one.right) == line for one in parts)


def _span_in(window: Any) -> Any:
    return next(p for p in window.parts if isinstance(p, Said))
