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


# Rules that go on with the same symbol, None where nothing follows.
Group = tuple[Any, list[Rule]]
# Rules by the part they begin with, and rules that begin with a word.
Plan = tuple[list[tuple[Any, list[Group]]], list[Rule]]


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
    symbol that its items wait for, once, and rules that only begin there are kept as rules, since
    few of them ever become items. There are no empty rules in our grammar, so nothing that is
    complete began in the column that is being worked on.
    """

    predictions: Any

    def predict_and_complete(
        self, i: int, to_scan: Any, columns: Any, transitives: Any, node_cache: Any
    ) -> None:
        column, foresight = columns[i], self.predictions
        if i == 0:
            self._waiting: list[dict[Any, list[Any]]] = []
            self._begun: list[dict[Any, list[Group]]] = []
        items = list(column)
        waiting: dict[Any, list[Any]] = {}
        while items:
            item = items.pop()
            if not item.is_complete:
                if foresight.may_begin(item.expect):
                    waiting.setdefault(item.expect, []).append(item)
                continue
            for new in self._advanced(item, i, node_cache):
                if new.expect in self.TERMINALS:
                    to_scan.add(new)
                elif new not in column:
                    column.add(new)
                    items.append(new)
        self._waiting.append(waiting)
        begun, scanned = foresight.closure(waiting)
        self._begun.append(begun)
        for rule in scanned:
            to_scan.add(Item(rule, 0, i))  # type: ignore[no-untyped-call]

    def _advanced(self, item: Any, i: int, node_cache: Any) -> Iterator[Any]:
        """Everything that waited for this part, gone on over it."""
        may_begin = self.predictions.may_begin
        start = item.start
        for parent in self._waiting[start].get(item.s, ()):
            rule, place = parent.rule, parent.ptr + 1
            if place == len(rule.expansion) or may_begin(rule.expansion[place]):
                yield self._advance(rule, place, parent.start, parent.node, item, i, node_cache)
        for second, rules in self._begun[start].get(item.s, ()):
            if second is None or may_begin(second):
                for rule in rules:
                    yield self._advance(rule, 1, start, None, item, i, node_cache)

    @staticmethod
    def _advance(
        rule: Rule, place: int, start: int, left: Any, right: Any, i: int, node_cache: Any
    ) -> Any:
        new = Item(rule, place, start)  # type: ignore[no-untyped-call]
        label = (new.s, start, i)
        node = node_cache.get(label)
        if node is None:
            node = node_cache[label] = Part(*label)
        new.node = node
        node.add_family(new.s, rule, i, left, right.node)
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
        self._begins = {
            name: frozenset[str]().union(*(tags for _, tags in found))
            for name, found in self._rules.items()
        }
        self._tags: frozenset[str] = frozenset()
        self._fits: dict[Any, bool] = {}
        self._plans: dict[tuple[str, frozenset[str]], Plan] = {}
        # Where no known word follows, predict whatever could: asked only where a reading is stuck.
        self.tells_all = False

    def turn_to(self, tags: frozenset[str] | None) -> None:
        """Go on to the next word; None after the last."""
        self._tags = tags or frozenset()
        self._fits.clear()

    def may_begin(self, symbol: Any) -> bool:
        """Whether the next word can be the first of this symbol: what waits for it goes on."""
        fits = self._fits.get(symbol)
        if fits is None:
            fits = self._fits[symbol] = self.tells_all or self._may_begin(symbol)
        return fits

    def _may_begin(self, symbol: Any) -> bool:
        if symbol.is_term:
            return tag_of(symbol.name) in self._tags
        return not self._begins[symbol.name].isdisjoint(self._tags)

    def closure(self, symbols: Iterable[Any]) -> tuple[dict[Any, list[Group]], list[Rule]]:
        """The rules that begin where these are waited for: by their first symbol, and by words."""
        begun: dict[Any, list[Group]] = {}
        scanned: list[Rule] = []
        ahead, done = list(symbols), set()
        while ahead:
            symbol = ahead.pop()
            if symbol in done:
                continue
            done.add(symbol)
            by_symbol, by_word = self._plan(symbol)
            scanned += by_word
            for first, groups in by_symbol:
                begun.setdefault(first, []).extend(groups)
                ahead.append(first)
        return begun, scanned

    def _plan(self, symbol: Any) -> Plan:
        if self.tells_all:
            return _sorted_by_first(self[symbol])
        key = (symbol.name, self._tags)
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = _sorted_by_first(self[symbol])
        return found

    def __getitem__(self, symbol: Any) -> Sequence[Rule]:
        if self.tells_all:
            return [rule for rule, _ in self._rules[symbol.name]]
        tags = self._tags
        return [rule for rule, begins in self._rules[symbol.name] if not begins.isdisjoint(tags)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)


def _sorted_by_first(rules: Sequence[Rule]) -> Plan:
    by_symbol: dict[Any, dict[Any, list[Rule]]] = {}
    by_word: list[Rule] = []
    for rule in rules:
        first, *rest = rule.expansion
        if first.is_term:
            by_word.append(rule)
        else:
            second = rest[0] if rest else None
            by_symbol.setdefault(first, {}).setdefault(second, []).append(rule)
    return [(first, list(groups.items())) for first, groups in by_symbol.items()], by_word


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
