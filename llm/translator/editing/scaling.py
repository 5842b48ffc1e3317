"""Twice or half of something that is there."""

from __future__ import annotations

import re
from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import Arithmetic, Indicator, Number
from llm.specification.words import say_value
from llm.translator.editing.parts import Meant, part_named, the_one, which
from llm.translator.editing.state import FAMILIES, change_nodes, indicators
from llm.translator.reading.memory import Found, Unreadable

_SCALE = re.compile(
    r"^(?P<how>double|twice|triple|halve|half|quarter)\s+(?:of\s+)?(?P<what>.+?)"
    r"(?:\s+(?:length|distance|days|number))?$",
    re.IGNORECASE,
)
_FACTORS = {"double": 2.0, "twice": 2.0, "triple": 3.0, "halve": 0.5, "half": 0.5, "quarter": 0.25}
_ACCOUNT = re.compile(r"\b(?:account|capital|equity|money|cash|funds|portfolio)\b", re.IGNORECASE)
_PERIODS = re.compile(r"^(?:the |its |all |all the )*(?:period|length|lookback|look-back)s?$", re.I)


def scale(found: Found, text: str, pieces: Any) -> bool:
    """Multiply what the words name; False when they ask for something else."""
    said = _SCALE.match(text)
    if not said or _ACCOUNT.search(said["what"]):
        return False
    factor, what = _FACTORS[said["how"].lower()], said["what"]
    part = part_named(what)
    if part in FAMILIES and not (part == "time" and "hold_bars" not in found.risk):
        _scale_risk(found, part, what, factor)
        return True
    if part in ("commission", "slippage"):
        if part not in found.settings:
            raise Unreadable("invalid_value", f"This idea says no {part}: name one.", what)
        found.settings[part] *= factor
        return True
    there = indicators(found)
    if _PERIODS.match(what):
        if len(there) != 1:
            raise which(what, [say_value(one) for one in there])
        meant = there[0]
    else:
        words = Meant(what, pieces.tokens(what))
        if not words.is_clear:
            return False
        meant = the_one(words, there)
    set_numbers(found, meant, (meant.numbers[0] * factor, *meant.numbers[1:]))
    return True


def _scale_risk(found: Found, part: str, words: str, factor: float) -> None:
    names = [n for n in FAMILIES[part] if n in found.risk and not isinstance(found.risk[n], bool)]
    names = [name for name in names if name not in ("sizing", "entry_expiry")]
    if not names:
        raise Unreadable(
            "invalid_value", "There is none in this idea that could be changed.", words
        )
    for name in names:
        found.risk[name] = _times(found.risk[name], factor, words)


def _times(value: Any, factor: float, words: str) -> Any:
    if isinstance(value, int):
        return whole(value * factor, words)
    if isinstance(value, float):
        return round(value * factor, 12)
    if isinstance(value, Arithmetic) and value.operator == "*" and isinstance(value.left, Number):
        number = Number(value=round(value.left.value * factor, 12))
        return value.model_copy(update={"left": number})
    if isinstance(value, Indicator):
        return Arithmetic(operator="*", left=Number(value=factor), right=value)
    raise Unreadable("unsupported", "A price cannot be doubled or halved: name the new one.", words)


def whole(number: float, words: str) -> int:
    """A count of days."""
    if number != int(number) or number < 1:
        raise Unreadable(
            "invalid_value", f"{number:g} days are not possible: days are whole.", words
        )
    return int(number)


def set_numbers(found: Found, old: Indicator, numbers: tuple[float, ...], name: str = "") -> None:
    """Another set of numbers (and another name) for one indicator, wherever it is used."""
    name = name or old.name
    info = INDICATORS[name]
    for number, least, (parameter, _) in zip(numbers, info.least, info.parameters, strict=True):
        fractional = parameter in ("deviations", "multiple", "step", "maximum", "share")
        if number < least or (number != int(number) and not fractional):
            raise Unreadable("invalid_value", f"{info.label} over {number:g} bars is not possible.")

    def change(node: Any) -> Any:
        same = isinstance(node, Indicator) and (node.name, node.numbers) == (old.name, old.numbers)
        if not same or node.symbol != old.symbol:
            return node
        output = node.output if node.output in info.outputs else (info.outputs or ("",))[0]
        return Indicator(
            name=name,
            numbers=numbers,
            output=output,
            source=node.source if info.reads_series else None,
            symbol=node.symbol,
        )

    change_nodes(found, change)
