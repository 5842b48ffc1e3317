"""Rows of days: so many higher closes, rises or green candles one after the other."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Arithmetic, Compare, Cross, Indicator, Streak
from llm.specification.walk import scale_of
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.moves import DOWN_CLOSE, UP_CLOSE, Moves
from llm.translator.said import Said


class Streaks(Moves):
    """Reads how many days in a row something happened."""

    def on_streak_closes(self, number: Any, *parts: Any) -> Any:
        way = next(p for p in parts if not isinstance(p, Said))
        return self._streak(UP_CLOSE if way.has("UP") else DOWN_CLOSE, number)

    def on_streak_closes_after(self, number: Any, *parts: Any) -> Any:
        return self.on_streak_closes(number, *parts)

    def on_closes_streak(self, *parts: Any) -> Any:
        way = next(p for p in parts if not isinstance(p, Said) and p.has("UP", "DOWN"))
        number = next(p for p in parts if isinstance(p, Said) and p.kind == "number")
        return self._streak(self._of_days(parts, up=way.has("UP")), number)

    def _of_days(self, parts: tuple[Any, ...], *, up: bool) -> Any:
        """Higher or lower than the day before: the close, or what is named."""
        values = [p for p in parts if isinstance(p, Said) and p.kind not in ("number", "closes")]
        return self._close_way(tuple(values), up=up)

    def on_moves_streak(self, *parts: Any) -> Any:
        ways = ("RISE", "FALL", "GROW", "SHRINK")
        way = next(p for p in parts if not isinstance(p, Said) and p.has(*ways))
        number = next(p for p in parts if isinstance(p, Said) and p.kind == "number")
        up, subject = way.has("RISE", "GROW"), self.memory.subject
        values = [p for p in parts if isinstance(p, Said) and p.kind != "number"]
        spoken_of = not values or is_it(values[0])
        is_value = isinstance(subject, Indicator | Arithmetic) and scale_of(subject) != "price"
        if spoken_of and is_value:
            self.assume("“It” is the value spoken of before there, not the price.")
            return self._streak(self._than_before(subject, up=up, bars=1), number)
        return self._streak(self._of_days(parts, up=up), number)

    def on_streak_candles(self, number: Any, way: Any, *_: Any) -> Any:
        return self._streak(self._candle(up=way.has("GREEN")), number)

    def _streak(self, of: Any, number: Any) -> Any:
        count = round(self.number(number))
        if count < 1:
            raise Unreadable("invalid_value", "A row of at least one day is needed.")
        return of if count == 1 else Streak(of=lasting(of), bars=count)


def lasting(of: Any) -> Any:
    """ "falls below 20 for the second day in a row": it lies there on both days."""
    if not isinstance(of, Cross):
        return of
    operator: Any = ">" if of.direction == "above" else "<"
    return Compare(left=of.left, operator=operator, right=of.right)
