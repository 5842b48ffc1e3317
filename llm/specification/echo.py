"""The specification in one English sentence, and as chips.

Generated from the specification alone, never from the idea's words: what a reader sees here is
what will be tested.
"""

from __future__ import annotations

from typing import Any

from llm.provider import Chip
from llm.specification.model import Rotation, StrategySpec
from llm.specification.nodes import Always
from llm.specification.words import days, percent, say_condition, say_value

_SHARES = "equal shares of all that may be held"


def describe(spec: StrategySpec) -> str:
    """The whole strategy in one sentence."""
    parts = _rotation(spec) if spec.rotation is not None else _rules(spec)
    text = "; ".join(parts)
    return text[0].upper() + text[1:] + "."


def _rules(spec: StrategySpec) -> list[str]:
    parts = []
    if spec.long_entry is not None:
        day = "whenever nothing is held" if _waits(spec) else when(spec.long_entry)
        parts.append(f"buy {spec.symbol} {day}")
    if spec.long_exit is not None:
        parts.append(f"sell {when(spec.long_exit)}")
    if spec.short_entry is not None:
        parts.append(f"sell {spec.symbol} short {when(spec.short_entry)}")
    if spec.short_exit is not None:
        parts.append(f"cover {when(spec.short_exit)}")
    if spec.reverse:
        parts.append("reverse the position on the opposite entry")
    extra = protection(spec)
    parts += [f"{chip.label.lower()}: {chip.value}" for chip in extra]
    ends = (spec.long_exit, spec.short_exit, spec.reverse, spec.hold_bars, spec.stop_loss,
            spec.take_profit, spec.trailing_stop, spec.stop_distance, spec.target_distance,
            spec.trailing_distance, spec.stop_level, spec.target_level, spec.target_multiple,
            spec.parts)  # fmt: skip
    if not any(ends):
        parts.append("hold to the end of the data")
    return parts


def _waits(spec: StrategySpec) -> bool:
    """An order that waits on every day, without a condition."""
    ordered = spec.entry_limit is not None or spec.entry_stop is not None
    return ordered and isinstance(spec.long_entry, Always)


def _rotation(spec: StrategySpec) -> list[str]:
    rotation = spec.rotation
    assert rotation is not None
    names = ", ".join(spec.symbols)
    daily = isinstance(rotation.when, Always)
    on = "every day" if daily else f"whenever {say_condition(rotation.when)}"
    parts = [f"{on}, {_choice(rotation, names)}"]
    if rotation.only_if is not None:
        parts.append(f"each only if {say_condition(rotation.only_if)}")
    parts.append("hold it until the next such day, the rest in cash")
    return parts


def _choice(rotation: Rotation, names: str) -> str:
    if rotation.rank is None:
        if rotation.shares:
            shares = ", ".join(percent(share) for share in rotation.shares)
            return f"hold {names} at {shares}"
        return f"hold {_SHARES} of {names}"
    end = "lowest" if rotation.lowest else "highest"
    which = "the one" if rotation.hold == 1 else f"the {rotation.hold}"
    return f"hold {which} of {names} with the {end} {say_value(rotation.rank).removeprefix('the ')}"


def chips(spec: StrategySpec, assumed: frozenset[str] = frozenset()) -> list[Chip]:
    """Labelled facts; `assumed` names the labels that the idea did not give."""
    found = [Chip("Symbol", ", ".join(spec.symbols) if spec.rotation else spec.symbol)]
    for label, part in (
        ("Buy", spec.long_entry),
        ("Sell", spec.long_exit),
        ("Sell short", spec.short_entry),
        ("Cover", spec.short_exit),
    ):
        if part is not None:
            found.append(Chip(label, when(part)))
    if spec.rotation is not None:
        found.append(Chip("Rotation", _choice(spec.rotation, ", ".join(spec.symbols))))
        found.append(Chip("On", say_condition(spec.rotation.when)))
        if spec.rotation.only_if is not None:
            found.append(Chip("Only if", say_condition(spec.rotation.only_if)))
    found += protection(spec)
    settings = spec.settings
    if settings.start or settings.end:
        found.append(Chip("Period", f"{settings.start or 'start'} to {settings.end or 'end'}"))
    if settings.initial_capital:
        found.append(Chip("Capital", f"{settings.initial_capital:,.0f}"))
    for label, cost in (("Commission", settings.commission), ("Slippage", settings.slippage)):
        if cost is not None:
            found.append(Chip(label, f"{percent(cost)} a side"))
    return [Chip(c.label, c.value, c.label in assumed) for c in found]


def when(condition: Any) -> str:
    if isinstance(condition, Always):
        return "on the first day"
    return f"when {say_condition(condition)}"


def protection(spec: StrategySpec) -> list[Chip]:
    """Orders, stops, targets and sizes, as far as the idea has them."""
    found = _orders(spec)
    for label, fraction in (
        ("Stop loss", spec.stop_loss),
        ("Take profit", spec.take_profit),
        ("Trailing stop", spec.trailing_stop),
        ("Stop to entry after a gain of", spec.breakeven),
    ):
        if fraction is not None:
            found.append(Chip(label, percent(fraction)))
    for label, value in (
        ("Stop distance", spec.stop_distance),
        ("Target distance", spec.target_distance),
        ("Trailing distance", spec.trailing_distance),
        ("Stop at", spec.stop_level),
        ("Target at", spec.target_level),
    ):
        if value is not None:
            found.append(Chip(label, say_value(value)))
    if spec.target_multiple is not None:
        found.append(Chip("Target", f"{spec.target_multiple:g} times the distance to the stop"))
    if spec.trail_intrabar:
        found.append(Chip("Trailing stop checked", "inside each bar"))
    if spec.trail_from == "high":
        found.append(Chip("Trailing stop measured from", "the highest high"))
    for part in spec.parts:
        goal = percent(part.take_profit) if part.take_profit else f"{part.target_multiple:g} R"
        found.append(Chip("Target", f"{percent(part.share)} of the position at {goal}"))
    if spec.hold_bars is not None:
        found.append(Chip("Time limit", days(spec.hold_bars)))
    if spec.cooldown:
        found.append(Chip("Pause after an exit", days(spec.cooldown)))
    return found + _sizes(spec)


def _orders(spec: StrategySpec) -> list[Chip]:
    found = []
    for label, value in (("Limit order at", spec.entry_limit), ("Stop order at", spec.entry_stop)):
        if value is not None:
            kept = "until cancelled" if not spec.entry_expiry else f"for {days(spec.entry_expiry)}"
            found.append(Chip(label, f"{say_value(value)}, good {kept}"))
    return found


def _sizes(spec: StrategySpec) -> list[Chip]:
    found = []
    if spec.sizing == "risk":
        found.append(Chip("Size", f"a hit stop costs {percent(spec.size)} of equity"))
    elif spec.sizing == "cash":
        found.append(Chip("Size", f"{spec.size:,.2f} of money each time"))
    elif spec.sizing == "units":
        found.append(Chip("Size", f"{spec.size:,g} units each time"))
    elif spec.size != 1:
        found.append(Chip("Size", f"{percent(spec.size)} of equity"))
    if spec.max_entries > 1:
        most = "any number of" if spec.max_entries >= 1000 else f"up to {spec.max_entries}"
        found.append(Chip("Entries at once", f"{most} lots"))
    if spec.exit_size is not None:
        found.append(Chip("An exit signal sells", f"{percent(spec.exit_size)} of the position"))
    return found
