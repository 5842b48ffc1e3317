"""How the engine compiles its inner loops: eagerly, cached on disk where that is allowed."""

import functools
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

# No lock of Python's, so that threads share the processors; x / 0 is inf or NaN, as in numpy.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
# Without counting references to arrays (which is atomic, and most of what a short call costs).
INNER = {"forceinline": True, "_nrt": False}

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(signature: Any, **options: Any) -> Callable[[Function], Function]:
    """Compile a function for one signature (numba's, mostly as text) when it is defined.

    An explicit signature means that importing the module is all the warming there is: a process
    forked afterwards never compiles, writes or starts anything. Where no cache directory can be
    written (a read-only installation), the code is compiled in memory instead.
    """

    def decorate(function: Function) -> Function:
        try:
            with _cache_beside(function):
                return cast(
                    Function, numba.njit(signature, cache=True, **OPTIONS, **options)(function)
                )
        except (RuntimeError, OSError):  # numba: "cannot cache function: no locator available"
            return cast(Function, numba.njit(signature, **OPTIONS, **options)(function))

    return decorate


def inner(signature: str) -> Callable[[Function], Function]:
    """Compile a function of an inner loop: it may make no array, and calling it costs nothing."""
    return compiled(signature, **INNER)


@contextmanager
def _cache_beside(function: Callable[..., Any]) -> Iterator[None]:
    """Keep compiled code in a folder named after the sources it was made from.

    numba looks at the file of the function only, but a compiled caller contains the code of the
    functions it calls: without this, an edited helper would leave its callers as they were.
    """
    folder = Path(function.__code__.co_filename).parent
    settings = cast(Any, numba.config)
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(folder / "__pycache__" / f"compiled-{_sources(folder)}")
    try:
        yield
    finally:
        settings.CACHE_DIR = before


@functools.cache
def _sources(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
