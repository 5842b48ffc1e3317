"""Speaking names for the lines of a script: `rsi`, `fast_sma`, `slow_sma`, `highest_high`."""

from __future__ import annotations

import re
from typing import Any

from llm.specification.model import StrategySpec
from llm.specification.nodes import Indicator, OnPeriod, Price
from llm.specification.walk import all_nodes

_OF_SERIES = ("sma", "ema", "wma", "stddev", "rank", "percentile", "median", "zscore", "change")


def key(node: Indicator) -> tuple[Any, ...]:
    """One call of an indicator, whichever of its columns is meant."""
    return (node.name, node.numbers, node.source, node.symbol)


def variable(symbol: str) -> str:
    """A symbol's code as the name of a variable."""
    name = re.sub(r"\W+", "_", symbol.lower()).strip("_")
    return name if name and not name[0].isdigit() else f"symbol_{name}"


def nicknames(spec: StrategySpec) -> dict[tuple[Any, ...], str]:
    """A name for every indicator of a specification."""
    groups: dict[str, list[Indicator]] = {}
    for node in all_nodes(spec):
        if isinstance(node, Indicator):
            group = groups.setdefault(_base(node), [])
            if all(key(node) != key(other) for other in group):
                group.append(node)
    names: dict[tuple[Any, ...], str] = {}
    for base, group in groups.items():
        group.sort(key=lambda node: node.numbers)
        marks = {1: [""], 2: ["fast_", "slow_"], 3: ["fast_", "middle_", "slow_"]}.get(len(group))
        if len({node.numbers for node in group}) < len(group):
            marks = marks if len(group) == 1 else None
        for k, node in enumerate(group):
            names[key(node)] = f"{marks[k]}{base}" if marks else f"{base}_{k + 1}"
    return names


def _base(node: Indicator) -> str:
    base, source = node.name, node.source
    if isinstance(source, OnPeriod):
        source = source.of
    if base in ("highest", "lowest"):
        if isinstance(source, Price):
            base = f"{base}_{source.field}"
        elif isinstance(source, Indicator):
            base = f"{base}_{source.name}"
    elif base in _OF_SERIES and source != Price():
        if isinstance(source, Price):
            base = f"{source.field}_{base}"
        elif isinstance(source, Indicator):
            base = f"{source.name}_{base}"
    symbol = node.symbol or _symbol_of(source)
    return f"{variable(symbol)}_{base}" if symbol else base


def _symbol_of(source: Any) -> str:
    return str(getattr(source, "symbol", "") or "")
