"""How the engine compiles its inner loops: eagerly, cached on disk where that is allowed."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(signature: str) -> Callable[[Function], Function]:
    """Compile a function for one signature when its module is imported.

    An explicit signature means that importing the module is all the warming there is: a process
    forked afterwards never compiles, writes or starts anything. Where no cache directory can be
    written (a read-only installation), the code is compiled in memory instead.
    """

    def decorate(function: Function) -> Function:
        try:
            return cast(Function, numba.njit(signature, cache=True)(function))
        except (RuntimeError, OSError):  # numba: "cannot cache function: no locator available"
            return cast(Function, numba.njit(signature)(function))

    return decorate
