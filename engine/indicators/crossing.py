"""Crossings in one compiled pass."""

import numpy as np
import numpy.typing as npt
from numba import types

from engine.compilation import compiled
from engine.indicators.arrays import Floats, Mask

# Columns of bars are read-only, which a signature of mutable arrays would refuse.
_COLUMN = types.Array(types.float64, 1, "C", readonly=True)


@compiled(types.void(_COLUMN, _COLUMN, types.boolean[::1]))
def _mark(a: Floats, b: Floats, out: Mask) -> None:
    for t in range(1, len(out)):
        out[t] = (a[t - 1] <= b[t - 1]) & (a[t] > b[t])


def crossings(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> Mask:
    """True where a is above b and was not on the bar before; two columns of one length."""
    out = np.zeros(len(a), np.bool_)
    _mark(np.ascontiguousarray(a), np.ascontiguousarray(b), out)
    return out
