"""From the statements of a script to what the rules add up to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

from llm.provider import IdeaContext
from llm.translator.reading.memory import Assumption, Found
from llm.translator.scripts.lines import Line, lines_of, looks_like_a_script
from llm.translator.scripts.orders import protections, settings_of
from llm.translator.scripts.values import Scope, ScriptProblem, Values, both, opposite

__all__ = ["ScriptProblem", "read_script"]

_BUYS = {
    "buy", "go_long", "enter_long", "long", "open_long", "entry", "enter", "buy_signal",
    "long_entry", "entries", "enter_position", "open_position", "long_if", "buy_when",
    "long_signal",
    "long_condition", "buy_condition", "entry_condition", "longcondition", "buycondition",
    "longcond", "buysignal", "entry_signal", "go_long_if", "longsignal",
}  # fmt: skip
_SELLS = {
    "sell", "exit", "exit_long", "close_long", "close_position", "go_flat", "flat", "sell_signal",
    "long_exit", "exits", "close_all", "liquidate", "exit_position", "flat_if", "sell_when",
    "exit_condition", "sell_condition", "exitcondition", "sellcondition", "exit_signal",
    "sellsignal", "close", "exitsignal", "close_trade", "exit_trade",
}  # fmt: skip
_HARMLESS = {"plot", "plotshape", "hline", "bgcolor", "alertcondition", "fill", "print", "pass"}
_WHOLE = (0.0, 100.0)
# Names that are 1 while invested and 0 otherwise.
_STATES = {"position", "signal", "pos", "target", "target_position", "weight", "allocation"}


@cache
def _parser() -> Lark:
    text = Path(__file__).with_name("statement.lark").read_text()
    return Lark(text, parser="lalr", maybe_placeholders=False)


_STEPS = ("any_of", "all_of", "compared", "added", "multiplied")


def bare(tree: Any) -> Any:
    """The tree without the steps of precedence at which nothing was joined."""
    if not isinstance(tree, Tree):
        return tree
    children = [bare(c) for c in tree.children]
    if tree.data in _STEPS and len(children) == 1:
        return children[0]
    return Tree(str(tree.data), children)


@dataclass(slots=True)
class _Open:
    """A block that is open: its depth, and the conditions under which its lines count."""

    depth: int
    when: list[tuple[Tree[Any], bool, Scope]]
    before: list[tuple[Tree[Any], Scope]] = field(default_factory=list)


@dataclass(slots=True)
class _Act:
    kind: str
    when: list[tuple[Any, bool, Scope]]
    line: Line


class _Script:
    def __init__(self, context: IdeaContext) -> None:
        self.context = context
        self.scope = Scope()
        self.found = Found()
        self.acts: list[_Act] = []
        self.flags: dict[str, tuple[Any, Scope]] = {}
        self.blocks: list[_Open] = []
        self.chains: dict[int, _Open] = {}
        self.values = Values()

    # -- statements ----------------------------------------------------------------------------

    def line(self, line: Line) -> None:
        text = line.text.rstrip(",")
        if text.split("(")[0].strip() in _HARMLESS or text in ("{", "}"):
            return
        try:
            tree = bare(_parser().parse(text).children[0])
        except LarkError as error:
            raise ScriptProblem(line.text, line.number) from error
        while self.blocks and self.blocks[-1].depth >= line.depth:
            self.blocks.pop()
        try:
            self._statement(tree, line)
        except ScriptProblem as problem:
            raise ScriptProblem(line.text, line.number, problem.reason) from None

    def _statement(self, tree: Any, line: Line) -> None:
        kind = tree.data if isinstance(tree, Tree) else ""
        if kind == "definition":
            self.blocks.append(_Open(line.depth, self._when()))
        elif kind in ("branch", "otherwise"):
            self._branch(tree, line)
        elif kind == "assignment":
            self._assign(tree, line)
        elif kind == "tuple_assignment":
            names = [str(c) for c in tree.children if isinstance(c, Token)]
            self.scope = self.scope.with_tuple(names, tree.children[-1])
        else:
            self._do(tree, line)

    def _when(self) -> list[tuple[Any, bool, Scope]]:
        return list(self.blocks[-1].when) if self.blocks else []

    def _branch(self, tree: Any, line: Line) -> None:
        first = tree.children[0]
        chained = tree.data == "otherwise" or first.type == "ELSEIF"
        if chained:
            chain = self.chains.get(line.depth)
            if chain is None:
                raise ScriptProblem(reason="an “else” without an “if”")
        else:
            chain = _Open(line.depth, self._when())
            for depth in [d for d in self.chains if d > line.depth]:
                del self.chains[depth]
            self.chains[line.depth] = chain
        when = [*chain.when, *((t, False, scope) for t, scope in chain.before)]
        rest = [c for c in tree.children if isinstance(c, Tree)]
        if tree.data == "branch":
            when.append((rest[0], True, self.scope))
            chain.before.append((rest[0], self.scope))
            rest = rest[1:]
        self.blocks.append(_Open(line.depth, when))
        if rest:
            self._do(rest[0], line)

    def _assign(self, tree: Any, line: Line) -> None:
        target = next(c for c in tree.children if isinstance(c, Tree))
        name = self.values.dotted(target).split(".")[-1]
        if target.data == "indexed" and target.children[1].data == "string":
            name = str(target.children[1].children[0]).strip("\"'").casefold()
        if not name:
            raise ScriptProblem(reason="nothing can be set there")
        value = tree.children[-1]
        if name in _STATES:
            amount = self.values.number(value, self.scope)
            if amount not in (0, 1):
                raise ScriptProblem(reason="only all in (1) or all out (0) can be tested")
            self.acts.append(_Act("buy" if amount else "sell", self._when(), line))
            return
        if self._when():
            raise ScriptProblem(reason="a variable that is set under a condition")
        if name in _BUYS or name in _SELLS:
            self.flags[name] = (value, self.scope)
        self.scope = self.scope.with_name(name, value)

    def _do(self, tree: Any, line: Line) -> None:
        kind = tree.data if isinstance(tree, Tree) else ""
        if kind in ("weight_first", "weight_after"):
            self._weight(tree, line)
            return
        if kind in ("plain_buy", "plain_sell"):
            self.acts.append(_Act(kind.removeprefix("plain_"), self._when(), line))
            return
        if kind == "returned":
            self._returned(tree.children[-1], line)
            return
        if kind == "name" and str(tree.children[0]).casefold() in _HARMLESS:
            return
        if kind != "call":
            raise ScriptProblem(reason="nothing is done there")
        self._call(tree, line)

    def _returned(self, tree: Any, line: Line) -> None:
        word = str(tree.children[0]).strip("\"'").casefold() if tree.data == "string" else ""
        if tree.data == "number":
            word = {1.0: "buy", 0.0: "sell"}.get(float(tree.children[0]), "")
        kinds = {"buy": "buy", "long": "buy", "in": "buy", "invested": "buy"}
        kinds |= dict.fromkeys(("sell", "flat", "exit", "cash", "out"), "sell")
        if word not in kinds:
            raise ScriptProblem(reason="what is returned is neither buy nor sell")
        self.acts.append(_Act(kinds[word], self._when(), line))

    def _weight(self, tree: Any, line: Line) -> None:
        share = float(next(c for c in tree.children if c.type == "NUMBER"))
        name = str(next(c for c in tree.children if c.type == "NAME"))
        is_cash = name.casefold() in ("cash", "bil", "flat", "shy")
        if share not in _WHOLE:
            raise ScriptProblem(reason="only all in or all out can be tested")
        if not is_cash and self.context.facts(name) is None:
            raise ScriptProblem(reason=f"the symbol {name} is not known")
        if not is_cash:
            self.found.traded = self.found.traded or name
        into = (share == 100.0) != is_cash
        self.acts.append(_Act("buy" if into else "sell", self._when(), line))

    def _call(self, tree: Any, line: Line) -> None:
        name, arguments, named = self.values.called(tree)
        if name in ("strategy", "study", "indicator"):
            settings_of(self.values, self.scope, named, self.found)
            return
        when = self._when()
        guard = named.pop("when", None)
        if guard is not None:
            when.append((guard, True, self.scope))
        if name == "strategy.entry":
            side = self.values.dotted(arguments[1]) if len(arguments) > 1 else ""
            if side not in ("strategy.long", "strategy.short", "true") or set(named) - {"comment"}:
                raise ScriptProblem(reason="this order is not understood")
            self.acts.append(_Act("short" if side.endswith("short") else "buy", when, line))
        elif name in ("strategy.close", "strategy.close_all"):
            self.acts.append(_Act("sell", when, line))
        elif name == "strategy.exit":
            protections(self.values, self.scope, named, self.found)
        else:
            self._plain(name.split(".")[-1], arguments, named, when, line, name)

    def _plain(
        self, last: str, arguments: Any, named: Any, when: Any, line: Line, name: str
    ) -> None:
        if last in ("short", "sell_short", "enter_short", "cover", "exit_short", "buy_to_cover"):
            raise ScriptProblem(reason="short sales are not read from scripts of this kind")
        if arguments and last not in ("buy", "sell", "close", "liquidate"):
            raise ScriptProblem(reason=f"{name} is not known")
        if named or any(a.data == "number" for a in arguments):
            raise ScriptProblem(reason="sizes and prices of orders are not understood there")
        if last in _BUYS:
            self.acts.append(_Act("buy", when, line))
        elif last in _SELLS:
            self.acts.append(_Act("sell", when, line))
        else:
            raise ScriptProblem(reason=f"{name} is not known")

    # -- what it adds up to --------------------------------------------------------------------

    def finish(self) -> None:
        if not self.acts:
            self._from_flags()
        entered_short = any(act.kind == "short" for act in self.acts)
        for act in self.acts:
            held = act.kind == "sell"
            condition = self._condition(act, held=held)
            if condition is False:
                raise ScriptProblem(act.line.text, act.line.number, "it can never happen")
            if condition is True and not held and len(self.acts) > 1:
                raise ScriptProblem(act.line.text, act.line.number, "it happens on every day")
            if condition is True:
                raise ScriptProblem(act.line.text, act.line.number, "it has no condition")
            if act.kind == "sell":
                if entered_short:
                    self.found.exits["short"].append(condition)
                self.found.exits["long"].append(condition)
            else:
                self.found.entries["short" if act.kind == "short" else "long"].append(condition)
        if entered_short:
            if any(act.kind == "sell" for act in self.acts):
                raise ScriptProblem(reason="which side is closed is not understood")
            self.found.reverse = bool(self.found.entries["long"])
            self.found.side = "short"
        if not any(self.found.entries.values()):
            raise ScriptProblem(reason="nothing is bought")

    def _from_flags(self) -> None:
        line = Line("", 0, 0)
        for name, (value, scope) in self.flags.items():
            self.acts.append(_Act("buy" if name in _BUYS else "sell", [(value, True, scope)], line))

    def _condition(self, act: _Act, *, held: bool) -> Any:
        found: Any = True
        for tree, positive, scope in act.when:
            one = self.values.condition(tree, scope, held=held)
            found = both(found, one if positive else opposite(one))
        return found


def read_script(idea: str, context: IdeaContext) -> tuple[Found, list[Assumption]] | None:
    """What a script says; None where it is none. Raises `ScriptProblem` with the line."""
    if not looks_like_a_script(idea):
        return None
    script = _Script(context)
    lines, comments = lines_of(idea)
    for line in lines:
        script.line(line)
    script.finish()
    assumed = [Assumption(f"Not used, because it is a comment: “{told}”") for told in comments]
    assumed += [Assumption(told) for told in script.values.assumed]
    return script.found, assumed
