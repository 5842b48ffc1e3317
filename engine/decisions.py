"""What leaves a script: per bar, what to do. Never prices, never results.

The binary form is read from untrusted code, so it is bounded, has no pickle in it, and every
byte is checked: magic, bar count, switches, holding limit, which columns follow and whether each
is one value or one a bar, then the flags and the columns themselves, little-endian.
"""

import struct
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.bars import MAX_BARS
from engine.errors import EngineError
from engine.signals import (
    MAX_HOLDING,
    Floats,
    Signals,
    SignalsError,
    as_holding,
    as_level,
    as_mask,
    check_level,
)

ENTER, EXIT, ENTER_SHORT, EXIT_SHORT = 1, 2, 4, 8
MASKS = {"enter": ENTER, "exit": EXIT, "enter_short": ENTER_SHORT, "exit_short": EXIT_SHORT}
LEVELS = (
    "stop_loss",
    "take_profit",
    "stop_distance",
    "target_distance",
    "stop_level",
    "target_level",
    "trailing_stop",
    "trailing_distance",
    "target_multiple",
    "size",
)
_MAGIC = b"ABDECIDE"
_HEADER = struct.Struct("<8sHIBIHH")
_VERSION = 1
_REVERSE, _INTRABAR = 1, 2


class DecisionsError(EngineError):
    """The bytes are no decisions for these bars; the message says why."""


@dataclass(frozen=True, eq=False)
class Decisions:
    """One row of intent a bar, valid by construction.

    Attributes
    ----------
    flags : ndarray of uint8, shape (n,)
        Sum of ENTER 1, EXIT 2, ENTER_SHORT 4, EXIT_SHORT 8.
    levels : dict of str to ndarray of float64
        Columns of `LEVELS` that are used, each of shape (n,) or (1,) for a constant.
    max_bars : int
        Holding limit, 0 for none.
    reverse, trail_intrabar : bool
    """

    flags: npt.NDArray[np.uint8]
    levels: dict[str, Floats] = field(default_factory=dict)
    max_bars: int = 0
    reverse: bool = False
    trail_intrabar: bool = False

    @classmethod
    def from_signals(cls, signals: Signals, bars: int) -> "Decisions":
        """Check a script's signals against the number of bars and pack them.

        Raises
        ------
        SignalsError
            With a sentence about the first thing that is wrong.
        """
        if not isinstance(signals, Signals):
            raise SignalsError(
                f"signals() must return Signals(...), it returned {type(signals).__name__}."
            )
        flags = np.zeros(bars, dtype=np.uint8)
        for name, bit in MASKS.items():
            flags |= as_mask(name, getattr(signals, name), bars).astype(np.uint8) * np.uint8(bit)
        levels = {}
        for name in LEVELS:
            column = as_level(name, getattr(signals, name), bars)
            if column is not None:
                levels[name] = column
        return cls(
            flags,
            levels,
            as_holding(signals.max_bars),
            bool(signals.reverse),
            bool(signals.trail_intrabar),
        )

    def __len__(self) -> int:
        return len(self.flags)

    def level(self, name: str) -> Floats:
        """Return one column of shape (n,); NaN where there is no stop (size: 1)."""
        column = self.levels.get(name)
        if column is None:
            return np.full(len(self), 1.0 if name == "size" else np.nan)
        return np.full(len(self), column[0]) if len(column) == 1 else column

    def entries(self) -> npt.NDArray[np.intp]:
        """Return the bars at which an entry of either side is asked for."""
        return np.flatnonzero(self.flags & (ENTER | ENTER_SHORT))

    def to_bytes(self) -> bytes:
        """Pack the decisions; `from_bytes` gives the same back."""
        present = constant = 0
        parts = []
        for number, name in enumerate(LEVELS):
            column = self.levels.get(name)
            if column is None:
                continue
            present |= 1 << number
            constant |= (len(column) == 1 and len(self) != 1) << number
            parts.append(column.astype("<f8").tobytes())
        switches = _REVERSE * self.reverse | _INTRABAR * self.trail_intrabar
        header = _HEADER.pack(
            _MAGIC, _VERSION, len(self), switches, self.max_bars, present, constant
        )
        return b"".join((header, self.flags.tobytes(), *parts))

    @classmethod
    def from_bytes(cls, data: bytes, bars: int) -> "Decisions":
        """Read decisions for this many bars.

        Raises
        ------
        DecisionsError
            For anything but exactly what `to_bytes` writes.
        """
        if len(data) < _HEADER.size:
            raise DecisionsError(f"{len(data)} bytes are too few to be decisions.")
        header = _HEADER.unpack_from(data)
        magic, version, n, switches, max_bars, present, constant = header
        if magic != _MAGIC or version != _VERSION:
            raise DecisionsError("These bytes are not decisions of this version.")
        if n != bars or n > MAX_BARS:
            raise DecisionsError(f"The decisions are for {n} bars, the data have {bars}.")
        if switches > 3 or present >> len(LEVELS) or constant & ~present or max_bars > MAX_HOLDING:
            raise DecisionsError("The header of the decisions is out of range.")
        flags = np.frombuffer(data[_HEADER.size : _HEADER.size + n], dtype=np.uint8).copy()
        if len(flags) != n or (flags > 15).any():
            raise DecisionsError("The flags of the decisions are short or out of range.")
        levels = _read_levels(data, _HEADER.size + n, n, present, constant)
        return cls(flags, levels, max_bars, bool(switches & _REVERSE), bool(switches & _INTRABAR))


def _read_levels(data: bytes, at: int, n: int, present: int, constant: int) -> dict[str, Floats]:
    levels = {}
    for number, name in enumerate(LEVELS):
        if not present >> number & 1:
            continue
        length = 1 if constant >> number & 1 else n
        if len(data) < at + 8 * length:
            raise DecisionsError(f"The column {name} of the decisions is cut short.")
        column = np.frombuffer(data, dtype="<f8", count=length, offset=at).astype(np.float64)
        at += 8 * length
        try:
            check_level(name, column)
        except SignalsError as error:
            raise DecisionsError(str(error)) from error
        levels[name] = column
    if at != len(data):
        raise DecisionsError(f"{len(data) - at} bytes follow the end of the decisions.")
    return levels
