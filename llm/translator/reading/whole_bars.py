"""Whole bars beside a line, colours that tell a move, the band that was spoken of last."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Indicator, Number, Previous, Price
from llm.specification.walk import rebuilt
from llm.translator.reading.comparisons import HIGH, LOW
from llm.translator.reading.groups import is_not, without_be
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.rows import Rows
from llm.translator.reading.shapes import of_heikin
from llm.translator.said import Said

# The price that decides whether all of a bar is on one side of a line.
_NEAREST = {">": LOW, ">=": LOW, "<": HIGH, "<=": HIGH}


def _is_of_a_bar(found: Any) -> bool:
    """Whether a comparison is one of the prices of bars: "closes above the previous high"."""
    values = (getattr(found, "left", None), getattr(found, "right", None))
    prices = [v.of if isinstance(v, Previous) else v for v in values]
    own = [isinstance(p, Indicator) and p.name == "heikin_ashi" for p in prices]
    return all(isinstance(p, Price) or mine for p, mine in zip(prices, own, strict=True))


class WholeBars(Rows):
    """Reads conditions on every price of a bar at once."""

    def on_whole_bar(self, *parts: Any) -> Any:
        """ "the whole candle is above the average": its low is, and so are all prices of it."""
        said = [p for p in parts if isinstance(p, Said)]
        if is_not(parts):
            raise Unreadable("ambiguous", "Not wholly, or wholly on the other side?")
        if not self.symbol.has_range:
            raise Unreadable("missing_data", f"{self.symbol.code} has closing prices only.")
        sides = [p for p in parts if self._is_side(p)]
        operator = self._operator(sides[-1])
        nearest = _NEAREST.get(operator)
        if nearest is None:
            raise Unreadable("not_understood", "A whole bar is above or below a line.")
        notes = [word for p in said if p.kind == "bar_note" for word in p.words]
        if any(word.has("LOW", "HIGH") and not word.has(nearest.field.upper()) for word in notes):
            raise Unreadable("contradictory", "Which end of the bar is meant, low or high?")
        return self.compare(nearest, operator, self._right(said[-1], nearest))

    def on_candle_closing(self, word: Any, side: Any, value: Any) -> Any:
        """ "a green candle closing above yesterday's high"."""
        colour = self._candle(up=word.has("GREEN", "BULLISH"))
        found = self.on_closes_it(side, value)
        if self._heikin and _is_of_a_bar(found):
            found = rebuilt(found, of_heikin)
        return self._all_or_any([colour, found], True)

    def on_falls_either(self, *parts: Any) -> Any:
        """ "has lost 3 % in a day or 5 % in a week"."""
        return self._either(parts, up=False)

    def on_rises_either(self, *parts: Any) -> Any:
        return self._either(parts, up=True)

    def _either(self, parts: tuple[Any, ...], *, up: bool) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        of, (one, other) = said[:-4], (said[-4:-2], said[-2:])
        moves = [self._move((*of, *way), up=up) for way in (one, other)]
        return self._all_or_any(moves, False)

    def on_side_of_reading(self, side: Any, *parts: Any) -> Any:
        """ "out over RSI 60"."""
        word, *nums, number = parts
        spoken = getattr(self.memory.subject, "name", "")
        if spoken == word.sub("IND") and not self.leaving:
            raise Unreadable("not_understood", "A level, or another length?")
        left = self.on_oscillator_nums(word, nums[0]) if nums else self.on_oscillator(word)
        return self.compare(left, self._operator(side), Number(value=self.number(number)))

    def on_coloured_close(self, *words: Any) -> Any:
        """ "the first green close"."""
        up = words[0].has("GREEN")
        told = "above" if up else "below"
        self.assume(f"A {'green' if up else 'red'} close is one {told} the open of its day.")
        return self._candle(up=up)

    def on_in_part_of_bands(self, *parts: Any) -> Any:
        """ "in the bottom quarter of the Bollinger bands": where %B is at most 0.25."""
        said = [p for p in without_be(parts) if isinstance(p, Said)]
        nums = [p for p in said if p.kind == "nums"]
        part = next(p for p in said if p.kind.endswith("_part"))
        lefts = [p for p in said if p is not part and p not in nums]
        if lefts and self._left_in(lefts) != CLOSE:
            raise Unreadable("not_understood", "Only the close has a place within the bands.")
        top, share = self._part(part)
        level = Number(value=round(1 - share if top else share, 12))
        place = self.make("percent_b", self.nums(nums[0]) if nums else None)
        found = self.compare(place, ">=" if top else "<=", level)
        return negate(found) if is_not(parts) else found

    def on_band_again(self) -> Any:
        """ "the low is below the lower band, the close above the band"."""
        pair = self.memory.pair
        if pair is None or not self.side_of(pair.right):
            raise Unreadable("not_understood", "Which band is meant, the upper or the lower one?")
        return pair.right
