"""Bars that grow with time: what a walking strategy sees of the world."""

from typing import Any

import numpy as np

from engine.bars import Bars

COLUMNS = ("open", "high", "low", "close", "volume")


class Past:
    """The bars up to now, in tables that hold nothing of the future.

    Every bar is copied in when its time comes, so the arrays that a strategy gets, and whatever
    they are views of, do not contain a later price. Making the next view costs no copy.
    """

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        n = len(bars)
        self._real = np.array([getattr(bars, name) for name in COLUMNS])
        self._seen = np.full((len(COLUMNS), n), np.nan)
        self._clock = np.full(n, np.datetime64("NaT"), dtype=bars.time.dtype)
        self._shown, self._times = self._seen.view(), self._clock.view()
        self._shown.flags.writeable = self._times.flags.writeable = False
        self._now = 0

    def __len__(self) -> int:
        return self._now

    def reveal(self, t: int) -> None:
        """Let bar t happen."""
        self._seen[:, t] = self._real[:, t]
        self._clock[t] = self._bars.time[t]
        self._now = t + 1

    def bars(self) -> Bars:
        """The bars so far; columns are cut when they are asked for."""
        seen = object.__new__(_Seen)
        seen.__dict__.update(
            symbol=self._bars.symbol,
            has_range=self._bars.has_range,
            has_volume=self._bars.has_volume,
            _length=self._now,
            _shown=self._shown,
            _times=self._times,
        )
        return seen

    def range_since(self, bar: int) -> tuple[float, float]:
        """Highest high and lowest low from this bar on."""
        span = slice(bar, self._now)
        return float(self._seen[1, span].max()), float(self._seen[2, span].min())


class _Seen(Bars):
    """Bars whose columns are cut from the tables of the past on first use."""

    def __getattr__(self, name: str) -> Any:
        known = self.__dict__
        if name == "time":
            column = known["_times"][: known["_length"]]
        elif name in COLUMNS:
            column = known["_shown"][COLUMNS.index(name), : known["_length"]]
        else:
            raise AttributeError(f"Bars have no {name!r}.")
        known[name] = column
        return column

    def __len__(self) -> int:
        return int(self.__dict__["_length"])
