"""What made-up prices must be like for a specification to act on them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.exchange_days import FIRST_YEAR, LAST_YEAR
from llm.specification import StrategySpec, lookback_bars
from llm.specification.nodes import Arithmetic, Calendar, Compare, Cross, Indicator, Number
from llm.specification.walk import all_nodes, children, scale_of

USUAL_PRICE, USUAL_VOLUME = 100.0, 1_000_000.0
# A distance in points is about this much of the price.
USUAL_DISTANCE = 0.03
FEWEST_BARS, MOST_BARS = 900, 6000
# Bars of a made-up market that hold each kind of day several times.
_SPANS = {"month": 800, "quarter": 800, "year": 1600, "year_of_four": 2400, "quarter_start": 900,
          "quarter_end": 900, "year_start": 1600, "year_end": 1600}  # fmt: skip
_DISTANCES = ("stop_distance", "target_distance", "trailing_distance")


def canonical(spec: StrategySpec) -> str:
    """The rules of a specification as text: what it says of money and dates changes no scene."""
    rules = spec.model_dump(mode="json", exclude={"settings", "assumptions"})
    return json.dumps(rules, sort_keys=True)


@dataclass(frozen=True)
class Demands:
    """Length, level and first day of the markets of one specification."""

    spec: StrategySpec

    @cached_property
    def seed(self) -> int:
        """The same specification is always shown on the same prices."""
        return int.from_bytes(hashlib.sha256(canonical(self.spec).encode()).digest()[:8], "big")

    @cached_property
    def nodes(self) -> list[Any]:
        """Every node of the specification."""
        return list(all_nodes(self.spec))

    @cached_property
    def warm_up(self) -> int:
        """Bars before the first signal."""
        return lookback_bars(self.spec)

    @cached_property
    def bars(self) -> int:
        """How long a market is: many times the look-back, and years where years are named."""
        spans = [_SPANS.get(node.unit, 0) for node in self.nodes if isinstance(node, Calendar)]
        wanted = max(FEWEST_BARS, 5 * self.warm_up, *spans, 0)
        return max(min(wanted, MOST_BARS), self.warm_up + 300)

    @cached_property
    def first_day(self) -> str:
        """A Monday or so of a year that the seed chooses, or before the first year named."""
        named = [
            year
            for node in self.nodes
            if isinstance(node, Calendar) and node.unit == "year"
            for year in node.values
        ]
        years_before = 1 + self.warm_up // 252
        year = min(named) - years_before if named else 1996 + self.seed % 12
        latest = LAST_YEAR - 2 - self.bars // 250
        return f"{min(max(year, FIRST_YEAR + 2), latest)}-01-02"

    @cached_property
    def waves(self) -> tuple[int, ...]:
        """Slow swings as long as the look-backs, so that slow averages turn, too."""
        lengths = {
            int(number)
            for node in self.nodes
            if isinstance(node, Indicator)
            for number in node.numbers
            if number >= 30
        }
        return tuple(sorted(3 * length for length in lengths)[-2:])

    @cached_property
    def price(self) -> float:
        """The level of prices: around the levels that the specification names."""
        levels = _levels(self.nodes, "price")
        if levels:
            return sum(levels) / len(levels)
        distances = [
            level.value
            for name in _DISTANCES
            if isinstance(level := getattr(self.spec, name), Number)
        ]
        distances += _levels(self.nodes, "price_difference")
        distances = [abs(distance) for distance in distances if distance]
        return min(distances) / USUAL_DISTANCE if distances else USUAL_PRICE

    @cached_property
    def volume(self) -> float:
        """The level of volume, in the same way."""
        levels = _levels(self.nodes, "volume")
        if levels:
            return sum(levels) / len(levels)
        money = _levels(self.nodes, "money")
        return sum(money) / len(money) / self.price if money else USUAL_VOLUME

    @cached_property
    def names_prices(self) -> bool:
        """Whether the rules speak of prices or points in numbers, so that their level matters."""
        levels = (getattr(self.spec, name) for name in (*_DISTANCES, "stop_level", "target_level"))
        return any(
            (
                _levels(self.nodes, "price"),
                _levels(self.nodes, "price_difference"),
                _levels(self.nodes, "money"),
                _levels(self.nodes, "macd"),
                any(isinstance(level, Number) for level in levels),
                self.spec.sizing in ("cash", "units"),
            )
        )

    @property
    def cash(self) -> float:
        """Enough money for the sizes that are said in money or units."""
        if self.spec.sizing == "cash":
            return 20 * self.spec.size * max(1, min(self.spec.max_entries, 50))
        if self.spec.sizing == "units":
            return 20 * self.spec.size * self.price * max(1, min(self.spec.max_entries, 50))
        return 10_000.0


def _levels(nodes: list[Any], scale: str) -> list[float]:
    """Numbers above 0 that something on this scale is compared with."""
    found = []
    for node in nodes:
        if not isinstance(node, Compare | Cross | Arithmetic):
            continue
        if isinstance(node, Arithmetic) and node.operator not in "+-":
            continue
        left, right = children(node)
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Number) and one.value > 0 and scale_of(other) == scale:
                distance = isinstance(node, Arithmetic)
                found.append(one.value / USUAL_DISTANCE if distance else one.value)
    return found
