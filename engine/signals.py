"""What a vectorised script returns: when to enter, when to leave, and how to protect it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError

Floats = npt.NDArray[np.float64]
MAX_HOLDING = 1_000_000


class SignalsError(EngineError):
    """The signals contradict the bars or themselves; the message says how."""


@dataclass(frozen=True, eq=False)
class Signals:
    """Decisions for every bar, each made at that bar's close.

    Parameters
    ----------
    enter, exit, enter_short, exit_short : array_like of bool, shape (n,), optional
        As long as the bars. Orders fill at the open of the next bar.
    stop_loss, take_profit, trailing_stop : float or array_like, optional
        Fractions of the entry fill price (0.05 for 5 %), read at the signal bar; NaN is none.
        The trailing stop measures from the highest close since entry (lowest for shorts).
    stop_distance, target_distance : float or array_like, optional
        The same in price units, for points or multiples of ATR, read at the signal bar.
    trailing_distance : float or array_like, optional
        Trailing stop in price units, read at the current bar.
    stop_level, target_level : array_like, optional
        Absolute prices, read at the signal bar.
    target_multiple : float or array_like, optional
        Target at this multiple of the distance from the entry fill to the stop (2 for "2R"),
        read at the signal bar; nothing without a stop.
    max_bars : int, optional
        Out at the open of the max_bars-th bar after the entry bar.
    reverse : bool
        An opposite entry closes the position and opens the other side at the same open.
    size : float or array_like
        Fraction of equity put into an entry, above 0 and at most 1.
    trail_intrabar : bool
        Check the trailing stop inside each bar against the highest price so far instead of
        on closes.
    """

    enter: npt.ArrayLike | None = None
    exit: npt.ArrayLike | None = None
    enter_short: npt.ArrayLike | None = None
    exit_short: npt.ArrayLike | None = None
    stop_loss: npt.ArrayLike | None = None
    take_profit: npt.ArrayLike | None = None
    stop_distance: npt.ArrayLike | None = None
    target_distance: npt.ArrayLike | None = None
    trailing_stop: npt.ArrayLike | None = None
    trailing_distance: npt.ArrayLike | None = None
    max_bars: int | None = None
    reverse: bool = False
    size: npt.ArrayLike = 1.0
    stop_level: npt.ArrayLike | None = None
    target_level: npt.ArrayLike | None = None
    target_multiple: npt.ArrayLike | None = None
    trail_intrabar: bool = False


def as_mask(name: str, values: npt.ArrayLike | None, n: int) -> npt.NDArray[np.bool_]:
    """Check one boolean column; absent means never."""
    if values is None:
        return np.zeros(n, dtype=np.bool_)
    array = np.asarray(values)
    if array.shape != (n,):
        raise SignalsError(f"{name} has {_shape(array)}, but there are {n} bars.")
    if array.dtype != np.bool_:
        raise SignalsError(
            f"{name} must hold True and False, not {array.dtype}; compare something to get it."
        )
    return array.astype(np.bool_)


def as_level(name: str, values: npt.ArrayLike | None, n: int) -> Floats | None:
    """Check one column of stops, targets or sizes; a scalar stays one value (shape (1,))."""
    if values is None:
        return None
    try:
        array = np.asarray(values, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise SignalsError(f"{name} must hold numbers: {error}") from error
    if array.ndim == 0:
        array = array.reshape(1)
    elif array.shape != (n,):
        raise SignalsError(f"{name} has {_shape(array)}, but there are {n} bars.")
    check_level(name, array)
    return np.ascontiguousarray(array)


def check_level(name: str, array: Floats) -> None:
    """Refuse values that no market order could mean; NaN is no stop and always fine."""
    known = array[~np.isnan(array)]
    if np.isinf(known).any():
        raise SignalsError(f"{name} holds an infinite value.")
    is_fraction = name in ("stop_loss", "take_profit", "trailing_stop", "size")
    if (is_fraction or name == "target_multiple") and (known <= 0).any():
        raise SignalsError(
            f"{name} must be above 0, not {known.min():g}; leave it out or use NaN for none."
        )
    if not is_fraction and (known < 0).any():
        raise SignalsError(f"{name} must not be negative, it is {known.min():g}.")
    if name in ("stop_loss", "trailing_stop") and (known >= 1).any():
        raise SignalsError(f"{name} is a fraction: 0.05 means 5 %, {known.max():g} means nothing.")
    if name == "size" and ((known > 1).any() or len(known) < len(array)):
        raise SignalsError("size is a fraction of equity, above 0 and at most 1.")


def as_holding(max_bars: int | None) -> int:
    """Check max_bars; 0 inside means no limit."""
    if max_bars is None:
        return 0
    if isinstance(max_bars, bool | np.bool_) or int(max_bars) != max_bars:
        raise SignalsError(f"max_bars is a whole number of bars, not {max_bars!r}.")
    if not 1 <= max_bars <= MAX_HOLDING:
        raise SignalsError(f"max_bars must lie between 1 and {MAX_HOLDING:,}, not {max_bars}.")
    return int(max_bars)


def _shape(array: npt.NDArray[np.generic]) -> str:
    return f"{len(array)} values" if array.ndim == 1 else f"the shape {array.shape}"
