"""What a script says about the account and about stops."""

from __future__ import annotations

from typing import Any

from lark import Tree

from llm.translator.reading.memory import Found
from llm.translator.scripts.values import Scope, ScriptProblem, Values

_SHOWN = {
    "title", "shorttitle", "overlay", "precision", "max_bars_back", "calc_on_every_tick",
    "max_labels_count", "max_lines_count", "currency", "margin_long", "margin_short", "format",
}  # fmt: skip


def settings_of(values: Values, scope: Scope, named: dict[str, Any], found: Found) -> None:
    """The arguments of strategy("...", initial_capital=10000, ...)."""
    percent = values.dotted(named.get("commission_type")) == "strategy.commission.percent"
    share = values.dotted(named.get("default_qty_type")) == "strategy.percent_of_equity"
    for name, tree in named.items():
        if name in _SHOWN or name in ("commission_type", "default_qty_type"):
            continue
        amount = values.number(tree, scope)
        if name == "initial_capital":
            found.settings["initial_capital"] = amount
        elif name == "commission_value" and percent:
            found.settings["commission"] = round(amount / 100, 12)
        elif name == "default_qty_value" and share and 0 < amount <= 100:
            if amount < 100:
                found.risk["sizing"], found.risk["size"] = "equity", amount / 100
        elif not (name in ("pyramiding", "slippage") and amount in (0, 1) and amount < 1):
            raise ScriptProblem(reason=f"{name} is not understood")


def protections(values: Values, scope: Scope, named: dict[str, Any], found: Found) -> None:
    """strategy.exit(..., stop=strategy.position_avg_price * 0.95, limit=...)."""
    for name, tree in named.items():
        if name in ("from_entry", "comment", "id"):
            continue
        if name not in ("stop", "limit"):
            raise ScriptProblem(reason=f"{name} is not understood")
        factor = _of_entry(values, scope, tree)
        if name == "stop" and 0 < factor < 1:
            found.risk["stop_loss"] = round(1 - factor, 12)
        elif name == "limit" and factor > 1:
            found.risk["take_profit"] = round(factor - 1, 12)
        else:
            raise ScriptProblem(reason=f"this {name} is not understood")


def _of_entry(values: Values, scope: Scope, tree: Any) -> float:
    """The factor of the entry price in "strategy.position_avg_price * (1 - 0.05)"."""
    if isinstance(tree, Tree) and tree.data == "name":
        known = scope.names.get(values.dotted(tree))
        if known is not None:
            return _of_entry(values, known[1], known[0])
    if isinstance(tree, Tree) and tree.data == "multiplied" and len(tree.children) == 3:
        left, sign, right = tree.children
        if str(sign) == "*" and _is_entry(values, left):
            return values.number(right, scope)
        if str(sign) == "*" and _is_entry(values, right):
            return values.number(left, scope)
    raise ScriptProblem(reason="a stop or limit is given as a share of the entry price")


def _is_entry(values: Values, tree: Any) -> bool:
    return values.dotted(tree) in ("strategy.position_avg_price", "entry_price", "position.price")
