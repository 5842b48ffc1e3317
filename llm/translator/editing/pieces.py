"""Reading the words of a change with the grammar of ideas, knowing what the idea says already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llm.provider import IdeaContext, SymbolFacts
from llm.specification.nodes import Compare, Indicator
from llm.translator.parsing import Stuck
from llm.translator.reading import Reader
from llm.translator.reading.memory import Assumption, Found, Unreadable
from llm.translator.sentences import sentences, words_of
from llm.translator.tagging import tagged_words
from llm.translator.tokens import Token
from llm.translator.translator import grammar

# An average of any type may take the place of one of another.
AVERAGES = ("sma", "ema", "wma", "dema", "tema", "trima", "kama", "hma", "t3")


@dataclass(frozen=True, slots=True)
class Piece:
    """One reading of some words."""

    found: Found
    assumptions: list[Assumption]
    said: dict[str, tuple[float, ...]]

    @property
    def says_nothing(self) -> bool:
        """Whether the words were understood and changed nothing by themselves."""
        found = self.found
        conditions = [*found.entries.values(), *found.exits.values()]
        return not (
            any(conditions) or found.risk or found.parts or found.settings or found.gates
            or found.pending or found.rotation or found.schedule or found.no_exit
        )  # fmt: skip


# A value is read in a comparison with itself.
_FRAME = " is above its value yesterday"


@dataclass(slots=True)
class Pieces:
    """The grammar, primed with the indicators that an idea uses."""

    context: IdeaContext
    symbol: SymbolFacts
    indicators: list[Indicator]
    side: str = "long"
    subject: Any = None

    def tokens(self, text: str) -> list[Token]:
        """The words with their tags."""
        return tagged_words(text, self.context.symbols).tokens

    def read(self, text: str) -> list[Piece]:
        """Every reading, the plainest first; raises `Unreadable` where there is none."""
        made: list[Reader] = [self._reader()]
        for sentence in sentences(self.tokens(text)):
            words = words_of(sentence)
            if words:
                made = self._sentence(words, made)
        return [
            Piece(reader.found, reader.memory.assumptions, reader.memory.said) for reader in made
        ]

    def value(self, text: str) -> Any:
        """The value that these words name."""
        try:
            [piece, *_] = self.read(f"buy when {text}{_FRAME}")
        except Unreadable as error:
            # What is quoted was said, not the frame that it was put in.
            if _FRAME.strip() not in error.message:
                raise
            said = " ".join(error.words).replace(_FRAME.strip(), "").strip()
            raise _not_understood(said if said and said in text else text) from None
        entry = piece.found.entries["long"]
        if len(entry) != 1 or not isinstance(entry[0], Compare):
            raise Unreadable("not_understood", f"“{text}” is no value.", text)
        return entry[0].left

    def condition(self, text: str) -> Piece:
        """The condition that these words name, as the only one pending of a piece."""
        for piece in self.read(text):
            found = piece.found
            bare = [*found.pending, *found.gates]
            if bare and not (found.entries["long"] or found.entries["short"]):
                found.pending, found.gates = bare, []
                return piece
        [piece, *_] = self.read(f"buy when {text}")
        piece.found.pending, piece.found.entries["long"] = piece.found.entries["long"], []
        return piece

    def _sentence(self, words: list[Token], before: list[Reader]) -> list[Reader]:
        try:
            readings = grammar().read(words)
        except Stuck as stuck:
            raise not_understood(words, stuck.position) from None
        complaint: Unreadable | None = None
        made = []
        for reading in readings:
            for base in before:
                reader = self._reader(base)
                try:
                    reader.sentence(reading.value)
                except Unreadable as error:
                    complaint = complaint or error
                else:
                    made.append(reader)
        if not made:
            raise complaint or not_understood(words, 0)
        return made

    def _reader(self, base: Reader | None = None) -> Reader:
        reader = Reader(self.context, self.symbol, known=self._known(), choices=self.context.extra)
        if base is not None:
            reader.memory, reader.found = base.memory.copy(), base.found.copy()
            return reader
        reader.found.side = self.side
        reader.memory.subject = self.subject
        kinds = {one.name for one in self.indicators if one.name in AVERAGES}
        if len(kinds) == 1:
            reader.memory.kind = kinds.pop()
        return reader

    def _known(self) -> dict[str, tuple[float, ...]]:
        """The numbers of the indicators that the idea uses with one set of numbers only."""
        names = [one.name for one in self.indicators]
        return {one.name: one.numbers for one in self.indicators if names.count(one.name) == 1}


def not_understood(words: list[Token], place: int) -> Unreadable:
    """Where reading stopped, in the words that were said."""
    return _not_understood(" ".join(t.text for t in words[min(place, len(words) - 1) :]))


def _not_understood(rest: str) -> Unreadable:
    return Unreadable("not_understood", f"This change is not understood from here: “{rest}”.", rest)
