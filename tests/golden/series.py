"""The real series that entries name: adjusted closes of `arch`'s index data."""

import functools
from typing import Any

import numpy as np

from tests.engine.markets import adjusted_closes

Floats = np.ndarray
CROSSOVERS = [
    (fast, slow) for fast in (5, 10, 20, 50) for slow in (50, 100, 150, 200) if fast < slow
]
NAMES = [f"{fast}/{slow}" for fast, slow in CROSSOVERS]


def series_name(text: str) -> str:
    """`sp500` or `nasdaq` from however an entry says it."""
    return "nasdaq" if "nasdaq" in text.lower() else "sp500"


def closes(name: str, start: str | None = None, end: str | None = None) -> tuple[Floats, Floats]:
    """Days and closes from one day to another, both inclusive; a year alone means all of it."""
    days, values = adjusted_closes(series_name(name))
    inside = np.ones(len(days), bool)
    if start:
        inside &= days >= np.datetime64(start).astype("datetime64[D]")
    if end:
        last = np.datetime64(end)
        unit = np.datetime_data(last.dtype)[0]
        inside &= days.astype(f"datetime64[{unit}]") <= last
    return days[inside], values[inside]


def daily_returns(name: str) -> tuple[Floats, Floats]:
    """Days and returns, the first close without one."""
    days, values = closes(name)
    return days[1:], values[1:] / values[:-1] - 1.0


def window_returns(name: str, window: Any) -> Floats:
    """Returns inside a window: "last 2520 returns", ["2009", "2013"], or everything."""
    days, r = daily_returns(name)
    if isinstance(window, str):
        words = window.split()
        count = next((int(word) for word in words if word.isdigit()), None)
        if count is None:
            return r
        return r[:count] if "first" in words else r[-count:]
    if isinstance(window, list) and len(window) == 2:
        return r[np.isin(days, closes(name, *map(str, window))[0])]
    return r


@functools.cache
def crossovers(name: str) -> tuple[Floats, Floats]:
    """Positions and market returns of the fifteen SMA crossovers once the slowest is known."""
    _, values = closes(name)
    r = values[1:] / values[:-1] - 1.0
    longest = max(slow for _, slow in CROSSOVERS)
    positions = [average(values, fast) > average(values, slow) for fast, slow in CROSSOVERS]
    held = np.stack(positions, axis=1)[:-1].astype(float)
    # The reference leaves out the first two days on which all averages are known.
    return held[longest + 1 :], r[longest + 1 :]


def average(values: Floats, bars: int) -> Floats:
    """Simple moving average, NaN before there are enough."""
    total = np.cumsum(np.concatenate(([0.0], values)))
    out = np.full(len(values), np.nan)
    out[bars - 1 :] = (total[bars:] - total[:-bars]) / bars
    return out
