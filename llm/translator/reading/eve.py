"""Yesterday, told by someone who acts today: it is the day of the signal."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    Ago,
    AllOf,
    Always,
    Arithmetic,
    Candle,
    Compare,
    Cross,
    Indicator,
    Previous,
    Price,
)
from llm.translator.reading.kinds import is_extreme


def of_the_day_before(condition: Any) -> Any:
    """ "If it fell 2 % yesterday, buy at the open": as of the day that gives the order.

    Left as it is where any part of it speaks of another day.
    """
    parts = condition.conditions if isinstance(condition, AllOf) else (condition,)
    found = tuple(_a_day_later(part) for part in parts)
    if None in found:
        return condition
    return AllOf(conditions=found) if len(found) > 1 else found[0]


def is_of_the_day_before(condition: Any) -> bool:
    """Whether nothing is said, or only about yesterday."""
    return isinstance(condition, Always) or of_the_day_before(condition) != condition


def of_that_day(found: Any) -> Any:
    """ "yesterday's close was below the band": below the band of yesterday."""
    if not isinstance(found.left, Previous) or not isinstance(found.right, Indicator):
        return found
    return found.model_copy(update={"right": Previous(of=found.right, bars=found.left.bars)})


def of_yesterday(value: Any) -> bool:
    """ "Yesterday's high", with something added or not."""
    if isinstance(value, Arithmetic):
        return of_yesterday(value.left) or of_yesterday(value.right)
    return isinstance(value, Previous) and value.bars == 1 and not is_extreme(value)


def as_of_today(value: Any) -> Any:
    """The same value a day later."""
    if isinstance(value, Arithmetic):
        updates = {"left": as_of_today(value.left), "right": as_of_today(value.right)}
        return value.model_copy(update=updates)
    if not isinstance(value, Previous) or is_extreme(value):
        return value
    return value.of if value.bars == 1 else value.model_copy(update={"bars": value.bars - 1})


def _a_day_later(part: Any) -> Any:
    """A condition about yesterday as one about today; None where it is not about yesterday."""
    if isinstance(part, Ago):
        return part.of if part.bars == 1 else part.model_copy(update={"bars": part.bars - 1})
    if not isinstance(part, Compare | Cross) or not of_yesterday(part.left):
        return None
    updates = {"left": as_of_today(part.left), "right": as_of_today(part.right)}
    return part.model_copy(update=updates)


def decides_at_open(condition: Any) -> bool:
    """Whether the bar's open decides, and nothing that comes after it."""
    return _fields_of_the_bar(condition) == {"open"}


def _fields_of_the_bar(node: Any) -> set[str]:
    if isinstance(node, Previous | Ago) or node is None:
        return set()
    if isinstance(node, Price):
        return {node.field}
    parts = [getattr(node, name, None) for name in ("left", "right", "of", "source")]
    fields = {"close"} if isinstance(node, Candle | Indicator) else set()
    return fields.union(*map(_fields_of_the_bar, (*parts, *getattr(node, "conditions", ()))))
