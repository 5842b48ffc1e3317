"""How far apart: two percent above, 1.5 ATR below, within the lowest tenth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llm.specification.nodes import (
    AllOf,
    Arithmetic,
    Indicator,
    Number,
    Price,
)
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.formulas import times
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.reaching import Reaching
from llm.translator.said import Said

OPEN = Price(field="open")


@dataclass(frozen=True, slots=True)
class Amount:
    """How far: a fraction, a number of deviations, or a distance."""

    fraction: float | None = None
    deviations: float | None = None
    distance: Any = None


class Distances(Reaching):
    """Reads comparisons by an amount."""

    # -- by how much ---------------------------------------------------------------------------

    def amount(self, said: Any, left: Any = None) -> Amount:
        """How far something is from something."""
        if said.kind == "percent_amount":
            return Amount(fraction=self.read(said.parts[0]))
        if said.kind == "deviations_amount":
            return Amount(deviations=self.number(said.parts[0]))
        if said.kind == "points_amount":
            return Amount(distance=Number(value=self.number(said.parts[0])))
        factors = {"twice_amount": 2.0, "half_amount": 0.5, "one_amount": 1.0}
        factor = factors.get(said.kind)
        if said.kind == "share_amount":
            factor = self.read(said.parts[0])
        of = self.series(said.parts[-1], left)
        if factor is None:
            factor = self.number(said.parts[0])
        if factor == 1:
            return Amount(distance=of)
        return Amount(distance=Arithmetic(operator="*", left=Number(value=factor), right=of))

    def on_distance(self, *parts: Any, least: bool = False, closes: bool = False) -> Any:
        be, left, rest = self._split(parts)
        spoken = [p for p in rest if isinstance(p, Said) or not p.has("OR_MORE")]
        amount, side, right = spoken
        self.memory.meanings["far"] = True  # "2 % under it" is so far from the line itself
        try:
            first, second = self.left_of(left, right, closes=closes)
        finally:
            self.memory.meanings.pop("far", None)
        if is_it(right) and first == second:
            second = self._middle_of_band(amount, second)
        found = self._distance(first, amount, side, second, least=least)
        return negate(found) if be is not None and any(w.has("NOT") for w in be.words) else found

    def _middle_of_band(self, amount: Any, otherwise: Any) -> Any:
        """ "A 1 % band around the SMA: buy 1 % above it": the average, as the band says again."""
        lines = self.memory.meanings.get("channel") if self.memory.channel == "own" else None
        fraction = self.amount(amount).fraction if amount.kind == "percent_amount" else None
        if lines is None or fraction is None:
            return otherwise
        told = [times(round(1 + s * fraction, 12), lines["middle"]) for s in (1, -1)]
        return lines["middle"] if told == [lines["upper"], lines["lower"]] else otherwise

    def on_distance_least(self, *parts: Any) -> Any:
        return self.on_distance(*parts, least=True)

    def on_distance_it(self, *parts: Any) -> Any:
        rest = [p for p in parts if not (isinstance(p, Said) and p.kind == "be_not")]
        if self.leaving and is_it(rest[-1]) and "of_trade" in self.memory.meanings:
            raise Unreadable("ambiguous", "Away from the entry price, or from what?")
        first, second = self.left_of(None, rest[-1])
        return self._distance(first, rest[0], rest[1], second, least=False)

    def on_distance_least_it(self, amount: Any, *rest: Any) -> Any:
        """ "... and at least 3 % below the average"."""
        first, second = self.left_of(None, rest[-1])
        return self._distance(first, amount, rest[-2], second, least=True)

    def on_closes_distance(self, left: Any, *rest: Any) -> Any:
        return self.on_distance(left, *rest, closes=True)

    def on_closes_distance_least(self, left: Any, *rest: Any) -> Any:
        return self.on_distance(left, *rest, least=True, closes=True)

    def on_closes_distance_it(self, amount: Any, side: Any, right: Any) -> Any:
        return self._distance(CLOSE, amount, side, self.value(right, CLOSE), least=False)

    def on_closes_distance_least_it(self, amount: Any, *rest: Any) -> Any:
        side, right = rest[-2], rest[-1]
        return self._distance(CLOSE, amount, side, self.value(right, CLOSE), least=True)

    def on_opens_distance(self, left: Any, amount: Any, side: Any, right: Any) -> Any:
        return self._distance(OPEN, amount, side, self.value(right, OPEN), least=False)

    def on_opens_distance_least(self, left: Any, amount: Any, side: Any, right: Any) -> Any:
        return self._distance(OPEN, amount, side, self.value(right, OPEN), least=True)

    def on_opens_distance_it(self, amount: Any, side: Any, right: Any) -> Any:
        return self._distance(OPEN, amount, side, self.value(right, OPEN), least=False)

    def on_falls_below_by(self, *parts: Any) -> Any:
        """ "falls 5 % or more below its high": as far below, or further."""
        words = [p for p in parts if not isinstance(p, Said)]
        said = [p for p in parts if isinstance(p, Said)]
        side = next(w for w in words if w.has("ABOVE", "BELOW") and not w.has("RISE", "FALL"))
        level = self.value(said[-1], CLOSE)
        if (
            side.has("BELOW")
            and said[-1].kind in ("column", "own_base")
            and level == Price(field="high")
        ):
            raise Unreadable("ambiguous", "A fall from which high?")
        return self._distance(CLOSE, said[-2], side, level, least=True)

    def _distance(self, left: Any, said: Any, side: Any, right: Any, *, least: bool) -> Any:
        """is 2 % above; 2.5 deviations below; more than 1.5 ATR above."""
        if isinstance(right, Number):
            raise Unreadable("not_understood", "How far from what?")
        up = self._side_operator(side).startswith(">")
        amount = self.amount(said, left)
        operator = (">" if up else "<") + ("=" if least else "")
        if amount.deviations is not None:
            return self._deviating(left, operator, amount.deviations, right, up=up)
        if amount.distance is not None:
            edge: Any = Arithmetic(operator="+" if up else "-", left=right, right=amount.distance)
        else:
            assert amount.fraction is not None
            factor = round(1 + amount.fraction if up else 1 - amount.fraction, 12)
            edge = Arithmetic(operator="*", left=Number(value=factor), right=right)
        return self.compare(left, operator, edge)

    def on_within_amount(self, *parts: Any) -> Any:
        """ "within 1 % of the average": no further above it, and no further below."""
        be, left, (said, right) = self._split(parts)
        first, second = self.left_of(left, right)
        amount = self.amount(said, first)
        if isinstance(second, Number) or amount.deviations is not None:
            raise Unreadable("not_understood", "Within how much of what?")
        edges = []
        for sign, operator in ((1, "<="), (-1, ">=")):
            if amount.fraction is not None:
                factor = Number(value=round(1 + sign * amount.fraction, 12))
                edge: Any = Arithmetic(operator="*", left=factor, right=second)
            else:
                edge = Arithmetic(
                    operator="+" if sign > 0 else "-", left=second, right=amount.distance
                )
            edges.append(self.compare(first, operator, edge))
        found = AllOf(conditions=tuple(edges))
        return negate(found) if be is not None and any(w.has("NOT") for w in be.words) else found

    def _deviating(self, left: Any, operator: str, far: float, right: Any, *, up: bool) -> Any:
        if not isinstance(right, Indicator) or right.name not in ("sma", "bbands"):
            raise Unreadable("not_understood", "Deviations are counted from a simple average.")
        band = Indicator(
            name="bbands",
            numbers=(right.numbers[0], far),
            output="upper" if up else "lower",
            source=right.source,
        )
        return self.compare(left, operator, band)

    def on_exceeds_by(self, left: Any, side: Any, right: Any, amount: Any) -> Any:
        """... exceeds X by more than Y."""
        first, second = self.left_of(left, right)
        up = self._side_operator(side).startswith(">")
        found = self.amount(amount, first)
        if found.distance is None:
            return self._distance(first, amount, side, second, least=False)
        over = (first, second) if up else (second, first)
        difference = Arithmetic(operator="-", left=over[0], right=over[1])
        return self.compare(difference, ">", found.distance)

    def on_exceeds_by_least(self, left: Any, side: Any, right: Any, amount: Any) -> Any:
        found = self.on_exceeds_by(left, side, right, amount)
        return self.compare(found.left, found.operator.rstrip("=") + "=", found.right)

    def on_is_multiple(self, *parts: Any) -> Any:
        """ "volume is twice its average": at least that."""
        _, left, (said,) = self._split(parts)
        if is_it(left):
            raise Unreadable("not_understood", "What should be that large?")
        first = self.value(left)
        found = self.amount(said, first)
        if found.distance is None:
            raise Unreadable("not_understood", "A part of what?")
        self.assume("“Is twice” and the like mean: at least.")
        return self.compare(first, ">=", found.distance)

    def on_in_lowest_share(self, *parts: Any) -> Any:
        _, left, (pct,) = self._split(parts)
        ranked = self._ranked(left)
        return self.compare(ranked, "<=", Number(value=self.read(pct)))

    def _ranked(self, left: Any) -> Any:
        found = self.memory.subject if is_it(left) else self.value(left)
        if isinstance(found, Indicator) and found.name == "rank":
            return found
        ranked = self.memory.meanings.get("rank")
        if ranked is None:
            raise Unreadable("ambiguous", "The lowest share of which values?")
        return ranked
