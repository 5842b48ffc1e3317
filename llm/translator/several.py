"""Ideas over several symbols: which are read, what is held when."""

from __future__ import annotations

from typing import Any

from llm.provider import IdeaContext, Refusal, SymbolFacts
from llm.specification import Settings, StrategySpec
from llm.specification.model import Rotation
from llm.specification.nodes import (
    Calendar,
    Indicator,
    Price,
)
from llm.translator.impossible import problem
from llm.translator.reading.memory import Assumption, Found

TIMED = (
    "stop_loss", "take_profit", "trailing_stop", "stop_distance", "target_distance",
    "trailing_distance", "stop_level", "target_level", "target_multiple", "hold_bars",
)  # fmt: skip
# What only limits a loss: no plan for leaving.
STOPS = frozenset(
    ("stop_loss", "stop_distance", "stop_level", "trailing_stop", "trailing_distance")
)


def _read_symbols(rules: dict[str, Any]) -> set[str]:
    from llm.specification.walk import nodes

    return {
        node.symbol
        for root in rules.values()
        if root is not None and not isinstance(root, bool)
        for node in nodes(root)
        if isinstance(node, Price | Indicator) and node.symbol
    }


def symbols_of(
    rules: dict[str, Any], symbol: SymbolFacts, named: tuple[str, ...]
) -> tuple[str, ...] | Refusal:
    """All symbols whose prices are read; none where it is one. Every named one must be used."""
    read = _read_symbols(rules)
    unused = [code for code in named if code != symbol.code and code not in read]
    if unused:
        return Refusal(
            "unsupported",
            "The same rules for several symbols (multi-asset) are not supported in one test: the "
            f"idea names {', '.join(named)}. Test them one by one, or say which is held when.",
            tuple(named),
        )
    others = [code for code in named if code in read]
    others += sorted(read - set(others))
    return (symbol.code, *others) if others else ()


def more_than_weights(spec: StrategySpec) -> Refusal | None:
    """With several symbols the engine holds target weights: no stops, no shorts, no orders."""
    fields = ("short_entry", "entry_limit", "entry_stop", "hold_bars", *TIMED)
    wants = any(getattr(spec, name) is not None for name in fields)
    wants = wants or spec.reverse or bool(spec.parts) or bool(spec.cooldown)
    wants = wants or spec.max_entries > 1 or spec.sizing != "equity"
    if not wants:
        return None
    return Refusal(
        "unsupported",
        "With several symbols (multi-asset), stops, targets, time limits, shorts and waiting "
        "orders are not supported, only conditions to buy and to sell.",
    )


# How many trading days lie between two choices.
_BETWEEN = {"week": 5, "month": 21, "quarter": 63, "year": 252}


def _beside_rotation(found: Found, when: Any) -> Refusal | None:
    """What a rotation cannot do besides: "... with a 5 % stop", "... and hold it for 3 days"."""
    risk = dict(found.risk)
    unit = str(getattr(when, "unit", "")).split("_")[0]
    if unit in ("weekday", "day"):
        unit = "week"
    if risk.get("hold_bars") == _BETWEEN.get(unit):
        risk.pop("hold_bars", None)
    if risk.get("sizing") == "equity" and risk.get("size") == 1:
        risk = {k: v for k, v in risk.items() if k not in ("sizing", "size")}
    rules = (*found.entries.values(), *found.exits.values(), found.gates, found.pending)
    if not risk and not any(rules):
        return None
    return Refusal(
        "unsupported",
        "A rotation (multi-asset) holds what it chose until the next choice: stops, time limits "
        "and further rules for buying and selling are not supported beside it.",
    )


def rotation(
    found: Found,
    symbol: SymbolFacts,
    named: tuple[str, ...],
    context: IdeaContext,
    assumptions: list[Assumption],
) -> StrategySpec | Refusal:
    symbols = named if len(named) > 1 else context.chosen
    if len(symbols) < 2:
        return Refusal(
            "unsupported",
            "A rotation needs several symbols (multi-asset): name them, for example Apple and "
            "Microsoft.",
        )
    when = found.schedule
    if when is None:
        when = Calendar(unit="month_end")
        assumptions.append(Assumption("The choice is made anew on the last day of each month."))
    told = found.rotation
    if told.get("lowest") and getattr(told.get("only_if"), "left", None) == told["rank"]:
        # The weakest that has not fallen is not "the weaker one, or cash if both have fallen".
        return Refusal("ambiguous", "In cash when the weaker one has fallen, or when all have?")
    if (beside := _beside_rotation(found, when)) is not None:
        return beside
    hold = int(found.rotation.get("hold", 1))
    if not 1 <= hold < len(symbols) + 1:
        return Refusal("invalid_value", f"{hold} of {len(symbols)} symbols cannot be held.")
    rotation = Rotation(
        when=when,
        rank=found.rotation["rank"],
        hold=hold,
        lowest=bool(found.rotation.get("lowest")),
        only_if=found.rotation.get("only_if"),
        shares=found.rotation.get("shares", ()),
    )
    spec = StrategySpec(
        symbol=symbols[0],
        symbols=tuple(symbols),
        rotation=rotation,
        settings=Settings(**found.settings),
        assumptions=tuple(dict.fromkeys(a.sentence for a in assumptions)),
    )
    for code in symbols:
        facts = context.facts(code)
        if facts is not None and (refusal := problem(spec, facts, context)):
            return refusal
    return spec
