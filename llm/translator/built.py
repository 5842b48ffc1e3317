"""The parser of the grammar files: built once, then loaded as an earlier process left it.

Building takes some seconds, loading some hundred milliseconds. What is kept lies beside the
compiled modules, is as trusted as they are, and is thrown away with them.
"""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import Lexer
from lark.lexer import Token as LarkToken

from llm.translator import earley, rules
from llm.translator.earley import IndexedParser, matches

GRAMMAR = Path(__file__).parent / "grammar"
KEPT = Path(__file__).parent / "__pycache__" / f"grammar.{sys.implementation.cache_tag}.pickle"
START = "sentence"


class _Nothing(Lexer):
    """The words are cut elsewhere."""

    def __init__(self, conf: Any) -> None:
        pass

    def lex(self, state: Any) -> Iterator[LarkToken]:  # type: ignore[override]
        return iter(())


def parser_of_the_grammar(kept: Path = KEPT) -> IndexedParser:
    """The parser with a foresight of its own; kept in a file, if the folder may be written."""
    digest = _digest()
    parser = _load(kept, digest)
    if parser is None:
        parser = build()
        _keep(parser, kept, digest)
    return parser


class _Compiler(Lark):
    """The library's compiler of grammars alone: with our rules its parser takes long to prepare."""

    def _build_parser(self) -> Any:
        return None


def build(start: str = START) -> IndexedParser:
    """The parser, from the grammar files."""
    return IndexedParser(compiled_rules(start), start)


def compiled_rules(start: str = START) -> Sequence[Rule]:
    """The rules of the grammar files with all their options written out."""
    found: Sequence[Rule] = _compiled(_Compiler, start).rules
    return found


def plain_parser(start: str = START) -> Any:
    """The library's own parser of our grammar, which matches terminals against tags."""
    parser: Any = _compiled(Lark, start).parser.parser
    parser.term_matcher = matches
    return parser


def _compiled(compiler: type[Lark], start: str) -> Any:
    text = grammar_text()
    declared = f"\n%declare {' '.join(sorted(terminals(text)))}\n"
    return compiler(
        text + declared,
        parser="earley",
        lexer=_Nothing,
        start=[start],
        ambiguity="forest",
        maybe_placeholders=False,
    )


def grammar_text() -> str:
    """All grammar files, one after the other."""
    return "\n".join(path.read_text() for path in sorted(GRAMMAR.glob("*.lark")))


def terminals(text: str) -> set[str]:
    """The names of all terminals in a grammar, which are declared and not defined in it."""
    bare = re.sub(r"//.*|->\s*\w+|%\w+.*", "", text)
    return set(re.findall(r"\b_?[A-Z][A-Z0-9_]*(?:__[A-Z0-9_]+)?\b", bare))


def _digest() -> bytes:
    """What the kept parser depends on: the grammar, the library and how we change it."""
    sources = (Path(__file__), Path(earley.__file__), Path(rules.__file__))
    parts = (grammar_text().encode(), lark.__version__.encode(), *map(Path.read_bytes, sources))
    return hashlib.sha256(b"\0".join(parts)).digest()


def _load(kept: Path, digest: bytes) -> IndexedParser | None:
    try:
        data = kept.read_bytes()
    except OSError:
        return None
    # Also of what follows, so that a file cut short is never read as a parser.
    head, body = data[:64], data[64:]
    if head != digest + hashlib.sha256(body).digest():
        return None
    # The collector of cycles would go through every rule while they come, and find nothing.
    collects = gc.isenabled()
    gc.disable()
    try:
        parser: IndexedParser = pickle.loads(body)
    finally:
        if collects:
            gc.enable()
    return parser


def _keep(parser: IndexedParser, kept: Path, digest: bytes) -> None:
    body = pickle.dumps(parser, protocol=5)
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=kept.parent, prefix=kept.name)
        with os.fdopen(handle, "wb") as file:
            file.write(digest + hashlib.sha256(body).digest() + body)
        Path(draft).replace(kept)
