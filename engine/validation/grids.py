"""Parameter ranges, and the points of a grid or of a random search in them.

Points are numbered like digits of a number, the last axis fastest, so that a grid of any size can
be counted, refused or drawn from without being built.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.errors import EngineError

Value = int | float | bool | str
Point = dict[str, Value]

ALL = "ranges"  # the field of what no single parameter is to blame for
LARGEST = 10**15  # a range with more steps than this is a slip of the pen
MAX_CHOICES = 1000
MAX_AXES = 20
DIGITS = 10  # decimals that survive low + i * step


class GridError(EngineError):
    """Ranges that make no grid; `errors` has sentences by field (`ranges.fast`, `ranges`)."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__("; ".join(said for group in errors.values() for said in group))
        self.errors = {name: list(said) for name, said in errors.items()}


@dataclass(frozen=True)
class Axis:
    """The values one parameter takes: `low + i * step`, or a list of choices."""

    name: str
    count: int
    low: float = 0.0
    step: float = 1.0
    whole: bool = False
    choices: tuple[Value, ...] = ()

    def value(self, index: int) -> Value:
        """The value number `index`, in the type of the parameter."""
        if not 0 <= index < self.count:
            raise EngineError(f"{self.name} has {self.count} values, not a number {index}.")
        if self.choices:
            return self.choices[index]
        found = self.low + index * self.step
        return round(found) if self.whole else round(found, DIGITS)

    def values(self) -> list[Value]:
        """Every value, in order."""
        return [self.value(index) for index in range(self.count)]


def axes_of(params: Mapping[str, Value], ranges: Mapping[str, Any]) -> tuple[Axis, ...]:
    """Turn ranges into axes, checked against the script's parameters.

    Parameters
    ----------
    params : mapping
        The parameters and their present values; a value's type is the type of its range.
    ranges : mapping
        By name: ``(low, high, step)``, ``{"low", "high", "step"}``, ``{"values": [...]}`` or a
        list of choices. Parameters that are not named keep their value.

    Raises
    ------
    GridError
        With a sentence for every range that is wrong.
    """
    if not isinstance(ranges, Mapping) or not ranges:
        raise GridError({ALL: ["Name at least one parameter and the range it is tried in."]})
    if len(ranges) > MAX_AXES:
        raise GridError({ALL: [f"{len(ranges)} parameters vary; {MAX_AXES} is the most."]})
    axes, errors = [], {}
    for name, given in ranges.items():
        try:
            axes.append(_axis(name, given, params))
        except ValueError as error:
            errors[f"{ALL}.{name}"] = [str(error)]
    if errors:
        raise GridError(errors)
    return tuple(axes)


def combinations(axes: Sequence[Axis]) -> int:
    """How many points the grid has."""
    return math.prod(axis.count for axis in axes)


def point(axes: Sequence[Axis], number: int) -> Point:
    """The point with a number, from 0 to `combinations(axes) - 1`."""
    return {
        axis.name: axis.value(index)
        for axis, index in zip(axes, indices(axes, number), strict=True)
    }


def indices(axes: Sequence[Axis], number: int) -> tuple[int, ...]:
    """Where the point stands on each axis."""
    found = []
    for axis in reversed(axes):
        number, index = divmod(number, axis.count)
        found.append(index)
    return tuple(reversed(found))


def grid_numbers(axes: Sequence[Axis], limit: int) -> list[int]:
    """The numbers of every point of the grid.

    Raises
    ------
    GridError
        When there are more than `limit`; nothing is built before.
    """
    total = combinations(axes)
    if total > limit:
        sizes = " × ".join(f"{axis.name} {axis.count:,}" for axis in axes)
        raise GridError(
            {
                ALL: [
                    f"These ranges have {total:,} combinations ({sizes}); {limit:,} is the most. "
                    "Widen the steps, vary fewer parameters, or draw some at random."
                ]
            }
        )
    return list(range(total))


