"""What the rules of an idea mean beside each other, once all of them are known."""

from __future__ import annotations

from typing import Any

from llm.provider import Refusal
from llm.specification.nodes import (
    AllOf,
    Always,
    AnyOf,
    Calendar,
    Candle,
    Compare,
    Cross,
    OnPeriod,
    Price,
)
from llm.specification.walk import nodes, rebuilt
from llm.translator.reading.calendar import TURN_OF_MONTH
from llm.translator.reading.eve import (
    as_of_today,
    is_of_the_day_before,
    of_the_day_before,
    of_yesterday,
)
from llm.translator.reading.memory import Assumption, Found
from llm.translator.reading.negation import negate

_LOOKED_AT = "Between two looks a crossing is not seen: being above or below on that day counts."

_NAMED_DAYS = ("weekday", "day_of_month", "trading_day_of_month", "trading_days_left_in_month")


def settle(rules: dict[str, Any], found: Found, assumptions: list[Assumption]) -> Refusal | None:
    """Put gates, schedule, names and repetitions in their places; the reason where none fits."""
    waits = {"entry_stop", "entry_limit"} & set(found.risk)
    if rules["long_entry"] == Always() and rules["long_exit"] is not None and not waits:
        if any(isinstance(node, Cross) for node in nodes(rules["long_exit"])):
            return Refusal("ambiguous", "When should it be bought again after that sale?")
        rules["long_entry"] = negate(rules["long_exit"])
        assumptions.append(Assumption("It buys again when the reason for selling is gone."))
    _order_of_today(rules, found, assumptions)
    _without_its_name(rules, found)
    _kept_at_looks(rules, assumptions)
    _gate(rules, found, assumptions)
    _as_described(rules, assumptions)
    for name in ("long_entry", "short_entry", "long_exit", "short_exit"):
        if rules[name] is not None:
            rules[name] = rebuilt(rules[name], _said_once)
    return None


def _order_of_today(rules: dict[str, Any], found: Found, assumptions: list[Assumption]) -> None:
    """ "A buy stop at yesterday's high": the order is today's, so yesterday is its signal's day."""
    for name in ("entry_stop", "entry_limit"):
        level = found.risk.get(name)
        if of_yesterday(level) and is_of_the_day_before(rules["long_entry"]):
            found.risk[name] = as_of_today(level)
            if of_yesterday(found.risk.get("stop_level")):
                found.risk["stop_level"] = as_of_today(found.risk["stop_level"])
            rules["long_entry"] = of_the_day_before(rules["long_entry"])
            assumptions.append(Assumption("“Yesterday” is the day before that of the order."))


def _without_its_name(rules: dict[str, Any], found: Found) -> None:
    """ "Turn of the month: in three days before its end": the rule says which days it is."""
    entries = [rules[name] for name in ("long_entry", "short_entry") if rules[name] is not None]
    named = {part.unit for rule in entries for part in nodes(rule) if isinstance(part, Calendar)}
    if named & {"trading_day_of_month", "trading_days_left_in_month", "month_end", "month_start"}:
        flat = [one for gate in found.gates for one in _parts(gate)]
        found.gates = [one for one in flat if one != TURN_OF_MONTH]
        for name in ("long_entry", "short_entry"):
            kept = [one for one in _parts(rules[name]) if one != TURN_OF_MONTH]
            if kept and len(kept) < len(_parts(rules[name])):
                rules[name] = all_of(kept)


def _as_described(rules: dict[str, Any], assumptions: list[Assumption]) -> None:
    """ "A hammer: the lower wick twice the body, ...": the name adds nothing to its own words."""
    for name in ("long_entry", "short_entry"):
        either = rules[name].conditions if isinstance(rules[name], AnyOf) else ()
        told = tuple(part for one in either for part in _parts(one)) or _parts(rules[name])
        candles = [one for one in told if isinstance(one, Candle)]
        shapes = [one for one in told if isinstance(one, Compare) and _is_of_candle(one)]
        if len(candles) == 1 and len(shapes) >= 2 and len(either) in (0, 2):
            rules[name] = all_of([one for one in told if one not in candles])
            assumptions.append(Assumption("The candle is the one that is described here."))


