"""From what the rules add up to, to a specification, or to the reason why there is none."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from llm.provider import IdeaContext, Refusal, SymbolFacts
from llm.specification import Settings, StrategySpec
from llm.specification.nodes import (
    AllOf,
    Always,
    AnyOf,
    Calendar,
)
from llm.translator.impossible import problem, unused
from llm.translator.reading.memory import Assumption, Found
from llm.translator.reading.negation import negate
from llm.translator.several import TIMED, more_than_weights, rotation, symbols_of


def assemble(
    found: Found,
    symbol: SymbolFacts,
    named: tuple[str, ...],
    context: IdeaContext,
    assumptions: list[Assumption],
    choices: dict[str, Any],
) -> StrategySpec | Refusal:
    """The specification, or why these rules cannot be one."""
    if "rank" in found.rotation:
        return rotation(found, symbol, named, context, assumptions)
    rules = _rules(found, assumptions, choices)
    if isinstance(rules, Refusal):
        return rules
    symbols = symbols_of(rules, symbol, named)
    if isinstance(symbols, Refusal):
        return symbols
    _pay_instalments(found, rules, symbol, assumptions)
    try:
        spec = StrategySpec(
            symbol=symbol.code,
            symbols=symbols,
            settings=Settings(**found.settings),
            assumptions=tuple(dict.fromkeys(a.sentence for a in assumptions)),
            parts=tuple(found.parts),
            **rules,
            **found.risk,
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = " ".join(str(part) for part in first["loc"])
        message = str(first["msg"]).removeprefix("Value error, ")
        told = f"Invalid value for {where}: {message}." if where else f"{message.capitalize()}."
        return Refusal("invalid_value", told)
    if symbols and (refusal := more_than_weights(spec)):
        return refusal
    return unused(spec, found) or problem(spec, symbol, context) or spec


def _pay_instalments(
    found: Found, rules: dict[str, Any], symbol: SymbolFacts, assumptions: list[Assumption]
) -> None:
    """Money put in again and again comes from somewhere: an account that can pay all of it."""
    risk, entry = found.risk, rules["long_entry"]
    endless = risk.get("sizing") == "cash" and risk.get("max_entries", 1) >= 1000
    if not endless or "initial_capital" in found.settings:
        return
    first = found.settings.get("start") or symbol.first_day
    last = found.settings.get("end") or symbol.last_day
    unit = entry.unit if isinstance(entry, Calendar) else ""
    if first is None or last is None or not unit:
        assumptions.append(Assumption("Nothing more is bought once the account is used up."))
        return
    a_year = 53 if "week" in unit else 12
    times = (last.year - first.year + 1) * a_year
    capital = float(risk["size"] * times)
    found.settings["initial_capital"] = capital
    assumptions.append(
        Assumption(f"The account holds {capital:,.0f} from the start, enough for every instalment.")
    )


def _rules(
    found: Found, assumptions: list[Assumption], choices: dict[str, Any]
) -> dict[str, Any] | Refusal:
    """The four conditions, gated and scheduled."""
    if found.pending and not any(found.entries.values()):
        found.entries["long"].append(_all(found.pending))
        assumptions.append(Assumption("The conditions without an action are those for buying."))
    else:
        found.gates += found.pending
    rules: dict[str, Any] = {
        "long_entry": _any(found.entries["long"]),
        "short_entry": _any(found.entries["short"]),
        "long_exit": _any(found.exits["long"]),
        "short_exit": _any(found.exits["short"]),
        "reverse": found.reverse,
    }
    entries = rules["long_entry"], rules["short_entry"]
    timed = {k for k in found.risk if k in TIMED}
    if not any(rules.values()) and not found.risk and not found.gates:
        return Refusal(
            "not_a_strategy",
            "This is not understood as a trading strategy: it needs a rule that says when to buy.",
        )
    if entries == (None, None):
        if "entry_limit" in found.risk or "entry_stop" in found.risk:
            rules["long_entry"] = _all(found.gates) if found.gates else Always()
            found.gates.clear()
        elif "max_entries" in found.risk and found.gates:
            rules["long_entry"] = _all(found.gates)
            found.gates.clear()
        else:
            return Refusal(
                "ambiguous",
                "No entry is given: please specify a rule that says when to buy.",
            )
    if rules["long_entry"] is not None and rules["long_entry"] == rules["short_entry"]:
        return Refusal(
            "contradictory",
            "The same condition says both long and short: these contradict each other.",
        )
    refusal = _ways_out(rules, found, timed, assumptions, choices)
    if refusal is not None:
        return refusal
    _gate(rules, found)
    if found.days_off:
        for side in ("long", "short"):
            if rules[f"{side}_entry"] is not None:
                ways = [rules[f"{side}_exit"]] if rules[f"{side}_exit"] is not None else []
                rules[f"{side}_exit"] = _any([*ways, *found.days_off])
    return rules


def _ways_out(
    rules: dict[str, Any],
    found: Found,
    timed: set[str],
    assumptions: list[Assumption],
    choices: dict[str, Any],
) -> Refusal | None:
    both = rules["long_entry"] is not None and rules["short_entry"] is not None
    exits = rules["long_exit"] or rules["short_exit"]
    if both and not (exits or timed or found.reverse):
        rules["reverse"] = True
        assumptions.append(Assumption("The opposite entry closes the position and reverses it."))
    elif both and not (found.reverse or timed) and not (rules["long_exit"] and rules["short_exit"]):
        return Refusal("ambiguous", "Please specify an exit rule for both long and short.")
    elif found.regime is not None and not (rules["long_exit"] or timed or both or found.no_exit):
        rules["long_exit"] = negate(found.regime)
        assumptions.append(Assumption("It sells when the condition for holding is no longer true."))
    elif not (
        exits or timed or found.no_exit or found.parts or found.days_off or (both and found.reverse)
    ):
        chosen = choices.get("exit.days")
        if chosen:
            found.risk["hold_bars"] = int(chosen)
            sentence = f"No exit is given: every position is sold after {int(chosen)} trading days."
        else:
            sentence = "No exit is given: a position is held to the end of the data."
        assumptions.append(Assumption(sentence, "exit.days", chosen))
    return None


def _gate(rules: dict[str, Any], found: Found) -> None:
    """Conditions for every entry, and the days on which anything is decided at all."""
    for name in ("long_entry", "short_entry"):
        if rules[name] is not None and found.gates:
            rules[name] = _all([*found.gates, rules[name]])
    if found.schedule is None:
        return
    for name in ("long_entry", "short_entry", "long_exit", "short_exit"):
        condition = rules[name]
        if condition is not None and not _is_day(condition):
            rules[name] = _all([found.schedule, condition])


def _is_day(condition: Any) -> bool:
    return isinstance(condition, Calendar)


def _all(conditions: list[Any]) -> Any:
    flat: list[Any] = []
    for one in conditions:
        flat.extend(one.conditions if isinstance(one, AllOf) else [one])
    distinct = list(dict.fromkeys(flat))
    return distinct[0] if len(distinct) == 1 else AllOf(conditions=tuple(distinct))


def _any(conditions: list[Any]) -> Any:
    distinct = list(dict.fromkeys(conditions))
    if not distinct:
        return None
    return distinct[0] if len(distinct) == 1 else AnyOf(conditions=tuple(distinct))
