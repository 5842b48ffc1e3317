"""The specification in one English sentence, and as chips.

Generated from the specification alone, never from the idea's words: what a reader sees here is
what will be tested.
"""

from __future__ import annotations

from typing import Any

from llm.provider import Chip
from llm.specification.indicators import INDICATORS
from llm.specification.model import (
    AllOf,
    Always,
    AnyOf,
    Arithmetic,
    Calendar,
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
from llm.specification.walk import scale_of

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_COMPARE = {">": "is above", ">=": "is at least", "<": "is below", "<=": "is at most"}
_ARITHMETIC = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


def describe(spec: StrategySpec) -> str:
    """The whole strategy in one sentence."""
    parts = []
    if spec.long_entry is not None:
        parts.append(f"buy {spec.symbol} {_when(spec.long_entry)}")
    if spec.long_exit is not None:
        parts.append(f"sell {_when(spec.long_exit)}")
    if spec.short_entry is not None:
        parts.append(f"sell {spec.symbol} short {_when(spec.short_entry)}")
    if spec.short_exit is not None:
        parts.append(f"cover {_when(spec.short_exit)}")
    if spec.reverse:
        parts.append("reverse the position on the opposite entry")
    parts += [f"{chip.label.lower()}: {chip.value}" for chip in _risk(spec)]
    if not any((spec.long_exit, spec.short_exit, spec.reverse, *_risk(spec))):
        parts.append("hold to the end of the data")
    text = "; ".join(parts)
    return text[0].upper() + text[1:] + "."


def chips(spec: StrategySpec, assumed: frozenset[str] = frozenset()) -> list[Chip]:
    """Labelled facts; `assumed` names the labels that the idea did not give."""
    found = [Chip("Symbol", spec.symbol)]
    for label, part in (
        ("Buy", spec.long_entry),
        ("Sell", spec.long_exit),
        ("Sell short", spec.short_entry),
        ("Cover", spec.short_exit),
    ):
        if part is not None:
            found.append(Chip(label, _when(part)))
    found += _risk(spec)
    settings = spec.settings
    if settings.start or settings.end:
        found.append(Chip("Period", f"{settings.start or 'start'} to {settings.end or 'end'}"))
    if settings.initial_capital:
        found.append(Chip("Capital", f"{settings.initial_capital:,.0f}"))
    for label, cost in (("Commission", settings.commission), ("Slippage", settings.slippage)):
        if cost is not None:
            found.append(Chip(label, f"{percent(cost)} a side"))
    return [Chip(c.label, c.value, c.label in assumed) for c in found]


def percent(fraction: float) -> str:
    return f"{round(fraction * 100, 6):g} %"


def say_value(node: Any) -> str:
    """A value in words."""
    if isinstance(node, Number):
        return f"{node.value:g}"
    if isinstance(node, Price):
        return f"the {node.field}"
    if isinstance(node, Previous):
        if node.bars == 1:
            return f"the day before's {_bare(say_value(node.of))}"
        return f"{say_value(node.of)} {node.bars} days earlier"
    if isinstance(node, Arithmetic):
        return _say_arithmetic(node)
    return _say_indicator(node)


def say_condition(node: Any) -> str:
    """A condition in words."""
    if isinstance(node, Compare):
        return _say_compare(node)
    if isinstance(node, Cross):
        return f"{say_value(node.left)} crosses {node.direction} {say_value(node.right)}"
    if isinstance(node, Streak):
        return f"{say_condition(node.of)}, {node.bars} days in a row"
    if isinstance(node, Within):
        return f"within the last {node.bars} days {say_condition(node.of)}"
    if isinstance(node, AllOf):
        return " and ".join(_nested(c) for c in node.conditions)
    if isinstance(node, AnyOf):
        return " or ".join(_nested(c) for c in node.conditions)
    if isinstance(node, NotTrue):
        return f"it is not true that {_nested(node.of)}"
    if isinstance(node, Calendar):
        return _say_calendar(node)
    return "always" if isinstance(node, Always) else ""


def _when(condition: Any) -> str:
    if isinstance(condition, Always):
        return "on the first day"
    return f"when {say_condition(condition)}"


def _nested(condition: Any) -> str:
    text = say_condition(condition)
    return f"({text})" if isinstance(condition, AllOf | AnyOf) else text


def _bare(text: str) -> str:
    return text.removeprefix("the ")


def _say_compare(node: Compare) -> str:
    factor, edge, upward = _factor(node.right), node.right, node.operator.startswith(">")
    if factor is not None and isinstance(edge, Arithmetic) and (factor > 1) == upward:
        side, least = ("above", "below")[factor < 1], node.operator.endswith("=")
        amount = f"{'at least' if least else 'more than'} {percent(abs(factor - 1))}"
        return f"{say_value(node.left)} is {amount} {side} {say_value(edge.right)}"
    right = say_value(node.right)
    if isinstance(node.right, Number) and isinstance(node.left, Indicator):
        scale = INDICATORS[node.left.name].scale
        right = percent(node.right.value) if scale == "fraction" else f"{node.right.value:g}"
    return f"{say_value(node.left)} {_COMPARE[node.operator]} {right}"


def _factor(node: Any) -> float | None:
    """The factor of "2 % above X", where X is a price; None for "1.5 times ATR"."""
    if not isinstance(node, Arithmetic) or node.operator != "*":
        return None
    if not isinstance(node.left, Number) or not 0.3 <= node.left.value < 2:
        return None
    return node.left.value if scale_of(node.right) == "price" else None


def _say_arithmetic(node: Arithmetic) -> str:
    factor = _factor(node)
    if factor is not None:
        distance = factor - 1
        side = "above" if distance > 0 else "below"
        return f"{percent(abs(distance))} {side} {say_value(node.right)}"
    left, right = say_value(node.left), say_value(node.right)
    return f"{left} {_ARITHMETIC[node.operator]} {right}"


def _say_indicator(node: Indicator) -> str:
    info = INDICATORS[node.name]
    numbers = ", ".join(f"{n:g}" for n in node.numbers)
    source = "" if node.source in (None, Price()) else f" of {say_value(node.source)}"
    if node.name in ("highest", "lowest"):
        return f"the {node.name}{source or ' of the close'} of {numbers} days"
    if node.name == "change":
        days = "one day" if node.numbers == (1.0,) else f"{numbers} days"
        return f"the change over {days}{source}"
    if node.name == "macd":
        column = {"line": "line", "signal": "signal line", "histogram": "histogram"}[node.output]
        return f"the MACD {column} ({numbers}){source}"
    if node.name == "bbands":
        return f"the {node.output} Bollinger band ({numbers}){source}"
    column = {"k": " %K", "d": " %D"}.get(node.output, f" {node.output}" if node.output else "")
    if len(node.numbers) == 1:
        return f"the {numbers}-day {info.label}{column}{source}"
    return f"the {info.label}{column}" + (f" ({numbers})" if numbers else "") + source


def _say_calendar(node: Calendar) -> str:
    if node.unit == "weekday":
        return "the day is " + " or ".join(WEEKDAYS[v] for v in node.values)
    names = ", ".join(MONTHS[v - 1] for v in node.values)
    if node.unit == "month":
        return f"the month is {names}"
    return "it is the first trading day of " + (names or "a month")


def _risk(spec: StrategySpec) -> list[Chip]:
    found = []
    for label, fraction in (
        ("Stop loss", spec.stop_loss),
        ("Take profit", spec.take_profit),
        ("Trailing stop", spec.trailing_stop),
    ):
        if fraction is not None:
            found.append(Chip(label, percent(fraction)))
    for label, distance in (
        ("Stop distance", spec.stop_distance),
        ("Target distance", spec.target_distance),
        ("Trailing distance", spec.trailing_distance),
    ):
        if distance is not None:
            found.append(Chip(label, say_value(distance)))
    if spec.hold_bars is not None:
        days = "1 trading day" if spec.hold_bars == 1 else f"{spec.hold_bars} trading days"
        found.append(Chip("Time limit", days))
    if spec.size != 1:
        found.append(Chip("Size", f"{percent(spec.size)} of equity"))
    return found
