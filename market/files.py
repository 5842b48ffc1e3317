"""Prices from CSV and Parquet files: every cell becomes a number, or a sentence says why not."""

import gzip
import io
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from market.columns import PRICES, Columns, Floats, Times, array_of
from market.days import parse_days
from market.errors import FileRefused

if TYPE_CHECKING:
    import pyarrow as pa

MAX_BYTES = 32_000_000
# Five centuries of days; smaller bars are not read.
MAX_ROWS = 200_000
MAX_COLUMNS = 64

# Spellings in files of the well-known sources, reduced to letters and digits.
SPELLINGS = {
    "time": ("date", "time", "datetime", "timestamp", "day", "tradedate", "opentime", "period",
             "index", "indexlevel0"),
    "open": ("open", "o", "openprice", "openingprice"),
    "high": ("high", "h", "highprice", "max"),
    "low": ("low", "l", "lowprice", "min"),
    "close": ("close", "c", "closeprice", "closelast", "last", "lastprice", "price", "value"),
    "adjusted_close": ("adjclose", "adjustedclose", "closeadjusted", "adjclosep"),
    "volume": ("volume", "v", "vol", "volumebtc", "tradevolume", "shares"),
}  # fmt: skip
EMPTY = {"", "nan", "null", "none", "n/a", "na", "-"}
THOUSANDS = re.compile(r"-?\$?\d{1,3}(,\d{3})+(\.\d+)?")


def read_prices(content: bytes, name: str, *, timezone: str = "UTC") -> tuple[Columns, bool]:
    """The prices in a file, as they stand there, and whether they are adjusted closes.

    Raises
    ------
    FileRefused
        With a sentence naming the column or row.
    """
    table = read_table(content, name)
    found = find_columns(list(table))
    time = parse_days(texts_of(table[found["time"]]), timezone)
    numbers = {
        key: numbers_of(table[header], header) for key, header in found.items() if key != "time"
    }
    if "close" not in numbers:
        return _columns(time, {"close": numbers["adjusted_close"]} | _volume(numbers)), True
    return _columns(time, {k: v for k, v in numbers.items() if k != "adjusted_close"}), False


def read_table(content: bytes, name: str) -> dict[str, "pa.ChunkedArray"]:
    """The columns of a CSV (also gzipped) or Parquet file by their headers, cells as they are."""
    import pyarrow as pa

    if len(content) > MAX_BYTES:
        raise FileRefused(
            [f"The file has {len(content) / 1e6:,.0f} MB; {MAX_BYTES / 1e6:,.0f} MB is the most."]
        )
    if content[:2] == b"\x1f\x8b":
        content = _unzip(content)
    try:
        table = _parquet(content) if content[:4] == b"PAR1" else _csv(content)
    except pa.ArrowException as error:
        said = str(error).splitlines()[0][:200]
        raise FileRefused([f"{name} cannot be read: {said}"]) from error
    if table.num_rows > MAX_ROWS:
        raise FileRefused([f"The file has {table.num_rows:,} rows; {MAX_ROWS:,} is the most."])
    if table.num_rows == 0:
        raise FileRefused([f"{name} holds no rows."])
    return dict(zip(table.column_names, table.columns, strict=True))


def find_columns(headers: Sequence[str]) -> dict[str, str]:
    """Which header holds what; the first spelling that occurs wins."""
    by_spelling = {re.sub(r"[^a-z0-9]", "", header.lower()): header for header in reversed(headers)}
    if "" in by_spelling:  # pandas writes its index under no name
        by_spelling.setdefault("index", by_spelling[""])
    found = {
        key: next(by_spelling[word] for word in words if word in by_spelling)
        for key, words in SPELLINGS.items()
        if any(word in by_spelling for word in words)
    }
    said = ", ".join(f"“{header}”" for header in headers[:12])
    problems = []
    if "time" not in found:
        problems.append(f"No column holds the day; call it “date”. The columns are {said}.")
    if "close" not in found and "adjusted_close" not in found:
        problems.append(f"No column holds closing prices; call it “close”. The columns are {said}.")
    some = [key for key in ("open", "high", "low") if key in found]
    if "close" in found and 0 < len(some) < 3:
        lacking = " and ".join(key for key in ("open", "high", "low") if key not in found)
        problems.append(
            f"There is “{some[0]}” but no {lacking}: give open, high, low and close, or close only."
        )
    if problems:
        raise FileRefused(problems)
    return found


