"""Zones that a value enters and leaves: "comes out of oversold", "leaves the zone below -100"."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Arithmetic, Compare, Indicator, Number
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.formulas import times
from llm.translator.reading.memory import CLOSE, Span, Unreadable
from llm.translator.reading.patterns import Patterns


class Zones(Patterns):
    """Reads the crossing of a zone's edge."""

    def on_enters_side(self, *parts: Any) -> Any:
        return self._over_edge(self._beyond(parts), into=True)

    def on_leaves_side(self, *parts: Any) -> Any:
        return self._over_edge(self._beyond(parts), into=False)

    def on_enters_named(self, *parts: Any) -> Any:
        return self._over_edge(self.on_oversold(*parts), into=True)

    def on_leaves_named(self, *parts: Any) -> Any:
        return self._over_edge(self.on_oversold(*parts), into=False)

    def _beyond(self, parts: tuple[Any, ...]) -> Any:
        *values, side, right = parts
        if values and not is_it(values[0]):
            return self.on_compare(values[0], side, right)
        return self.on_compare_it(side, right)

    def _over_edge(self, zone: Any, *, into: bool) -> Any:
        if not isinstance(zone, Compare):
            raise Unreadable("ambiguous", "Where does that zone begin?")
        above = zone.operator.startswith(">")
        return self.cross(zone.left, "above" if above is into else "below", zone.right)

    def on_in_lowest_share_of(self, *parts: Any) -> Any:
        """ "the ATR is in the lowest 20 % of the past year": by its rank there."""
        return self._in_share(parts, "<=")

    def on_in_highest_share_of(self, *parts: Any) -> Any:
        return self._in_share(parts, ">=")

    def _in_share(self, parts: tuple[Any, ...], operator: str) -> Any:
        _, left, (pct, withs) = self._split(parts)
        in_year = withs.kind == "with_last_year"
        length = (float(self.bars_in(Span(1, "YEAR"))),) if in_year else self.withs(withs)
        ranked = self._rank(self.series(left), length)
        share = self.read(pct)
        level = round(1 - share, 12) if operator == ">=" else share
        return self.compare(ranked, operator, Number(value=level))

    def _place(self, edges: tuple[Any, Any], of: Any = CLOSE) -> Any:
        lowest, highest = edges
        return Arithmetic(
            operator="/",
            left=Arithmetic(operator="-", left=of, right=lowest),
            right=Arithmetic(operator="-", left=highest, right=lowest),
        )

    def on_mark_of_range(self, share: Any, *ranges: Any) -> Any:
        """ "the 80% mark of its 60-day range": that far up from the low."""
        edges = self.read(ranges[0]) if ranges else self.memory.meanings.get("span")
        if edges is None:
            raise Unreadable("ambiguous", "The mark of which range?")
        self.memory.meanings["span"] = lowest, highest = edges
        wide = Arithmetic(operator="-", left=highest, right=lowest)
        return Arithmetic(operator="+", left=lowest, right=times(self.read(share), wide))

    def on_mark_of_end(self, *parts: Any) -> Any:
        """ "the top 80% mark": of the way up, or from the top?"""
        raise Unreadable("ambiguous", "Is this mark counted from the low, or from the high?")

    def _in_own_span(self, of: Any, span: Any, top: bool, share: float) -> Any:
        """ "the ATR is in the bottom quarter of its 252-day range": of the range of the ATR."""
        if span.kind not in ("range_withs", "range_period"):
            raise Unreadable("not_understood", "What lies in that range?")
        lowest, _ = self.read(span)
        length = getattr(lowest, "numbers", None)
        if length is None:
            raise Unreadable("ambiguous", "In its range with or without today?")
        edges = [Indicator(name=name, numbers=length, source=of) for name in ("lowest", "highest")]
        level = Number(value=round(1 - share if top else share, 12))
        return self.compare(self._place((edges[0], edges[1]), of), ">=" if top else "<=", level)
