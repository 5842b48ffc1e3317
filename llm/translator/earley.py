"""What is added to the library's Earley parser: words with several tags, foresight, an index.

A word may have several tags ("close" is a price and a verb), so a terminal is matched against the
tags of a word. The rest is speed: with some thousand rules the library does nearly all of its work
many times over. What it reaches into is pinned by the version in requirements.txt, and a test
holds what is accepted against the library's own parser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from lark.grammar import NonTerminal, Rule, Terminal
from lark.lexer import Token as LarkToken
from lark.parsers import earley
from lark.parsers.earley_common import Item

from llm.translator.tokens import Token


class _OneTerminal(Terminal):
    """A terminal of which there is one object, so that identity is equality."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


class _OneNonTerminal(NonTerminal):
    """The same for a nonterminal; the library compares names, character by character."""

    __slots__ = ()
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class _OneRule(Rule):
    """The same for a rule."""

    __slots__ = ()
    __eq__ = object.__eq__
    __hash__ = object.__hash__


def unify(rules: Sequence[Rule]) -> tuple[set[Any], set[Any]]:
    """Give every rule the same object for the same symbol; returns terminals and the others."""
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
    used = {symbol for rule in rules for symbol in rule.expansion}
    terminals = {symbol for symbol in used if symbol.is_term}
    return terminals, used - terminals


class Part:
    """A symbol, or the first symbols of a rule, over a stretch of words, with its derivations.

    The library's node keeps sets of objects; this one a short list.
    """

    __slots__ = ("end", "families", "is_intermediate", "s", "start")

    def __init__(self, s: Any, start: int, end: int) -> None:
        self.s, self.start, self.end = s, start, end
        self.is_intermediate = isinstance(s, tuple)
        self.families: list[tuple[Rule, Any, Any]] = []

    def add_family(self, lr0: Any, rule: Rule, start: int, left: Any, right: Any) -> None:
        """One derivation: everything before the last symbol, and that symbol."""
        if (rule, left, right) not in self.families:
            self.families.append((rule, left, right))


class IndexedParser(earley.Parser):
    """The library's parser with an index of what waits for what.

    It searches a whole column for every part that is complete; here each column is sorted by the
    symbol that its items wait for, once. There are no empty rules in our grammar, so nothing that
    is complete began in the column that is being worked on.
    """

    predictions: Any

    def predict_and_complete(
        self, i: int, to_scan: Any, columns: Any, transitives: Any, node_cache: Any
    ) -> None:
        column = columns[i]
        if i == 0:
            self._waiting: list[dict[Any, list[Any]]] = []
        items = list(column)
        waiting: dict[Any, list[Any]] = {}
        while items:
            item = items.pop()
            if item.is_complete:
                for parent in self._waiting[item.start].get(item.s, ()):
                    new = self._advance(parent, item, i, node_cache)
                    if new.expect in self.TERMINALS:
                        to_scan.add(new)
                    elif new not in column:
                        column.add(new)
                        items.append(new)
                continue
            waiting.setdefault(item.expect, []).append(item)
            for rule in self.predictions[item.expect]:
                new = Item(rule, 0, i)  # type: ignore[no-untyped-call]
                if new.expect in self.TERMINALS:
                    to_scan.add(new)
                elif new not in column:
                    column.add(new)
                    items.append(new)
        self._waiting.append(waiting)

    def _advance(self, parent: Any, item: Any, i: int, node_cache: Any) -> Any:
        new = parent.advance()
        label = (new.s, parent.start, i)
        node = node_cache.get(label)
        if node is None:
            node = node_cache[label] = Part(*label)
        new.node = node
        node.add_family(new.s, new.rule, i, parent.node, item.node)
        return new


class Feed:
    """Hands words to the parser, and tells the foresight which comes next."""

    def __init__(self, tokens: Sequence[Token], foresight: Foresight) -> None:
        self._tokens = tokens
        self._foresight = foresight
        foresight.turn_to(tokens[0].tags if tokens else None)

    def lex(self, expects: Any) -> Iterator[LarkToken]:
        for token in self._tokens:
            self._foresight.turn_to(token.tags)
            word = LarkToken("WORD", token.text)
            word.value = token
            yield word
        self._foresight.turn_to(None)


class Foresight(Mapping[Any, Sequence[Rule]]):
    """The parser's predictions at one place: each symbol once, and only what can begin there.

    The library predicts a symbol's rules, and theirs in turn, again for every item that waits for
    it; with some thousand rules nearly all of that work is the same work again.
    """

    def __init__(self, rules: Iterable[Rule], begins: Mapping[int, frozenset[str]]) -> None:
        self._rules: dict[str, list[tuple[Rule, frozenset[str]]]] = {}
        for rule in rules:
            self._rules.setdefault(str(rule.origin.name), []).append((rule, begins[id(rule)]))
        self._known: dict[tuple[str, frozenset[str]], list[Rule]] = {}
        self._done: set[str] = set()
        self._tags: frozenset[str] | None = None
        # Where no known word follows, predict whatever could: asked only where a reading is stuck.
        self.tells_all = False

    def turn_to(self, tags: frozenset[str] | None) -> None:
        """Go on to the next word; None after the last."""
        self._tags = tags
        self._done.clear()

    def __getitem__(self, symbol: Any) -> Sequence[Rule]:
        name = symbol.name
        if name in self._done:
            return ()
        self._done.add(name)
        if not self._tags:
            return [rule for rule, _ in self._rules[name]] if self.tells_all else ()
        key = (name, self._tags)
        found = self._known.get(key)
        if found is None:
            tags = self._tags
            found = [rule for rule, begins in self._rules[name] if not begins.isdisjoint(tags)]
            self._known[key] = found
        return found

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)


def begins_with(rule: Rule, first: Any, nullable: Any) -> frozenset[str]:
    found: set[str] = set()
    for symbol in rule.expansion:
        if symbol.is_term:
            found.add(tag_of(symbol.name))
            break
        found |= {tag_of(terminal.name) for terminal in first[symbol]}
        if symbol not in nullable:
            break
    return frozenset(found)


@cache
def tag_of(terminal: str) -> str:
    """Terminals are written without signs: MA_SMA for the tag MA:sma, a leading _ means unused."""
    name = terminal.lstrip("_")
    head, found, rest = name.partition("__")
    return f"{head}:{rest.lower()}" if found else head
