"""What leaves a script: per bar, what to do. Never prices, never results.

The binary form, which crosses from untrusted code, is in `engine.packing`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.signals import (
    MAX_ENTRIES,
    MAX_HOLDING,
    PEAKS,
    SIZINGS,
    Floats,
    Leg,
    Signals,
    SignalsError,
    as_choice,
    as_count,
    as_holding,
    as_legs,
    as_level,
    as_mask,
    as_switch,
    check_amounts,
)

ENTER, EXIT, ENTER_SHORT, EXIT_SHORT = 1, 2, 4, 8
ENTRIES, EXITS = ENTER | ENTER_SHORT, EXIT | EXIT_SHORT
MASKS = {"enter": ENTER, "exit": EXIT, "enter_short": ENTER_SHORT, "exit_short": EXIT_SHORT}
LEVELS = (
    "stop_loss",
    "take_profit",
    "stop_distance",
    "target_distance",
    "stop_level",
    "target_level",
    "trailing_stop",
    "trailing_distance",
    "target_multiple",
    "size",
    "entry_limit",
    "entry_stop",
    "exit_size",
    "breakeven",
    "breakeven_multiple",
    "trailing_level",
)
# Read at every close; exit_size is read at exits, all others at entries.
EVERY_BAR = ("trailing_distance", "trailing_level")
SIZE_SAYS = {
    "cash": "the money of an entry",
    "units": "the units of an entry",
    "risk": "the fraction of equity that is lost at the stop, as 0.01",
}
# What holds for the whole run; the rest of a decision is a column.
SETTINGS = (
    "max_bars",
    "reverse",
    "trail_intrabar",
    "sizing",
    "entry_expiry",
    "max_entries",
    "legs",
    "breakeven_after_target",
    "cooldown",
    "trail_from",
)


class DecisionsError(EngineError):
    """The bytes are no decisions for these bars; the message says why."""


@dataclass(frozen=True, eq=False)
class Decisions:
    """One row of intent a bar, valid by construction.

    Attributes
    ----------
    flags : ndarray of uint8, shape (n,)
        Sum of ENTER 1, EXIT 2, ENTER_SHORT 4, EXIT_SHORT 8.
    levels : dict of str to ndarray of float64
        Columns of `LEVELS` that are used, each of shape (n,) or (1,) for a constant.
    max_bars : int
        Holding limit, 0 for none.
    reverse, trail_intrabar, sizing, entry_expiry, max_entries, legs, breakeven_after_target,
    cooldown, trail_from
        As in `Signals`.
    """

    flags: npt.NDArray[np.uint8]
    levels: dict[str, Floats] = field(default_factory=dict)
    max_bars: int = 0
    reverse: bool = False
    trail_intrabar: bool = False
    sizing: str = "equity"
    entry_expiry: int = 1
    max_entries: int = 1
    legs: tuple[Leg, ...] = ()
    breakeven_after_target: bool = False
    cooldown: int = 0
    trail_from: str = "close"

    @classmethod
    def from_signals(cls, signals: Signals, bars: int) -> "Decisions":
        """Check a script's signals against the number of bars and pack them.

        Raises
        ------
        SignalsError
            With a sentence about the first thing that is wrong.
        """
        if not isinstance(signals, Signals):
            raise SignalsError(
                f"signals() must return Signals(...), it returned {type(signals).__name__}."
            )
        flags = np.zeros(bars, dtype=np.uint8)
        for shift, name in enumerate(MASKS):
            values = getattr(signals, name)
            if values is not None:
                column = as_mask(name, values, bars).view(np.uint8)
                for _ in range(shift):
                    column = column + column  # several times as quick as shifting
                flags |= column
        levels = {}
        for name in LEVELS:
            values = getattr(signals, name)
            if values is None or (name == "size" and type(values) is float and values == 1.0):
                continue  # an order without a size is for all of it
            levels[name] = as_level(name, values, bars)
        found = cls(flags, levels, **checked_settings(signals, "target_distance" in levels))
        if signals.size is None and found.sizing != "equity":
            raise SignalsError(f'sizing="{found.sizing}" needs a size: {SIZE_SAYS[found.sizing]}.')
        found.check_amounts()
        return found

    def check_amounts(self) -> None:
        """Refuse sizes that are missing or too large on the bars that read them."""
        for name, where, most in (
            ("size", ENTRIES, 1.0 if self.sizing in ("equity", "risk") else np.inf),
            ("exit_size", EXITS, 1.0),
        ):
            if name in self.levels:
                check_amounts(name, self.levels[name], (self.flags & where) > 0, most)

    def __len__(self) -> int:
        return len(self.flags)

    def level(self, name: str) -> Floats:
        """Return one column of shape (n,); NaN where there is none (a size: 1)."""
        column = self.levels.get(name)
        if column is None:
            return np.full(len(self), 1.0 if name in ("size", "exit_size") else np.nan)
        return np.full(len(self), column[0]) if len(column) == 1 else column

    def entries(self) -> npt.NDArray[np.intp]:
        """Return the bars at which an entry of either side is asked for."""
        return np.flatnonzero(self.flags & ENTRIES)

    def delayed(self, bars: int) -> "Decisions":
        """Return the same decisions, each taken this many bars later with the levels it had."""
        if bars < 0:
            raise EngineError(f"Decisions are delayed by 0 bars or more, not {bars}.")
        n = len(self)
        shift = min(bars, n)
        flags = np.concatenate((np.zeros(shift, np.uint8), self.flags[: n - shift]))
        levels = {
            name: column
            if len(column) != n
            else np.concatenate((np.full(shift, np.nan), column[: n - shift]))
            for name, column in self.levels.items()
        }
        return replace(self, flags=flags, levels=levels)

    def without_entries(self, windows: Iterable[tuple[int, int]]) -> "Decisions":
        """Return the decisions without entry signals on the bars (first, last) of each window."""
        flags = self.flags.copy()
        for first, last in windows:
            flags[max(0, first) : last + 1] &= EXITS
        return replace(self, flags=flags)

    def after(self, bar: int) -> "Decisions":
        """Return the decisions for the bars from number `bar` on, as `Bars.after` cuts them."""
        n = len(self)
        if not 0 <= bar < n:
            raise EngineError(f"Bar {bar} is not one of the {n} bars.")
        levels = {
            name: column[bar:] if len(column) == n else column
            for name, column in self.levels.items()
        }
        return replace(self, flags=self.flags[bar:], levels=levels)

    def thinned(self) -> "Decisions":
        """Return the decisions without the values that no bar reads: the same books, smaller."""
        levels = {}
        for name, column in self.levels.items():
            if len(column) == len(self) and name not in EVERY_BAR:
                column = np.where(self.flags & read_at(name), column, np.nan)
            levels[name] = column
        return replace(self, levels=levels)

    def to_bytes(self) -> bytes:
        """Pack the decisions; `from_bytes` gives the same back."""
        from engine import packing  # it knows this module

        return packing.pack(self)

    @classmethod
    def from_bytes(cls, data: bytes, bars: int) -> "Decisions":
        """Read decisions for this many bars.

        Raises
        ------
        DecisionsError
            For anything but exactly what `to_bytes` writes.
        """
        from engine import packing

        return packing.unpack(data, bars)


def checked_settings(source: Any, has_distance: bool) -> dict[str, Any]:
    """Check what holds for a whole run, of `Signals` or of a `Strategy`."""
    return {
        "max_bars": as_holding(source.max_bars),
        "reverse": as_switch("reverse", source.reverse),
        "trail_intrabar": as_switch("trail_intrabar", source.trail_intrabar),
        "sizing": as_choice("sizing", source.sizing, SIZINGS),
        "entry_expiry": as_count("entry_expiry", source.entry_expiry, 0, MAX_HOLDING),
        "max_entries": as_count("max_entries", source.max_entries, 1, MAX_ENTRIES),
        "legs": as_legs(source.legs, has_distance),
        "breakeven_after_target": as_switch(
            "breakeven_after_target", source.breakeven_after_target
        ),
        "cooldown": as_count("cooldown", source.cooldown, 0, MAX_HOLDING),
        "trail_from": as_choice("trail_from", source.trail_from, PEAKS),
    }


def leg_table(legs: Sequence[Leg]) -> Floats:
    """Return share, take_profit, target_multiple, target_distance a leg; shape (legs, 4)."""
    table = np.full((len(legs), 4), np.nan)
    for row, leg in zip(table, legs, strict=True):
        row[0] = leg.share
        row[1:] = [np.nan if value is None else value for value in leg.targets]
    return table


def unpack_many(data: bytes, bars: int) -> list[Decisions]:
    """Read the decisions of a sweep, as `engine.harness.sweep` returns them.

    Raises
    ------
    DecisionsError
        For anything but exactly what the sweep writes.
    """
    from engine import packing

    return packing.unpack_many(data, bars)


def read_at(name: str) -> int:
    """Return the flags whose bars read a column that is not read at every close."""
    return EXITS if name == "exit_size" else ENTRIES