def _is_of_candle(condition: Compare) -> bool:
    shapes = ("body", "lower_wick", "upper_wick", "range")
    return any(getattr(node, "name", "") in shapes for node in nodes(condition))


def _kept_at_looks(rules: dict[str, Any], assumptions: list[Assumption]) -> None:
    """ "Own it or cash, at month end, by A": no sale where it is wanted again."""
    for side in ("long", "short"):
        entry, leave = rules[f"{side}_entry"], rules[f"{side}_exit"]
        rest = [one for one in _parts(entry) if one != leave]
        if isinstance(leave, Calendar) and rest and len(rest) < len(_parts(entry)):
            rules[f"{side}_exit"] = all_of([leave, negate(all_of(rest))])
            assumptions.append(Assumption("On that day it is kept where it would be bought again."))


def _parts(condition: Any) -> tuple[Any, ...]:
    return condition.conditions if isinstance(condition, AllOf) else (condition,)


def _gate(rules: dict[str, Any], found: Found, assumptions: list[Assumption]) -> None:
    """Conditions for every entry, and the days on which anything is decided at all."""
    for name in ("long_entry", "short_entry"):
        if rules[name] is not None and found.gates:
            told = [] if rules[name] == Always() else [rules[name]]
            rules[name] = all_of([*found.gates, *told])
    if found.schedule is None:
        return
    for name in ("long_entry", "short_entry", "long_exit", "short_exit"):
        condition = rules[name]
        if condition is not None and not (is_day(condition) or _names_days(condition)):
            looked = rebuilt(condition, _between_looks)
            if any(isinstance(node, Cross) for node in nodes(condition)) and not any(
                isinstance(node, Cross) for node in nodes(looked)
            ):
                assumptions.append(Assumption(_LOOKED_AT))
            rules[name] = all_of([found.schedule, looked])


def _between_looks(node: Any) -> Any:
    """A crossing that may have happened between two looks, which one day's bars do not show."""
    if not isinstance(node, Cross):
        return node
    periods = {side.period for side in (node.left, node.right) if isinstance(side, OnPeriod)}
    if len(periods) == 1:
        period = periods.pop()
        left, right = (
            OnPeriod(period=period, of=side) if isinstance(side, Price) else side
            for side in (node.left, node.right)
        )
        return Cross(left=left, direction=node.direction, right=right)
    return Compare(
        left=node.left, operator=">" if node.direction == "above" else "<", right=node.right
    )


def _said_once(node: Any) -> Any:
    """ "A and (A and B)" is "A and B"."""
    if not isinstance(node, AllOf):
        return node
    inner = [p for c in node.conditions if isinstance(c, AllOf) for p in c.conditions]
    return node if set(node.conditions).isdisjoint(inner) else all_of(list(node.conditions))


def is_day(condition: Any) -> bool:
    """Whether a rule is about one day and nothing else."""
    return isinstance(condition, Calendar)


def _names_days(condition: Any) -> bool:
    """ "Every month buy on the third Friday": its own day, and not the one that is looked at."""
    parts = _parts(condition)
    named = any(getattr(part, "unit", "") in _NAMED_DAYS for part in parts)
    return named and all(isinstance(part, Calendar) for part in parts)


def all_of(conditions: list[Any]) -> Any:
    """All of these, said once each."""
    flat: list[Any] = []
    for one in conditions:
        flat.extend(one.conditions if isinstance(one, AllOf) else [one])
    distinct = list(dict.fromkeys(flat))
    return distinct[0] if len(distinct) == 1 else AllOf(conditions=tuple(distinct))


def any_of(conditions: list[Any]) -> Any:
    """Any of these, said once each; None where there are none."""
    distinct = list(dict.fromkeys(conditions))
    if not distinct:
        return None
    return distinct[0] if len(distinct) == 1 else AnyOf(conditions=tuple(distinct))
