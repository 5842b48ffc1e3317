"""One script in several small worlds, in one process: for checks that are many and short.

Each world gets a fresh load of the script, so nothing is carried from one to the next by module
variables. Where a script must not be able to carry anything (the look-ahead gate), every world
needs a process of its own.
"""

import io
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.bars import Bars
from engine.errors import EngineError
from engine.harness import decisions_of, load
from engine.portfolio.panel import Panel
from engine.worlds import Intent, World, file_of, read_decisions

SUFFIX = ".worlds"
MOST_WORLDS = 64
MOST_TOLD = 2000  # characters of an error
_COUNT = struct.Struct("<8sI")
_SIZE = struct.Struct("<BI")
_WORLDS, _ANSWERS = b"ABWORLDS", b"ABANSWER"


class SeveralError(EngineError):
    """The bytes are no worlds, or no answers for these worlds."""


def pack_worlds(worlds: Sequence[World]) -> bytes:
    """The worlds as one file; `main` reads it."""
    return _pack(_WORLDS, [(isinstance(one, Panel), file_of(one)[0]) for one in worlds])


def main(source: str, data_path: str, params: Mapping[str, Any] | None = None) -> bytes:
    """Entry point of the sandbox: what the script decides in each world, or how it failed."""
    answers = []
    for is_panel, data in _unpack(_WORLDS, Path(data_path).read_bytes()):
        try:
            decided = decisions_of(load(source), _world(is_panel=is_panel, data=data), params)
            answers.append((True, bytes(decided.to_bytes())))
        except Exception as error:  # the script's own, whatever it is
            told = f"{type(error).__name__}: {error}"[:MOST_TOLD]
            answers.append((False, told.encode("utf-8", "replace")))
    return _pack(_ANSWERS, answers)


def read_answers(data: bytes, worlds: Sequence[World]) -> list[Intent | str]:
    """For each world the decisions, or the error as a sentence.

    Raises
    ------
    EngineError
        For anything but what `main` writes for these worlds.
    """
    answers = _unpack(_ANSWERS, data)
    if len(answers) != len(worlds):
        raise SeveralError(f"There are {len(answers)} answers for {len(worlds)} worlds.")
    return [
        read_decisions(answer, world) if is_fine else answer[:MOST_TOLD].decode("utf-8", "replace")
        for (is_fine, answer), world in zip(answers, worlds, strict=True)
    ]


def _world(*, is_panel: bool, data: bytes) -> World:
    if is_panel:
        return Panel.from_bytes(data)
    return Bars.from_matrix(np.load(io.BytesIO(data), allow_pickle=False))


def _pack(magic: bytes, parts: Sequence[tuple[bool, bytes]]) -> bytes:
    if len(parts) > MOST_WORLDS:
        raise SeveralError(f"At most {MOST_WORLDS} worlds go together, not {len(parts)}.")
    sized = (_SIZE.pack(kind, len(part)) + part for kind, part in parts)
    return _COUNT.pack(magic, len(parts)) + b"".join(sized)


def _unpack(magic: bytes, data: bytes) -> list[tuple[bool, bytes]]:
    if len(data) < _COUNT.size:
        raise SeveralError(f"{len(data)} bytes are too few.")
    found, count = _COUNT.unpack_from(data)
    if found != magic or count > MOST_WORLDS:
        raise SeveralError("These bytes are something else.")
    parts, at = [], _COUNT.size
    for _ in range(count):
        if len(data) < at + _SIZE.size:
            raise SeveralError("The bytes are cut short.")
        kind, size = _SIZE.unpack_from(data, at)
        at += _SIZE.size
        if kind > 1 or len(data) < at + size:
            raise SeveralError("The bytes are cut short.")
        parts.append((bool(kind), data[at : at + size]))
        at += size
    if at != len(data):
        raise SeveralError("There are bytes too many.")
    return parts
