"""Values and conditions in English, generated from the specification alone."""

from __future__ import annotations

import re
from typing import Any

from llm.specification.days import LAST_SEVEN_DAYS
from llm.specification.indicators import INDICATORS
from llm.specification.nodes import (
    Ago,
    AllOf,
    Always,
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
from llm.specification.walk import scale_of

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
PERIODS = {"W": "week", "M": "month", "Q": "quarter", "Y": "year"}
_COMPARE = {
    ">": "is above",
    ">=": "is at least",
    "<": "is below",
    "<=": "is at most",
    "==": "equals",
}
_ARITHMETIC = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
_FUNCTIONS = {"log": "the logarithm of", "abs": "the size of"}
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_CYCLE = {0: "a US presidential election year", 1: "the year after a US presidential election",
          2: "the second year after a US presidential election",
          3: "the year before a US presidential election"}  # fmt: skip
_EVEN_OR_ODD = {(0, 2): "even", (1, 3): "odd"}


def percent(fraction: float) -> str:
    return f"{round(fraction * 100, 6):g} %"


def days(count: int) -> str:
    return "1 trading day" if count == 1 else f"{count} trading days"


# -- values -----------------------------------------------------------------------------------


def say_value(node: Any) -> str:
    """A value in words."""
    if isinstance(node, Number):
        return f"{node.value:g}"
    if isinstance(node, Price):
        return f"{node.symbol}'s {node.field}" if node.symbol else f"the {node.field}"
    if isinstance(node, Previous):
        # All of a formula is of that day, and not its first part alone.
        of = say_value(node.of)
        of = f"({of})" if isinstance(node.of, Arithmetic) else of
        if node.bars == 1:
            return f"the day before's {_bare(of)}"
        return f"{of} {node.bars} days earlier"
    if isinstance(node, Arithmetic):
        return _say_arithmetic(node)
    if isinstance(node, Function):
        if node.name in _FUNCTIONS:
            return f"{_FUNCTIONS[node.name]} {say_value(node.of[0])}"
        return f"the {node.name} of {' and '.join(say_value(part) for part in node.of)}"
    if isinstance(node, OnPeriod):
        which = "previous" if node.before else "last finished"
        if isinstance(node.of, Price):
            return f"the {node.of.field} of the {which} {PERIODS[node.period]}"
        unit = PERIODS[node.period]
        if isinstance(node.of, Previous) and isinstance(node.of.of, Price):
            before = f"{node.of.bars} {unit}{'s' if node.of.bars > 1 else ''}"
            return f"the {node.of.of.field} of the {unit} {before} before the {which} one"
        said = re.sub(r"\b(\d+)-day\b", rf"\1-{unit}", say_value(node.of))
        said = re.sub(r"\b(\d+) days earlier\b", rf"\1 {unit}s earlier", said)
        said = said.replace("the day before's", f"the {unit} before's")
        return f"{said} on {unit}ly bars" + (" before" if node.before else "")
    return _say_indicator(node)


def _bare(text: str) -> str:
    return text.removeprefix("the ")


def factor_of(node: Any) -> float | None:
    """The factor of "2 % above X", where X is a price; None for "1.5 times ATR"."""
    if not isinstance(node, Arithmetic) or node.operator != "*":
        return None
    if not isinstance(node.left, Number) or not 0.3 <= node.left.value < 2:
        return None
    return node.left.value if scale_of(node.right) == "price" else None


def _say_arithmetic(node: Arithmetic) -> str:
    factor = factor_of(node)
    if factor is not None and factor != 1:
        side = "above" if factor > 1 else "below"
        return f"{percent(abs(factor - 1))} {side} {say_value(node.right)}"
    left, right = say_value(node.left), say_value(node.right)
    if isinstance(node.left, Arithmetic) and node.operator in "*/":
        left = f"({left})"
    if isinstance(node.right, Arithmetic):
        right = f"({right})"
    return f"{left} {_ARITHMETIC[node.operator]} {right}"


def _say_indicator(node: Indicator) -> str:
    info = INDICATORS[node.name]
    numbers = ", ".join(f"{n:g}" for n in node.numbers)
    of = say_value(node.source) if node.source not in (None, Price()) else ""
    of = f"({of})" if isinstance(node.source, Arithmetic) else of
    source = f" of {of}" if of else ""
    of_symbol = f" of {node.symbol}" if node.symbol else ""
    if node.name in ("highest", "lowest"):
        return f"the {node.name}{source or ' of the close'} of {numbers} days"
    if node.name == "change":
        length = "one day" if node.numbers == (1.0,) else f"{numbers} days"
        return f"the change over {length}{source}"
    if node.name == "macd":
        column = {"line": "line", "signal": "signal line", "histogram": "histogram"}[node.output]
        return f"the MACD {column} ({numbers}){source}"
    if node.name == "bbands":
        return f"the {node.output} Bollinger band ({numbers}){source}"
    if node.name == "pivots":
        return f"the {'pivot' if node.output == 'pivot' else node.output.upper()} of the day before"
    if node.name == "rank":
        return (
            f"the rank{source or ' of the close'} among its last {numbers} values (1 the highest)"
        )
    column = {"k": " %K", "d": " %D"}.get(
        node.output, f" {node.output.replace('_', ' ')}" if node.output else ""
    )
    if len(node.numbers) == 1:
        return f"the {numbers}-day {info.label}{column}{source}{of_symbol}"
    return f"the {info.label}{column}" + (f" ({numbers})" if numbers else "") + source + of_symbol


# -- conditions -------------------------------------------------------------------------------


def say_condition(node: Any) -> str:
    """A condition in words."""
    if isinstance(node, Compare):
        return _say_compare(node)
    if isinstance(node, Cross):
        return f"{say_value(node.left)} crosses {node.direction} {say_value(node.right)}"
    if isinstance(node, Streak):
        return f"{nested(node.of)}, {node.bars} days in a row"
    if isinstance(node, Within):
        times = "" if node.times == 1 else f"on at least {node.times} of "
        place = (
            f"{times}the last {node.bars} days" if times else f"within the last {node.bars} days"
        )
        return f"{place} {nested(node.of)}"
    if isinstance(node, Ago):
        when = "the day before" if node.bars == 1 else f"{node.bars} days earlier"
        return f"{when}, {nested(node.of)}"
    if isinstance(node, First) and _is_of_days(node.of):
        return f"{nested(node.of)}, on the first such day"
    if isinstance(node, First):
        return f"for the first time, {nested(node.of)}"
    if isinstance(node, AllOf):
        return " and ".join(nested(c) for c in node.conditions)
    if node == LAST_SEVEN_DAYS:
        return "the day is one of the last seven days of its month"
    if isinstance(node, AnyOf):
        return " or ".join(nested(c) for c in node.conditions)
    if isinstance(node, NotTrue):
        return f"it is not true that {nested(node.of)}"
    if isinstance(node, Calendar):
        return say_calendar(node)
    if isinstance(node, Candle):
        way = {True: "bullish ", False: "bearish ", None: ""}[node.bullish]
        return f"a {way}{node.name} candle completes"
    return "always" if isinstance(node, Always) else ""


def nested(condition: Any) -> str:
    text = say_condition(condition)
    return f"({text})" if isinstance(condition, AllOf | AnyOf) else text


def _say_compare(node: Compare) -> str:
    factor, edge, upward = factor_of(node.right), node.right, node.operator.startswith(">")
    if factor not in (None, 1) and isinstance(edge, Arithmetic):
        assert factor is not None
        side, included = ("above", "below")[factor < 1], node.operator.endswith("=")
        further = (factor > 1) == upward
        far = ("at least" if included else "more than") if further else "at most"
        far = far if further or included else "less than"
        amount = f"{far} {percent(abs(factor - 1))}"
        return f"{say_value(node.left)} is {amount} {side} {say_value(edge.right)}"
    right = say_value(node.right)
    if isinstance(node.right, Number) and scale_of(node.left) == "fraction":
        right = percent(node.right.value)
    return f"{say_value(node.left)} {_COMPARE[node.operator]} {right}"


def _is_of_days(node: Any) -> bool:
    parts = node.conditions if isinstance(node, AllOf | AnyOf) else (node,)
    if parts == (node,):
        return isinstance(node, Calendar)
    return all(_is_of_days(part) for part in parts)


def say_calendar(node: Calendar) -> str:
    subject = "the next session" if node.fills else "the day"
    return f"{subject} {_calendar_predicate(node)}"


def _calendar_predicate(node: Calendar) -> str:
    names = ", ".join(MONTHS[v - 1] for v in node.values if 1 <= v <= 12)
    if node.unit == "weekday":
        return "is " + " or ".join(f"a {WEEKDAYS[v]}" for v in node.values)
    if node.unit == "month":
        return f"lies in {names}"
    if node.unit == "quarter":
        return "lies in quarter " + " or ".join(str(v) for v in node.values)
    if node.unit == "year":
        return "lies in " + ", ".join(str(v) for v in node.values)
    if node.unit == "year_of_four" and node.values in _EVEN_OR_ODD:
        return f"lies in an {_EVEN_OR_ODD[node.values]} year"
    if node.unit == "year_of_four":
        return "lies in " + " or ".join(_CYCLE[v] for v in node.values)
    if node.unit.endswith(("_start", "_end")):
        period, edge = node.unit.split("_")
        which = "first" if edge == "start" else "last"
        return f"is the {which} trading day of {names or f'a {period}'}"
    return _counted_day(node)


def _counted(values: tuple[int, ...]) -> str:
    if len(values) > 2 and values == tuple(range(values[0], values[-1] + 1)):
        return f"{values[0]} to {values[-1]}"
    return ", ".join(str(value) for value in values)


def _counted_day(node: Calendar) -> str:
    which = " or ".join(_ORDINALS.get(v, f"{v}th") for v in node.values)
    if node.unit == "day_of_month":
        return f"is day {_counted(node.values)} of the month"
    if node.unit == "trading_day_of_month":
        return f"is the {which} trading day of a month"
    if node.unit == "trading_day_of_week":
        return f"is the {which} trading day of a week"
    left = " or ".join(str(v) for v in node.values)
    return f"has {left} trading days of its month after it"