def _columns(time: Times, numbers: Mapping[str, Floats]) -> Columns:
    close = numbers["close"]
    volume = numbers.get("volume", np.zeros(len(close)))
    opened, high, low, close = (numbers.get(key, close) for key in PRICES)
    return Columns(time, opened, high, low, close, volume)


def _volume(numbers: Mapping[str, Floats]) -> dict[str, Floats]:
    return {"volume": numbers["volume"]} if "volume" in numbers else {}


def _unzip(content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            plain = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefused(["The file is damaged: it cannot be unzipped."]) from error
    if len(plain) > MAX_BYTES:
        raise FileRefused([f"The file unzips to more than {MAX_BYTES / 1e6:,.0f} MB."])
    return plain


def _csv(content: bytes) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import csv

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(["The file is neither Parquet nor CSV text in UTF-8."]) from None
    header = text.split("\n", 1)[0].strip("\r")
    if "\x00" in text or not header.strip():
        raise FileRefused(["The file is neither Parquet nor CSV: its first line names no columns."])
    mark = max(",;\t", key=header.count)
    names = [cell.strip().strip('"') for cell in header.split(mark)]
    _check_headers(names)
    return csv.read_csv(
        io.BytesIO(text.encode()),
        read_options=csv.ReadOptions(column_names=names, skip_rows=1, use_threads=False),
        parse_options=csv.ParseOptions(delimiter=mark),
        # Text first: only then can a sentence name the cell that is no number.
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )


def _parquet(content: bytes) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(pa.BufferReader(content))
    _check_headers(file.schema_arrow.names)
    # The footer knows the size before anything is unpacked.
    if file.metadata.num_rows > MAX_ROWS:
        raise FileRefused(
            [f"The file has {file.metadata.num_rows:,} rows; {MAX_ROWS:,} is the most."]
        )
    return file.read()


def _check_headers(names: Sequence[str]) -> None:
    if len(names) > MAX_COLUMNS:
        raise FileRefused([f"The file has {len(names)} columns; {MAX_COLUMNS} is the most."])
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise FileRefused([f"The column “{repeated[0]}” occurs more than once."])


def texts_of(column: "pa.ChunkedArray") -> list[str]:
    """The cells as text; an instant as its epoch seconds."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.tz:
        return [str(int(cell.timestamp())) if cell else "" for cell in column.to_pylist()]
    return ["" if cell is None else str(cell) for cell in column.to_pylist()]


def numbers_of(column: "pa.ChunkedArray", header: str) -> Floats:
    """The cells as numbers, empty ones as NaN; a cell that is neither raises FileRefused."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        try:
            numbers = pc.cast(column, pa.float64(), safe=False)
        except pa.ArrowException:
            raise FileRefused(
                [f"The column “{header}” holds {column.type}, not numbers."]
            ) from None
        return _with_nan(numbers)
    try:
        return _with_nan(pc.cast(column, pa.float64()))
    except pa.ArrowException:
        cells = column.to_pylist()
        return np.array([_number(cell, row, header) for row, cell in enumerate(cells)])


def _with_nan(numbers: "pa.ChunkedArray") -> Floats:
    if numbers.null_count:
        return np.array(numbers.to_pylist(), dtype=np.float64)
    return array_of(numbers)


def _number(cell: str | None, row: int, header: str) -> float:
    text = (cell or "").strip()
    if text.lower() in EMPTY:
        return float("nan")
    plain = text.replace("$", "")
    # A comma is a thousands mark only where it stands like one; 1,5 must not become 15.
    if THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        return float(plain)
    except ValueError:
        raise FileRefused([f"Row {row + 1}: “{text[:40]}” in “{header}” is no number."]) from None
