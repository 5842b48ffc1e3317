"""A specification as what rules add up to, so that one of them can be changed, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from llm.specification.model import StrategySpec
from llm.specification.nodes import AllOf, Always, AnyOf, Indicator, NotTrue
from llm.specification.walk import nodes, rebuilt
from llm.translator.reading.memory import Found

RISKS = (
    "stop_loss", "take_profit", "trailing_stop", "stop_distance", "target_distance",
    "trailing_distance", "stop_level", "target_level", "target_multiple", "breakeven",
    "trail_intrabar", "trail_from", "hold_bars", "cooldown", "exit_size", "entry_limit",
    "entry_stop", "entry_expiry", "sizing", "size", "max_entries",
)  # fmt: skip
# What takes the place of what: one stop, one target, one way to wait.
FAMILIES = {
    "stop": ("stop_loss", "stop_distance", "stop_level"),
    "target": ("take_profit", "target_distance", "target_level", "target_multiple"),
    "trail": ("trailing_stop", "trailing_distance", "trail_intrabar", "trail_from"),
    "time": ("hold_bars",),
    "pause": ("cooldown",),
    "order": ("entry_limit", "entry_stop", "entry_expiry"),
    "size": ("sizing", "size"),
    "entries": ("max_entries",),
    "breakeven": ("breakeven",),
}
SIDES = ("long", "short")


def found_of(spec: StrategySpec) -> Found:
    """What the reader would have found for this specification."""
    found = Found(reverse=spec.reverse, parts=list(spec.parts))
    for side in SIDES:
        entry, leave = getattr(spec, f"{side}_entry"), getattr(spec, f"{side}_exit")
        found.entries[side] = [] if entry is None else [entry]
        found.exits[side] = [] if leave is None else [leave]
    for name in RISKS:
        value = getattr(spec, name)
        if value != StrategySpec.model_fields[name].default:
            found.risk[name] = value
    if spec.sizing != "equity" or spec.size != 1:
        found.risk |= {"sizing": spec.sizing, "size": spec.size}
    found.settings = {name: value for name, value in spec.settings if value is not None}
    if spec.rotation is not None:
        found.rotation = {name: getattr(spec.rotation, name) for name in _ROTATION}
        found.schedule = spec.rotation.when
    found.side = "long" if spec.long_entry is not None else "short"
    found.no_exit = isinstance(spec.long_entry, Always)
    return found


_ROTATION = ("rank", "hold", "lowest", "only_if", "shares")


def sides(found: Found) -> list[str]:
    """The sides that are traded."""
    return [side for side in SIDES if found.entries[side]]


def places(found: Found) -> Iterator[tuple[str, Any]]:
    """Every condition and value, with the name of its place."""
    for side in SIDES:
        for condition in found.entries[side]:
            yield f"{side} entry", condition
        for condition in found.exits[side]:
            yield f"{side} exit", condition
    for name, value in (*found.risk.items(), *found.rotation.items()):
        if hasattr(value, "model_copy"):
            yield name, value


def all_nodes(found: Found) -> Iterator[Any]:
    for _, root in places(found):
        yield from nodes(root)


def change_nodes(found: Found, change: Callable[[Any], Any]) -> None:
    """Apply a change to every part of every condition and value."""
    for side in SIDES:
        for kept in (found.entries, found.exits):
            kept[side] = [rebuilt(condition, change) for condition in kept[side]]
    for kept_values in (found.risk, found.rotation):
        for name, value in kept_values.items():
            if hasattr(value, "model_copy"):
                kept_values[name] = rebuilt(value, change)


def indicators(found: Found) -> list[Indicator]:
    """Every distinct call of an indicator, whichever of its columns is used."""
    seen: dict[Any, Indicator] = {}
    for node in all_nodes(found):
        if isinstance(node, Indicator):
            seen.setdefault((node.name, node.numbers, node.source, node.symbol), node)
    return list(seen.values())


def leaves(condition: Any) -> Iterator[Any]:
    """The single conditions that a condition is joined of."""
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.conditions:
            yield from leaves(part)
    else:
        yield condition


def without(condition: Any, goes: Callable[[Any], bool]) -> Any:
    """The condition without the single ones that go; None when nothing is left."""
    if isinstance(condition, AllOf | AnyOf):
        kept = [part for part in (without(c, goes) for c in condition.conditions) if part]
        if len(kept) < 2:
            return kept[0] if kept else None
        return type(condition)(conditions=tuple(kept))
    if isinstance(condition, NotTrue):
        inner = without(condition.of, goes)
        return None if inner is None else NotTrue(of=inner)
    return None if goes(condition) else condition


def replaced(condition: Any, old: Any, new: Any) -> Any:
    """The condition with one single condition in place of another."""
    if condition == old:
        return new
    if isinstance(condition, AllOf | AnyOf):
        parts = tuple(replaced(part, old, new) for part in condition.conditions)
        return type(condition)(conditions=parts)
    return condition


def joined(conditions: list[Any]) -> Any:
    """All of these conditions as one, each once."""
    flat: list[Any] = []
    for one in conditions:
        flat.extend(one.conditions if isinstance(one, AllOf) else [one])
    distinct = list(dict.fromkeys(flat))
    return distinct[0] if len(distinct) == 1 else AllOf(conditions=tuple(distinct))
