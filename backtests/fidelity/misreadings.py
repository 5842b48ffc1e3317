"""How a specification could be misread: every neighbour of it that is one slip away.

Scenes are chosen so that these are told apart; a script that makes one of the slips then decides
otherwise on at least one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llm.specification import nodes as n
from llm.specification.indicators import INDICATORS
from llm.specification.model import Rotation, StrategySpec
from llm.specification.walk import CONDITIONS, VALUES, scale_of

MOST = 240
_TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": ">"}
_LOOSER = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}
_TWINS = {"sma": "ema", "ema": "sma", "wma": "sma", "highest": "lowest", "lowest": "highest",
          "roc": "mom", "mom": "roc", "plus_di": "minus_di", "minus_di": "plus_di"}  # fmt: skip
_COLUMNS = {"close": ("open", "high"), "high": ("close", "low"), "low": ("close", "high"),
            "open": ("close",), "volume": ()}  # fmt: skip
_EDGES = {"start": "end", "end": "start"}
_LEFT_OUT = (
    "short_entry", "stop_loss", "take_profit", "trailing_stop", "stop_distance",
    "target_distance", "trailing_distance", "stop_level", "target_level", "target_multiple",
    "breakeven", "hold_bars", "exit_size", "entry_limit", "entry_stop",
)  # fmt: skip
_SCALED = ("stop_loss", "take_profit", "trailing_stop", "target_multiple", "breakeven",
           "exit_size")  # fmt: skip


def misreadings(spec: StrategySpec) -> list[StrategySpec]:
    """The nearest other strategies, each once; those of its conditions first."""
    found: dict[StrategySpec, None] = {}
    for other in _all(spec):
        if other != spec:
            found.setdefault(other)
        if len(found) >= MOST:
            break
    return list(found)


def _all(spec: StrategySpec) -> Iterator[StrategySpec]:
    yield from _swapped(spec)
    yield from _protections(spec)
    for name in (*CONDITIONS, *VALUES):
        if (root := getattr(spec, name)) is not None:
            for other in variants(root):
                yield spec.model_copy(update={name: other})
    if spec.rotation is not None:
        for rotation in _rotations(spec.rotation):
            yield spec.model_copy(update={"rotation": rotation})


def _swapped(spec: StrategySpec) -> Iterator[StrategySpec]:
    """Long for short, entry for exit, and one of them left out."""
    if spec.long_entry is not None and spec.long_exit is not None:
        swapped = {"long_entry": spec.long_exit, "long_exit": spec.long_entry}
        yield spec.model_copy(update=swapped)
    if spec.rotation is None and not spec.symbols:
        sides = {
            "long_entry": spec.short_entry,
            "long_exit": spec.short_exit,
            "short_entry": spec.long_entry,
            "short_exit": spec.long_exit,
        }
        yield spec.model_copy(update=sides)
    for side in ("long", "short"):
        if getattr(spec, f"{side}_entry") is not None and (spec.long_entry and spec.short_entry):
            yield spec.model_copy(update={f"{side}_entry": None, f"{side}_exit": None})
        if getattr(spec, f"{side}_exit") is not None:
            yield spec.model_copy(update={f"{side}_exit": None})


def _protections(spec: StrategySpec) -> Iterator[StrategySpec]:
    for name in _LEFT_OUT:
        if getattr(spec, name) is not None and not (
            name == "short_entry" and spec.long_entry is None
        ):
            yield spec.model_copy(update={name: None})
    for name in _SCALED:
        if (fraction := getattr(spec, name)) is not None:
            for factor in (1.25, 0.8):
                yield spec.model_copy(update={name: min(fraction * factor, 0.99)})
    for name in ("hold_bars", "cooldown"):
        if value := getattr(spec, name):
            yield spec.model_copy(update={name: value + 1})
            yield spec.model_copy(update={name: value - 1 or (2 if name == "hold_bars" else 0)})
    if spec.cooldown:
        yield spec.model_copy(update={"cooldown": 0})
    if spec.entry_limit is not None or spec.entry_stop is not None:
        yield spec.model_copy(update={"entry_expiry": spec.entry_expiry + 1})
    if spec.max_entries > 1:
        yield spec.model_copy(update={"max_entries": spec.max_entries - 1})
        yield spec.model_copy(update={"max_entries": 1})
    yield from _money(spec)


def _money(spec: StrategySpec) -> Iterator[StrategySpec]:
    if spec.reverse:
        yield spec.model_copy(update={"reverse": False})
    if spec.trailing_stop is not None or spec.trailing_distance is not None:
        yield spec.model_copy(update={"trail_intrabar": not spec.trail_intrabar})
    if spec.rotation is None:
        yield spec.model_copy(update={"size": spec.size * 0.5})
    if spec.stop_loss is not None and spec.take_profit not in (None, spec.stop_loss):
        changed = {"stop_loss": min(spec.take_profit or 0.5, 0.99), "take_profit": spec.stop_loss}
        yield spec.model_copy(update=changed)
    if (spec.entry_limit is None) != (spec.entry_stop is None):
        swapped = {"entry_limit": spec.entry_stop, "entry_stop": spec.entry_limit}
        yield spec.model_copy(update=swapped)
    for k, part in enumerate(spec.parts):
        rest = (*spec.parts[:k], *spec.parts[k + 1 :])
        yield spec.model_copy(update={"parts": rest})
        for name in ("take_profit", "target_multiple"):
            if (goal := getattr(part, name)) is not None:
                other = part.model_copy(update={name: goal * 1.25})
                parts = (*spec.parts[:k], other, *spec.parts[k + 1 :])
                yield spec.model_copy(update={"parts": parts})


def _rotations(rotation: Rotation) -> Iterator[Rotation]:
    for when in variants(rotation.when):
        yield rotation.model_copy(update={"when": when})
    for name in ("rank", "only_if"):
        if (part := getattr(rotation, name)) is not None:
            for other in variants(part):
                yield rotation.model_copy(update={name: other})
    if rotation.only_if is not None:
        yield rotation.model_copy(update={"only_if": None})
    if rotation.rank is not None:
        yield rotation.model_copy(update={"lowest": not rotation.lowest})
        yield rotation.model_copy(update={"hold": rotation.hold + 1})
    if rotation.shares:
        yield rotation.model_copy(update={"shares": rotation.shares[::-1]})


def variants(node: Any) -> Iterator[Any]:
    """The node with one slip somewhere in it."""
    yield from _slips(node)
    for name in ("of", "left", "right", "source", "conditions"):
        part = getattr(node, name, None)
        if part is None:
            continue
        if not isinstance(part, tuple):
            for other in variants(part):
                yield node.model_copy(update={name: other})
            continue
        for k, one in enumerate(part):
            for other in variants(one):
                yield node.model_copy(update={name: (*part[:k], other, *part[k + 1 :])})


def _slips(node: Any) -> Iterator[Any]:
    if isinstance(node, n.Compare):
        yield from _of_comparison(node)
    elif isinstance(node, n.Cross):
        turned = "below" if node.direction == "above" else "above"
        yield node.model_copy(update={"direction": turned})
        state: Any = ">" if node.direction == "above" else "<"
        yield n.Compare(left=node.left, operator=state, right=node.right)
    elif isinstance(node, n.AllOf | n.AnyOf):
        yield from _of_joined(node)
    elif isinstance(node, n.NotTrue | n.First | n.Streak | n.Within | n.Ago):
        yield node.of
        yield from _of_counts(node)
    elif isinstance(node, n.Candle) and node.bullish is not None:
        yield node.model_copy(update={"bullish": not node.bullish})
    elif isinstance(node, n.Calendar):
        yield from _of_calendar(node)
    else:
        yield from _of_value(node)


def _of_comparison(node: n.Compare) -> Iterator[Any]:
    yield node.model_copy(update={"operator": _TURNED[node.operator]})
    if node.operator in _LOOSER:
        yield node.model_copy(update={"operator": _LOOSER[node.operator]})
        crosses: Any = "above" if node.operator.startswith(">") else "below"
        yield n.Cross(left=node.left, direction=crosses, right=node.right)
    if isinstance(node.right, n.Number):
        for shifted in _shifted(node.right.value, scale_of(node.left)):
            yield node.model_copy(update={"right": n.Number(value=shifted)})


def _shifted(level: float, scale: str) -> Iterator[float]:
    """A threshold a little off, of the other sign, and as percent for a fraction."""
    step = max(abs(level) * 0.1, 5.0 if scale == "percent" else 0.002 if level == 0 else 0.0)
    yield level + step
    yield level - step
    if scale == "fraction" and level:
        yield level * 100
    if level:
        yield -level


def _of_joined(node: n.AllOf | n.AnyOf) -> Iterator[Any]:
    other = n.AnyOf if isinstance(node, n.AllOf) else n.AllOf
    yield other(conditions=node.conditions)
    for k in range(len(node.conditions)):
        rest = (*node.conditions[:k], *node.conditions[k + 1 :])
        yield rest[0] if len(rest) == 1 else node.model_copy(update={"conditions": rest})


def _of_counts(node: Any) -> Iterator[Any]:
    for name in ("bars", "times"):
        count = getattr(node, name, None)
        if count is None:
            continue
        yield node.model_copy(update={name: count + 1})
        if count > 1:
            yield node.model_copy(update={name: count - 1})


def _of_calendar(node: n.Calendar) -> Iterator[Any]:
    yield node.model_copy(update={"fills": not node.fills})
    if node.values:
        for step in (1, -1):
            values = tuple(value + step for value in node.values)
            yield node.model_copy(update={"values": values})
    period, _, edge = node.unit.rpartition("_")
    if edge in _EDGES:
        yield node.model_copy(update={"unit": f"{period}_{_EDGES[edge]}"})


def _of_value(node: Any) -> Iterator[Any]:
    if isinstance(node, n.Price):
        for field in _COLUMNS[node.field]:
            yield node.model_copy(update={"field": field})
    elif isinstance(node, n.Indicator):
        yield from _of_indicator(node)
    elif isinstance(node, n.Previous):
        yield node.of
        yield from _of_counts(node)
    elif isinstance(node, n.OnPeriod):
        yield node.model_copy(update={"before": not node.before})
        yield node.of
    elif isinstance(node, n.Arithmetic):
        for name in ("left", "right"):
            part = getattr(node, name)
            if isinstance(part, n.Number) and part.value:
                # "2 % above" is the factor 1.02: there the part beyond 1 is what was said.
                beyond = part.value - 1 if 0.5 < part.value < 2 and part.value != 1 else 0.0
                shifted = 1 + beyond * 1.5 if beyond else part.value * 1.25
                yield node.model_copy(update={name: n.Number(value=shifted)})
                if beyond:
                    yield node.model_copy(update={name: n.Number(value=1 - beyond)})


def _of_indicator(node: n.Indicator) -> Iterator[Any]:
    info = INDICATORS[node.name]
    for k, number in enumerate(node.numbers):
        for step in (1, -1, round(number * 0.25)):
            fractional = info.least[k] < 1
            changed = number * (1 + 0.25 * step) if fractional else number + step
            if step and changed >= max(info.least[k], 0 if fractional else 2):
                numbers = (*node.numbers[:k], changed, *node.numbers[k + 1 :])
                yield node.model_copy(update={"numbers": numbers})
    if node.name in _TWINS:
        yield node.model_copy(update={"name": _TWINS[node.name]})
    for output in info.outputs:
        if output != node.output:
            yield node.model_copy(update={"output": output})
            break
    if not node.symbol:
        yield n.Previous(of=node, bars=1)