def random_numbers(axes: Sequence[Axis], wanted: int, limit: int, seed: int = 0) -> list[int]:
    """Numbers of different points drawn at random, in order; all of them when there are fewer.

    Raises
    ------
    GridError
        When more than `limit` are wanted, or none.
    """
    if wanted < 1:
        raise GridError({"samples": ["Draw at least one combination."]})
    if wanted > limit:
        raise GridError(
            {"samples": [f"{wanted:,} combinations are wanted; {limit:,} is the most."]}
        )
    total = combinations(axes)
    if total <= wanted:
        return list(range(total))
    rng, chosen = np.random.default_rng(seed), set[int]()
    if total <= 4 * wanted:
        return sorted(rng.permutation(total)[:wanted].tolist())
    while len(chosen) < wanted:
        # Digit by digit: the number of points may be larger than any integer type.
        digits = [rng.integers(0, axis.count, wanted).tolist() for axis in axes]
        for drawn in zip(*digits, strict=True):
            number = 0
            for axis, index in zip(axes, drawn, strict=True):
                number = number * axis.count + index
            chosen.add(number)
            if len(chosen) == wanted:
                break
    return sorted(chosen)


def points(axes: Sequence[Axis], numbers: Sequence[int]) -> Iterator[Point]:
    """The points with these numbers."""
    return (point(axes, number) for number in numbers)


def _axis(name: str, given: Any, params: Mapping[str, Value]) -> Axis:
    if name not in params:
        known = ", ".join(params) or "none"
        raise ValueError(f"The script has no parameter “{name}”; it has {known}.")
    now = params[name]
    if isinstance(given, tuple):
        given = _named(given)
    if isinstance(given, Mapping) and "values" in given:
        _only(given, {"values"})
        given = given["values"]
    if isinstance(given, Mapping):
        return _range(name, given, now)
    if not isinstance(given, list):
        raise ValueError('Give "low", "high" and "step", or a list of "values".')
    return _choices(name, given, now)


def _named(given: tuple[Any, ...]) -> dict[str, Any]:
    if len(given) != 3:
        raise ValueError("A range is (low, high, step).")
    return dict(zip(("low", "high", "step"), given, strict=True))


def _only(given: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(map(str, given)) - known)
    if unknown:
        raise ValueError(f"“{unknown[0]}” is no part of a range; say {', '.join(sorted(known))}.")


def _range(name: str, given: Mapping[str, Any], now: Value) -> Axis:
    _only(given, {"low", "high", "step"})
    if isinstance(now, bool | str):
        raise ValueError(f"{name} is {_kind(now)}: give a list of values, not a range.")
    whole = isinstance(now, int)
    low, high = (_number(key, given.get(key), whole) for key in ("low", "high"))
    step = _number("step", given.get("step", 1 if whole else None), whole)
    if step <= 0:
        raise ValueError(f"The step must be above 0, not {step:g}.")
    if low > high:
        raise ValueError(f"The range begins at {low:g} and ends before it, at {high:g}.")
    steps = (high - low) / step
    if steps > LARGEST:
        raise ValueError(f"From {low:g} to {high:g} there are more steps than can be counted.")
    count = math.floor(steps + 1e-9) + 1
    return Axis(name, count, float(low), float(step), whole)


def _number(key: str, value: Any, whole: bool) -> float:
    if value is None:
        raise ValueError(f"The {key} is missing.")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"The {key} must be a number, not {value!r}.")
    if whole and value != int(value):
        raise ValueError(f"This parameter is a whole number; the {key} is {value!r}.")
    if abs(value) > LARGEST:
        raise ValueError(f"The {key} is too large: {value!r}.")
    return value


def _choices(name: str, given: Sequence[Any], now: Value) -> Axis:
    if not given:
        raise ValueError("The list of values is empty.")
    if len(given) > MAX_CHOICES:
        raise ValueError(f"The list has {len(given):,} values; {MAX_CHOICES:,} is the most.")
    wanted = [_like(value, now) for value in given]
    if len(set(wanted)) < len(wanted):
        raise ValueError("A value is in the list twice.")
    return Axis(name, len(wanted), choices=tuple(wanted))


def _like(value: Any, now: Value) -> Value:
    """The value in the type of the parameter's present one."""
    if isinstance(now, bool) and isinstance(value, bool):
        return value
    if isinstance(now, str) and isinstance(value, str) and len(value) <= 200:
        return value
    if not isinstance(now, bool | str):
        number = _number("value", value, isinstance(now, int))
        return int(number) if isinstance(now, int) else float(number)
    raise ValueError(f"This parameter is {_kind(now)}; {value!r} is not.")


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "a text" if isinstance(value, str) else "a number"
