"""What the fork server imports once so that no job has to."""

import contextlib
import importlib
import sys
import traceback
import types
from collections.abc import Iterator
from pathlib import Path

# What scripts import from the standard library.  At level B the interpreter's own files may be out
# of the sandbox uid's reach, then only what is already imported can be imported.
# fmt: off
STANDARD = (
    "abc", "argparse", "array", "ast", "base64", "bisect", "calendar", "cmath",
    "collections.abc", "concurrent.futures.thread", "contextlib", "copy", "csv", "ctypes",
    "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "gzip", "hashlib",
    "heapq", "html", "inspect", "io", "itertools", "json", "logging", "lzma", "math", "numbers",
    "operator", "pathlib", "pickle", "pprint", "queue", "random", "re", "socket", "sqlite3",
    "statistics", "string", "struct", "subprocess", "tempfile", "textwrap", "threading", "time",
    "traceback", "types", "typing", "unicodedata", "uuid", "warnings", "weakref", "zipfile",
    "zoneinfo",
)
DEFAULT_PRELOAD = (
    "numpy", "pandas", "pandas.io.parsers", "pyarrow", "talib", "numba", "engine",
    "engine.harness", "engine.several",
)
# fmt: on


def preload(names: tuple[str, ...], paths: tuple[str, ...]) -> tuple[str, ...]:
    """Import everything scripts will want; returns the extra trees they may read."""
    sys.path[:0] = paths
    for name in (*STANDARD, *names):
        with reported(f"preload {name}"):
            importlib.import_module(name)
    engine = sys.modules.get("engine")
    if engine is not None:
        warm(engine)
    # A script must not find the web application beside the engine.
    root = str(Path(__file__).resolve().parent.parent)
    sys.path[:] = [path for path in sys.path if path and str(Path(path).resolve()) != root]
    folder = getattr(engine, "__path__", None)
    return (*paths, *(list(folder) if folder else []))


def warm(engine: types.ModuleType) -> None:
    """Compile once, here: what is compiled before the fork costs a job nothing."""
    for name in getattr(engine, "__all__", ()):
        with reported(f"load engine.{name}"):
            getattr(engine, name)
    with reported("warm the engine"):
        if (function := getattr(engine, "warm", None)) is not None:
            function()


@contextlib.contextmanager
def reported(what: str) -> Iterator[None]:
    """What cannot be preloaded is the script's problem if it needs it, and a line in the log."""
    try:
        yield
    except Exception:
        print(f"cannot {what}", file=sys.stderr)
        traceback.print_exc(limit=1)
