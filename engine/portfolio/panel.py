"""Several symbols on the days they share: the world of a strategy that trades more than one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.bars import COLUMNS, MAX_BARS, Bars
from engine.errors import EngineError

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.datetime64]

MAX_SYMBOLS = 100
SUFFIX = ".panel"
_MAGIC = b"ABPANEL1"
_HEADER = 4096  # bytes that the list of symbols may take


class PanelError(EngineError):
    """These bars are no panel; the message says why."""


@dataclass(frozen=True, eq=False)
class Panel:
    """Bars of several symbols, row t of each at the same time.

    Attributes
    ----------
    bars : tuple of Bars
        One for each symbol, all of the same length and with the same times.
    dropped : int
        Days that at least one symbol has and at least one lacks.
    """

    bars: tuple[Bars, ...]
    dropped: int = 0

    @classmethod
    def of(cls, bars: Sequence[Bars]) -> "Panel":
        """Put bars side by side on the days they share.

        Raises
        ------
        PanelError
            For fewer than two symbols, a name twice, or no common day.
        """
        names = [one.symbol for one in bars]
        if not 2 <= len(names) <= MAX_SYMBOLS:
            raise PanelError(f"A panel has 2 to {MAX_SYMBOLS} symbols, not {len(names)}.")
        if len(set(names)) < len(names):
            raise PanelError(f"A symbol stands twice in {', '.join(names)}.")
        shared = reduce(np.intersect1d, [one.time for one in bars])
        if not len(shared):
            raise PanelError(f"{', '.join(names)} have no day in common.")
        every = reduce(np.union1d, [one.time for one in bars])
        cut = tuple(_on(one, shared) for one in bars)
        return cls(cut, len(every) - len(shared))

    def __len__(self) -> int:
        return len(self.bars[0])

    def __getitem__(self, symbol: str) -> Bars:
        for one in self.bars:
            if one.symbol == symbol:
                return one
        raise PanelError(f"The panel has no {symbol!r}; it has {', '.join(self.symbols)}.")

    @property
    def symbols(self) -> tuple[str, ...]:
        """Names, in the order of the columns."""
        return tuple(one.symbol for one in self.bars)

    @property
    def symbol(self) -> str:
        """All names as one, for people."""
        return ",".join(self.symbols)

    @property
    def time(self) -> Times:
        """Times that all symbols share, shape (n,)."""
        return self.bars[0].time

    @property
    def periods_per_year(self) -> float:
        """Bars in a year."""
        return self.bars[0].periods_per_year

    @property
    def has_range(self) -> bool:
        """Whether every symbol has open, high and low."""
        return all(one.has_range for one in self.bars)

    @property
    def has_volume(self) -> bool:
        """Whether every symbol has volume."""
        return all(one.has_volume for one in self.bars)

    @cached_property
    def open(self) -> Floats:
        """Opens, shape (n, k), read-only."""
        return self._table("open")

    @cached_property
    def high(self) -> Floats:
        """Highs, shape (n, k), read-only."""
        return self._table("high")

    @cached_property
    def low(self) -> Floats:
        """Lows, shape (n, k), read-only."""
        return self._table("low")

    @cached_property
    def close(self) -> Floats:
        """Closes, shape (n, k), read-only."""
        return self._table("close")

    @cached_property
    def clock(self) -> Bars:
        """An index of equal weights as bars: 100 at the first close, each symbol 1/k of it."""
        worth = 100.0 * np.mean(self.close / self.close[0], axis=1)
        return Bars.from_columns(self.time, close=worth, symbol=self.symbol)

    def head(self, n: int) -> "Panel":
        """The first n bars of every symbol."""
        return Panel(tuple(one.head(n) for one in self.bars), self.dropped)

    def after(self, bar: int) -> "Panel":
        """The bars from this one on."""
        return Panel(tuple(one.after(bar) for one in self.bars), self.dropped)

    def between(self, first_day: date | str | None, last_day: date | str | None) -> "Panel":
        """The bars from one day to another, both inclusive."""
        return Panel(tuple(one.between(first_day, last_day) for one in self.bars), self.dropped)

    def to_bytes(self) -> bytes:
        """Write the panel; `from_bytes` gives the same back."""
        names = json.dumps(self.symbols).encode()
        if len(names) > _HEADER:
            raise PanelError("The names of the symbols are too long.")
        shape = np.array([len(names), len(self.bars), len(self)], dtype="<u4")
        tables = (one.to_matrix().astype("<f8").tobytes() for one in self.bars)
        return b"".join((_MAGIC, shape.tobytes(), names, *tables))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Panel":
        """Read exactly what `to_bytes` writes; PanelError for anything else."""
        if len(data) < 20 or data[:8] != _MAGIC:
            raise PanelError("These bytes are no panel.")
        length, count, n = np.frombuffer(data[8:20], dtype="<u4").tolist()
        rest = 20 + length
        size = n * 6 * 8
        if not 2 <= count <= MAX_SYMBOLS or length > _HEADER or n > MAX_BARS:
            raise PanelError("The panel is larger than a panel may be.")
        if len(data) != rest + count * size:
            raise PanelError("The panel is cut short or too long.")
        names = json.loads(data[20:rest])
        tables = np.frombuffer(data[rest:], dtype="<f8").reshape(count, n, 6)
        return cls.of(
            [
                Bars.from_matrix(table.astype(np.float64), symbol=str(name))
                for name, table in zip(names, tables, strict=True)
            ]
        )

    def to_csv(self) -> str:
        """Return CSV text, one row a symbol and bar; reading it back gives the same bits."""
        stamps = np.datetime_as_string(self.time, unit="s").tolist()
        tables = [one.to_matrix()[:, 1:].tolist() for one in self.bars]
        rows = (
            f"{stamp}Z,{name}," + ",".join(map(repr, table[t]))
            for t, stamp in enumerate(stamps)
            for name, table in zip(self.symbols, tables, strict=True)
        )
        return "\n".join(("time,symbol,open,high,low,close,volume", *rows, ""))

    @classmethod
    def from_csv(cls, text: str) -> "Panel":
        """Read rows of time, symbol, open, high, low, close and volume."""
        import csv
        import io

        by_symbol: dict[str, list[list[str]]] = {}
        for row in csv.DictReader(io.StringIO(text)):
            found = [row.get(name) or "" for name in ("time", *COLUMNS)]
            by_symbol.setdefault(str(row.get("symbol")), []).append(found)
        return cls.of([_bars(name, rows) for name, rows in by_symbol.items()])

    @classmethod
    def read(cls, path: str | Path) -> "Panel":
        """Read a ``.panel`` file."""
        return cls.from_bytes(Path(path).read_bytes())

    def _table(self, name: str) -> Floats:
        table = np.column_stack([getattr(one, name) for one in self.bars])
        table.flags.writeable = False
        return table


def _bars(name: str, rows: list[list[str]]) -> Bars:
    try:
        values = np.array([[float(cell) for cell in row[1:]] for row in rows])
    except ValueError as error:
        raise PanelError(f"A row of {name} holds no number: {error}") from error
    return Bars.from_columns([row[0] for row in rows], *values.T, symbol=name)


def _on(bars: Bars, shared: Times) -> Bars:
    rows = np.isin(bars.time, shared)
    if rows.all():
        return bars
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    return Bars.from_columns(
        bars.time[rows], *(column[rows] for column in columns), symbol=bars.symbol
    )


def read_world(path: str | Path) -> Bars | Panel:
    """Read a file of bars or of a panel: ``.panel``, or a ``.csv`` with a symbol column."""
    file = Path(path)
    if file.suffix == SUFFIX:
        return Panel.read(file)
    if file.suffix == ".csv":
        with file.open(encoding="utf-8-sig") as lines:
            if "symbol" in lines.readline().strip().lower().split(","):
                return Panel.from_csv(file.read_text(encoding="utf-8-sig"))
    return Bars.read(file)
