"""What goes with a rule's lines: a buffer around one, averages of highs and of lows."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import AllOf, Compare, Cross, Number, OnPeriod, Price
from llm.translator.reading.formulas import times
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.turns import Turns
from llm.translator.said import Said


class Buffers(Turns):
    """Reads what is said of lines before or after the rules that use them."""

    def on_buffered(self, *parts: Any) -> None:
        """ "long above the average, cash below, with a 1 % buffer on both sides"."""
        share = self.read(next(p for p in parts if isinstance(p, Said)))
        entries, exits = (self.found.entries[self.found.side], self.found.exits[self.found.side])
        if len(entries) != 1 or len(exits) != 1:
            raise Unreadable("ambiguous", "A buffer around what? Say how far above and below.")
        first, last = entries[0], exits[0]
        if not (_of_a_line(first) and _of_a_line(last)) or first.right != last.right:
            raise Unreadable("ambiguous", "A buffer around what? Say how far above and below.")
        if _is_up(first) == _is_up(last):
            raise Unreadable("ambiguous", "A buffer on which sides?")
        entries[0], exits[0] = _moved(first, share), _moved(last, share)
        self.assume("The buffer is counted from the line: so far above it, so far below it.")

    def on_turns_up_or_flat(self, *parts: Any) -> Any:
        """ "turns up after having been falling or flat the day before"."""
        return self._turn_or_flat(parts, up=True)

    def on_turns_down_or_flat(self, *parts: Any) -> Any:
        return self._turn_or_flat(parts, up=False)

    def _turn_or_flat(self, parts: tuple[Any, ...], *, up: bool) -> Any:
        now, before = self._turn_after(parts, up=up).conditions
        rest = self.compare(before.left, "<=" if up else ">=", before.right)
        self.memory.subject = now.left
        return AllOf(conditions=(now, rest))

    def on_define_averages_of(self, *parts: Any) -> None:
        """ "one 20-day average of the highs and one of the lows"."""
        said = [p for p in parts if isinstance(p, Said)]
        length = next(p for p in said if p.kind in ("span", "one_unit", "bare_span"))
        word = next(p for p in parts if not isinstance(p, Said) and p.has("MA"))
        bars = float(self.bars_in(self.read(length)))
        for part in said:
            if part is not length:
                self.keep_average(self._average(word, (bars,), self.series(part)))

    def on_average_of_known(self, word: Any, of: Any) -> Any:
        """ "the average of the highs": one that was introduced before."""
        found = self.memory.meanings.get("averages of", {}).get(self.series(of))
        moving = found is not None and INDICATORS[found.name].scale == "same"
        if not moving or word.sub("MA") not in ("ma", found.name):
            raise Unreadable("ambiguous", "The average of how many days?", word.text)
        return found


def _of_a_line(condition: Any) -> bool:
    """Whether a price is held against something that moves with it."""
    is_rule = isinstance(condition, Compare | Cross)
    return (
        is_rule
        and isinstance(condition.left, Price)
        and not isinstance(condition.right, Number | OnPeriod)
    )


def _is_up(condition: Any) -> bool:
    return getattr(condition, "operator", ">")[0] == ">" and (
        getattr(condition, "direction", "above") == "above"
    )


def _moved(condition: Any, share: float) -> Any:
    """The condition with its line moved away from the price that has to get there."""
    factor = 1 + share if _is_up(condition) else 1 - share
    return condition.model_copy(update={"right": times(factor, condition.right)})
