"""Expressions of a script: prices, indicators, comparisons, and whether something is held."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lark import Tree
from pydantic import ValidationError

from llm.specification.nodes import (
    Ago,
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Cross,
    Function,
    Indicator,
    Node,
    Number,
    Previous,
    Price,
)
from llm.translator.reading.negation import negate
from llm.translator.scripts.functions import FUNCTIONS, METHODS, TUPLES

_HELD = {
    "in_position", "position", "has_position", "holding", "invested", "in_trade", "is_long",
    "position_size", "long_position", "in_market", "pos", "held", "is_invested", "open_position",
}  # fmt: skip
_FLAT = {"flat", "no_position", "is_flat", "out_of_market", "not_invested"}
_PRICES = ("open", "high", "low", "close", "volume")
_OWNERS = {"bar", "data", "df", "row", "self", "prices", "candle", "bars", "today", "d", "ohlc"}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "=="}


class ScriptProblem(Exception):
    """A line that is not understood, and why."""

    def __init__(self, text: str = "", number: int = 0, reason: str = "") -> None:
        super().__init__(reason)
        self.text, self.number, self.reason = text, number, reason


@dataclass(frozen=True, slots=True)
class Scope:
    """What names stand for at one line; each with the scope in which it was set."""

    names: dict[str, tuple[Any, Any, str]] = field(default_factory=dict)

    def with_name(self, name: str, value: Any, output: str = "") -> Scope:
        return Scope({**self.names, name: (value, self, output)})

    def with_tuple(self, names: list[str], call: Any) -> Scope:
        found = self
        called = str(call.children[0].children[-1]).casefold() if call.data == "call" else ""
        outputs = TUPLES.get(called)
        if outputs is None or len(outputs) < len(names):
            raise ScriptProblem(reason="what is taken apart there is not known")
        for name, output in zip(names, outputs, strict=False):
            found = Scope({**found.names, name.casefold(): (call, self, output)})
        return found


def both(one: Any, other: Any) -> Any:
    if one is False or other is False:
        return False
    if one is True or other is True:
        return other if one is True else one
    return AllOf(conditions=_flat(AllOf, one, other))


def either(one: Any, other: Any) -> Any:
    if one is True or other is True:
        return True
    if one is False or other is False:
        return other if one is False else one
    return AnyOf(conditions=_flat(AnyOf, one, other))


def opposite(one: Any) -> Any:
    return not one if isinstance(one, bool) else negate(one)


def _flat(kind: Any, *parts: Any) -> tuple[Any, ...]:
    found: list[Any] = []
    for part in parts:
        found += part.conditions if isinstance(part, kind) else [part]
    return tuple(dict.fromkeys(found))


def is_held(name: str) -> bool:
    return name.split(".")[-1] in _HELD


class Values:
    """Computes what expressions mean."""

    def __init__(self) -> None:
        self.assumed: list[str] = []

    # -- names ---------------------------------------------------------------------------------

    def dotted(self, tree: Any) -> str:
        """ "strategy.position_size": names joined by dots; empty for anything else."""
        if not isinstance(tree, Tree):
            return ""
        if tree.data == "name":
            return str(tree.children[0]).casefold()
        if tree.data == "attribute":
            owner = self.dotted(tree.children[0])
            return f"{owner}.{str(tree.children[1]).casefold()}" if owner else ""
        return ""

    def called(self, tree: Any) -> tuple[str, list[Any], dict[str, Any]]:
        """The name of a call, its arguments, and those given by name."""
        rest = [c for c in tree.children[1:] if isinstance(c, Tree)]
        named = {str(c.children[0]): c.children[1] for c in rest if c.data == "keyword"}
        return self.dotted(tree.children[0]), [c for c in rest if c.data != "keyword"], named

    # -- conditions ----------------------------------------------------------------------------

    def condition(self, tree: Any, scope: Scope, *, held: bool) -> Any:
        """A condition of the bars, or True or False where only the position decides."""
        kind = tree.data
        if kind in ("any_of", "all_of"):
            parts = [c for c in tree.children if isinstance(c, Tree)]
            found = self.condition(parts[0], scope, held=held)
            join = either if kind == "any_of" else both
            for part in parts[1:]:
                found = join(found, self.condition(part, scope, held=held))
            return found
        if kind == "negated":
            return opposite(self.condition(tree.children[-1], scope, held=held))
        if kind == "compared":
            return self._compared(tree, scope, held=held)
        if kind == "crosses":
            up = any(w in tree.children[1].casefold() for w in ("above", "over"))
            return self._cross(tree.children[0], tree.children[2], scope, up=up)
        if kind in ("name", "attribute"):
            return self._named(tree, scope, held=held)
        if kind == "call":
            return self._called_condition(tree, scope, held=held)
        if kind == "indexed":
            back = self.number(tree.children[1], scope)
            of = self.condition(tree.children[0], scope, held=held)
            return Ago(of=of, bars=int(back)) if back else of
        raise ScriptProblem(reason="a condition is expected there")

    def _named(self, tree: Any, scope: Scope, *, held: bool) -> Any:
        name = self.dotted(tree)
        if name in scope.names:
            value, outer, _ = scope.names[name]
            return self.condition(value, outer, held=held)
        if is_held(name):
            return held
        if name.split(".")[-1] in _FLAT:
            return not held
        if name in ("true", "false"):
            return name == "true"
        raise ScriptProblem(reason=f"{name} is not known")

    def _called_condition(self, tree: Any, scope: Scope, *, held: bool) -> Any:
        name, arguments, named = self.called(tree)
        last = name.split(".")[-1] or str(tree.children[0].children[-1]).casefold()
        if last in ("crossover", "crossunder", "crosses_above", "crosses_below", "cross_above",
                    "cross_below", "crossed_above", "crossed_below", "cross_over", "cross_under",
                    "crossabove", "crossbelow"):  # fmt: skip
            if len(arguments) != 2 or named:
                raise ScriptProblem(reason="a crossing takes two values")
            up = last.endswith(("over", "above"))
            return self._cross(arguments[0], arguments[1], scope, up=up)
        if last in ("rising", "falling") and len(arguments) == 2:
            of, bars = self.value(arguments[0], scope), self.number(arguments[1], scope)
            end = "highest" if last == "rising" else "lowest"
            before = Previous(of=Indicator(name=end, numbers=(bars,), source=of), bars=1)
            return Compare(left=of, operator=">" if last == "rising" else "<", right=before)
        if last == "shift" and tree.children[0].data == "attribute":
            back = self.number(arguments[0], scope)
            of = self.condition(tree.children[0].children[0], scope, held=held)
            return Ago(of=of, bars=int(back))
        raise ScriptProblem(reason=f"{name or last} is not known")

    def _cross(self, left: Any, right: Any, scope: Scope, *, up: bool) -> Any:
        return Cross(
            left=self.value(left, scope),
            direction="above" if up else "below",
            right=self.value(right, scope),
        )

    def _compared(self, tree: Any, scope: Scope, *, held: bool) -> Any:
        found: Any = True
        items = tree.children
        for k in range(1, len(items), 2):
            left, operator, right = items[k - 1], str(items[k]), items[k + 1]
            found = both(found, self._one(left, operator, right, scope, held=held))
        return found

    def _one(self, left: Any, operator: str, right: Any, scope: Scope, *, held: bool) -> Any:
        name = self.dotted(left)
        if name not in scope.names and is_held(name):
            amount, mine = self.number(right, scope), 1.0 if held else 0.0
            told = {"<": mine < amount, ">": mine > amount, "<=": mine <= amount,
                    ">=": mine >= amount, "==": mine == amount, "!=": mine != amount}  # fmt: skip
            return told[operator]
        one, other = self.value(left, scope), self.value(right, scope)
        if isinstance(one, Number) and not isinstance(other, Number):
            one, other, operator = other, one, _MIRRORED.get(operator, operator)
        if operator == "!=" or isinstance(one, Number):
            raise ScriptProblem(reason="this comparison is not understood")
        return Compare(left=one, operator=operator, right=other)  # type: ignore[arg-type]

    # -- values --------------------------------------------------------------------------------

    def number(self, tree: Any, scope: Scope) -> float:
        found = self.value(tree, scope)
        if not isinstance(found, Number):
            raise ScriptProblem(reason="a number is expected there")
        return found.value

    def value(self, tree: Any, scope: Scope) -> Any:
        try:
            return self._value(tree, scope)
        except ValidationError as error:
            raise ScriptProblem(reason=str(error.errors()[0]["msg"])) from None

    def _value(self, tree: Any, scope: Scope) -> Any:
        kind = tree.data if isinstance(tree, Tree) else ""
        if kind == "number":
            return Number(value=float(tree.children[0]))
        if kind == "percent":
            return Number(value=round(float(tree.children[0]) / 100, 12))
        if kind == "minus":
            return self._calculated("-", Number(value=0), self.value(tree.children[-1], scope))
        if kind in ("added", "multiplied"):
            found = self.value(tree.children[0], scope)
            for k in range(1, len(tree.children), 2):
                right = self.value(tree.children[k + 1], scope)
                found = self._calculated(str(tree.children[k]), found, right)
            return found
        if kind in ("name", "attribute"):
            return self._named_value(tree, scope)
        if kind == "indexed":
            return self._indexed(tree, scope)
        if kind == "call":
            return self._called_value(tree, scope)
        raise ScriptProblem(reason="a price, an indicator or a number is expected there")

    def _calculated(self, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, Number) and isinstance(right, Number):
            one, other = left.value, right.value
            if operator == "/" and other == 0:
                raise ScriptProblem(reason="a division by zero")
            told = {"+": one + other, "-": one - other, "*": one * other}
            return Number(value=round(one / other if operator == "/" else told[operator], 12))
        return Arithmetic(operator=operator, left=left, right=right)  # type: ignore[arg-type]

    def _named_value(self, tree: Any, scope: Scope) -> Any:
        name = self.dotted(tree)
        if name in scope.names:
            value, outer, output = scope.names[name]
            found = self.value(value, outer) if not output else self._part(value, outer, output)
            return found
        owner, _, last = name.rpartition(".")
        if last in _PRICES and (not owner or owner.split(".")[0] in _OWNERS):
            return Price(field=last)  # type: ignore[arg-type]
        if not owner and last in ("hl2", "hlc3", "tr"):
            names = {"hl2": "median_price", "hlc3": "typical", "tr": "true_range"}
            return Indicator(name=names[last])
        raise ScriptProblem(reason=f"{name or 'this'} is not known")

    def _part(self, tree: Any, scope: Scope, output: str) -> Any:
        name, arguments, named = self.called(tree)
        if named:
            raise ScriptProblem(reason="numbers given by name are not understood there")
        source, *rest = arguments
        numbers = tuple(self.number(a, scope) for a in rest)
        of = {"macd": "macd", "bb": "bbands", "bbands": "bbands"}[name.split(".")[-1]]
        return Indicator(name=of, numbers=numbers, output=output, source=self.value(source, scope))

    def _indexed(self, tree: Any, scope: Scope) -> Any:
        inner = tree.children[1]
        if isinstance(inner, Tree) and inner.data == "string":
            word = str(inner.children[0]).strip("\"'").casefold()
            if word in scope.names:
                value, outer, _ = scope.names[word]
                return self.value(value, outer)
            if word in _PRICES:
                return Price(field=word)  # type: ignore[arg-type]
            raise ScriptProblem(reason=f"{word} is not known")
        back = self.number(inner, scope)
        of = self.value(tree.children[0], scope)
        owner = self.dotted(tree.children[0]).split(".")[0]
        if owner in _OWNERS and owner != "self" and back == -1:
            return of
        if back < 0 or not float(back).is_integer():
            raise ScriptProblem(reason="a value of a later bar is not known yet")
        return Previous(of=of, bars=int(back)) if back else of

    def _called_value(self, tree: Any, scope: Scope) -> Any:
        head = tree.children[0]
        name, arguments, named = self.called(tree)
        last = name.split(".")[-1] or str(head.children[-1]).casefold()
        if last in METHODS and head.data == "attribute" and not name.startswith(("ta.", "math.")):
            return METHODS[last](self, head.children[0], arguments, named, scope)
        if last in ("abs", "max", "min", "log"):
            told: Any = {"max": "larger", "min": "smaller"}.get(last, last)
            return Function(name=told, of=tuple(self.value(a, scope) for a in arguments))
        make = FUNCTIONS.get(last)
        if make is None:
            raise ScriptProblem(reason=f"{name or last} is not known")
        found = make(self, arguments, named, scope)
        if not isinstance(found, Node):
            raise ScriptProblem(reason=f"{last} is not understood with these numbers")
        return found
