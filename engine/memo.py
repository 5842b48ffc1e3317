"""Indicators that are computed once for all parameter sets of a sweep."""

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any, TypeVar, cast

import numpy as np

from engine.bars import COLUMNS, Bars

MOST_BYTES = 64_000_000  # of remembered columns
PLAIN = frozenset((int, float, str, bool, np.int64, np.float64))

Function = TypeVar("Function", bound=Callable[..., Any])


def remembering(function: Function, bars: Bars) -> Function:
    """Return a function that finds a `Memo` where this one finds `engine.ta`."""
    from engine import indicators

    if not isinstance(function, FunctionType):
        return function
    memo = Memo(indicators, bars)
    names = {
        name: memo if value is indicators else value for name, value in function.__globals__.items()
    }
    twin = FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    )
    twin.__kwdefaults__ = function.__kwdefaults__
    return cast(Function, twin)


class Memo:
    """Stands in for `engine.ta` and remembers what it computed from the bars.

    Only calls on the bars, on their (read-only) columns and on plain values are remembered, and
    every call gets a copy of its own: a script cannot tell the difference.
    """

    def __init__(self, ta: ModuleType, bars: Bars) -> None:
        self._ta = ta
        sources: list[object] = [bars, bars.time, *(getattr(bars, name) for name in COLUMNS)]
        # The objects are kept, so their identities stay theirs.
        self._sources = {id(source): source for source in sources}
        self._found: dict[tuple[object, ...], Any] = {}
        self._room = MOST_BYTES

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._ta, name)
        if not callable(function) or isinstance(function, type):
            return function
        remembered = self._remembering(name, function)
        self.__dict__[name] = remembered
        return remembered

    def _remembering(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def indicator(*args: Any, **options: Any) -> Any:
            key = self._key(name, args, options)
            if key is None:
                return function(*args, **options)
            found = self._found.get(key)
            if found is None:
                found = function(*args, **options)
                size = _size(found)
                if size is None or size > self._room:
                    return found
                self._room -= size
                self._found[key] = found
            return _copy(found)

        return indicator

    def _key(
        self, name: str, args: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[object, ...] | None:
        """Name, sources by identity, plain values with their types; None for anything else."""
        parts: list[object] = [name]
        for value in args:
            if type(value) in PLAIN:
                parts += type(value), value
            elif id(value) in self._sources:
                parts.append(id(value))
            else:
                return None
        for word, value in sorted(options.items()):
            if type(value) not in PLAIN:
                return None
            parts += word, type(value), value
        return tuple(parts)


def _size(found: Any) -> int | None:
    if isinstance(found, np.ndarray):
        return int(found.nbytes)
    if isinstance(found, tuple) and all(isinstance(part, np.ndarray) for part in found):
        return sum(int(part.nbytes) for part in found)
    return None


def _copy(found: Any) -> Any:
    if isinstance(found, np.ndarray):
        return found.copy()
    copies = [part.copy() for part in found]
    return type(found)(*copies) if hasattr(found, "_fields") else tuple(copies)
