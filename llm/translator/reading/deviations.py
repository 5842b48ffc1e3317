"""Changes of the price measured by their own standard deviation."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Arithmetic, Number
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.named_days import NamedDays
from llm.translator.said import Said


class Deviations(NamedDays):
    """Reads deviations that were defined a sentence before."""

    def on_define_change_deviation(self, *parts: Any) -> None:
        """ "take the daily change and its 50-day standard deviation"."""
        length = next(p for p in parts if isinstance(p, Said))
        word = next(p for p in parts if not isinstance(p, Said) and p.has("STDEV"))
        bars = float(self.bars_in(self.read(length)))
        self.memory.meanings["deviation"] = self._deviation_of_changes(word, (bars,))
        self.memory.subject, self.memory.level_met = self._change(1.0, CLOSE), False

    def on_minus_deviations(self, *parts: Any) -> Any:
        """ "minus 2 of these standard deviations"."""
        return self._deviations(parts, -1.0)

    def on_plus_deviations(self, *parts: Any) -> Any:
        return self._deviations(parts, 1.0)

    def _deviations(self, parts: tuple[Any, ...], sign: float) -> Any:
        of = self.memory.meanings.get("deviation")
        if of is None:
            raise Unreadable("ambiguous", "Standard deviations of what?")
        if self.left is not None and self.left != of.source:
            raise Unreadable("ambiguous", "These are deviations of the daily change.")
        count = self.number(next(p for p in parts if isinstance(p, Said) and p.kind == "number"))
        return Arithmetic(operator="*", left=Number(value=sign * count), right=of)

    def on_middle_spoken(self, *_: Any) -> Any:
        """ "the midpoint": of the two that were named before."""
        middle = self.memory.meanings.get("middle")
        if middle is None:
            raise Unreadable("ambiguous", "The midpoint of what?")
        return middle

    def on_zscore_noted(self, of: Any, note: Any) -> Any:
        """ "the z-score over 30 days (mean and standard deviation of the last 30 closes)"."""
        found = self.value(of)
        kinds = {word.sub("MA") for word in note.words if word.has("MA")}
        if getattr(found, "name", "") != "zscore" or kinds - {"ma", "sma"}:
            raise Unreadable("not_understood", "What stands in brackets says something else.")
        for part in note.parts:
            if not isinstance(part, Said):
                continue
            closes = any(word.has("CLOSES", "CLOSE") for word in part.words)
            number = next((p for p in part.parts if isinstance(p, Said)), None)
            counted = part.kind == "period_of_closes" and number is not None
            bars = self.number(number) if counted else float(self.bars_in(self.read(part)))
            if (bars,) != found.numbers or (closes and found.source != CLOSE):
                raise Unreadable("not_understood", "What stands in brackets says something else.")
        return found
