"""The binary form of decisions: from code nobody trusts to the host that keeps the books.

It is bounded, has no pickle in it, and every byte is checked: what is read must be exactly what
writing it again gives. Little-endian: a header, the legs, the flags (a byte a bar, or the bars
that have some), then the columns, each as one value, one a bar, or one on each bar that reads it.
"""

import struct
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.bars import MAX_BARS
from engine.decisions import EVERY_BAR, LEVELS, Decisions, DecisionsError, leg_table, read_at
from engine.signals import (
    MAX_ENTRIES,
    MAX_HOLDING,
    MAX_LEGS,
    PEAKS,
    SIZINGS,
    Floats,
    Leg,
    SignalsError,
    as_count,
    as_legs,
    check_level,
)

MAX_SETS = 100_000  # decisions in one sweep

_MAGIC, _MANY = b"ABDECIDE", b"ABDECMNY"
_VERSION = 2
# Magic, version, bars, switches, sizing, legs, max_bars, entry_expiry, max_entries, cooldown,
# columns present, of these constant, of these only on the bars that read them, events.
_HEADER = struct.Struct("<8sHIBBBIIHIIIII")
_MANY_HEADER = struct.Struct("<8sHII")
_SWITCHES = ("reverse", "trail_intrabar", "breakeven_after_target")
_ALL = 0xFFFFFFFF  # in place of the number of events: a flag a bar follows


def pack(decisions: Decisions) -> bytes:
    """Write one run's decisions."""
    present = constant = on_signals = 0
    parts = []
    for number, name in enumerate(LEVELS):
        column = decisions.levels.get(name)
        if column is None:
            continue
        present |= 1 << number
        if len(column) == 1 and len(decisions) != 1:
            constant |= 1 << number
        elif name not in EVERY_BAR:
            read = (decisions.flags & read_at(name)) > 0
            if not read.all() and np.isnan(column[~read]).all():
                on_signals |= 1 << number
                column = column[read]
        parts.append(column.astype("<f8").tobytes())
    events, flags = _pack_flags(decisions.flags)
    switches = PEAKS.index(decisions.trail_from) << len(_SWITCHES)
    for bit, name in enumerate(_SWITCHES):
        switches |= getattr(decisions, name) << bit
    header = _HEADER.pack(
        _MAGIC, _VERSION, len(decisions), switches, SIZINGS.index(decisions.sizing),
        len(decisions.legs), decisions.max_bars, decisions.entry_expiry, decisions.max_entries,
        decisions.cooldown, present, constant, on_signals, events,
    )  # fmt: skip
    return b"".join((header, leg_table(decisions.legs).astype("<f8").tobytes(), flags, *parts))


def unpack(data: bytes, bars: int) -> Decisions:
    """Read one run's decisions over this many bars."""
    try:
        found = _Reader(data).decisions(bars)
    except SignalsError as error:
        raise DecisionsError(str(error)) from error
    if pack(found) != data:
        raise DecisionsError("The bytes are not how these decisions are written.")
    return found


def pack_many(decisions: Sequence[Decisions]) -> bytes:
    """Write the decisions of a sweep, thinned."""
    parts = [pack(found.thinned()) for found in decisions]
    lengths = np.array([len(part) for part in parts], dtype="<u4").tobytes()
    bars = len(decisions[0]) if decisions else 0
    return b"".join((_MANY_HEADER.pack(_MANY, _VERSION, bars, len(parts)), lengths, *parts))


def unpack_many(data: bytes, bars: int) -> list[Decisions]:
    """Read the decisions of a sweep over this many bars."""
    at = _MANY_HEADER.size
    if len(data) < at:
        raise DecisionsError(f"{len(data)} bytes are too few to be decisions.")
    magic, version, n, count = _MANY_HEADER.unpack_from(data)
    if magic != _MANY or version != _VERSION or count > MAX_SETS or n != (bars if count else 0):
        raise DecisionsError(f"These bytes are not the decisions of a sweep over {bars} bars.")
    if len(data) < at + 4 * count:
        raise DecisionsError("The decisions of the sweep are cut short.")
    lengths = np.frombuffer(data, "<u4", count, at).astype(np.int64)
    edges = np.concatenate(([0], np.cumsum(lengths))) + at + 4 * count
    if edges[-1] != len(data):
        raise DecisionsError("The decisions of the sweep do not have the length they claim.")
    return [unpack(data[begin:end], bars) for begin, end in pairwise(edges.tolist())]


