"""The grammar of what can be true on a bar.

condition  := conjunction {"or" conjunction}
conjunction:= atom {("and" | "while" | "unless") atom}
atom       := calendar | streak | move | new extreme | named cross | comparison
comparison := operand [is] ("above"|"below"|...) operand | operand "crosses" ... operand
"""

from __future__ import annotations

from typing import Any

from llm.specification.model import (
    AllOf,
    AnyOf,
    Compare,
    Indicator,
    Number,
    Previous,
    Price,
    Streak,
)
from llm.translator.patterns import Patterns
from llm.translator.relations import negate

ACTIONS = ("BUY", "SELL", "SHORT", "COVER", "HOLD", "FLAT", "OUT", "LONG")


class Conditions(Patterns):
    """Reads conditions."""

    __slots__ = ()

    def condition(self) -> Any:
        self.skip("NOISE", "EITHER", "BOTH")
        first = self.conjunction()
        if first is None:
            return None
        parts = [first]
        while (more := self.attempt(self._or)) is not None:
            parts.append(more)
        if len(parts) == 1:
            return first
        if any(isinstance(part, AllOf) for part in parts):
            self.assume("“and” binds closer than “or”.")
        return AnyOf(conditions=tuple(parts))

    def _or(self) -> Any:
        self.take(",")
        if not self.take("OR"):
            return None
        self.skip("WHEN", "NOISE", "EITHER")
        return self.conjunction()

    def conjunction(self) -> Any:
        self.skip("NOISE", "EITHER", "BOTH")
        first = self.atom()
        if first is None:
            return None
        parts = [first]
        while (more := self.attempt(self._and)) is not None:
            parts.append(more)
        return parts[0] if len(parts) == 1 else AllOf(conditions=tuple(parts))

    def _and(self) -> Any:
        comma = self.take(",")
        if comma and self.peek("WHILE") and self.tokens[self.i].text.startswith("only"):
            return None  # after a comma it may speak of the whole rule
        if self.take("UNLESS"):
            inner = self.condition()
            return None if inner is None else negate(inner)
        if self.peek("IT") and self.peek("CLOSEV", ahead=1):
            self.take("IT")
            return self.atom()
        if not (self.skip("AND") or self.take("WHILE", "WITH") or self.peek("WHILE")):
            return None
        self.take("WHILE")
        self.skip("WHEN", "NOISE", "BOTH")
        if self.peek(*ACTIONS) and not self.peek("OPEN", "CLOSE"):
            return None
        return self.attempt(self.atom) or self._same_for()

    def _same_for(self) -> Any:
        """ "above the 50-day SMA and the 200-day SMA": the comparison once more."""
        pair = self.memory.pair
        if not isinstance(pair, Compare) or isinstance(pair.right, Number):
            return None
        right = self.operand(pair.left)
        ends = self.at_end or self.peek("STOPMARK", ",", "AND", "OR", *ACTIONS)
        if not isinstance(right, Indicator | Previous | Price) or not ends:
            return None
        return self._compare(pair.left, pair.operator, right)

    def atom(self) -> Any:
        found = self.first_of(
            self._named,
            self._calendar,
            self._streak,
            self._move,
            self._extreme_close,
            self._comparison,
            self._pair_cross,
        )
        if found is None:
            return None
        return self._for_days(found)

    def _for_days(self, found: Any) -> Any:
        """... for three consecutive days."""
        mark = self.mark()
        self.take(",")
        for_word = self.take("FOR", "ON")
        token = self.number()
        if token is not None and token.value and not token.percent:
            straight = self.take("CONSECUTIVE")
            if self.take("DAY", "BAR"):
                straight = self.take("IN_A_ROW") or straight
                if straight or for_word:
                    return Streak(of=found, bars=round(token.value))
        self.reset(mark)
        return found
