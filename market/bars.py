"""Bars of a dataset, kept in memory by their hash: the same prices are read once per worker."""

import threading
from collections import OrderedDict
from datetime import date
from typing import TYPE_CHECKING

from market.columns import NUMBERS, Columns
from market.errors import DatasetDamaged
from market.models import Dataset

if TYPE_CHECKING:
    from engine import Bars

# 48 bytes a row: some 100 MB at most in each worker.
ROWS_IN_MEMORY = 2_000_000

_lock = threading.Lock()
_kept: "OrderedDict[str, Bars]" = OrderedDict()


def load_bars(
    dataset: Dataset, first_day: date | None = None, last_day: date | None = None
) -> "Bars":
    """The bars of a dataset, or of its days from `first_day` to `last_day`, both included.

    Raises
    ------
    DatasetDamaged
        When the stored file is missing or holds other bars than its hash says.
    """
    bars = _whole(dataset)
    return bars if first_day is None and last_day is None else bars.between(first_day, last_day)


def read_columns(dataset: Dataset) -> Columns:
    """The stored columns, proved by their hash."""
    try:
        columns = Columns.from_parquet(dataset.read())
    except (OSError, ValueError, KeyError) as error:
        # pyarrow's errors are ValueErrors and OSErrors; S3 answers a missing file like a disk.
        raise DatasetDamaged(f"The prices of {dataset} cannot be read: {error}") from error
    found = columns.content_hash(dataset.symbol.ticker, dataset.frequency, dataset.adjusted)
    if found != dataset.content_hash:
        raise DatasetDamaged(f"The stored prices of {dataset} are not the ones imported.")
    return columns


def forget_bars() -> None:
    """Empty the memory."""
    with _lock:
        _kept.clear()


def _whole(dataset: Dataset) -> "Bars":
    with _lock:
        if (bars := _kept.get(dataset.content_hash)) is not None:
            _kept.move_to_end(dataset.content_hash)
            return bars
    bars = _read(dataset)
    with _lock:
        _kept[dataset.content_hash] = bars
        while len(_kept) > 1 and sum(map(len, _kept.values())) > ROWS_IN_MEMORY:
            _kept.popitem(last=False)
    return bars


def _read(dataset: Dataset) -> "Bars":
    from engine import Bars, BarsError

    columns = read_columns(dataset)
    numbers = {name: getattr(columns, name) for name in NUMBERS}
    try:
        return Bars.from_columns(columns.time, **numbers, symbol=dataset.symbol.ticker)
    except BarsError as error:
        raise DatasetDamaged(f"The stored prices of {dataset} are no bars: {error}") from error
