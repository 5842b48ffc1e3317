"""Returns by calendar month, compounded."""

from typing import TypedDict

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.metrics.growth import Floats, Maybe, as_returns
from engine.simulator import Books


class MonthRow(TypedDict):
    """One year: twelve returns (None where there was no bar) and their compounded total."""

    year: int
    months: list[Maybe]
    total: float


def monthly_returns(bars: Bars, books: Books) -> list[MonthRow]:
    """Return one row a calendar year, oldest first, of what the account made.

    A month runs from the last equity before it to its own last equity, the first one from the
    initial capital. After a total loss the account stays at zero and later months are 0.
    """
    return monthly_table(books.equity, bars.time, books.config.initial_cash)


def monthly_table(
    equity: npt.ArrayLike, time: npt.NDArray[np.datetime64], start: float
) -> list[MonthRow]:
    """Compound a series of values by calendar month; see `monthly_returns`."""
    worth = as_returns(equity)
    months = time.astype("datetime64[M]").astype(np.int64)
    last = np.flatnonzero(np.append(np.diff(months) != 0, True))
    growth = _growth(worth[last], start)
    by_year: dict[int, list[Maybe]] = {}
    for number, factor in zip(months[last].tolist(), growth.tolist(), strict=True):
        row = by_year.setdefault(1970 + number // 12, [None] * 12)
        row[number % 12] = factor - 1.0
    return [
        MonthRow(year=year, months=row, total=_compounded(row)) for year, row in by_year.items()
    ]


def month_growth(bars: Bars, books: Books) -> Floats:
    """Growth factors of the calendar months that have bars, oldest first."""
    return _growth(books.equity[bars.month_ends], books.config.initial_cash)


def _growth(ends: Floats, initial_cash: float) -> Floats:
    before = np.concatenate(([initial_cash], ends[:-1]))
    growth = np.ones(len(ends))
    alive = before > 0
    growth[alive] = np.maximum(ends[alive], 0.0) / before[alive]
    return growth


def _compounded(row: list[Maybe]) -> float:
    return float(np.prod([1.0 + month for month in row if month is not None]) - 1.0)


def best_and_worst_month(rows: list[MonthRow]) -> tuple[Maybe, Maybe]:
    """Return the highest and the lowest monthly return."""
    found = [month for row in rows for month in row["months"] if month is not None]
    return (max(found), min(found)) if found else (None, None)
