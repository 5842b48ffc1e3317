"""What cannot be tested: missing data, contradictions, days outside the data."""

from __future__ import annotations

from typing import Any

from llm.provider import IdeaContext, Refusal, SymbolFacts
from llm.specification import StrategySpec
from llm.specification.indicators import INDICATORS
from llm.specification.nodes import (
    AllOf,
    Arithmetic,
    Calendar,
    Compare,
    Cross,
    First,
    Indicator,
    Number,
    Previous,
    Price,
    Streak,
)
from llm.specification.walk import all_nodes
from llm.translator.reading.kinds import is_outside_its_bar
from llm.translator.reading.memory import Found

_AVERAGES = frozenset(("sma", "ema", "wma", "dema", "tema", "kama", "trima", "hma", "max", "min"))


def unused(spec: StrategySpec, found: Found) -> Refusal | None:
    """An indicator that a sentence introduces and no rule uses was meant for something."""
    used = {node.name for node in all_nodes(spec) if isinstance(node, Indicator)}
    for name in found.defined:
        if name not in used and not (name in ("sma", "stddev") and "bbands" in used):
            label = INDICATORS[name].label
            return Refusal(
                "not_understood",
                f"{label} is named, but no rule that is understood uses it.",
                (label,),
            )
    return None


def problem(spec: StrategySpec, symbol: SymbolFacts, context: IdeaContext) -> Refusal | None:
    for node in all_nodes(spec):
        if isinstance(node, AllOf) and (sentence := impossible(node)):
            return Refusal("contradictory", sentence)
        if isinstance(node, Indicator | Price):
            facts = context.facts(node.symbol) if node.symbol else symbol
            if facts is not None and (refusal := _lacking(node, facts)):
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


def impossible(node: AllOf) -> str | None:
    """Two limits on one value that no bar can meet together."""
    edges = {
        day.unit
        for day in node.conditions
        if isinstance(day, Calendar) and day.unit.endswith(("_start", "_end"))
    }
    if len(edges) > 1:
        return "A day is given twice, each of another week, month or year: which of them is meant?"
    compared = [part for part in node.conditions if isinstance(part, Compare)]
    if any(is_outside_its_bar(one.left, one.operator, one.right) for one in compared):
        return "No bar closes above its own high or below its own low."
    if (row := _of_one_day(node)) is not None:
        return impossible(row)
    bounds: dict[Any, tuple[float, float]] = {}
    for part in node.conditions:
        if not isinstance(part, Compare | Cross) or not isinstance(part.right, Number):
            continue
        low, high = bounds.get(part.left, (float("-inf"), float("inf")))
        if _operator(part).startswith(">"):
            low = max(low, part.right.value)
        elif _operator(part).startswith("<"):
            high = min(high, part.right.value)
        if low > high or (low == high and not _touches(node, part.left)):
            return (
                f"These conditions contradict each other: the same value cannot be above {low:g} "
                f"and below {high:g} on one day."
            )
        bounds[part.left] = (low, high)
    if _both_ways(node) or _away_from_extreme(node):
        return "These conditions contradict each other: both can never be true on one day."
    if _beyond(node):
        return "These conditions contradict each other: both can never be true on one day."
    if _two_days(node):
        return "These conditions contradict each other: one day cannot be both."
    seen = {(p.left, p.right): p.operator for p in node.conditions if isinstance(p, Compare)}
    for part in node.conditions:
        if isinstance(part, Cross):
            way = _operator(part)
            if seen.get((part.left, part.right), way)[0] not in (way, "="):
                return "These conditions contradict each other: both can never be true on one day."
    for part in node.conditions:
        if not isinstance(part, Compare) or part.operator == "==":
            continue
        other = seen.get((part.left, part.right)) or ""
        turned = seen.get((part.right, part.left)) or ""
        if other[:1] not in ("", part.operator[0]) or turned[:1] == part.operator[0]:
            return "These conditions contradict each other: both can never be true on one day."
    return None


