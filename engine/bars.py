"""The only world a script sees: ordered, unique OHLCV rows in UTC."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.calendar import periods_per_year
from engine.errors import EngineError

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.datetime64]

COLUMNS = ("open", "high", "low", "close", "volume")
MAX_BARS = 5_000_000


class BarsError(EngineError):
    """The data are no bars; the message names the row."""


@dataclass(frozen=True, eq=False)
class Bars:
    """Prices of one instrument, one row a bar.

    Attributes
    ----------
    symbol : str
        Name of the instrument, for people only.
    time : ndarray of datetime64[s], shape (n,)
        UTC, strictly increasing.
    open, high, low, close, volume : ndarray of float64, shape (n,), read-only
        Prices are positive and finite, volume is not negative.
    has_range : bool
        False for a close-only series, where open, high and low equal the close.
    has_volume : bool
        False where every volume is zero.
    """

    symbol: str
    time: Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    has_range: bool
    has_volume: bool

    @classmethod
    def from_columns(
        cls,
        time: npt.ArrayLike,
        open: npt.ArrayLike | None = None,
        high: npt.ArrayLike | None = None,
        low: npt.ArrayLike | None = None,
        close: npt.ArrayLike | None = None,
        volume: npt.ArrayLike | None = None,
        *,
        symbol: str = "",
    ) -> "Bars":
        """Build bars from columns; missing open, high and low are the close, volume is zero.

        Raises
        ------
        BarsError
            For an empty, unordered, repeated, non-finite or contradictory row, with its number.
        """
        if close is None:
            raise BarsError("Bars need a close column.")
        stamps = _times(time)
        n = len(stamps)
        last = _column("close", close, n)
        first = last if open is None else _column("open", open, n)
        top = np.maximum(first, last) if high is None else _column("high", high, n)
        bottom = np.minimum(first, last) if low is None else _column("low", low, n)
        traded = np.zeros(n) if volume is None else _column("volume", volume, n)
        _check(stamps, first, top, bottom, last, traded)
        return cls._trusted(symbol, stamps, first, top, bottom, last, traded)

    @classmethod
    def _trusted(cls, symbol: str, time: Times, *columns: Floats) -> "Bars":
        opened, high, low, close, volume = columns
        has_range = bool(np.any(high > low) or np.any(opened != close))
        for array in (time, *columns):
            array.flags.writeable = False
        has_volume = bool(np.any(volume > 0))
        return cls(symbol, time, opened, high, low, close, volume, has_range, has_volume)

    @classmethod
    def from_frame(cls, frame: "pd.DataFrame", *, symbol: str = "") -> "Bars":
        """Build bars from a pandas frame: columns in any case, time in the index or a column."""
        columns = {str(name).strip().lower(): frame[name] for name in frame.columns}
        stamp = next((columns[k] for k in ("time", "date", "datetime") if k in columns), None)
        index = frame.index if stamp is None else stamp
        import pandas as pd  # heavy, and only callers with a frame in hand get here

        time = pd.DatetimeIndex(pd.to_datetime(index, utc=True)).tz_localize(None)
        given = {name: columns[name].to_numpy(float) for name in COLUMNS if name in columns}
        return cls.from_columns(time.to_numpy().astype("datetime64[s]"), symbol=symbol, **given)

    @classmethod
    def from_matrix(cls, matrix: npt.ArrayLike, *, symbol: str = "") -> "Bars":
        """Build bars from a matrix (n, 6): epoch seconds, open, high, low, close, volume."""
        table = np.asarray(matrix, dtype=np.float64)
        if table.ndim != 2 or table.shape[1] != 6:
            raise BarsError(f"A bar matrix has six columns, this one has the shape {table.shape}.")
        seconds = table[:, 0]
        if not np.all(np.isfinite(seconds)) or np.any(np.abs(seconds) > 1e12):
            raise BarsError("The first column of a bar matrix holds epoch seconds.")
        given = {name: table[:, i + 1].copy() for i, name in enumerate(COLUMNS)}
        time = seconds.astype(np.int64).astype("datetime64[s]")
        return cls.from_columns(time, symbol=symbol, **given)

    @classmethod
    def read(cls, path: str | Path, *, symbol: str = "") -> "Bars":
        """Read a ``.csv`` (header with a time or date column) or ``.npy`` (matrix) file."""
        file = Path(path)
        if file.suffix == ".npy":
            try:
                matrix = np.load(file, allow_pickle=False)
            except ValueError as error:
                raise BarsError(f"{file.name} is not a matrix of bars: {error}") from error
            return cls.from_matrix(matrix, symbol=symbol)
        if file.suffix == ".csv":
            return _read_csv(file.read_text(encoding="utf-8-sig"), symbol)
        raise BarsError(f"Bars are read from .csv or .npy files, not from {file.name!r}.")

    def __len__(self) -> int:
        return len(self.close)

    def _slice(self, part: slice) -> "Bars":
        columns = (self.open[part], self.high[part], self.low[part], self.close[part])
        # What the series has is a property of the whole: a quiet stretch does not change it.
        return Bars(
            self.symbol,
            self.time[part],
            *columns,
            self.volume[part],
            self.has_range,
            self.has_volume,
        )

    def head(self, n: int) -> "Bars":
        """Return the first n bars (a view)."""
        return self._slice(slice(0, max(0, n)))

    def after(self, bar: int) -> "Bars":
        """Return the bars from number `bar` on, itself included (a view)."""
        if not 0 <= bar < len(self):
            raise BarsError(f"Bar {bar} is not one of the {len(self)} bars.")
        return self._slice(slice(bar, None))

    def between(self, first_day: date | str | None, last_day: date | str | None) -> "Bars":
        """Return the bars of the calendar days first_day to last_day, both inclusive (a view)."""
        days = self.time.astype("datetime64[D]")
        start = 0 if first_day is None else int(np.searchsorted(days, _day(first_day), "left"))
        stop = (
            len(self) if last_day is None else int(np.searchsorted(days, _day(last_day), "right"))
        )
        return self._slice(slice(start, max(start, stop)))

    @property
    def frame(self) -> "pd.DataFrame":
        """The bars as a pandas frame with a UTC index."""
        import pandas as pd  # heavy: only scripts that ask for a frame pay for it

        index = pd.DatetimeIndex(self.time, tz="UTC", name="time")
        return pd.DataFrame({name: getattr(self, name) for name in COLUMNS}, index=index)

    @cached_property
    def periods_per_year(self) -> float:
        """Bars in a year: see `engine.calendar.periods_per_year`."""
        return periods_per_year(self.time)

    @cached_property
    def month_ends(self) -> npt.NDArray[np.intp]:
        """Numbers of the last bars of calendar months; the last bar of all is one."""
        months = self.time.astype("datetime64[M]").astype(np.int64)
        return np.flatnonzero(np.append(np.diff(months) != 0, True))

    @cached_property
    def prices(self) -> Floats:
        """A copy of open, high, low and close as the rows of one matrix, shape (4, n)."""
        return np.array([self.open, self.high, self.low, self.close])

    def to_matrix(self) -> Floats:
        """Return a float64 matrix (n, 6): epoch seconds, open, high, low, close, volume."""
        seconds = self.time.astype(np.int64).astype(np.float64)
        return np.column_stack([seconds, *(getattr(self, name) for name in COLUMNS)])

    def to_csv(self) -> str:
        """Return CSV text; floats by ``repr``, so reading it back gives the same bits."""
        stamps = np.datetime_as_string(self.time, unit="s").tolist()
        columns = [getattr(self, name).tolist() for name in COLUMNS]
        rows = (
            f"{t}Z,{o!r},{h!r},{lo!r},{c!r},{v!r}"
            for t, o, h, lo, c, v in zip(stamps, *columns, strict=True)
        )
        return "\n".join(("time," + ",".join(COLUMNS), *rows, ""))


def _day(value: date | str) -> np.datetime64:
    try:
        return np.datetime64(value, "D")
    except ValueError as error:
        raise BarsError(f"{value!r} is not a day.") from error


def _times(values: npt.ArrayLike) -> Times:
    try:
        # numpy knows no offsets; "Z" says what every time here is anyway.
        if isinstance(values, list) and values and isinstance(values[0], str):
            values = [str(text).removesuffix("Z").removesuffix("+00:00") for text in values]
        stamps = np.array(values).astype("datetime64[s]")
    except (ValueError, TypeError) as error:
        raise BarsError(f"The time column does not hold dates: {error}") from error
    if stamps.ndim != 1 or len(stamps) == 0:
        raise BarsError("There is not a single bar.")
    if len(stamps) > MAX_BARS:
        raise BarsError(f"{len(stamps):,} bars are more than the {MAX_BARS:,} that fit.")
    return stamps


def _column(name: str, values: npt.ArrayLike, n: int) -> Floats:
    try:
        array = np.array(values, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise BarsError(f"The column {name} does not hold numbers: {error}") from error
    if array.shape != (n,):
        raise BarsError(f"The column {name} has the shape {array.shape}, not ({n},).")
    return array


def _check(
    time: Times, opened: Floats, high: Floats, low: Floats, close: Floats, volume: Floats
) -> None:
    _refuse(time, np.isnat(time), "has no time")
    steps = np.diff(time.astype(np.int64))
    _refuse(time, np.r_[False, steps == 0], "repeats the time of the row before")
    _refuse(time, np.r_[False, steps < 0], "is earlier than the row before")
    for name, column in zip(COLUMNS, (opened, high, low, close, volume), strict=True):
        _refuse(time, ~np.isfinite(column), f"has no number as {name}")
        bad = column < 0 if name == "volume" else column <= 0
        _refuse(
            time, bad, f"has a {name} that is {'negative' if name == 'volume' else 'not positive'}"
        )
    _refuse(time, high < low, "has its high below its low")
    _refuse(time, high < np.maximum(opened, close), "has its open or close above its high")
    _refuse(time, low > np.minimum(opened, close), "has its open or close below its low")


def _refuse(time: Times, bad: npt.NDArray[np.bool_], what: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise BarsError(f"Row {row} ({time[row]}) {what}.")


def _read_csv(text: str, symbol: str) -> Bars:
    header, *rows = [line for line in text.splitlines() if line.strip()] or [""]
    names = [name.strip().strip('"').lower() for name in header.split(",")]
    stamp = next(
        (names.index(k) for k in ("time", "date", "datetime", "timestamp") if k in names), 0
    )
    if "close" not in names:
        raise BarsError(f"The file has no close column, only {', '.join(names) or 'nothing'}.")
    cells = [row.split(",") for row in rows]
    for number, row in enumerate(cells):
        if len(row) != len(names):
            raise BarsError(f"Row {number} has {len(row)} cells, the header has {len(names)}.")
    if not cells:
        raise BarsError("There is not a single bar.")
    columns = dict(zip(names, zip(*cells, strict=True), strict=True))
    return Bars.from_columns(
        [cell.strip().strip('"') for cell in columns[names[stamp]]],
        symbol=symbol,
        **_numbers(columns),
    )


def _numbers(columns: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in COLUMNS:
        if name not in columns:
            continue
        try:
            found[name] = [float(cell) for cell in columns[name]]
        except ValueError as error:
            raise BarsError(f"The column {name} does not hold numbers: {error}") from error
    return found
