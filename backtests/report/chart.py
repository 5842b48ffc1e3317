"""What the report's charts draw, serialised once (`chart.json`)."""

from typing import Any

import numpy as np
import orjson

from backtests.report.facts import Study
from engine import Bars


def as_json(bars: Bars, study: Study) -> bytes:
    """Prices, both equity curves, both drawdowns, and a marker for every fill."""
    data: dict[str, Any] = {
        "time": bars.time.astype("datetime64[s]").astype(np.int64),
        "close": bars.close,
        "equity": study.books.equity,
        "benchmark": study.benchmark.equity,
        "drawdown": drawdown(study.books.equity),
        "benchmark_drawdown": drawdown(study.benchmark.equity),
        "markers": markers(bars, study),
    }
    if bars.has_range:
        data |= {"open": bars.open, "high": bars.high, "low": bars.low}
    data = {
        name: np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value
        for name, value in data.items()
    }
    return orjson.dumps(data, option=orjson.OPT_SERIALIZE_NUMPY)


def drawdown(equity: np.ndarray) -> np.ndarray:
    """Fall from the highest value so far, as a fraction (0 or negative), six digits."""
    return np.round(equity / np.maximum.accumulate(equity) - 1.0, 6)


def markers(bars: Bars, study: Study) -> list[dict[str, Any]]:
    """One mark for every fill; a position open at the end has no exit mark."""
    times = bars.time.astype("datetime64[s]").astype(np.int64).tolist()
    marks = []
    for number, trade in enumerate(study.books.trades, 1):
        side = {"side": trade.side, "trade": number}
        marks.append(
            {"time": times[trade.entry_bar], "kind": "entry", "price": trade.entry_price, **side}
        )
        if not trade.open_at_end:
            marks.append(
                {"time": times[trade.exit_bar], "kind": "exit", "price": trade.exit_price, **side}
            )
    return marks


def sparkline(study: Study, points: int = 48) -> list[int]:
    """The equity of a list's small curve: whole money at evenly spaced bars, both ends kept."""
    equity = study.books.equity
    places = np.unique(np.linspace(0, len(equity) - 1, points).round().astype(int))
    return [round(value) for value in equity[places].tolist()]
