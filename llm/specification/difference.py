"""What two specifications do differently, in words generated from both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llm.specification.echo import protection, when
from llm.specification.model import StrategySpec
from llm.specification.nodes import AllOf
from llm.specification.words import percent, say_condition, say_value

NONE = "none"
_CONDITIONS = (
    ("Buy", "long_entry"),
    ("Sell", "long_exit"),
    ("Sell short", "short_entry"),
    ("Cover", "short_exit"),
)
_COSTS = (("Commission", "commission"), ("Slippage", "slippage"))


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different: what it was and what it is; empty where it is only one."""

    label: str
    before: str = ""
    after: str = ""

    @property
    def sentence(self) -> str:
        """The change as one line: "Stop loss: 5 % → 3 %"."""
        if self.label.endswith("required"):
            return f"{self.label}: {self.after or self.before}"
        return f"{self.label}: {self.before or NONE} → {self.after or NONE}"

    def as_dict(self) -> dict[str, str]:
        """The change for JSON."""
        return {
            "label": self.label,
            "before": self.before,
            "after": self.after,
            "sentence": self.sentence,
        }


def difference(before: StrategySpec, after: StrategySpec) -> list[Change]:
    """Every difference that changes what is tested; none for two that do the same."""
    changes = [*_symbols(before, after)]
    for label, part in _CONDITIONS:
        changes += _condition(label, getattr(before, part), getattr(after, part))
    changes += _facts(_rules(before), _rules(after))
    changes += _facts(_settings(before), _settings(after))
    return changes


def _symbols(before: StrategySpec, after: StrategySpec) -> list[Change]:
    names = [", ".join(spec.symbols) if spec.rotation else spec.symbol for spec in (before, after)]
    return _facts({"Symbol": names[0]}, {"Symbol": names[1]})


def _condition(label: str, before: Any, after: Any) -> list[Change]:
    """What is required now and was not, or the other way round; else the whole of both."""
    if before == after:
        return []
    if before is None or after is None:
        return [Change(label, when(before) if before else "", when(after) if after else "")]
    old, new = _required(before), _required(after)
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    if gone and come and len(gone) == len(come):
        pairs = zip(gone, come, strict=True)
        return [Change(label, say_condition(a), say_condition(b)) for a, b in pairs]
    if come and not gone:
        return [Change(f"{label}, also required", "", say_condition(one)) for one in come]
    if gone and not come:
        return [Change(f"{label}, no longer required", say_condition(one)) for one in gone]
    return [Change(label, when(before), when(after))]


def _required(condition: Any) -> list[Any]:
    return list(condition.conditions) if isinstance(condition, AllOf) else [condition]


def _facts(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    labels = list(dict.fromkeys([*before, *after]))
    return [
        Change(label, before.get(label, ""), after.get(label, ""))
        for label in labels
        if before.get(label, "") != after.get(label, "")
    ]


def _rules(spec: StrategySpec) -> dict[str, str]:
    found: dict[str, str] = {}
    for chip in protection(spec):
        found[chip.label] = "; ".join(filter(None, (found.get(chip.label), chip.value)))
    if spec.reverse:
        found["An opposite entry"] = "reverses the position"
    if spec.rotation is not None:
        rotation = spec.rotation
        found["Chosen anew"] = say_condition(rotation.when)
        found["Held at once"] = f"{rotation.hold}"
        if rotation.rank is not None:
            best = "lowest" if rotation.lowest else "highest"
            found["Chosen by"] = f"the {best} of {say_value(rotation.rank)}"
        if rotation.only_if is not None:
            found["Each only if"] = say_condition(rotation.only_if)
        if rotation.shares:
            found["Shares"] = ", ".join(percent(share) for share in rotation.shares)
    return found


def _settings(spec: StrategySpec) -> dict[str, str]:
    chosen = spec.settings
    found = {}
    for label, day in (("First day", chosen.start), ("Last day", chosen.end)):
        if day is not None:
            found[label] = day.isoformat()
    if chosen.initial_capital is not None:
        found["Capital"] = f"{chosen.initial_capital:,.0f}"
    for label, name in _COSTS:
        if (cost := getattr(chosen, name)) is not None:
            found[label] = f"{percent(cost)} a side"
    return found
