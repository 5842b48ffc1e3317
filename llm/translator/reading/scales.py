"""What a bare number is beside a value, and which end of a range is the lower one."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Function, Indicator, Number
from llm.specification.walk import scale_of
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.speeds import Speeds


class Scales(Speeds):
    """Reads bare numbers by what they stand beside."""

    def on_its_scale(self, left: Any, right: Any) -> Any:
        """The stochastic of RSI runs from 0 to 100 here; levels up to 1 are shares of that."""
        is_share = isinstance(right, Number) and 0 < right.value <= 1
        is_share = is_share and "whole scale" not in self.memory.meanings
        if is_share and isinstance(left, Indicator) and left.name == "rsi_of_stochastic":
            self.assume("The stochastic RSI is counted from 0 to 100, so 0.2 is 20.")
            return Number(value=round(right.value * 100, 9))
        return right

    def not_of_another(self, left: Any, right: Any, closes: bool) -> None:
        """ "RSI is below 30 and above its 9-day average": of RSI, or of the price?"""
        spoken = self.memory.subject
        other = isinstance(spoken, Indicator) and scale_of(spoken) != "price"
        if other and not closes and left == CLOSE and getattr(right, "source", None) == CLOSE:
            raise Unreadable("ambiguous", "Its own average, or that of the price?")

    def second_average(self, left: Any, right: Any) -> Any:
        """ "SMA 15 above 45": the number is the length of another average of the kind."""
        if not (isinstance(left, Indicator) and left.source == CLOSE and len(left.numbers) == 1):
            return right
        is_length = isinstance(right, Number) and right.value.is_integer()
        of_prices = scale_of(left) == "price" and right != self.memory.meanings.get("money")
        if not (is_length and of_prices and 2 <= right.value <= 400):
            return right
        self.assume(f"“{right.value:g}” beside an average is the length of a second one.")
        return left.model_copy(update={"numbers": (right.value,)})

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
