"""The host's own reading of a result: bounded, strict, escaped; executes and unpacks nothing.

Reads what a script printed and the plain text files it left.  Everything is data from a stranger:
names are matched against a pattern, files are opened without following links, JSON goes through
the strict parser, text through `clean`.
"""

import html
import itertools
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from sandbox.protocol import strict_lines

MAX_RESULT_BYTES = 16 << 20
MAX_FILE_BYTES = 8 << 20
MAX_FILES = 16
MAX_ENTRIES = 1000
MAX_LOGS = 1000
MAX_TEXT = 500
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\.(json|jsonl|csv)")
# Controls (C0, C1, DEL), line separators, and the marks that turn reading direction around.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
SHOWN = ("type", "level", "msg", "date", "equity", "pos", "total_return")


@dataclass(frozen=True)
class OutputFile:
    """A file the script left: name, size and, for JSON lines, how many objects it holds."""

    name: str
    size: int
    objects: int | None


def clean(value: object) -> str:
    """Text for a page or a terminal: short, no control or direction marks, escaped for HTML."""
    return html.escape(UNSAFE.sub("\ufffd", str(value)[:MAX_TEXT]))


def read_bounded(path: str | os.PathLike[str], at_most: int, dir_fd: int | None = None) -> bytes:
    """A regular file's content, or `ValueError`; follows no link and waits for no pipe."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags, dir_fd=dir_fd)
    with os.fdopen(descriptor, "rb") as source:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_nlink != 1 or about.st_size > at_most:
            raise ValueError("not a plain file of acceptable size")
        return source.read(at_most)


def read_result(path: str | os.PathLike[str]) -> dict[str, str]:
    """The text fields of a result written by `sandbox_run`."""
    value = json.loads(read_bounded(path, MAX_RESULT_BYTES))
    if not isinstance(value, dict):
        raise ValueError("a result is a JSON object")
    return {name: str(value.get(name, "")) for name in ("status", "stdout", "stderr")}


def list_files(folder: str | os.PathLike[str]) -> list[OutputFile]:
    found: list[OutputFile] = []
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        with os.scandir(directory) as entries:
            names = sorted(entry.name for entry in itertools.islice(entries, MAX_ENTRIES))
        for name in names:
            if len(found) < MAX_FILES and FILE_NAME.fullmatch(name):
                try:
                    body = read_bounded(name, MAX_FILE_BYTES, directory)
                except (OSError, ValueError):
                    continue
                objects = None if name.endswith(".csv") else len(strict_lines(body).objects)
                found.append(OutputFile(name, len(body), objects))
    finally:
        os.close(directory)
    return found


def log_line(entry: dict[str, object]) -> dict[str, str]:
    """The known fields of one line, as escaped text; unknown fields are not shown."""
    return {name: clean(entry[name]) for name in SHOWN if name in entry}


def summarize(result_path: str, folder: str) -> dict[str, object]:
    """One strict-JSON-able object with escaped text."""
    result = read_result(Path(result_path))
    lines = strict_lines(result["stdout"].encode("utf-8", "replace"))
    return {
        "status": clean(result["status"]),
        "lines": len(lines.objects),
        "bad_lines": lines.bad,
        "logs": [log_line(entry) for entry in lines.objects[:MAX_LOGS]],
        "error_lines": len(result["stderr"].splitlines()),
        "files": [
            {"name": clean(file.name), "size": file.size, "objects": file.objects}
            for file in list_files(folder)
        ],
    }


def ingest(result_path: str, folder: str) -> str:
    """`summarize` as one line of strict JSON: finite numbers, escaped text, plain ASCII."""
    return json.dumps(summarize(result_path, folder), allow_nan=False, ensure_ascii=True)
