"""Going through the parts of a specification in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.model import (
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Cross,
    Indicator,
    NotTrue,
    Number,
    Previous,
    Price,
    StrategySpec,
    Streak,
    Within,
)

PARTS = (
    "long_entry",
    "long_exit",
    "short_entry",
    "short_exit",
    "stop_distance",
    "target_distance",
    "trailing_distance",
)


def children(node: Any) -> tuple[Any, ...]:
    """The direct parts of a value or condition."""
    if isinstance(node, Compare | Cross | Arithmetic):
        return (node.left, node.right)
    if isinstance(node, Streak | Within | NotTrue | Previous):
        return (node.of,)
    if isinstance(node, AllOf | AnyOf):
        return node.conditions
    if isinstance(node, Indicator) and node.source is not None:
        return (node.source,)
    return ()


def nodes(root: Any) -> Iterator[Any]:
    """Every node under `root`, children before parents."""
    for child in children(root):
        yield from nodes(child)
    yield root


def all_nodes(spec: StrategySpec) -> Iterator[Any]:
    for part in PARTS:
        root = getattr(spec, part)
        if root is not None:
            yield from nodes(root)


def scale_of(value: Any) -> str:
    """What a value is measured in; only like may be compared with like."""
    if isinstance(value, Number):
        return "number"
    if isinstance(value, Price):
        return "volume" if value.field == "volume" else "price"
    if isinstance(value, Previous):
        return scale_of(value.of)
    if isinstance(value, Indicator):
        scale = INDICATORS[value.name].scale
        if scale == "same":
            return scale_of(value.source)
        if scale == "price_difference" and value.source is not None:
            source = scale_of(value.source)
            return scale if source == "price" else source
        return scale
    if isinstance(value, Arithmetic):
        left, right = scale_of(value.left), scale_of(value.right)
        if value.operator == "-" and left == right == "price":
            return "price_difference"
        if value.operator == "/" and left == right:
            return "ratio"
        return right if left == "number" else left
    return "none"


def warm_up(value: Any) -> int:
    """Bars before the first usable number of a value (an upper estimate)."""
    own = 0
    if isinstance(value, Previous):
        own = value.bars
    elif isinstance(value, Indicator):
        info = INDICATORS[value.name]
        if value.name == "macd":
            own = int(max(value.numbers[:2]) + value.numbers[2])
        elif value.name == "stoch":
            own = int(sum(value.numbers))
        elif value.numbers:
            own = int(value.numbers[0] * info.warm_up) if value.name != "sar" else 1
    elif isinstance(value, Streak | Within):
        own = value.bars
    elif isinstance(value, Cross):
        own = 1
    return own + max((warm_up(child) for child in children(value)), default=0)
