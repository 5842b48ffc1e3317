"""Which line looked ahead, by the records of two worlds or by its text."""

import ast
import json
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from engine.errors import EngineError
from engine.lookahead.kinds import kind_of
from engine.lookahead.tracing import FAILED

CLOSE_ENOUGH = 1e-9
MOST_BYTES = 4_000_000


@dataclass(frozen=True)
class Culprit:
    """The line that looked ahead.

    Attributes
    ----------
    line : int
    text : str
        The line as it stands in the script.
    name : str
        What it assigned; empty where only the text gave it away.
    before, after : float or None
        The value that changed, in the whole history and in the other world.
    kind, proposal : str
        What it looks like, and what to do about it; empty where it looks like nothing known.
    """

    line: int
    text: str
    name: str
    before: float | None
    after: float | None
    kind: str
    proposal: str

    @property
    def sentence(self) -> str:
        """For the person or the model that mends the script."""
        said = f"Line {self.line}: `{self.text}`."
        if self.name:
            said += (
                f" Here {self.name} is {_said(self.before)} with, and {_said(self.after)} without"
            )
            said += " the later bars."
        if self.kind:
            said += f" This looks like {self.kind}: {self.proposal}"
        return said


def locate(source: str, whole: bytes, other: bytes) -> Culprit | None:
    """Compare two records of `engine.lookahead.tracing` and name the first line that differs.

    Raises
    ------
    EngineError
        When a record is no record; it comes from code nobody trusts.
    """
    line = 0
    for one, two in zip_longest(read_record(whole), read_record(other)):
        if two is not None and two[0] and two[1].startswith(FAILED) and one != two:
            return _culprit(source, two[0], "", None, None)
        if one is None or two is None or one[:2] != two[:2]:
            # From here on it took another way.
            line = min((entry[0] for entry in (one, two) if entry and entry[0]), default=line)
            return _culprit(source, line, "", None, None)
        line = one[0]
        if len(one[2]) != len(two[2]):
            continue
        for before, after in zip(one[2], two[2], strict=True):
            if not _same(before, after):
                return _culprit(source, one[0], one[1], before, after)
    return suspect(source)


def suspect(source: str) -> Culprit | None:
    """Name the first line that looks like foresight by its text alone."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    for node in ast.walk(tree):
        whole = isinstance(node, ast.FunctionDef | ast.ClassDef)
        if isinstance(node, ast.stmt) and not whole and kind_of(node)[0]:
            return _culprit(source, node.lineno, "", None, None)
    return None


def read_record(data: bytes) -> list[tuple[int, str, list[float | None]]]:
    """Read a record, every part of it checked."""
    if len(data) > MOST_BYTES:
        raise EngineError("The record of the script is too long.")
    try:
        entries = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise EngineError("The record of the script is no record.") from error
    if not isinstance(entries, list):
        raise EngineError("The record of the script is no record.")
    return [_entry(entry) for entry in entries]


def _entry(entry: Any) -> tuple[int, str, list[float | None]]:
    if not (isinstance(entry, list) and len(entry) == 3):
        raise EngineError("The record of the script is no record.")
    line, name, values = entry
    fits = isinstance(line, int) and isinstance(name, str) and isinstance(values, list)
    if not fits or not all(value is None or isinstance(value, int | float) for value in values):
        raise EngineError("The record of the script is no record.")
    return line, name[:80], values


def _culprit(
    source: str, line: int, name: str, before: float | None, after: float | None
) -> Culprit:
    lines = source.splitlines()
    statement = _statement(source, line)
    if name == "return" or statement is None:
        name = "" if name == "return" else name
    kind, proposal = kind_of(statement) if statement is not None else ("", "")
    text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return Culprit(line, text, name, before, after, kind, proposal)


def _statement(source: str, line: int) -> ast.stmt | None:
    """The innermost statement that a line belongs to."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    found = None
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            found = node  # walk goes outside in
    return found


def _same(one: float | None, two: float | None) -> bool:
    if one is None or two is None:
        return one is two
    return abs(one - two) <= CLOSE_ENOUGH * max(1.0, abs(one), abs(two))


def _said(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.6g}"
