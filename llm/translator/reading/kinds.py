"""Questions about values: whether they are prices, extremes, or parts of one day."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import (
    Arithmetic,
    Compare,
    Indicator,
    Number,
    OnPeriod,
    Previous,
    Price,
)
from llm.specification.walk import scale_of
from llm.translator.reading.memory import CLOSE
from llm.translator.said import Said


def is_average_of_closes(node: Any) -> bool:
    """ "SMA 15 above 45" speaks of two averages; nobody compares one with a bare number."""
    inner = node.of if isinstance(node, Previous | OnPeriod) else node
    of_closes = isinstance(inner, Indicator) and inner.source == CLOSE
    return of_closes and scale_of(node) == "price"


def is_price(node: Any) -> bool:
    """A price, or an average of it: its own average is again one of the price."""
    inner = node.of if isinstance(node, Previous | OnPeriod) else node
    if isinstance(inner, Indicator) and INDICATORS[inner.name].scale == "same":
        inner = inner.source
    return isinstance(inner, Price) and scale_of(node) == "price"


def is_of_one_day(node: Any) -> bool:
    """A price or a part of the candle of some day before."""
    inner = node.of if isinstance(node, Previous) else None
    parts = ("body", "range", "lower_wick", "upper_wick", "ibs", "true_range")
    return isinstance(inner, Price) or getattr(inner, "name", "") in parts


def symbol_of(node: Any) -> str:
    """Whose price or indicator this is, where it is not that of the traded symbol."""
    own = str(getattr(node, "symbol", "") or "")
    inner = getattr(node, "source", None) or getattr(node, "of", None)
    return own or (symbol_of(inner) if inner is not None else "")


def is_extreme(node: Any) -> bool:
    """ "its 20-day high": the highest of the days before."""
    inner = node.of if isinstance(node, Previous) else None
    return isinstance(inner, Indicator) and inner.name in ("highest", "lowest")


def is_part(left: Any, right: Any) -> bool:
    """Whether one of them is a small part of a price: "an ATR above 2 % of the close"."""
    return any(
        isinstance(v, Arithmetic)
        and v.operator == "*"
        and isinstance(v.left, Number)
        and abs(v.left.value) < 0.5
        for v in (left, right)
    )


def is_of_extremes(value: Any) -> bool:
    """The highest or lowest of some days, today's among them or not."""
    inner = value.of if isinstance(value, Previous) else value
    return isinstance(inner, Indicator) and inner.name in ("highest", "lowest")


def is_outside_its_bar(left: Any, operator: str, right: Any) -> bool:
    """A close above the high of its own bar, which no bar has: another one was meant."""
    sides = {">": "high", "<": "low"}
    if not isinstance(left, Price) or not isinstance(right, Price) or left.symbol != right.symbol:
        return False
    return left.field in ("close", "open") and right.field == sides.get(operator)


def bands_in(node: Any) -> list[Indicator]:
    """The lines of Bollinger bands in a formula, in the order they are said."""
    if isinstance(node, Arithmetic):
        return [*bands_in(node.left), *bands_in(node.right)]
    if isinstance(node, Indicator) and node.name == "bbands":
        return [node]
    return []


def is_difference_of(known: Indicator, said: Any) -> bool:
    """ "the Aroon oscillator with 20 days (Aroon up minus Aroon down)"."""
    lines = (getattr(said, "left", None), getattr(said, "right", None))
    outputs = [
        line.output for line in lines if isinstance(line, Indicator) and line.name == "aroon"
    ]
    difference = isinstance(said, Arithmetic) and said.operator == "-"
    return known.name == "aroonosc" and difference and outputs == ["up", "down"]


def is_same_formula(known: Indicator, said: Arithmetic) -> bool:
    """Whether a formula in words is the one we use."""
    upper, lower = "upper", "lower"
    outputs = [n.output for n in bands_in(said)]
    if known.name == "bandwidth":
        return outputs == [upper, lower, "middle"]
    if known.name == "percent_b":
        return outputs == [lower, upper, lower]
    return False


def is_way_of_day(condition: Any) -> bool:
    """ "a down day": a price against one of the day before or of the day itself."""
    if not isinstance(condition, Compare) or not _is_of_candle(condition.left):
        return False
    right = condition.right
    return _is_of_candle(right.of if isinstance(right, Previous) else right)


def _is_of_candle(value: Any) -> bool:
    averaged = isinstance(value, Indicator) and value.name == "heikin_ashi"
    return averaged or isinstance(value, Price)


def is_grade(part: Any) -> bool:
    """A word or words that say above, below, at least or at most."""
    return isinstance(part, Said) or bool(part.has("ABOVE", "BELOW", "GE", "LE"))
