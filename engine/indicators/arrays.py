"""How indicator arguments become float64 arrays."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.errors import EngineError

Floats: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Series: TypeAlias = npt.ArrayLike | Bars


class IndicatorError(EngineError):
    """An indicator was called with something it cannot use."""


def as_series(x: Series, column: str = "close") -> Floats:
    """Return x as a one-dimensional float64 array; of Bars the named column."""
    if isinstance(x, Bars):
        return np.array(getattr(x, column))  # TA-Lib refuses read-only memory views
    array = np.array(x, dtype=np.float64)
    if array.ndim != 1:
        raise IndicatorError(f"An indicator works on one column, not on the shape {array.shape}.")
    return array


def as_period(n: object, least: int = 1) -> int:
    """Check a number of bars; 14.0 counts as 14."""
    if isinstance(n, bool) or not isinstance(n, int | float | np.integer | np.floating):
        raise IndicatorError(f"A period is a whole number of bars, not {n!r}.")
    if n != int(n) or n < least:
        raise IndicatorError(f"A period is a whole number of at least {least}, not {n}.")
    return int(n)
