"""Bands as borders: inside, outside, pierced, one channel within another."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    AllOf,
    Arithmetic,
    Indicator,
    Number,
    Previous,
    Price,
)
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.groups import Groups, is_not, without_be
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.negation import negate
from llm.translator.said import Said


class Edges(Groups):
    """Reads conditions on both edges of a channel."""

    def side_of(self, node: Any) -> str:
        """Whether a line is the upper or the lower one of its channel."""
        inner = node.of if isinstance(node, Previous) else node
        if isinstance(inner, Indicator) and inner.output in ("upper", "lower"):
            return inner.output
        own = self.memory.meanings.get("channel") or {}
        return next((side for side in ("upper", "lower") if own.get(side) == node), "")

    def on_outside_band(self, *parts: Any) -> Any:
        rest = without_be(parts)
        bands = [p for p in rest if isinstance(p, Said)]
        if not bands or (len(bands) == 1 and self._is_left(bands[0])):
            raise Unreadable("ambiguous", "Outside which band, the upper or the lower one?")
        right = self.value(bands[-1], CLOSE)
        left = self._left_in(bands[:-1])
        side = self.side_of(right)
        if not side:
            raise Unreadable("ambiguous", "Above it or below it?")
        found = self.compare(left, ">" if side == "upper" else "<", right)
        return negate(found) if is_not(parts) else found

    def _is_left(self, said: Any) -> bool:
        return "band" not in said.kind and "channel" not in said.kind

    def _left_in(self, said: list[Any]) -> Any:
        return self.series(said[0]) if said and not is_it(said[0]) else CLOSE

    def on_inside_band(self, *parts: Any) -> Any:
        """ "closes back inside": on the inner side of the line that was spoken of."""
        rest = [p for p in without_be(parts) if isinstance(p, Said)]
        lines = [p for p in rest if not is_it(p) and not self._is_left(p)]
        left = self._left_in([p for p in rest if p not in lines])
        pair = self.memory.pair
        if lines:
            found = self._inside(left, self.value(lines[-1], CLOSE))
        elif pair is not None and self.side_of(pair.right):
            found = self._inside(left, pair.right)
        elif self.memory.channel:
            edges = self.edges(self.memory.channel)
            found = AllOf(
                conditions=(self.compare(left, "<", edges[0]), self.compare(left, ">", edges[1]))
            )
        else:
            raise Unreadable("ambiguous", "Inside what?")
        return negate(found) if is_not(parts) else found

    def _inside(self, left: Any, line: Any) -> Any:
        side = self.side_of(line)
        if not side:
            raise Unreadable("ambiguous", "Inside what?")
        return self.compare(left, "<" if side == "upper" else ">", line)

    def edges(self, name: str) -> tuple[Any, Any]:
        """The upper and the lower line of a channel that was introduced."""
        own = self.memory.meanings.get("channel")
        if name == "own" and own:
            return own["upper"], own["lower"]
        numbers = self.memory.said.get(name)
        return self.make(name, numbers, "upper"), self.make(name, numbers, "lower")

    def on_pierces(self, left: Any, right: Any) -> Any:
        first, second = self.left_of(left, right)
        field = first.field if isinstance(first, Price) else ""
        side = self.side_of(second)
        if field in ("low", "high") and side != {"low": "upper", "high": "lower"}[field]:
            return self.compare(first, "<" if field == "low" else ">", second)
        if side:
            return self.cross(first, "above" if side == "upper" else "below", second)
        raise Unreadable("ambiguous", "Through it upwards or downwards?")

    def on_bands_extreme(self, *parts: Any) -> Any:
        """ "the Bollinger bands are the narrowest in 120 days": their width is."""
        nums = [p for p in parts if isinstance(p, Said) and p.kind == "nums"]
        word = next(p for p in parts if not isinstance(p, Said) and p.has("EXT"))
        width = self.make("bandwidth", self.nums(nums[0]) if nums else None)
        bars, before = self._window(parts[-1])
        operator = "<=" if word.sub("EXT") == "lowest" else ">="
        return self.compare(width, operator, self._extreme(word, width, bars, before))

    def on_bands_inside(self, *parts: Any) -> Any:
        """The squeeze: both Bollinger bands between the lines of a Keltner channel."""
        said = [p for p in parts if isinstance(p, Said)]
        nums = [p for p in said if p.kind == "nums"]
        before = [p for p in said if p.kind == "settings_before"]
        numbers = self.nums(nums[0]) if nums else self.several(before[0]) if before else None
        upper, lower = (self.make("bbands", numbers, side) for side in ("upper", "lower"))
        above, below = self._inner_edges(said[-1])
        found = AllOf(conditions=(self.compare(upper, "<", above), self.compare(lower, ">", below)))
        return negate(found) if is_not(parts) else found

    def _inner_edges(self, said: Any) -> tuple[Any, Any]:
        word, rest = said.parts[0], [p for p in said.parts if isinstance(p, Said)]
        name = word.sub("CHANNELNAME")
        if len(rest) == 2 and rest[1].kind.endswith("_amount"):
            return self.beside(self.value(rest[0]), rest[1])
        if not rest and self.memory.channel == "own":
            return self.edges("own")
        if rest and rest[0].kind == "number":
            numbers: Any = tuple(self.number(p) for p in rest)
        else:
            numbers = self.nums(rest[0]) if rest else None
        return self.make(name, numbers, "upper"), self.make(name, numbers, "lower")

    def beside(self, middle: Any, said: Any) -> tuple[Any, Any]:
        """The lines an amount above and below another."""
        amount = self.amount(said, middle)
        if amount.fraction is not None:
            share = amount.fraction
            upper, lower = (
                Arithmetic(operator="*", left=Number(value=round(1 + s * share, 12)), right=middle)
                for s in (1, -1)
            )
            return upper, lower
        if amount.deviations is not None:
            if not isinstance(middle, Indicator) or middle.name != "sma":
                raise Unreadable("not_understood", "Deviations are counted from a simple average.")
            numbers = (middle.numbers[0], amount.deviations)
            bands = (
                Indicator(name="bbands", numbers=numbers, output=o, source=middle.source)
                for o in ("upper", "lower")
            )
            above, below = bands
            return above, below
        return (
            Arithmetic(operator="+", left=middle, right=amount.distance),
            Arithmetic(operator="-", left=middle, right=amount.distance),
        )

    def on_inside_bands(self, *parts: Any) -> Any:
        rest = [p for p in without_be(parts) if isinstance(p, Said)]
        bands = [p for p in rest if p.kind.startswith("bb_")]
        left = self._left_in([p for p in rest if p not in bands])
        numbers = self.band_numbers(bands[0]) if bands else None
        self.memory.channel = "bbands"
        upper, lower = (self.make("bbands", numbers, side) for side in ("upper", "lower"))
        found = AllOf(conditions=(self.compare(left, "<", upper), self.compare(left, ">", lower)))
        return negate(found) if is_not(parts) else found
