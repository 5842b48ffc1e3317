"""From what the rules add up to, to a specification, or to the reason why there is none."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from llm.provider import IdeaContext, Refusal, SymbolFacts
from llm.specification import Settings, StrategySpec
from llm.specification.nodes import (
    AllOf,
    Always,
    Arithmetic,
    Calendar,
    Compare,
    Cross,
    Number,
    Previous,
)
from llm.specification.walk import nodes
from llm.translator.impossible import problem, unused
from llm.translator.reading.memory import Assumption, Found
from llm.translator.reading.negation import negate
from llm.translator.seasons import within_seasons
from llm.translator.settling import all_of, any_of, is_day, settle
from llm.translator.several import STOPS, TIMED, more_than_weights, rotation, symbols_of


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
    _add_regularly(found, rules)
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


def _add_regularly(found: Found, rules: dict[str, Any]) -> None:
    """ "Every month buy for $500": each purchase adds to what is held, where none is sold."""
    risk = found.risk
    kept = rules["long_exit"] is None and not set(risk) & set(TIMED)
    if risk.get("sizing") == "cash" and kept and is_day(rules["long_entry"]):
        risk.setdefault("max_entries", 1000)


# How often an instalment is paid in a year, at most, by what a calendar's unit begins with.
_A_YEAR = {"week": 53, "month": 12, "quarter": 4, "year": 1}


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
    a_year = next((n for name, n in _A_YEAR.items() if unit.startswith(name)), 12)
    times = (last.year - first.year + 1) * a_year
    capital = float(risk["size"] * times)
    found.settings["initial_capital"] = capital
    assumptions.append(
        Assumption(f"The account holds {capital:,.0f} from the start, enough for every instalment.")
    )


def _beside_days(found: Found) -> list[Any]:
    """ "At the month's end: if A, hold, otherwise cash": both ways are decided on that day."""
    days = [
        condition
        for condition in found.pending
        if isinstance(condition, Calendar)
        and condition.unit.endswith(("_end", "_start"))
        and not condition.values
    ]
    if not found.otherwise or found.schedule is not None or len(days) != 1:
        return found.pending
    found.schedule = days[0]
    return [condition for condition in found.pending if condition != days[0]]


def _leave_out_ways_there(found: Found) -> None:
    """ "Wait for RSI to dip under 35, buy when it crosses back over 35": what crosses was there."""

    def upward(one: Any) -> bool:
        return one.direction == "above" if isinstance(one, Cross) else one.operator.startswith(">")

    def is_way(one: Any, entry: Any) -> bool:
        parts = entry.conditions if isinstance(entry, AllOf) else (entry,)
        return isinstance(one, Cross | Compare) and any(
            isinstance(part, Cross)
            and (part.left, part.right) == (one.left, one.right)
            and upward(part) is not upward(one)
            for part in parts
        )

    told = [entry for entries in found.entries.values() for entry in entries]
    found.pending = [one for one in found.pending if not all(is_way(one, e) for e in told)]


def _rules(
    found: Found, assumptions: list[Assumption], choices: dict[str, Any]
) -> dict[str, Any] | Refusal:
    """The four conditions, gated and scheduled."""
    if found.pending and not any(found.entries.values()):
        found.entries[found.side].append(all_of(found.pending))
        told = "for selling short" if found.side == "short" else "for buying"
        assumptions.append(Assumption(f"The conditions without an action are those {told}."))
    else:
        _leave_out_ways_there(found)
        if any(isinstance(condition, Cross) for condition in found.pending):
            # "Wait for a golden cross. Then buy when RSI is low": hardly ever on one day.
            return Refusal("ambiguous", "Within how many days of that crossing?")
        found.gates += _beside_days(found)
    if not within_seasons(found):
        return Refusal("ambiguous", "A rule begins on a day: until which day does it hold?")
    for entries_told in found.entries.values():
        if len(entries_told) > 1 and Always() in entries_told:
            return Refusal("ambiguous", "Always, or only when something is true?")
        rest = [entry for entry in entries_told if entry not in found.only]
        if rest and len(rest) < len(entries_told):  # "I only buy when A", and what is bought then
            found.gates += [entry for entry in entries_told if entry in found.only]
            entries_told[:] = rest
    rules: dict[str, Any] = {
        "long_entry": any_of(found.entries["long"]),
        "short_entry": any_of(found.entries["short"]),
        "long_exit": any_of(found.exits["long"]),
        "short_exit": any_of(found.exits["short"]),
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
            rules["long_entry"] = all_of(found.gates) if found.gates else Always()
            found.gates.clear()
        elif found.days_off or any(negate(gate) in found.exits["long"] for gate in found.gates):
            rules["long_entry"] = all_of(found.gates)
            found.gates.clear()
            assumptions.append(Assumption("At all other times it is held."))
        elif "max_entries" in found.risk and found.gates:
            rules["long_entry"] = all_of(found.gates)
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
    if found.reverse and not all(entries):
        return Refusal("ambiguous", "Reversed into what? Say when to buy and when to sell short.")
    if found.both_ways and not all(entries) and not found.reverse:
        return Refusal("ambiguous", "Both ways: when is it bought, and when is it sold short?")
    if all(entries) and (found.sided or found.only):
        return Refusal("ambiguous", "Does that hold for longs, for shorts, or for both?")
    refusal = _ways_out(rules, found, timed, assumptions, choices)
    if refusal is not None:
        return refusal
    refusal = settle(rules, found, assumptions)
    if refusal is not None:
        return refusal
    if found.days_off:
        for side in ("long", "short"):
            if rules[f"{side}_entry"] is not None:
                told = rules[f"{side}_exit"]
                ways = [] if told in (None, negate(Always())) else [told]
                rules[f"{side}_exit"] = any_of([*ways, *found.days_off])
    return rules


def _end_with_state(rules: dict[str, Any], found: Found, assumptions: list[Assumption]) -> None:
    """ "Hold while A, sell when B": it ends with A too, unless B is about the same two values."""
    regime = None if found.regime == Always() else found.regime
    if not found.kept_while or regime is None or rules["long_exit"] is None:
        return
    if _spoken_of(regime).isdisjoint(_spoken_of(rules["long_exit"])):
        rules["long_exit"] = any_of([rules["long_exit"], negate(regime)])
        assumptions.append(Assumption("It sells when the condition for holding is no longer true."))


def _spoken_of(condition: Any) -> set[Any]:
    """What the parts of a condition compare, or that they are about days."""
    parts = list(nodes(condition))
    pairs = {(p.left, _core(p.right)) for p in parts if isinstance(p, Compare | Cross)}
    return pairs | {"day" for p in parts if isinstance(p, Calendar)}


def _core(value: Any) -> Any:
    """ "5 % below the high" and "10 % below it" speak of one high, 30 and 70 of one scale."""
    if isinstance(value, Number):
        return "level"
    if isinstance(value, Arithmetic) and isinstance(value.left, Number):
        return _core(value.right)
    return _core(value.of) if isinstance(value, Previous) else value


def _ways_out(
    rules: dict[str, Any],
    found: Found,
    timed: set[str],
    assumptions: list[Assumption],
    choices: dict[str, Any],
) -> Refusal | None:
    both = rules["long_entry"] is not None and rules["short_entry"] is not None
    _end_with_state(rules, found, assumptions)
    exits = rules["long_exit"] or rules["short_exit"]
    if both and not (exits or found.reverse or timed - STOPS):
        # "Long on A, short on B, with a 4 % stop": a stop alone is no plan for leaving.
        rules["reverse"] = True
        assumptions.append(Assumption("The opposite entry closes the position and reverses it."))
    elif both and not (exits or found.reverse):
        assumptions.append(
            Assumption("A signal for the other side is ignored while a position is open.")
        )
    elif both and not (found.reverse or timed) and not (rules["long_exit"] and rules["short_exit"]):
        return Refusal("ambiguous", "Please specify an exit rule for both long and short.")
    elif found.regime is not None and not (
        rules["long_exit"]
        or ("hold_bars" in found.risk and not found.kept_while)
        or both
        or found.no_exit
    ):
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
