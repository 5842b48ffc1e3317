"""The values and conditions of a specification, walked node by node on bars."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from backtests.fidelity.indicators import column, compute, neat
from engine import Bars, ta
from llm.specification import nodes as n

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "log": np.log,
    "abs": np.abs,
    "larger": np.maximum,
    "smaller": np.minimum,
}
_COUNTED: dict[str, Callable[[Bars], Any]] = {
    "weekday": ta.day_of_week,
    "month": ta.month,
    "quarter": ta.quarter,
    "year": ta.year,
    "year_of_four": lambda bars: ta.year(bars) % 4,
    "day_of_month": ta.day_of_month,
    "trading_day_of_month": ta.trading_day_of_month,
    "trading_days_left_in_month": ta.trading_days_left_in_month,
    "trading_day_of_week": ta.trading_day_of_week,
}
_EDGES: dict[str, Callable[[Bars], Any]] = {
    "week_start": ta.week_start,
    "week_end": ta.week_end,
    "month_start": ta.month_start,
    "month_end": ta.month_end,
    "quarter_start": ta.quarter_start,
    "quarter_end": ta.quarter_end,
    "year_start": ta.year_start,
    "year_end": ta.year_end,
}


class Reading:
    """What nodes are worth on each bar; equal nodes are computed once."""

    def __init__(self, bars: Bars, others: Mapping[str, Bars] | None = None) -> None:
        self.bars = bars
        self._others = dict(others or {})
        self._known: dict[Any, Any] = {}
        self._longer: dict[str, Reading] = {}

    def value(self, node: Any) -> Any:
        """A value: one number a bar, or a plain number."""
        if isinstance(node, n.Number):
            return neat(node.value)
        if node not in self._known:
            self._known[node] = self._value(node)
        return self._known[node]

    def condition(self, node: Any) -> Any:
        """A condition: True or False a bar."""
        if node not in self._known:
            self._known[node] = self._condition(node)
        return self._known[node]

    def _of(self, symbol: str) -> Bars:
        return self._others.get(symbol, self.bars) if symbol else self.bars

    def _value(self, node: Any) -> Any:
        if isinstance(node, n.Price):
            return getattr(self._of(node.symbol), node.field)
        if isinstance(node, n.Indicator):
            return self._indicator(node)
        if isinstance(node, n.Previous):
            return ta.previous(self.value(node.of), node.bars)
        if isinstance(node, n.Arithmetic):
            return _ARITHMETIC[node.operator](self.value(node.left), self.value(node.right))
        if isinstance(node, n.Function):
            return _FUNCTIONS[node.name](*(self.value(part) for part in node.of))
        if isinstance(node, n.OnPeriod):
            return self._on_period(node)
        raise TypeError(f"not a value: {node!r}")

    def _indicator(self, node: n.Indicator) -> Any:
        call = (node.name, node.numbers, node.source, node.symbol)
        if call not in self._known:
            source = None if node.source is None else self.value(node.source)
            self._known[call] = compute(node, self._of(node.symbol), source)
        return column(node, self._known[call])

    def _on_period(self, node: n.OnPeriod) -> Any:
        longer = self._longer.get(node.period)
        if longer is None:
            others = {
                symbol: ta.resampled(bars, node.period) for symbol, bars in self._others.items()
            }
            longer = Reading(ta.resampled(self.bars, node.period), others)
            self._longer[node.period] = longer
        value = longer.value(node.of)
        if node.before:
            value = ta.previous(value)
        return ta.align(longer.bars, value, self.bars)  # type: ignore[arg-type]

    def _condition(self, node: Any) -> Any:
        if isinstance(node, n.Compare):
            return _COMPARE[node.operator](self.value(node.left), self.value(node.right))
        if isinstance(node, n.Cross):
            crosses = ta.crosses_above if node.direction == "above" else ta.crosses_below
            return crosses(self.value(node.left), self.value(node.right))
        if isinstance(node, n.AllOf):
            return np.logical_and.reduce([self.condition(part) for part in node.conditions])
        if isinstance(node, n.AnyOf):
            return np.logical_or.reduce([self.condition(part) for part in node.conditions])
        if isinstance(node, n.Calendar):
            return self._calendar(node)
        if isinstance(node, n.Candle):
            found = getattr(ta, f"cdl{node.name}")(self.bars)
            return found != 0 if node.bullish is None else found > 0 if node.bullish else found < 0
        if isinstance(node, n.Always):
            return np.ones(len(self.bars), dtype=bool)
        return self._of_one(node, self.condition(node.of))

    def _of_one(self, node: Any, inner: Any) -> Any:
        """The conditions that are made of one other."""
        if isinstance(node, n.NotTrue):
            return ~inner
        if isinstance(node, n.Streak):
            return ta.consecutive(inner, node.bars)
        if isinstance(node, n.Ago):
            return ta.previous(inner, node.bars)
        if isinstance(node, n.First):
            return ta.first(inner)
        if isinstance(node, n.Within) and node.times == 1:
            return ta.within(inner, node.bars)
        if isinstance(node, n.Within):
            total = np.concatenate(([0], np.cumsum(inner)))
            start = np.maximum(np.arange(1, len(inner) + 1) - node.bars, 0)
            return total[1:] - total[start] >= node.times
        raise TypeError(f"not a condition: {node!r}")

    def _calendar(self, node: n.Calendar) -> Any:
        bars = ta.next_session(self.bars) if node.fills else self.bars
        edge = _EDGES.get(node.unit)
        if edge is None:
            return np.isin(_COUNTED[node.unit](bars), node.values)
        on_edge = edge(bars)
        return on_edge & np.isin(ta.month(bars), node.values) if node.values else on_edge
