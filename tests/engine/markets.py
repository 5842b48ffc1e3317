"""Bars for tests: real prices that ship with a dependency, and small made-up markets."""

import csv
import functools
import gzip
import importlib.util
import io
from pathlib import Path

import numpy as np

from engine import Bars

COLUMNS = ("Open", "High", "Low", "Close", "Volume")


@functools.cache
def index_rows(name: str) -> list[dict[str, str]]:
    """Rows of arch's sp500 or nasdaq file, read by path because importing arch takes seconds."""
    spec = importlib.util.find_spec("arch")
    assert spec is not None and spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "data" / name / f"{name}.csv.gz"
    with gzip.open(path) as packed:
        return list(csv.DictReader(io.TextIOWrapper(packed)))


def days_of(rows: list[dict[str, str]]) -> list[str]:
    parts = [row["Date"].split("/") for row in rows]
    return [f"{year}-{int(month):02}-{int(day):02}" for month, day, year in parts]


@functools.cache
def index_bars(name: str = "sp500") -> Bars:
    rows = index_rows(name)
    columns = [[float(row[column]) for row in rows] for column in COLUMNS]
    return Bars.from_columns(days_of(rows), *columns, symbol=name)


def adjusted_closes(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Days and adjusted closes."""
    rows = index_rows(name)
    closes = np.array([float(row["Adj Close"]) for row in rows])
    return np.array(days_of(rows), dtype="datetime64[D]"), closes


def scene(*rows: tuple[float, float, float, float], symbol: str = "TEST") -> Bars:
    """A few days written out as (open, high, low, close)."""
    opened, high, low, close = zip(*rows, strict=True)
    first = np.datetime64("2024-01-01T00:00:00", "s")
    time = first + np.arange(len(rows)) * np.timedelta64(86_400, "s")
    return Bars.from_columns(time, opened, high, low, close, np.ones(len(rows)), symbol=symbol)


def flat_days(*prices: float) -> Bars:
    """Days that open, stay and close at one price."""
    return scene(*[(price, price, price, price) for price in prices])


def mask(n: int, *days: int) -> np.ndarray:
    """True on the given bars."""
    out = np.zeros(n, bool)
    out[list(days)] = True
    return out
