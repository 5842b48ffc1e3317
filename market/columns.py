"""The columns of a dataset: their one canonical form in bytes, their hash, and Parquet."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = NDArray[np.datetime64]

PRICES = ("open", "high", "low", "close")
NUMBERS = (*PRICES, "volume")
NAMES = ("time", *NUMBERS)


@dataclass(frozen=True, eq=False)
class Columns:
    """Prices as columns of equal length, not necessarily clean.

    Attributes
    ----------
    time : ndarray of datetime64[s], shape (n,)
        UTC.
    open, high, low, close, volume : ndarray of float64, shape (n,)
        NaN where a cell was empty.
    """

    time: Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    @classmethod
    def closes_only(cls, time: Times, close: Floats) -> Self:
        """A series known by its closes: open, high and low repeat them, volume is zero."""
        return cls(time, close, close, close, close, np.zeros(len(close)))

    def __len__(self) -> int:
        return len(self.time)

    @property
    def has_range(self) -> bool:
        """Whether open, high and low say more than the close."""
        return bool(np.any(self.high > self.low) or np.any(self.open != self.close))

    @property
    def has_volume(self) -> bool:
        """Whether any volume is known."""
        return bool(np.any(self.volume > 0))

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        """These rows, in this order."""
        return type(self)(*(getattr(self, name)[rows] for name in NAMES))

    def content_hash(self, ticker: str, frequency: str, adjusted: bool) -> str:
        """SHA-256 of what the bars are and of their values, bit for bit.

        The head keeps equal numbers under another name apart: they are other prices. Values
        follow as little-endian float64, row by row: epoch seconds, open, high, low, close,
        volume (zero without a sign).
        """
        head = f"alphabench bars 1\n{ticker}\n{frequency}\n{int(adjusted)}\n{len(self)}\n"
        seconds = self.time.astype("datetime64[s]").astype(np.int64).astype("<f8")
        table = np.column_stack([seconds, *(getattr(self, name) for name in NUMBERS)]) + 0.0
        return hashlib.sha256(head.encode() + table.astype("<f8").tobytes()).hexdigest()

    def to_parquet(self) -> bytes:
        """A Parquet file with a UTC time column."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        time = pa.array(self.time.astype("datetime64[ms]"), pa.timestamp("ms", "UTC"))
        numbers = [pa.array(getattr(self, name), pa.float64()) for name in NUMBERS]
        target = io.BytesIO()
        pq.write_table(pa.table([time, *numbers], names=list(NAMES)), target, compression="zstd")
        return target.getvalue()

    @classmethod
    def from_parquet(cls, content: bytes) -> Self:
        """Read back what `to_parquet` wrote."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        # One file of a few hundred kilobytes: starting threads costs more than it saves.
        # `read_table` would import pandas.
        table = pq.ParquetFile(pa.BufferReader(content)).read(list(NAMES), use_threads=False)
        time = array_of(table.column("time").cast(pa.timestamp("ms")).cast(pa.int64()))
        numbers = (array_of(table.column(name)) for name in NUMBERS)
        return cls(time.view("datetime64[ms]").astype("datetime64[s]"), *numbers)


def array_of(column: Any) -> NDArray[Any]:
    """A pyarrow column of numbers without empty cells, copied; its own way imports pandas."""
    return np.from_dlpack(column.combine_chunks()).copy()
