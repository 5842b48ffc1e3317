"""What a reading says, put into the rules that are there: as a change, not as an addition."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Calendar, Compare, Cross, Indicator, Number, Price
from llm.specification.words import say_condition
from llm.translator.editing.parts import which
from llm.translator.editing.pieces import AVERAGES
from llm.translator.editing.state import FAMILIES, SIDES, joined, leaves, replaced, sides
from llm.translator.reading.memory import Found, Unreadable

HOW_TO_ADD = (
    "Nothing like it is in this idea yet. To add it, say “also require …”; to put it in place of "
    "the rule, say “buy when … instead”."
)


def put(found: Found, said: Found, *, adds: bool, instead: bool) -> None:
    """Change `found` by what was said."""
    _risks(found, said, instead=instead)
    _settings(found, said)
    _rules(found, said, adds=adds)
    _rotation(found, said)
    if said.parts:
        found.parts = list(said.parts)
    for gate in said.gates:
        require(found, gate)
    for condition in said.pending:
        if adds:
            require(found, condition)
        else:
            _in_its_place(found, condition)


def clear(found: Found, family: str) -> bool:
    """Take a protection out; False when there was none."""
    there = [name for name in FAMILIES[family] if name in found.risk]
    for name in there:
        del found.risk[name]
    return bool(there)


def _risks(found: Found, said: Found, *, instead: bool) -> None:
    timed_only = set(said.risk) == {"hold_bars"}
    if instead and timed_only and "hold_bars" not in found.risk:
        # "hold 5 days instead": instead of the rule that says when to leave.
        found.exits = {side: [] for side in SIDES}
        found.reverse = False
    for family, names in FAMILIES.items():
        if any(name in said.risk for name in names):
            if family == "order" and set(said.risk) & set(names) == {"entry_expiry"}:
                continue
            kept = {n: found.risk[n] for n in ("trail_intrabar",) if n in found.risk}
            clear(found, family)
            found.risk |= kept if family == "trail" else {}
    found.risk |= said.risk


def _settings(found: Found, said: Found) -> None:
    settings = found.settings | said.settings
    start, end = settings.get("start"), settings.get("end")
    if start and end and start > end:
        # Who says only one of the two days means the other one to give way only if it was said.
        raise Unreadable(
            "invalid_dates", f"The test would start on {start}, after its end on {end}.", str(start)
        )
    found.settings = settings


def _rules(found: Found, said: Found, *, adds: bool) -> None:
    for side in SIDES:
        for kept, new in (
            (found.entries, said.entries[side]),
            (found.exits, said.exits[side]),
        ):
            if new:
                kept[side] = [*kept[side], *new] if adds else list(new)
    if said.no_exit and not said.entries["long"]:
        found.exits = {side: [] for side in SIDES}
        found.no_exit = True


def _rotation(found: Found, said: Found) -> None:
    if not (said.rotation or said.schedule is not None):
        return
    if not found.rotation:
        if said.schedule is None:
            raise Unreadable("unsupported", "A rotation is another idea: write it as a new one.")
        found.schedule = said.schedule
        return
    found.rotation |= said.rotation
    found.schedule = said.schedule or found.schedule


def require(found: Found, condition: Any) -> None:
    """One more thing that every entry needs."""
    traded = sides(found)
    if found.rotation:
        rule = found.rotation.get("only_if")
        found.rotation["only_if"] = joined([rule, condition]) if rule is not None else condition
        return
    if len(traded) > 1 and not isinstance(condition, Calendar):
        raise Unreadable(
            "ambiguous",
            "This idea buys and sells short: say the whole rule, “buy when … and …”, or “sell "
            "short when … and …”.",
        )
    for side in traded:
        entry = found.entries[side]
        found.entries[side] = [joined([*entry, condition])] if entry else [condition]


def _in_its_place(found: Found, said: Any) -> None:
    """A bare condition takes the place of the one that it is like."""
    for condition in leaves(said):
        alike = [
            (kept, side, there)
            for kept in (found.entries, found.exits)
            for side in SIDES
            for rule in kept[side]
            for there in leaves(rule)
            if is_like(condition, there)
        ]
        distinct = list(dict.fromkeys(there for _, _, there in alike))
        if not distinct:
            words = say_condition(condition)
            raise Unreadable("ambiguous", f"“{words}”: {HOW_TO_ADD}", words)
        if len(distinct) > 1:
            raise which(say_condition(condition), [say_condition(one) for one in distinct])
        for kept, side, there in alike:
            kept[side] = [replaced(rule, there, condition) for rule in kept[side]]


def is_like(one: Any, other: Any) -> bool:
    """Whether two single conditions look at the same thing in the same direction."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Compare | Cross):
        same = _same_thing(one.left, other.left) and _same_thing(one.right, other.right)
        return same and _way(one) == _way(other)
    if isinstance(one, Calendar):
        return bool(one.unit == other.unit)
    inner = getattr(one, "of", None)
    return inner is not None and is_like(inner, other.of)


def _way(node: Any) -> str:
    """Above or below."""
    return str(node.direction if isinstance(node, Cross) else node.operator[0])


def _same_thing(one: Any, other: Any) -> bool:
    """The same value but for its numbers, and for the type of an average."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Number):
        return True
    if isinstance(one, Price):
        return bool(one == other)
    if isinstance(one, Indicator):
        both = one.name in AVERAGES and other.name in AVERAGES
        return (one.name == other.name and one.output == other.output) or both
    parts = [getattr(node, "of", None) for node in (one, other)]
    if all(hasattr(part, "model_copy") for part in parts):
        return _same_thing(*parts)
    return bool(one == other)
