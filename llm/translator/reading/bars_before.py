"""Bars beside the bar before them: rows that a bar follows, prices of the bar before."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, Arithmetic, Number, Previous, Price, Streak
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.shapes import of_heikin
from llm.translator.reading.whole_bars import WholeBars
from llm.translator.said import Said


class BarsBefore(WholeBars):
    """Reads bars by what was there before them."""

    def on_heikin_closing(self, *parts: Any) -> Any:
        """ "a red Heikin-Ashi bar closes under the low of the bar before it"."""
        self.memory.coloured = "heikin_ashi"
        words = [p for p in parts if not isinstance(p, Said)]
        word = next(w for w in words if w.has("GREEN", "RED", "BULLISH", "BEARISH"))
        return self.on_candle_closing(word, parts[-2], parts[-1])

    def on_column_before(self, *parts: Any) -> Any:
        """ "the high of the bar before it", and of the Heikin-Ashi bar before it."""
        found = self.value(next(p for p in parts if isinstance(p, Said)))
        heikin = any(not isinstance(p, Said) and p.has("HEIKIN") for p in parts)
        if heikin and isinstance(self.left, Price):
            raise Unreadable("ambiguous", "The close of the price, or that of Heikin-Ashi?")
        return Previous(of=of_heikin(found) if heikin else found, bars=1)

    def on_both_than_before(self, *parts: Any) -> Any:
        """ "its high lower and its low higher than the day before's"."""
        prices = [self.value(p) for p in parts if isinstance(p, Said)]
        sides = [p for p in parts if not isinstance(p, Said) and p.has("ABOVE", "BELOW")]
        if prices[0] == prices[1]:
            raise Unreadable("contradictory", "One price is told twice.")
        return AllOf(
            conditions=tuple(
                self.compare(price, ">" if side.has("ABOVE") else "<", Previous(of=price, bars=1))
                for price, side in zip(prices, sides, strict=True)
            )
        )

    def on_burst_from(self, *parts: Any) -> Any:
        """ "up more than one ATR(14) from the open"."""
        said = [p for p in parts if isinstance(p, Said)]
        up = any(not isinstance(p, Said) and p.has("UP") for p in parts)
        left = self.value(said[0]) if len(said) > 2 and said[0].kind != "it" else CLOSE
        level, far = self.value(said[-1], left), self.amount(said[-2])
        ends = (left, level) if up else (level, left)
        moved = Arithmetic(operator="-", left=ends[0], right=ends[1])
        return self.compare(moved, ">", far.distance)

    def on_share_of_values(self, *parts: Any) -> Any:
        """ "at most 20% of those values are less than or equal to it": of those it is among."""
        sides = [p for p in parts if self._is_side(p)]
        pct = next(p for p in parts if isinstance(p, Said) and p not in sides)
        rank = self.memory.meanings.get("rank")
        if rank is None or self._operator(sides[1]) != "<=":
            raise Unreadable("ambiguous", "Which values are counted there?")
        self.assume("Values that are equal share the average of their ranks.")
        return self.compare(rank, self._operator(sides[0]), Number(value=self.read(pct)))

    def on_rank_alone(self, *_: Any) -> Any:
        """ "the rank is below 10%": of what was ranked before."""
        if "rank" not in self.memory.meanings:
            raise Unreadable("ambiguous", "The rank of what, and among which values?")
        return self.memory.meanings["rank"]

    def on_rank_as_share(self, *parts: Any) -> Any:
        """ "the share of those values that are lower than or equal to today's"."""
        if self._operator(next(p for p in parts if self._is_side(p))) != "<=":
            raise Unreadable("ambiguous", "Which values are counted there?")
        self.assume("Values that are equal share the average of their ranks.")
        return self.on_rank_alone()

    # -- after a row ---------------------------------------------------------------------------

    def on_after_row(self, condition: Any, earlier: Any) -> Any:
        """ "a green candle after at least two red ones": these two at any rate."""
        self._is_row(earlier)
        return self.on_after_that(condition, earlier)

    def on_way_after_row(self, word: Any, earlier: Any) -> Any:
        """ "the first up day after at least three down days"."""
        self._is_row(earlier)
        return self.on_way_after_that(word, earlier)

    def _is_row(self, said: Any) -> None:
        if not isinstance(self._and_part(said), Streak):
            raise Unreadable("ambiguous", "At least how many of them in a row?")

    def on_closes_above_its_past(self, *parts: Any) -> Any:
        """ "it closes higher than it did ten days ago"."""
        side, ago = parts[-2:]
        if len(parts) > 2 and parts[0].kind not in ("it", "generic_price"):
            raise Unreadable("not_understood", "Closes are compared with closes.")
        earlier = Previous(of=CLOSE, bars=self.bars_in(self.read(ago)))
        return self.compare(CLOSE, self._operator(side), earlier)
