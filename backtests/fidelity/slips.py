"""A misreading in words: what a script that makes this slip would do instead."""

from __future__ import annotations

from typing import Any

from llm.specification import StrategySpec
from llm.specification import nodes as n
from llm.specification.echo import when
from llm.specification.model import Rotation
from llm.specification.words import say_condition, say_value

_VERBS = {
    "long_entry": "buys",
    "long_exit": "sells",
    "short_entry": "sells short",
    "short_exit": "covers",
}
_NAMES = {
    "take_profit": "target",
    "target_multiple": "target",
    "breakeven": "stop moved to the entry",
    "hold_bars": "time limit",
    "cooldown": "pause after an exit",
    "size": "size",
    "parts": "targets for parts",
    "max_entries": "number of entries",
    "reverse": "turning round on the opposite entry",
}


def slip(spec: StrategySpec, other: StrategySpec) -> str:
    """How the other strategy differs: "buys when the 14-day RSI is above 30"."""
    changed = [
        name for name in type(spec).model_fields if getattr(spec, name) != getattr(other, name)
    ]
    conditions = [name for name in changed if name in _VERBS]
    if len(conditions) > 2:
        return "takes long for short"
    if conditions:
        return " and ".join(_condition(name, getattr(other, name)) for name in conditions)
    if "rotation" in changed and spec.rotation is not None and other.rotation is not None:
        return _rotation(spec.rotation, other.rotation)
    name = changed[0] if changed else "size"
    told = _NAMES.get(name, name.replace("_", " "))
    if not getattr(other, name):
        return f"leaves out the {told}"
    return f"has another {told}"


def _condition(name: str, condition: Any) -> str:
    return f"never {_VERBS[name]}" if condition is None else f"{_VERBS[name]} {when(condition)}"


def _rotation(spec: Rotation, other: Rotation) -> str:
    if spec.when != other.when:
        return f"chooses when {say_condition(other.when)}"
    if spec.rank != other.rank:
        return f"ranks by {say_value(other.rank).removeprefix('the ')}"
    if spec.only_if != other.only_if:
        return "has another rule for what may be held" if other.only_if else "holds what it may not"
    if spec.lowest != other.lowest:
        return "takes the last for the first"
    return "holds another number of them"


def denied(condition: Any) -> str:
    """A condition that does not hold, in words."""
    text = say_condition(condition)
    if isinstance(condition, n.Compare):
        left = say_value(condition.left)
        if text.startswith(f"{left} is "):
            return text.replace(f"{left} is ", f"{left} is not ", 1)
    if isinstance(condition, n.Cross):
        left = say_value(condition.left)
        return text.replace(f"{left} crosses", f"{left} does not cross", 1)
    if isinstance(condition, n.Calendar):
        for verb in ("is", "lies", "has"):
            for subject in ("the day", "the next session"):
                if text.startswith(f"{subject} {verb} "):
                    no = {"is": "is not", "lies": "does not lie", "has": "does not have"}[verb]
                    return text.replace(f"{subject} {verb} ", f"{subject} {no} ", 1)
    return f"it is not so that {text}"
