"""The grammar over tagged words: Lark's Earley parser, and meanings computed from its forest.

All readings of a sentence come back in one packed forest (Scott, "SPPF-style parsing from Earley
recognisers", 2008). Meanings are computed bottom-up, the cheapest few of each part are kept.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from lark.exceptions import UnexpectedEOF, UnexpectedToken
from lark.grammar import Rule
from lark.parsers.earley_forest import TokenNode

from llm.translator.built import KEPT, START, parser_of_the_grammar
from llm.translator.earley import ANY, Feed
from llm.translator.rules import tag_of
from llm.translator.tokens import Token

# Readings of one part that are carried on; the rest cost more or mean the same.
MOST_READINGS = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a sentence; `cost` counts what had to be stretched for it."""

    cost: int
    value: Any


@dataclass(frozen=True, slots=True)
class Stuck(Exception):
    """No reading: `position` is the first word that fits nowhere, `expected` what would fit."""

    position: int
    expected: frozenset[str]


class _Inline(tuple[Any, ...]):
    """Children of a helper rule, to be put among those of its parent."""


class Grammar:
    """The grammar files as one parser, with the meanings of its rules; one reader at a time."""

    def __init__(self, meaning: Any, *, kept: Path = KEPT) -> None:
        self._meaning = meaning
        self._lock = Lock()
        self._parser: Any = parser_of_the_grammar(kept)
        self._foresight = self._parser.predictions

    def read(self, tokens: Sequence[Token]) -> list[Reading]:
        """Every meaning of these words, the cheapest first; raises `Stuck` where there is none.

        The collector of cycles rests meanwhile: it would go through the whole process several
        times for one sentence, and find nothing.
        """
        with self._lock:
            collects = gc.isenabled()
            gc.disable()
            try:
                return self._read(tokens)
            finally:
                if collects:
                    gc.enable()

    def _read(self, tokens: Sequence[Token]) -> list[Reading]:
        try:
            forest = self._parser.parse(Feed(tokens, self._foresight), START)
        except UnexpectedToken as error:
            place = next((k for k, t in enumerate(tokens) if t is error.token.value), 0)
            raise Stuck(place, self._expected(tokens[:place])) from None
        except UnexpectedEOF:
            raise Stuck(len(tokens), self._expected(tokens)) from None
        return _Evaluation(self._meaning).of(forest)

    def _expected(self, tokens: Sequence[Token]) -> frozenset[str]:
        """The tags of all words that could follow these."""
        try:
            self._parser.parse(Feed([*tokens, ANY], self._foresight), START)
        except (UnexpectedToken, UnexpectedEOF) as error:
            return frozenset(tag_of(name) for name in error.expected)
        return frozenset()


class _Evaluation:
    """Meanings of one forest, each part computed once."""

    def __init__(self, meaning: Any) -> None:
        self._meaning = meaning
        self._known: dict[int, list[Reading]] = {}
        self._sequences: dict[int, list[tuple[int, tuple[Any, ...]]]] = {}

    def of(self, node: Any) -> list[Reading]:
        if isinstance(node, TokenNode):
            return [Reading(0, self._meaning.word(node.token.value))]
        known = self._known.get(id(node))
        if known is not None:
            return known
        self._known[id(node)] = []  # a part that holds itself adds nothing
        best: dict[Any, Reading] = {}
        for rule, left, right in node.families:
            dropped = right is not None and rule.expansion[-1].name.startswith("_")
            for cost, children in self._children(left, right, dropped):
                reading = self._apply(rule, children, cost)
                if reading is not None:
                    other = best.get(reading.value)
                    if other is None or reading.cost < other.cost:
                        best[reading.value] = reading
        found = sorted(best.values(), key=lambda reading: reading.cost)[:MOST_READINGS]
        self._known[id(node)] = found
        return found

    def _children(self, left: Any, right: Any, dropped: bool) -> list[tuple[int, tuple[Any, ...]]]:
        """Every way to fill the right-hand side of a rule up to this point."""
        befores: list[tuple[int, tuple[Any, ...]]] = [(0, ())]
        if left is not None:
            befores = self._intermediate(left)
        dropped = dropped and isinstance(right, TokenNode)
        found = []
        for cost, values in befores:
            for reading in self.of(right):
                added = () if dropped else (reading.value,)
                found.append((cost + reading.cost, (*values, *added)))
        return sorted(found, key=lambda item: item[0])[: 2 * MOST_READINGS]

    def _intermediate(self, node: Any) -> list[tuple[int, tuple[Any, ...]]]:
        known = self._sequences.get(id(node))
        if known is None:
            known = []
            for rule, left, right in node.families:
                dropped = rule.expansion[node.s[1] - 1].name.startswith("_")
                known += self._children(left, right, dropped)
            known = sorted(known, key=lambda item: item[0])[: 2 * MOST_READINGS]
            self._sequences[id(node)] = known
        return known

    def _apply(self, rule: Rule, children: tuple[Any, ...], cost: int) -> Reading | None:
        flat: list[Any] = []
        for child in children:
            flat.extend(child) if isinstance(child, _Inline) else flat.append(child)
        name = rule.alias or str(rule.origin.name)
        if rule.alias is None:
            if name.startswith("_"):
                return Reading(cost, _Inline(flat))
            if rule.options.expand1 and len(flat) == 1:
                return Reading(cost, flat[0])
        action = getattr(self._meaning, name)
        value = action(*flat)
        if value is None:
            return None
        return Reading(cost + getattr(action, "cost", 0), value)
