"""The fast and the slow one of two indicators that differ in their lengths only."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Indicator
from llm.translator.reading.lengths import Lengths
from llm.translator.reading.memory import Unreadable


class Speeds(Lengths):
    """Reads "the fast RSI" and "the slow one"."""

    def on_speedy_oscillator(self, speed: Any, *parts: Any) -> Any:
        if len(parts) == 1:
            return self.on_speedy_alone(speed)
        return self.on_oscillator_nums(*parts)

    def on_speedy_oscillator_period(self, _speed: Any, period: Any, word: Any) -> Any:
        return self.on_oscillator_period(period, word)

    def on_speedy_alone(self, speed: Any) -> Any:
        """ "the fast one falls below the slow one": of the two that were compared before."""
        lines = self.by_speed()
        if lines is None:
            raise Unreadable("ambiguous", "The fast or the slow one of what?")
        return lines[0] if speed.has("FAST") else lines[1]

    def by_speed(self) -> tuple[Any, Any] | None:
        """The fast and the slow one of the two spoken of before."""
        pair = self.memory.cross or self.memory.pair
        both: list[Any] = [getattr(pair, "left", None), getattr(pair, "right", None)]
        if pair is None:  # "Use averages of 20 and 60 days. Buy when the fast one ..."
            both = list(self.memory.meanings.get("several") or both)
        lines = [line for line in both if isinstance(line, Indicator) and len(line.numbers) == 1]
        if len(lines) != 2 or lines[0].name != lines[1].name or lines[0] == lines[1]:
            return None
        fast, slow = sorted(lines, key=lambda line: line.numbers[0])
        return fast, slow
