"""Adjusted closes of large stocks that ship with a dependency, read without importing it."""

import csv
import functools
import gzip
import importlib.util
import io
from pathlib import Path

import numpy as np

from engine import Bars
from engine.portfolio import Panel


@functools.cache
def closes() -> tuple[list[str], dict[str, list[float]]]:
    spec = importlib.util.find_spec("skfolio")
    assert spec is not None and spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "data" / "sp500_dataset.csv.gz"
    with gzip.open(path) as packed:
        rows = list(csv.DictReader(io.TextIOWrapper(packed)))
    names = [name for name in rows[0] if name != "Date"]
    return [row["Date"] for row in rows], {
        name: [float(row[name]) for row in rows] for name in names
    }


@functools.cache
def panel(*symbols: str) -> Panel:
    days, tables = closes()
    time = np.array(days, dtype="datetime64[s]")
    return Panel.of([Bars.from_columns(time, close=tables[name], symbol=name) for name in symbols])
