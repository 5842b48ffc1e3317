"""The opposite of a condition."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, AnyOf, Compare, NotTrue

OPPOSITE = {">": "<=", "<": ">=", ">=": "<", "<=": ">", "==": "=="}


def negate(condition: Any) -> Any:
    """The opposite; comparisons turn round, so that warm-up bars stay silent."""
    if isinstance(condition, Compare) and condition.operator != "==":
        return Compare(
            left=condition.left,
            operator=OPPOSITE[condition.operator],  # type: ignore[arg-type]
            right=condition.right,
        )
    if isinstance(condition, AllOf):
        return AnyOf(conditions=tuple(negate(c) for c in condition.conditions))
    if isinstance(condition, AnyOf):
        return AllOf(conditions=tuple(negate(c) for c in condition.conditions))
    if isinstance(condition, NotTrue):
        return condition.of
    return NotTrue(of=condition)
