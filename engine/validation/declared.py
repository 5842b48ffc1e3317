"""What a script says about its parameters, read without running it.

``PARAMS = {"fast": 20}`` are the values; ``RANGES = {"fast": (5, 50, 5)}`` may say in which range
each is worth trying: (low, high, step), or a list of values.
"""

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import EngineError
from engine.validation.grids import Value

STEPS = 8  # of a range nobody gave
WIDEST = 4.0  # from a quarter to four times a value


class DeclarationError(EngineError):
    """PARAMS or RANGES of a script cannot be read."""


@dataclass(frozen=True)
class Declared:
    """The parameters a sweep can vary, and the ranges the script's author gave."""

    params: dict[str, Value]
    ranges: dict[str, Any] = field(default_factory=dict)


def declared(source: str) -> Declared:
    """Read PARAMS and RANGES of a script.

    Raises
    ------
    DeclarationError
        When one of them is not a dict of plain values.
    """
    params = parameters(source)
    plain = {
        name: value for name, value in params.items() if isinstance(value, bool | int | float | str)
    }
    ranges = _literal(source, "RANGES") or {}
    return Declared(plain, ranges)


def parameters(source: str) -> dict[str, Any]:
    """Read PARAMS of a script, whatever the kind of their values.

    Raises
    ------
    DeclarationError
        When it is not a dict of plain values.
    """
    return _literal(source, "PARAMS") or {}


def default_ranges(params: Mapping[str, Value]) -> dict[str, Any]:
    """Ranges around the present values, from about half to about double in round steps.

    True-or-false parameters get both values; texts have no range. A parameter at 0 goes from 0
    to 1.
    """
    found: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, bool):
            found[name] = {"values": [False, True]}
        elif not isinstance(value, str) and math.isfinite(value):
            found[name] = _around(value)
    return found


def _around(value: float) -> dict[str, float]:
    whole, size = isinstance(value, int), abs(value)
    if size == 0:
        return {"low": 0, "high": 1, "step": 1 if whole else 0.25}
    step = _round_step(1.5 * size / STEPS, whole)
    low = max(step, math.floor(size / 2 / step + 1e-9) * step)
    high = max(low + step, math.ceil(2 * size / step - 1e-9) * step)
    # The present value stays one of those tried.
    low = size - math.floor((size - low) / step + 1e-9) * step if size >= low else size
    ends = sorted((math.copysign(low, value), math.copysign(high, value)))
    if whole:
        return {"low": round(ends[0]), "high": round(ends[1]), "step": round(step)}
    return {"low": round(ends[0], 10), "high": round(ends[1], 10), "step": step}


def _round_step(wanted: float, whole: bool) -> float:
    """The nearest of 1, 2 or 5 times a power of ten that is not above what is wanted."""
    power = 10.0 ** math.floor(math.log10(wanted))
    step = max(power * digit for digit in (1, 2, 5) if power * digit <= wanted * (1 + 1e-9))
    return max(1, round(step)) if whole else float(f"{step:.10g}")


def _literal(source: str, name: str) -> dict[str, Any] | None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise DeclarationError(f"The script cannot be read as Python: {error}.") from error
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return _plain(name, getattr(node, "value", None))
    return None


def _plain(name: str, node: ast.expr | None) -> dict[str, Any]:
    try:
        found = ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise DeclarationError(f"{name} must be a dict of plain values with names as keys.")
    return found
