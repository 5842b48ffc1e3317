"""Being up or down: than what was spoken of, else than the day before."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Number
from llm.specification.walk import scale_of
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.streaks import Streaks
from llm.translator.said import Said


class Ways(Streaks):
    """Reads "is up", "is lower", "is in an uptrend"."""

    def on_is_up(self, *parts: Any) -> Any:
        return self._is_way(parts, up=True)

    def on_is_down(self, *parts: Any) -> Any:
        return self._is_way(parts, up=False)

    def _is_way(self, parts: tuple[Any, ...], *, up: bool) -> Any:
        """ "sell when it is higher": than what it was compared with, else than the day before."""
        values = [p for p in parts if isinstance(p, Said)]
        if "unit moved" in self.memory.meanings and all(is_it(p) for p in values):
            raise Unreadable("ambiguous", "The day, or the whole of what was up or down before?")
        word = next(p for p in parts if not isinstance(p, Said)).text
        line = self._coloured_line(values)
        if line is not None:
            return self.compare(line, ">" if up else "<", Number(value=0))
        if "trend" in word:
            raise Unreadable("ambiguous", f"What is meant by “{word}”? Please give an indicator.")
        known = "compared" in self.memory.meanings or self.memory.subject is None
        named = bool(values) and not is_it(values[0])
        if known or named or word not in ("higher", "lower"):
            return self._close_way(parts, up=up)
        pair = self.memory.pair
        if pair is not None and not isinstance(pair.right, Number):
            return self.compare(pair.left, ">" if up else "<", pair.right)
        if scale_of(self.memory.subject) != "price":
            raise Unreadable("ambiguous", f"{word.capitalize()} than what?")
        return self._close_way(parts, up=up)

    def on_moved_over_past(self, *parts: Any) -> Any:
        """ "the index is up over the past three months": against what it was then."""
        said = [p for p in parts if isinstance(p, Said)]
        span = next(p for p in said if p.kind in ("in_span", "in_unit"))
        values = [p for p in said if p is not span]
        value = self.series(values[0]) if values and not is_it(values[0]) else self.memory.subject
        if value is None or isinstance(value, Number):
            value = CLOSE
        up = any(not isinstance(p, Said) and p.has("UP", "RISE") for p in parts)
        return self.compare(value, ">" if up else "<", self.earlier(value, self.read(span)))
