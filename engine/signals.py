"""What a vectorised script returns: when to enter, when to leave, and how to protect it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
MAX_HOLDING = 1_000_000
MAX_ENTRIES = 1_000
MAX_LEGS = 4
SIZINGS = ("equity", "cash", "units", "risk")
PEAKS = ("close", "high")

# Columns by what they may hold. A fraction below 1 can be lost, a share can be all of it.
_FRACTIONS = ("stop_loss", "trailing_stop")
_SHARES = ("exit_size",)
_POSITIVE = ("take_profit", "target_multiple", "breakeven", "breakeven_multiple", "size")
_NUMBERS = (int, float, np.integer, np.floating)
_PRICES = ("entry_limit", "entry_stop")


class SignalsError(EngineError):
    """The signals contradict the bars or themselves; the message says how."""


@dataclass(frozen=True)
class Leg:
    """A part of every entry with a target of its own (rule 20 of docs/engine.md).

    Parameters
    ----------
    share : float
        Share of the entry's units, above 0; all legs together at most 1.
    take_profit : float, optional
        Target as a fraction of the fill price.
    target_multiple : float, optional
        Target at this multiple of the distance from the fill to the stop.
    target_distance : float, optional
        Target at this multiple of the signal bar's `target_distance`.

    Raises
    ------
    SignalsError
        Unless exactly one target is given and every number is positive.
    """

    share: float
    take_profit: float | None = None
    target_multiple: float | None = None
    target_distance: float | None = None

    def __post_init__(self) -> None:
        if not (_is_number(self.share) and 0 < self.share <= 1):
            raise SignalsError(f"The share of a leg lies above 0 and at most at 1: {self.share!r}.")
        given = [value for value in self.targets if value is not None]
        if len(given) != 1:
            raise SignalsError(
                "A leg has one target: take_profit, target_multiple or target_distance."
            )
        if not (_is_number(given[0]) and given[0] > 0):
            raise SignalsError(f"The target of a leg is a number above 0, not {given[0]!r}.")

    @property
    def targets(self) -> tuple[float | None, float | None, float | None]:
        """The three kinds of target, in the order of the fields."""
        return self.take_profit, self.target_multiple, self.target_distance


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
    size : float or array_like, optional
        How much an entry buys, above 0, read at the signal bar; what it means is `sizing`.
        On bars without an entry it may be NaN.
    trail_intrabar : bool
        Check the trailing stop inside each bar against the highest price so far instead of
        on closes.
    entry_limit, entry_stop : float or array_like, optional
        Prices at which an entry waits for the market, read at the signal bar; both make a
        stop-limit order, NaN on both a market order (rule 17).
    entry_expiry : int
        Bars on which a waiting order works; 0 until it is cancelled.
    sizing : {"equity", "cash", "units", "risk"}
        `size` is a fraction of equity, money, units, or the fraction of equity that is lost if
        the stop is hit (rule 18).
    max_entries : int
        Entries held at once, 1 to 1,000; more than 1 lets entry signals add (rule 19).
    legs : sequence of Leg
        Up to four parts of every entry with targets of their own (rule 20).
    breakeven_after_target : bool
        A leg that reaches its target moves the stop of the rest to the fill price.
    exit_size : float or array_like, optional
        Share of every lot that an exit signal closes, above 0 and at most 1, read at the
        signal bar; on bars without an exit it may be NaN.
    cooldown : int
        Bars without entry signals, from the bar on which the account went flat.
    breakeven, breakeven_multiple : float or array_like, optional
        Gain after which the stop is at least the fill price: a fraction of the fill price, or a
        multiple of the distance from fill to stop; read at the signal bar.
    trailing_level : float or array_like, optional
        Stop price read at every close, for the next bar.
    trail_from : {"close", "high"}
        Whether the trailing stop measures from the highest close or the highest high.
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
    size: npt.ArrayLike | None = None
    stop_level: npt.ArrayLike | None = None
    target_level: npt.ArrayLike | None = None
    target_multiple: npt.ArrayLike | None = None
    trail_intrabar: bool = False
    entry_limit: npt.ArrayLike | None = None
    entry_stop: npt.ArrayLike | None = None
    entry_expiry: int = 1
    sizing: Literal["equity", "cash", "units", "risk"] = "equity"
    max_entries: int = 1
    legs: Sequence[Leg] = ()
    breakeven_after_target: bool = False
    exit_size: npt.ArrayLike | None = None
    cooldown: int = 0
    breakeven: npt.ArrayLike | None = None
    breakeven_multiple: npt.ArrayLike | None = None
    trailing_level: npt.ArrayLike | None = None
    trail_from: Literal["close", "high"] = "close"


def as_mask(name: str, values: npt.ArrayLike, n: int) -> Mask:
    """Check one boolean column."""
    array = np.asarray(values)
    if array.shape != (n,):
        raise SignalsError(f"{name} has {_shape(array)}, but there are {n} bars.")
    if array.dtype != np.bool_:
        raise SignalsError(
            f"{name} must hold True and False, not {array.dtype}; compare something to get it."
        )
    return array


def as_level(name: str, values: npt.ArrayLike, n: int) -> Floats:
    """Check one column of stops, targets or sizes; a scalar stays one value (shape (1,))."""
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
    if not len(known):
        return
    lowest, highest = known.min(), known.max()
    if np.isinf(lowest) or np.isinf(highest):
        raise SignalsError(f"{name} holds an infinite value.")
    if name in (*_FRACTIONS, *_SHARES, *_POSITIVE, *_PRICES) and lowest <= 0:
        raise SignalsError(f"{name} must be above 0, not {lowest:g}; leave it out or use NaN.")
    if lowest < 0:
        raise SignalsError(f"{name} must not be negative, it is {lowest:g}.")
    if name in _FRACTIONS and highest >= 1:
        raise SignalsError(f"{name} is a fraction: 0.05 means 5 %, {highest:g} means nothing.")
    if name in _SHARES and highest > 1:
        raise SignalsError(f"{name} is a share: above 0 and at most 1, not {highest:g}.")


def check_amounts(name: str, array: Floats, where: Mask, most: float) -> None:
    """Refuse a size or exit size that is missing or too large where one is needed.

    `where` is the bars that read it; `most` is infinite for money and units.
    """
    used = array[where] if len(array) == len(where) else array
    missing = np.isnan(used)
    if missing.any() and (len(array) == 1 or where.any()):
        bar = int(np.flatnonzero(where)[np.argmax(missing)]) if len(array) > 1 else 0
        place = f" on bar {bar}" if len(array) > 1 else ""
        raise SignalsError(f"{name} is {_meaning(name, most)}; it is NaN{place}.")
    known = array[~np.isnan(array)]
    if len(known) and known.max() > most:
        raise SignalsError(f"{name} is {_meaning(name, most)}, not {known.max():g}.")


def _meaning(name: str, most: float) -> str:
    if name == "exit_size":
        return "a share of every lot, above 0 and at most 1"
    if most == 1.0:
        return "a fraction of equity, above 0 and at most 1"
    return "an amount above 0"


def as_legs(legs: Sequence[Leg], has_distance: bool) -> tuple[Leg, ...]:
    """Check the parts of an entry together."""
    if legs == ():
        return ()
    if not isinstance(legs, Sequence) or not all(isinstance(leg, Leg) for leg in legs):
        raise SignalsError("legs is a list of Leg(share, ...).")
    if len(legs) > MAX_LEGS:
        raise SignalsError(f"An entry has at most {MAX_LEGS} legs, not {len(legs)}.")
    together = sum(leg.share for leg in legs)
    if together > 1.0 + 1e-9:
        raise SignalsError(f"The shares of the legs add up to {together:g}, more than 1.")
    if not has_distance and any(leg.target_distance is not None for leg in legs):
        raise SignalsError("A leg counts in target_distance, but the signals give none.")
    return tuple(legs)


def as_count(name: str, value: int, least: int, most: int) -> int:
    """Check a whole number of bars or entries."""
    is_whole = type(value) is int or (
        not isinstance(value, bool | np.bool_) and _is_number(value) and int(value) == value
    )
    if not is_whole:
        raise SignalsError(f"{name} is a whole number, not {value!r}.")
    if not least <= value <= most:
        raise SignalsError(f"{name} must lie between {least} and {most:,}, not {value}.")
    return int(value)


def as_switch(name: str, value: bool) -> bool:
    """Check a setting that is on or off."""
    if not isinstance(value, bool | np.bool_):
        raise SignalsError(f"{name} is True or False, not {value!r}.")
    return bool(value)


def as_choice(name: str, value: str, known: tuple[str, ...]) -> str:
    """Check a setting that is one of a few words."""
    if value not in known:
        raise SignalsError(f"{name} is one of {', '.join(known)}, not {value!r}.")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, _NUMBERS) and math.isfinite(value)


def as_holding(max_bars: int | None) -> int:
    """Check max_bars; 0 inside means no limit."""
    if max_bars is None:
        return 0
    return as_count("max_bars", max_bars, 1, MAX_HOLDING)


def _shape(array: npt.NDArray[np.generic]) -> str:
    return f"{len(array)} values" if array.ndim == 1 else f"the shape {array.shape}"
