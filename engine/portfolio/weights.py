"""What a strategy of several symbols hands back: how much of the equity goes into each."""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.bars import MAX_BARS
from engine.errors import EngineError
from engine.portfolio.panel import MAX_SYMBOLS

Floats = npt.NDArray[np.float64]

# Weights that were divided and added up again may exceed 1 by rounding.
TOLERANCE = 1e-9
_MAGIC = b"ABWEIGHT"
_HEADER = struct.Struct("<8sHIII")
_VERSION = 1


class WeightsError(EngineError):
    """The weights contradict the panel or themselves; the message says how."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Target weights of equity, one row a bar.

    Parameters
    ----------
    target : array_like, shape (n, k)
        What fraction of equity each symbol should be from the next open on; below 0 for a short.
        A row of NaN changes nothing. The absolute weights of a row sum to at most 1; the rest
        stays in cash.
    symbols : tuple of str
        Names of the columns, for messages only.
    """

    target: npt.ArrayLike
    symbols: tuple[str, ...] = ()

    def checked(self, bars: int, symbols: int) -> "Weights":
        """Check the weights against a panel; returns them as a read-only table.

        Raises
        ------
        WeightsError
            Naming the first row that is wrong.
        """
        try:
            table = np.array(self.target, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise WeightsError(f"Weights must hold numbers: {error}") from error
        if table.shape != (bars, symbols):
            raise WeightsError(
                f"The weights have the shape {table.shape}, but there are {bars} bars of "
                f"{symbols} symbols."
            )
        _check(table)
        table.flags.writeable = False
        return Weights(table, self.symbols)

    @property
    def table(self) -> Floats:
        """The weights as an array, shape (n, k)."""
        return np.asarray(self.target, dtype=np.float64)

    def __len__(self) -> int:
        return len(self.table)

    def decided(self) -> npt.NDArray[np.intp]:
        """Bars at which weights are given."""
        return np.flatnonzero(~np.isnan(self.table[:, 0]))

    def delayed(self, bars: int) -> "Weights":
        """The same weights, each given this many bars later."""
        if bars < 0:
            raise EngineError(f"Decisions are delayed by 0 bars or more, not {bars}.")
        table = np.full_like(self.table, np.nan)
        shift = min(bars, len(table))
        table[shift:] = self.table[: len(table) - shift]
        return Weights(table, self.symbols)

    def after(self, bar: int) -> "Weights":
        """The weights from this bar on."""
        return Weights(self.table[bar:], self.symbols)

    def to_bytes(self) -> bytes:
        """Write the rows that decide something; `from_bytes` gives the same back."""
        rows = self.decided()
        n, k = self.table.shape
        header = _HEADER.pack(_MAGIC, _VERSION, n, k, len(rows))
        body = rows.astype("<u4").tobytes() + self.table[rows].astype("<f8").tobytes()
        return header + body

    @classmethod
    def from_bytes(
        cls, data: bytes, bars: int, symbols: int, names: tuple[str, ...] = ()
    ) -> "Weights":
        """Read weights for such a panel; WeightsError for anything but what `to_bytes` writes."""
        if len(data) < _HEADER.size:
            raise WeightsError(f"{len(data)} bytes are too few to be weights.")
        magic, version, n, k, count = _HEADER.unpack_from(data)
        if magic != _MAGIC or version != _VERSION:
            raise WeightsError("These bytes are not weights of this version.")
        if n != bars or k != symbols or n > MAX_BARS or k > MAX_SYMBOLS or count > n:
            raise WeightsError(
                f"The weights are for {n} bars of {k} symbols, the data have {bars} of {symbols}."
            )
        if len(data) != _HEADER.size + count * (4 + 8 * k):
            raise WeightsError("The weights are cut short or too long.")
        start = _HEADER.size + 4 * count
        rows = np.frombuffer(data[_HEADER.size : start], dtype="<u4").astype(np.int64)
        if (np.diff(rows) <= 0).any() or (rows >= n).any():
            raise WeightsError("The rows of the weights are out of order.")
        table = np.full((n, k), np.nan)
        table[rows] = np.frombuffer(data[start:], dtype="<f8").reshape(count, k)
        if np.isnan(table[rows]).any():
            raise WeightsError("A row of weights is partly NaN; a row decides all symbols or none.")
        return cls(table, names).checked(bars, symbols)


def _check(table: Floats) -> None:
    missing = np.isnan(table)
    partly = missing.any(axis=1) & ~missing.all(axis=1)
    if partly.any():
        raise WeightsError(
            f"The weights of bar {int(np.argmax(partly))} are partly NaN; "
            "a row decides all symbols or none."
        )
    if np.isinf(table).any():
        row = int(np.argmax(np.isinf(table).any(axis=1)))
        raise WeightsError(f"The weights of bar {row} hold an infinite value.")
    gross = np.nansum(np.abs(table), axis=1)
    if (gross > 1.0 + TOLERANCE).any():
        row = int(np.argmax(gross > 1.0 + TOLERANCE))
        raise WeightsError(
            f"The weights of bar {row} add up to {gross[row]:.4g}; the account has no more than 1."
        )