def _pack_flags(flags: npt.NDArray[np.uint8]) -> tuple[int, bytes]:
    """Write only the bars with flags where that is shorter than a byte a bar."""
    where = np.flatnonzero(flags)
    if 5 * len(where) >= len(flags):
        return _ALL, flags.tobytes()
    return len(where), where.astype("<u4").tobytes() + flags[where].tobytes()


class _Reader:
    """Takes decisions apart, never reading past the end or believing a length."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def decisions(self, bars: int) -> Decisions:
        if len(self.data) < _HEADER.size:
            raise DecisionsError(f"{len(self.data)} bytes are too few to be decisions.")
        header = _HEADER.unpack_from(self.data)
        magic, version, n, switches, sizing, legs, *limits = header[:10]
        present, constant, on_signals, events = header[10:]
        self.at = _HEADER.size
        if magic != _MAGIC or version != _VERSION:
            raise DecisionsError("These bytes are not decisions of this version.")
        if n != bars or n > MAX_BARS:
            raise DecisionsError(f"The decisions are for {n} bars, the data have {bars}.")
        columns_fit = not (present >> len(LEVELS) or (constant | on_signals) & ~present)
        if switches > 15 or sizing >= len(SIZINGS) or legs > MAX_LEGS or not columns_fit:
            raise DecisionsError("The header of the decisions is out of range.")
        settings = _settings(switches, sizing, limits)
        parts = self._legs(legs)
        flags = self._flags(n, events)
        levels = self._levels(flags, present, constant, on_signals)
        if self.at != len(self.data):
            raise DecisionsError(f"{len(self.data) - self.at} bytes follow the end.")
        found = Decisions(
            flags, levels, legs=as_legs(parts, "target_distance" in levels), **settings
        )
        found.check_amounts()
        return found

    def _take(self, dtype: str, count: int, what: str) -> npt.NDArray[Any]:
        size = np.dtype(dtype).itemsize * count
        if len(self.data) - self.at < size:
            raise DecisionsError(f"{what} of the decisions are cut short.")
        found = np.frombuffer(self.data, dtype, count, self.at)
        self.at += size
        return found.astype(found.dtype.newbyteorder("="))

    def _legs(self, count: int) -> list[Leg]:
        table = self._take("<f8", 4 * count, "The legs").reshape(count, 4).tolist()
        return [
            Leg(share, *(None if np.isnan(target) else target for target in targets))
            for share, *targets in table
        ]

    def _flags(self, n: int, events: int) -> npt.NDArray[np.uint8]:
        if events == _ALL:
            flags = self._take("u1", n, "The flags")
        else:
            if events > n:
                raise DecisionsError("The decisions have more events than bars.")
            where = self._take("<u4", events, "The flags").astype(np.int64)
            values = self._take("u1", events, "The flags")
            if events and (where[-1] >= n or (np.diff(where) <= 0).any()):
                raise DecisionsError("The flags of the decisions are out of order.")
            flags = np.zeros(n, np.uint8)
            flags[where] = values
        if n and flags.max() > 15:
            raise DecisionsError("The flags of the decisions are out of range.")
        return flags

    def _levels(
        self, flags: npt.NDArray[np.uint8], present: int, constant: int, on_signals: int
    ) -> dict[str, Floats]:
        levels = {}
        for number, name in enumerate(LEVELS):
            bit = 1 << number
            if not present & bit:
                continue
            what = f"The values of {name}"
            if constant & bit:
                column = self._take("<f8", 1, what)
            elif on_signals & bit:
                read = (flags & read_at(name)) > 0
                column = np.full(len(flags), np.nan)
                column[read] = self._take("<f8", int(np.count_nonzero(read)), what)
            else:
                column = self._take("<f8", len(flags), what)
            check_level(name, column)
            levels[name] = column
        return levels


def _settings(switches: int, sizing: int, limits: list[int]) -> dict[str, Any]:
    max_bars, expiry, entries, cooldown = limits
    return {
        **{name: bool(switches >> bit & 1) for bit, name in enumerate(_SWITCHES)},
        "trail_from": PEAKS[switches >> len(_SWITCHES)],
        "sizing": SIZINGS[sizing],
        "max_bars": as_count("max_bars", max_bars, 0, MAX_HOLDING),
        "entry_expiry": as_count("entry_expiry", expiry, 0, MAX_HOLDING),
        "max_entries": as_count("max_entries", entries, 1, MAX_ENTRIES),
        "cooldown": as_count("cooldown", cooldown, 0, MAX_HOLDING),
    }
