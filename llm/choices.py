"""What a person may settle instead of what was assumed: controls, and which values are possible.

The keys are those of `Draft.choices`; the values go into `IdeaContext.extra`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from llm.provider import Choice
from llm.specification.indicators import INDICATORS

NUMBERS = ".numbers"
LEVEL = ".level"
PAIR = "pair.numbers"
KIND = "average.kind"
EXIT = "exit.days"
START = "settings.start"
# What "up 5 %" is counted from, where a position is to be left.
MOVES = {
    "exit.move.up": "What “up” is counted from",
    "exit.move.down": "What “down” is counted from",
}
COUNTED = ("since the entry", "in one day")
# The kinds of average that may take the place of one without a type.
KINDS = ("sma", "ema", "wma")
LONGEST = 2000  # bars
_FRACTIONAL = ("deviations", "multiple", "step", "maximum", "share")
_LEVELS = ("oversold", "overbought", "big drop", "big rise")


@dataclass(frozen=True, slots=True)
class Control:
    """One input of a form: what it is called, what it holds, and what may be put there."""

    kind: Literal["number", "select", "date"]
    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    least: str = ""
    step: str = "any"
    hint: str = ""


def is_known(key: str) -> bool:
    """Whether ideas can leave something of this name open at all."""
    if key in (PAIR, KIND, EXIT, START, *MOVES):
        return True
    name, _, what = key.rpartition(".")
    if what == "level":
        return name in _LEVELS
    return what == "numbers" and name in INDICATORS and bool(INDICATORS[name].parameters)


def title_of(key: str) -> str:
    """What is settled, in words for a button."""
    fixed = {PAIR: "Lengths of the averages", KIND: "Kind of average", EXIT: "When to sell",
             START: "First day", **MOVES}  # fmt: skip
    if key in fixed:
        return fixed[key]
    name, _, what = key.rpartition(".")
    if what == "level":
        return f"Size of a {name}, percent" if " " in name else f"Level of {name}"
    return f"Numbers of {INDICATORS[name].label}" if name in INDICATORS else key


def shown(key: str, value: Any) -> str:
    """A value as a button shows it."""
    if key == EXIT:
        return f"after {value:g} days" if value else "held to the end"
    if key == KIND:
        return INDICATORS[str(value)].label if str(value) in INDICATORS else str(value)
    if isinstance(value, list | tuple):
        return ", ".join(f"{number:g}" for number in value)
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def controls_of(choice: Choice) -> list[Control]:
    """The inputs that settle a choice."""
    key, value = choice.key, choice.value
    if key == EXIT:
        hint = "Empty: held to the end of the data."
        text = "" if not value else f"{value:g}"
        return [Control("number", "Sell after, trading days", text, (), "1", "1", hint)]
    if key == KIND:
        names = tuple(choice.options) or KINDS
        options = tuple((name, INDICATORS[name].label) for name in names)
        return [Control("select", "Kind of average", str(value), options)]
    if key in MOVES:
        options = tuple((way, way) for way in COUNTED)
        return [Control("select", title_of(key), str(value), options)]
    if key == START:
        return [Control("date", "First day", str(value))]
    if key.endswith(LEVEL):
        return [Control("number", "Level", f"{float(value):g}")]
    labels = _labels(key)
    return [
        Control("number", label, f"{number:g}", (), "1" if whole else "0", "1" if whole else "any")
        for (label, whole), number in zip(labels, value, strict=False)
    ]


def _labels(key: str) -> list[tuple[str, bool]]:
    """What each number is called, and whether it is whole."""
    if key == PAIR:
        return [("Fast, days", True), ("Slow, days", True)]
    info = INDICATORS[key.removesuffix(NUMBERS)]
    return [
        (name.replace("_", " ").capitalize(), name not in _FRACTIONAL)
        for name, _ in info.parameters
    ]


def settled(key: str, given: Any) -> Any:
    """A value as the reader takes it; `given` may be texts of a form or values of JSON.

    Raises `ValueError` with a sentence where there is no such value.
    """
    if not is_known(key):
        raise ValueError(f"“{key}” is nothing that an idea leaves open.")
    values = list(given) if isinstance(given, list | tuple) else [given]
    if key == EXIT:
        return _exit(values)
    if key == KIND:
        if values and values[0] in KINDS:
            return values[0]
        raise ValueError(f"{title_of(key)}: one of {', '.join(KINDS)} is needed.")
    if key in MOVES:
        if values and values[0] in COUNTED:
            return values[0]
        raise ValueError(f"{title_of(key)}: “{'” or “'.join(COUNTED)}” is needed.")
    if key == START:
        return _day(values)
    if key.endswith(LEVEL):
        [level] = _numbers(key, values, 1)
        if abs(level) > 1000:
            raise ValueError(f"{title_of(key)}: {level:g} is beyond every measure.")
        return level
    return _lengths(key, values)


def _exit(values: list[Any]) -> int | None:
    if values in ([], [None], [""]):
        return None
    [number] = _numbers(EXIT, values, 1)
    if number != int(number) or not 1 <= number <= LONGEST:
        raise ValueError(f"When to sell: a whole number of days, 1 to {LONGEST:,}, is needed.")
    return int(number)


def _day(values: list[Any]) -> str:
    try:
        return date.fromisoformat(str(values[0])).isoformat()
    except (ValueError, IndexError):
        raise ValueError("First day: a day like 2008-01-31 is needed.") from None


def _lengths(key: str, values: list[Any]) -> list[float]:
    labels = _labels(key)
    numbers = _numbers(key, values, len(labels))
    least = (1.0, 1.0) if key == PAIR else INDICATORS[key.removesuffix(NUMBERS)].least
    for (label, whole), number, smallest in zip(labels, numbers, least, strict=True):
        if whole and number != int(number):
            raise ValueError(f"{title_of(key)}: {label.lower()} must be whole, not {number:g}.")
        if not smallest <= number <= LONGEST:
            raise ValueError(
                f"{title_of(key)}: {label.lower()} must lie between {smallest:g} and "
                f"{LONGEST:,}, not {number:g}."
            )
    if key == PAIR:
        if numbers[0] == numbers[1]:
            raise ValueError("Lengths of the averages: two different ones are needed.")
        return sorted(numbers)
    return numbers


def _numbers(key: str, values: Sequence[Any], count: int) -> list[float]:
    wanted = "one number is" if count == 1 else f"{count} numbers are"
    if len(values) != count:
        raise ValueError(f"{title_of(key)}: {wanted} needed.")
    found = []
    for value in values:
        try:
            number = float("nan") if isinstance(value, bool) else float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise ValueError(f"{title_of(key)}: “{str(value)[:40]}” is not a number.")
        found.append(number)
    return found
