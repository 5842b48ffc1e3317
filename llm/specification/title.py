"""A short name for a strategy, in the notation of traders: "RSI(2) < 10, close > SMA(200)"."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.model import StrategySpec
from llm.specification.nodes import (
    AllOf,
    Always,
    AnyOf,
    Arithmetic,
    Compare,
    Cross,
    Indicator,
    Number,
    Previous,
    Price,
    Streak,
)
from llm.specification.words import percent, say_condition

LONGEST = 72
_NAMES = {"willr": "Williams %R", "percent_b": "%B", "plus_di": "+DI", "minus_di": "-DI"}


def title(spec: StrategySpec) -> str:
    """Name the strategy by its entry; longer conditions end in "and more"."""
    if isinstance(spec.long_entry, Always) and spec.long_exit is None:
        return f"Buy and hold {spec.symbol}"
    if spec.rotation is not None:
        rank = "equal shares" if spec.rotation.rank is None else _value(spec.rotation.rank)
        return f"Rotation of {', '.join(spec.symbols)} by {rank}"[:LONGEST]
    entry = spec.long_entry or spec.short_entry
    parts = [_condition(part) for part in _parts(entry)]
    text = ", ".join(parts)
    if len(text) > LONGEST and len(parts) > 1:
        text = f"{parts[0]} and more"
    if spec.long_entry is None:
        text = f"short: {text}"
    elif spec.short_entry is not None:
        text += ", long and short"
    if spec.stop_loss is not None:
        text += f", {percent(spec.stop_loss)} stop"
    if len(text) > LONGEST:
        text = text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,") + "…"
    return text[:1].upper() + text[1:]


def _parts(condition: Any) -> list[Any]:
    return list(condition.conditions) if isinstance(condition, AllOf) else [condition]


def _condition(node: Any) -> str:
    if isinstance(node, Compare):
        if isinstance(node.right, Previous) and node.right.of == node.left:
            return _trend(node, node.right.bars)
        if isinstance(node.left, Indicator) and node.left.name == "change":
            return _change(node)
        return f"{_value(node.left)} {node.operator} {_value(node.right)}"
    if isinstance(node, Cross):
        return f"{_value(node.left)} crosses {node.direction} {_value(node.right)}"
    if isinstance(node, AllOf | AnyOf):
        joint = " and " if isinstance(node, AllOf) else " or "
        return joint.join(_condition(part) for part in node.conditions)
    if isinstance(node, Streak):
        return f"{_condition(node.of)}, {node.bars} days in a row"
    return say_condition(node)


def _trend(node: Compare, bars: int) -> str:
    way = "rising" if node.operator.startswith(">") else "falling"
    return f"{_value(node.left)} {way}" + (f" over {bars} days" if bars > 1 else "")


def _change(node: Compare) -> str:
    assert isinstance(node.left, Indicator)
    days = f"{node.left.numbers[0]:g}-day" if node.left.numbers[0] != 1 else "daily"
    amount = percent(node.right.value) if isinstance(node.right, Number) else _value(node.right)
    return f"{days} change {node.operator} {amount}"


def _value(node: Any) -> str:
    if isinstance(node, Number):
        return f"{node.value:g}"
    if isinstance(node, Price):
        return str(node.field)
    if isinstance(node, Previous):
        inner = _value(node.of)
        # "the 20-day high" is always that of the days before.
        extreme = isinstance(node.of, Indicator) and node.of.name in ("highest", "lowest")
        if node.bars == 1:
            return inner if extreme else f"yesterday's {inner}"
        return f"{inner} {node.bars} days ago"
    if isinstance(node, Arithmetic):
        return f"{_value(node.left)} {node.operator} {_value(node.right)}"
    if isinstance(node, Indicator):
        return _indicator(node)
    return str(node)


def _indicator(node: Indicator) -> str:
    source = "" if node.source in (None, Price()) else f" of {_value(node.source)}"
    if node.name in ("highest", "lowest"):
        side = "high" if node.name == "highest" else "low"
        closing = "" if isinstance(node.source, Price) and node.source.field == side else source
        return f"{node.numbers[0]:g}-day {side}{closing}"
    label = INDICATORS[node.name].label
    # Averages are known by their initials, the others by the name on the chart.
    name = _NAMES.get(node.name, node.name.upper() if "average" in label else label)
    numbers = f"({', '.join(f'{number:g}' for number in node.numbers)})" if node.numbers else ""
    output = "" if node.output in ("", "line") else node.output.replace("_", " ")
    if output in ("upper", "middle", "lower"):
        return f"{output} {name}{numbers}{source}"
    return f"{name}{numbers} {output}".rstrip() + source
