"""The rules of the grammar made ready: one object a symbol, beginnings shared, what leads where.

The library writes every option of a construction out, so that thousands of rules begin alike and
differ at their ends. Here what they share is said once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from lark.grammar import NonTerminal, Rule, Terminal


class _OneTerminal(Terminal):
    """A terminal of which there is one object, so that identity is equality."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


class _OneNonTerminal(NonTerminal):
    """The same for a nonterminal; the library compares names, character by character."""

    __slots__ = ()
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class _Helper(_OneNonTerminal):
    """A beginning that several rules share."""

    __slots__ = ()


class _OneRule(Rule):
    """The same for a rule."""

    __slots__ = ()
    __eq__ = object.__eq__
    __hash__ = object.__hash__


def unified(rules: Sequence[Rule]) -> Sequence[Rule]:
    """The rules with the same object for the same symbol."""
    known: dict[tuple[bool, str], Any] = {}

    def one(symbol: Any) -> Any:
        key = (symbol.is_term, str(symbol.name))
        if key not in known:
            symbol.name = str(symbol.name)
            symbol.__class__ = _OneTerminal if symbol.is_term else _OneNonTerminal
            known[key] = symbol
        return known[key]

    for rule in rules:
        rule.origin = one(rule.origin)
        rule.expansion = [one(symbol) for symbol in rule.expansion]
        rule.__class__ = _OneRule
    return rules


def factored(rules: Iterable[Rule]) -> list[Rule]:
    """The same language and meanings in rules of one or two symbols, with shared beginnings.

    `sale: SELL days AFTER BUY` and `wait: SELL days LATER` become `_0: SELL`, `_1: _0 days`,
    `_2: _1 AFTER`, `sale: _2 BUY` and `wait: _1 LATER`, so that the days are read once for both
    (left factoring: Aho, Sethi and Ullman, "Compilers", 1986, §4.3). The helpers have no meaning
    of their own: they hand their parts on.
    """
    helpers: dict[tuple[Any, ...], Any] = {}
    found: list[Rule] = []

    def helper(*symbols: Any) -> Any:
        if symbols not in helpers:
            helpers[symbols] = _Helper(f"_{len(helpers)}")
            found.append(_OneRule(helpers[symbols], list(symbols)))
        return helpers[symbols]

    for rule in rules:
        head, *rest = rule.expansion
        if head.is_term:
            head = helper(head)
        for symbol in rest[:-1]:
            head = helper(head, symbol)
        rule.expansion = [head, *rest[-1:]]
        found.append(rule)
    return found


class Corners:
    """What a symbol of factored rules may begin with, and what it may be the beginning of.

    Sets of the grammar's own symbols are kept as the bits of a number.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        # The first symbol that is not a helper; a helper's own rule comes before those that use it.
        first: dict[Any, Any] = {}
        corners: dict[Any, set[Any]] = {}
        for rule in rules:
            begun = first.get(rule.expansion[0], rule.expansion[0])
            if isinstance(rule.origin, _Helper):
                first[rule.origin] = begun
            else:
                corners.setdefault(rule.origin, set()).add(begun)
        bits = {symbol: 1 << place for place, symbol in enumerate(corners)}
        # Everything that is the beginning of a symbol, itself included: to be read where it is
        # waited for.
        self.wanted = dict(bits)
        # The tags of its first word.
        self.begins: dict[Any, frozenset[str]] = {
            symbol: frozenset({tag_of(symbol.name)} if symbol.is_term else ())
            for rule in rules
            for symbol in rule.expansion
        } | dict.fromkeys(corners, frozenset())
        self._close(corners)
        for helper, symbol in first.items():
            self.begins[helper] = self.begins[symbol]
        # The symbols of whose rules it is a beginning, or itself.
        self.leads_to = bits | dict.fromkeys(first, 0)
        for rule in reversed(rules):
            if rule.expansion[0] in first:
                self.leads_to[rule.expansion[0]] |= self.leads_to[rule.origin]

    def _close(self, corners: dict[Any, set[Any]]) -> None:
        """Go on until nothing is added: symbols begin with each other, and with themselves."""
        grows = True
        while grows:
            grows = False
            for symbol, firsts in corners.items():
                wanted, begins = self.wanted[symbol], self.begins[symbol]
                begins = begins.union(*(self.begins[first] for first in firsts))
                for first in firsts:
                    wanted |= self.wanted.get(first, 0)
                if (wanted, begins) != (self.wanted[symbol], self.begins[symbol]):
                    self.wanted[symbol], self.begins[symbol] = wanted, begins
                    grows = True


@cache
def tag_of(terminal: str) -> str:
    """Terminals are written without signs: MA_SMA for the tag MA:sma, a leading _ means unused."""
    name = terminal.lstrip("_")
    head, found, rest = name.partition("__")
    return f"{head}:{rest.lower()}" if found else head
