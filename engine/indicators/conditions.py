"""The words that rules are made of: crossing, previous, in a row, within."""

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.indicators.arrays import Floats, IndicatorError, Mask, Series, as_period, as_series


def previous(x: Series, k: int = 1) -> npt.NDArray[np.generic]:
    """Return x as it was k bars ago: NaN before that, False for masks.

    Parameters
    ----------
    x : array_like or Bars, shape (n,)
    k : int
        At least 0; looking ahead is refused.
    """
    k = as_period(k, least=0)
    array = np.asarray(x.close if isinstance(x, Bars) else x)
    if array.dtype != np.bool_:
        array = as_series(array)
    out = np.zeros(len(array), bool) if array.dtype == np.bool_ else np.full(len(array), np.nan)
    out[k:] = array[: max(0, len(array) - k)]
    return out


def crosses_above(a: Series, b: Series) -> Mask:
    """True where a is above b and was not on the bar before (previous <= and now >).

    Either side may be a number. NaN on either of the two bars is no crossing.
    """
    from engine.indicators.crossing import crossings  # numba is heavy

    return crossings(*_pair(a, b))


def crosses_below(a: Series, b: Series) -> Mask:
    """True where a is below b and was not on the bar before (previous >= and now <)."""
    return crosses_above(b, a)


def consecutive(mask: npt.ArrayLike, n: int | None = None) -> npt.NDArray[np.generic]:
    """Count how many bars in a row the mask has been True, this bar included.

    With n given: True where it has been True on each of the last n bars.
    """
    flags = _mask(mask)
    bars = np.arange(1, len(flags) + 1)
    run = bars - np.maximum.accumulate(np.where(flags, 0, bars)) if len(bars) else bars
    return run if n is None else run >= as_period(n)


def within(mask: npt.ArrayLike, n: int) -> Mask:
    """True where the mask was True on at least one of the last n bars, this one included."""
    flags = _mask(mask)
    bars = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, bars, -len(flags) - as_period(n) - 1))
    return np.asarray(bars - last < as_period(n))


def first(mask: npt.ArrayLike) -> Mask:
    """True where the mask turns True (it was not on the bar before)."""
    flags = _mask(mask)
    out = flags.copy()
    out[1:] &= ~flags[:-1]
    return out


def change(x: Series, k: int = 1) -> Floats:
    """Return the change over k bars as a fraction: x[t] / x[t-k] - 1."""
    array = as_series(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(array / previous(array, k).astype(np.float64) - 1.0)


def _mask(values: npt.ArrayLike) -> Mask:
    flags = np.asarray(values)
    if flags.dtype != np.bool_ or flags.ndim != 1:
        raise IndicatorError("This needs a column of True and False; compare something to get it.")
    return flags


def _pair(a: Series, b: Series) -> tuple[Floats, Floats]:
    left, right = _column(a), _column(b)
    if left.ndim == 0 and right.ndim == 0:
        raise IndicatorError("Two numbers cannot cross; one side must be a column.")
    if left.ndim and right.ndim and len(left) != len(right):
        raise IndicatorError(f"Columns of {len(left)} and {len(right)} bars cannot cross.")
    if left.shape == right.shape:
        return left, right  # the usual case, and broadcasting takes as long as comparing
    both = np.broadcast_arrays(left, right)
    return both[0], both[1]


def _column(x: Series) -> Floats:
    if isinstance(x, Bars):
        return x.close
    return np.asarray(x, dtype=np.float64)
