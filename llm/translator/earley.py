"""What is added to the library's Earley parser: words with several tags, foresight, an index.

A word may have several tags ("close" is a price and a verb), so a terminal is matched against the
tags of a word. The rest is speed: with some thousand rules the library does nearly all of its work
many times over. What it reaches into is pinned by the version in requirements.txt, and a test
holds what is accepted against the library's own parser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from lark.grammar import Rule
from lark.lexer import Token as LarkToken
from lark.parsers import earley
from lark.parsers.earley_common import Item
from lark.utils import OrderedSet

from llm.translator.rules import Corners, factored, tag_of, unified
from llm.translator.tokens import Token


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
    """The library's parser with shared beginnings and an index of what waits for what.

    It searches a whole column for every part that is complete; here each column is sorted by the
    symbol that its items wait for, once, and a rule becomes an item only when its first part is
    there. There are no empty rules in our grammar, so nothing that is complete began in the column
    that is being worked on.
    """

    predictions: Any

    def __init__(self, rules: Sequence[Rule], start: str) -> None:
        """In place of the library's constructor, which works out what may follow each symbol."""
        made = factored(unified(rules))
        symbols = {symbol for rule in made for symbol in rule.expansion}
        self.TERMINALS = {symbol for symbol in symbols if symbol.is_term}
        self.NON_TERMINALS = symbols - self.TERMINALS
        self.NULLABLE: frozenset[Any] = frozenset()
        self.Set, self.Tree = OrderedSet, None
        self.SymbolNode: Any = Part
        self.debug = False
        self.lexer_conf: Any = SimpleNamespace(terminals_by_name={})  # for errors we do not show
        self.term_matcher = matches
        self.predictions = Foresight(made, start)

    def predict_and_complete(
        self, i: int, to_scan: Any, columns: Any, transitives: Any, node_cache: Any
    ) -> None:
        column, foresight = columns[i], self.predictions
        if i == 0:
            self._waiting: list[dict[Any, list[Any]]] = []
            self._wanted: list[int] = []
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
        wanted = foresight.wanted(waiting) if i else foresight.wanted([foresight.start])
        self._wanted.append(wanted)
        for rule in foresight.words(wanted):
            to_scan.add(Item(rule, 0, i))  # type: ignore[no-untyped-call]

    def _advanced(self, item: Any, i: int, node_cache: Any) -> Iterator[Any]:
        """Everything that waited for this part, or that may begin with it, gone on over it."""
        start = item.start
        for parent in self._waiting[start].get(item.s, ()):
            yield self._advance(parent.rule, 2, parent.start, parent.node, item, i, node_cache)
        wanted = self._wanted[start]
        for rule, leads_to in self.predictions.going_on(item.s):
            if leads_to & wanted:
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


def matches(terminal: Any, word: LarkToken) -> bool:
    """Whether a word may stand where the grammar has this terminal."""
    return tag_of(terminal.name) in word.value.tags


# Stands for any word at all: asked for where a reading is stuck.
ANY = Token("", "word", 0, 0)


class Feed:
    """Hands words to the parser, and tells the foresight which comes next."""

    def __init__(self, tokens: Sequence[Token], foresight: Foresight) -> None:
        self._tokens = tokens
        self._foresight = foresight

    def lex(self, expects: Any) -> Iterator[LarkToken]:
        for token in self._tokens:
            self._foresight.turn_to(None if token is ANY else token.tags)
            word = LarkToken("WORD", token.text)
            word.value = token
            yield word
        self._foresight.turn_to(frozenset())


class Foresight:
    """What the parser may go on with at one place, told by the next word.

    The library predicts a symbol's rules, and theirs in turn, as items, again for every item that
    waits for it. Here nothing is predicted: a part that is complete is the beginning of a rule if
    the rule leads to something that was wanted where the part began, which is one comparison of
    two sets of symbols, kept as the bits of a number.
    """

    def __init__(self, rules: Sequence[Rule], start: str) -> None:
        self.start = next(rule.origin for rule in rules if rule.origin.name == start)
        self._corners = Corners(rules)
        self._by_first: dict[Any, list[Rule]] = {}
        self._by_word: dict[str, list[Rule]] = {}
        for rule in rules:
            first = rule.expansion[0]
            if first.is_term:
                self._by_word.setdefault(tag_of(first.name), []).append(rule)
            else:
                self._by_first.setdefault(first, []).append(rule)
        self._tags: frozenset[str] | None = frozenset()
        self._fits: dict[Any, bool] = {}
        self._plans: dict[tuple[Any, frozenset[str] | None], list[tuple[Rule, int]]] = {}

    def turn_to(self, tags: frozenset[str] | None) -> None:
        """Go on to the next word; None for any word, asked where a reading is stuck."""
        self._tags = tags
        self._fits.clear()

    def may_begin(self, symbol: Any) -> bool:
        """Whether the next word can be the first of this symbol: what waits for it goes on."""
        fits = self._fits.get(symbol)
        if fits is None:
            tags = self._tags
            fits = tags is None or not self._corners.begins[symbol].isdisjoint(tags)
            self._fits[symbol] = fits
        return fits

    def going_on(self, symbol: Any) -> list[tuple[Rule, int]]:
        """The rules that begin with this and go on with the next word, and what they lead to."""
        key = (symbol, self._tags)
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = [
                (rule, self._corners.leads_to[rule.origin])
                for rule in self._by_first.get(symbol, ())
                if all(map(self.may_begin, rule.expansion[1:]))
            ]
        return found

    def wanted(self, symbols: Iterable[Any]) -> int:
        """Everything that may be the beginning of one of these."""
        found = 0
        for symbol in symbols:
            found |= self._corners.wanted.get(symbol, 0)
        return found

    def words(self, wanted: int) -> list[Rule]:
        """The rules that begin with the next word and lead to something wanted, in one order."""
        leads_to = self._corners.leads_to
        return [
            rule
            for tag in (self._by_word if self._tags is None else sorted(self._tags))
            for rule in self._by_word.get(tag, ())
            if leads_to[rule.origin] & wanted
        ]

    def __getitem__(self, symbol: Any) -> Sequence[Rule]:
        return ()  # where the library asks what to predict
