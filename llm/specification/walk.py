"""Going through the parts of a specification in a fixed order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.model import StrategySpec
from llm.specification.nodes import (
    Ago,
    AllOf,
    AnyOf,
    Arithmetic,
    Calendar,
    Candle,
    Compare,
    Cross,
    First,
    Function,
    Indicator,
    NotTrue,
    Number,
    OnPeriod,
    Previous,
    Price,
    Streak,
    Within,
)

CONDITIONS = ("long_entry", "long_exit", "short_entry", "short_exit")
VALUES = (
    "stop_distance",
    "target_distance",
    "trailing_distance",
    "stop_level",
    "target_level",
    "entry_limit",
    "entry_stop",
)
PARTS = (*CONDITIONS, *VALUES)
BARS_IN = {"W": 5, "M": 21, "Q": 63, "Y": 252}


def children(node: Any) -> tuple[Any, ...]:
    """The direct parts of a value or condition."""
    if isinstance(node, Compare | Cross | Arithmetic):
        return (node.left, node.right)
    if isinstance(node, Streak | Within | NotTrue | Previous | Ago | First | OnPeriod):
        return (node.of,)
    if isinstance(node, AllOf | AnyOf):
        return node.conditions
    if isinstance(node, Function):
        return node.of
    if isinstance(node, Indicator) and node.source is not None:
        return (node.source,)
    return ()


def nodes(root: Any) -> Iterator[Any]:
    """Every node under `root`, children before parents."""
    for child in children(root):
        yield from nodes(child)
    yield root


def roots(spec: StrategySpec) -> list[Any]:
    """Every condition and value of a specification, in the order of its script."""
    found = [getattr(spec, part) for part in PARTS]
    if spec.rotation is not None:
        found += [spec.rotation.when, spec.rotation.rank, spec.rotation.only_if]
    return [root for root in found if root is not None]


def all_nodes(spec: StrategySpec) -> Iterator[Any]:
    for root in roots(spec):
        yield from nodes(root)


def rebuilt(node: Any, change: Callable[[Any], Any]) -> Any:
    """The same tree with `change` applied to every node, children first."""
    updates: dict[str, Any] = {}
    for name in ("left", "right", "source"):
        part = getattr(node, name, None)
        if part is not None:
            updates[name] = rebuilt(part, change)
    if isinstance(node, Function):
        updates["of"] = tuple(rebuilt(part, change) for part in node.of)
    elif hasattr(node, "of"):
        updates["of"] = rebuilt(node.of, change)
    if isinstance(node, AllOf | AnyOf):
        updates["conditions"] = tuple(rebuilt(part, change) for part in node.conditions)
    return change(node.model_copy(update=updates) if updates else node)


def scale_of(value: Any) -> str:
    """What a value is measured in; only like may be compared with like."""
    if isinstance(value, Number):
        return "number"
    if isinstance(value, Price):
        return "volume" if value.field == "volume" else "price"
    if isinstance(value, Previous | OnPeriod):
        return scale_of(value.of)
    if isinstance(value, Indicator):
        return _scale_of_indicator(value)
    if isinstance(value, Function):
        return "ratio" if value.name == "log" else scale_of(value.of[0])
    if isinstance(value, Arithmetic):
        return _scale_of_arithmetic(value)
    return "none"


def _scale_of_indicator(value: Indicator) -> str:
    if (value.name, value.output) == ("supertrend", "direction"):
        return "none"
    scale = INDICATORS[value.name].scale
    if scale == "same":
        return scale_of(value.source)
    if scale == "price_difference" and value.source is not None:
        source = scale_of(value.source)
        return scale if source == "price" else source
    return scale


def _scale_of_arithmetic(value: Arithmetic) -> str:
    left, right = scale_of(value.left), scale_of(value.right)
    if value.operator == "-" and left == right == "price":
        return "price" if round(_weight(value), 6) else "price_difference"
    if value.operator == "/" and (left == right or {left, right} == {"price", "price_difference"}):
        return "ratio"
    if value.operator in "+-" and left == "price":
        return "price"
    return right if left == "number" else left


def _weight(value: Any) -> float:
    """How many prices a sum of prices comes to: one for 2 * P - L, none for H - L."""
    if isinstance(value, Arithmetic):
        left, right = value.left, value.right
        if value.operator in "+-":
            return _weight(left) + (1 if value.operator == "+" else -1) * _weight(right)
        if isinstance(left, Number) and value.operator == "*":
            return left.value * _weight(right)
        if isinstance(right, Number) and right.value:
            by = right.value if value.operator == "*" else 1 / right.value
            return _weight(left) * by
    return 1.0 if scale_of(value) == "price" else 0.0


def warm_up(value: Any) -> int:
    """Bars before the first usable number of a value (an upper estimate)."""
    own = 0
    if isinstance(value, Previous | Streak | Within | Ago):
        own = value.bars
    elif isinstance(value, Indicator):
        own = _warm_up_of(value)
    elif isinstance(value, Cross | First | Candle):
        own = 1 if not isinstance(value, Candle) else 15
    elif isinstance(value, OnPeriod):
        return BARS_IN[value.period] * (2 + warm_up(value.of))
    elif isinstance(value, Calendar):
        return 0
    return own + max((warm_up(child) for child in children(value)), default=0)


def _warm_up_of(value: Indicator) -> int:
    info = INDICATORS[value.name]
    if value.name == "macd":
        return int(max(value.numbers[:2]) + value.numbers[2])
    if value.name in ("stoch", "rsi_of_stochastic"):
        return int(sum(value.numbers))
    if value.name == "sar" or not value.numbers:
        return 1
    largest = max(value.numbers) if value.name in ("ppo", "ultosc", "ichimoku") else 0
    return int(max(value.numbers[0], largest) * info.warm_up)
