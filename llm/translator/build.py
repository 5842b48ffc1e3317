"""From what the rules add up to, to a specification that can be tested."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from llm.provider import Refusal, SymbolFacts
from llm.specification import Settings, StrategySpec
from llm.specification.indicators import INDICATORS
from llm.specification.model import AllOf, Always, AnyOf, Compare, Indicator, Number, Price
from llm.specification.walk import all_nodes
from llm.translator.relations import negate
from llm.translator.sentences import Found


def build(
    found: Found, symbol: SymbolFacts, settings: dict[str, Any], assumptions: tuple[str, ...]
) -> StrategySpec | Refusal:
    """The specification, or why these rules cannot be one."""
    said = list(assumptions)
    long_entry, short_entry = _any(found.entries["long"]), _any(found.entries["short"])
    long_exit, short_exit = _any(found.exits["long"]), _any(found.exits["short"])
    if not (long_entry or short_entry or long_exit or short_exit or found.risk):
        return Refusal(
            "not_a_strategy",
            "This is not understood as a trading strategy: it needs a rule that says when to buy.",
        )
    if long_entry is None and short_entry is None:
        return Refusal(
            "ambiguous",
            "No entry is given: please specify a rule that says when to buy.",
        )
    if long_entry is not None and long_entry == short_entry:
        return Refusal(
            "contradictory",
            "The same condition says both long and short: these contradict each other.",
        )
    reverse = found.reverse
    timed = {k: v for k, v in found.risk.items() if k != "size"}
    both = long_entry is not None and short_entry is not None
    if both and not (long_exit or short_exit or timed or reverse):
        reverse = True
        said.append("The opposite entry closes the position and reverses it.")
    elif both and not (reverse or timed) and (long_exit is None or short_exit is None):
        return Refusal("ambiguous", "Please specify an exit rule for both long and short.")
    elif found.regime is not None and not (long_exit or timed or both or found.no_exit):
        long_exit = negate(found.regime)
        said.append("It sells when the condition for holding is no longer true.")
    elif not (long_exit or short_exit or timed or found.no_exit):
        said.append("No exit is given: a position is held to the end of the data.")
    try:
        spec = StrategySpec(
            symbol=symbol.code,
            long_entry=long_entry,
            long_exit=long_exit,
            short_entry=short_entry,
            short_exit=short_exit,
            reverse=reverse,
            settings=Settings(**settings),
            assumptions=tuple(dict.fromkeys(said)),
            **found.risk,
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = " ".join(str(part) for part in first["loc"])
        return Refusal("invalid_value", f"Invalid value for {where}: {first['msg'].lower()}.")
    return _unused(spec, found) or _problem(spec, symbol) or spec


def _unused(spec: StrategySpec, found: Found) -> Refusal | None:
    """An indicator that a sentence introduces and no rule uses was meant for something."""
    used = {node.name for node in all_nodes(spec) if isinstance(node, Indicator)}
    for name in found.defined:
        if name not in used and not (name == "sma" and "bbands" in used):
            label = INDICATORS[name].label
            return Refusal(
                "not_understood",
                f"{label} is named, but no rule that is understood uses it.",
                (label,),
            )
    return None


def _any(conditions: list[Any]) -> Any:
    distinct = list(dict.fromkeys(conditions))
    if not distinct:
        return None
    return distinct[0] if len(distinct) == 1 else AnyOf(conditions=tuple(distinct))


def _problem(spec: StrategySpec, symbol: SymbolFacts) -> Refusal | None:
    for node in all_nodes(spec):
        if isinstance(node, AllOf) and (sentence := _impossible(node)):
            return Refusal("contradictory", sentence)
        if isinstance(node, Indicator | Price) and (refusal := _lacking(node, symbol)):
            return refusal
    return _outside(spec, symbol)


def _lacking(node: Any, symbol: SymbolFacts) -> Refusal | None:
    """What the symbol's data do not hold."""
    if isinstance(node, Price):
        volume, ranged = node.field == "volume", node.field in ("high", "low", "open")
        label: str = node.field
    else:
        info = INDICATORS[node.name]
        volume, ranged, label = info.needs_volume, info.needs_range, info.label
    if volume and not symbol.has_volume:
        return Refusal(
            "missing_data", f"{symbol.code} has no volume data, which {label} needs.", (label,)
        )
    if ranged and not symbol.has_range:
        return Refusal(
            "missing_data",
            f"{symbol.code} has closing prices only; {label} needs daily highs and lows, which "
            "its data do not hold.",
            (label,),
        )
    return None


def _impossible(node: AllOf) -> str | None:
    """Two limits on one value that no bar can meet together."""
    bounds: dict[Any, tuple[float, float]] = {}
    for part in node.conditions:
        if not isinstance(part, Compare) or not isinstance(part.right, Number):
            continue
        low, high = bounds.get(part.left, (float("-inf"), float("inf")))
        if part.operator.startswith(">"):
            low = max(low, part.right.value)
        else:
            high = min(high, part.right.value)
        if low >= high:
            return (
                f"These conditions contradict each other: the same value cannot be above {low:g} "
                f"and below {high:g} on one day."
            )
        bounds[part.left] = (low, high)
    seen = {(p.left, p.right): p.operator for p in node.conditions if isinstance(p, Compare)}
    for part in node.conditions:
        if not isinstance(part, Compare):
            continue
        other = seen.get((part.left, part.right)) or ""
        turned = seen.get((part.right, part.left)) or ""
        if other[:1] not in ("", part.operator[0]) or turned[:1] == part.operator[0]:
            return "These conditions contradict each other: both can never be true on one day."
    return None


def _outside(spec: StrategySpec, symbol: SymbolFacts) -> Refusal | None:
    """Dates beyond the data."""
    start, end = spec.settings.start, spec.settings.end
    if start and symbol.last_day and start > symbol.last_day:
        return Refusal(
            "invalid_dates",
            f"The data for {symbol.code} end on {symbol.last_day}; {start} is after that.",
            (str(start),),
        )
    if end and symbol.first_day and end < symbol.first_day:
        return Refusal(
            "invalid_dates",
            f"The data for {symbol.code} begin on {symbol.first_day}; {end} is before that.",
            (str(end),),
        )
    return None


def is_buy_and_hold(spec: StrategySpec) -> bool:
    return isinstance(spec.long_entry, Always) and spec.long_exit is None


def impossible_so_far(found: Found) -> str | None:
    """A contradiction among the conditions read before the reading stopped."""
    for conditions in (*found.entries.values(), *found.exits.values()):
        for condition in conditions:
            if isinstance(condition, AllOf) and (sentence := _impossible(condition)):
                return sentence
    return None