def _of_one_day(node: AllOf) -> AllOf | None:
    """Rows of days as what they say of the last of these days; None where there are none."""
    told: list[Any] = []
    for part in node.conditions:
        inner = part.of if isinstance(part, Streak | First) else part
        told.extend(inner.conditions if isinstance(inner, AllOf) else (inner,))
    return AllOf(conditions=tuple(told)) if tuple(told) != node.conditions else None


def _two_days(node: AllOf) -> bool:
    """A Monday that is a Tuesday, a day of May in June."""
    days: dict[tuple[str, bool], set[int]] = {}
    for part in node.conditions:
        if isinstance(part, Calendar) and part.values:
            known = days.setdefault((part.unit, part.fills), set(part.values))
            known &= set(part.values)
    ends = {part.unit for part in node.conditions if isinstance(part, Calendar)}
    for (unit, _), known in days.items():
        # No Friday begins a week, though a Tuesday may.
        late = unit == "weekday" and "week_start" in ends and not known & {0, 1}
        early = unit == "weekday" and "week_end" in ends and not known & {3, 4}
        if late or early:
            return True
    return not all(days.values())


def _away_from_extreme(node: AllOf) -> bool:
    """The lowest of some days, and still above one of these days."""
    sides = {"lowest": ">", "highest": "<"}
    compared = [part for part in node.conditions if isinstance(part, Compare)]
    for part in compared:
        best = part.right
        if not isinstance(best, Indicator) or best.name not in sides or best.source != part.left:
            continue
        if part.operator.startswith(sides[best.name]):
            continue
        for other in compared:
            earlier = other.right
            within = isinstance(earlier, Previous) and earlier.bars < best.numbers[0]
            same = other.left == part.left and getattr(earlier, "of", None) == part.left
            if within and same and other.operator == sides[best.name]:
                return True
    return False


def _operator(part: Compare | Cross) -> str:
    """On which side of its level a value lies, also right after crossing it."""
    if isinstance(part, Compare):
        return part.operator
    return ">" if part.direction == "above" else "<"


def _both_ways(node: AllOf) -> bool:
    """Crossings both ways through one level."""
    crosses: dict[Any, str] = {}
    return any(
        crosses.setdefault((part.left, part.right), part.direction) != part.direction
        for part in node.conditions
        if isinstance(part, Cross)
    )


def _beyond(node: AllOf) -> bool:
    """Above a line and at once below a smaller share of it, or below it and above a larger one."""
    low: dict[Any, float] = {}
    high: dict[Any, float] = {}
    for part in node.conditions:
        if isinstance(part, Cross):
            left, right, above = part.left, part.right, part.direction == "above"
        elif isinstance(part, Compare) and part.operator != "==":
            left, right, above = part.left, part.right, part.operator.startswith(">")
        else:
            continue
        share, line = _share(right)
        known, kept = (low, max) if above else (high, min)
        known[(left, line)] = kept(share, known.get((left, line), share))
    return any(key in high and share > high[key] for key, share in low.items())


def _share(value: Any) -> tuple[float, Any]:
    """What a value is of another one: 0.9 times the average; only prices and their averages."""
    if isinstance(value, Arithmetic) and value.operator == "*":
        for factor, line in ((value.left, value.right), (value.right, value.left)):
            if isinstance(factor, Number) and factor.value > 0 and _is_positive(line):
                return factor.value, line
    return 1.0, value


def _is_positive(value: Any) -> bool:
    if isinstance(value, Indicator):
        return value.name in _AVERAGES
    return isinstance(value, Price)


def _touches(node: AllOf, left: Any) -> bool:
    """Whether both limits include their edge: at least 50 and at most 50."""
    mine = [p for p in node.conditions if isinstance(p, Compare | Cross) and p.left == left]
    return all(isinstance(p, Compare) and p.operator.endswith("=") for p in mine)


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
