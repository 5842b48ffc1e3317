"""What comes of decisions, in a form in which two readings of one rule can be compared.

Decisions may differ where nothing follows from it (a sell signal while flat, a stop written as a
level): what counts is what is bought and sold, when, at which price and how much of it. For
several symbols it is the weights held from day to day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine import Bars, Decisions, SimulationConfig, Weights, simulate
from engine.worlds import Intent, World

Floats = npt.NDArray[np.float64]

# Rounding of prices and units is no difference.
CLOSE_ENOUGH = 1e-6
END = 7  # the kernel's number for "still held on the last bar"
SIDE, ENTRY_BAR, EXIT_BAR, ENTRY_PRICE, EXIT_PRICE, UNITS, REASON = 0, 1, 2, 3, 4, 5, 8


@dataclass(frozen=True)
class Fill:
    """One order filled: `way` is +1 for a purchase and -1 for a sale, `opens` for an entry."""

    bar: int
    way: int
    opens: bool
    price: float
    units: float
    reason: str = ""
    symbol: str = ""

    @property
    def word(self) -> str:
        """What a trader calls it."""
        if self.opens:
            return "bought" if self.way > 0 else "sold short"
        return "sold" if self.way < 0 else "covered"

    def is_like(self, other: Fill) -> bool:
        """The same order, but for rounding."""
        same = (self.way, self.opens, self.symbol) == (other.way, other.opens, other.symbol)
        return same and _close(self.price, other.price) and _close(self.units, other.units)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What follows from decisions: trades of one symbol, or the weights held of several."""

    table: Floats
    symbols: tuple[str, ...] = ()

    def equals(self, other: Outcome) -> bool:
        """Whether nothing that counts is different."""
        one, two = self._compared, other._compared
        if one.shape != two.shape:
            return False
        return bool(np.allclose(one, two, rtol=CLOSE_ENOUGH, atol=0.0, equal_nan=True))

    @property
    def _compared(self) -> Floats:
        if self.symbols:
            return self.table
        table = self.table[:, SIDE : UNITS + 1].copy()
        at_end = self.table[:, REASON] == END
        table[at_end, EXIT_BAR : EXIT_PRICE + 1 : 2] = np.nan
        return table[np.lexsort((table[:, UNITS], table[:, EXIT_BAR], table[:, ENTRY_BAR]))]

    def fills(self) -> list[Fill]:
        """Every order in order of time; of weights, every change of one."""
        found = self._changes() if self.symbols else self._orders()
        return sorted(found, key=lambda fill: (fill.bar, fill.opens, fill.way, fill.units))

    def _orders(self) -> list[Fill]:
        from engine.kernel import REASONS

        found = []
        for row in self.table.tolist():
            side, reason = int(row[SIDE]), int(row[REASON])
            found.append(Fill(int(row[ENTRY_BAR]), side, True, row[ENTRY_PRICE], row[UNITS]))
            if reason != END:
                found.append(
                    Fill(
                        int(row[EXIT_BAR]), -side, False, row[EXIT_PRICE], row[UNITS],
                        REASONS[reason],
                    )
                )  # fmt: skip
        return found

    def _changes(self) -> list[Fill]:
        before = np.vstack((np.zeros((1, len(self.symbols))), self.table[:-1]))
        found = []
        for t, k in np.argwhere(~np.isclose(before, self.table, rtol=CLOSE_ENOUGH)).tolist():
            if t + 1 >= len(self.table):
                continue
            change = float(self.table[t, k] - before[t, k])
            way = 1 if change > 0 else -1
            found.append(
                Fill(t + 1, way, change > 0, np.nan, abs(change), "signal", self.symbols[k])
            )
        return found

    def first_difference(self, other: Outcome) -> tuple[int, list[Fill], list[Fill]] | None:
        """The first bar on which they do not do the same, and what each does on it."""
        ours, theirs = _by_bar(self.fills()), _by_bar(other.fills())
        for bar in sorted({*ours, *theirs}):
            one, two = ours.get(bar, []), theirs.get(bar, [])
            same = len(one) == len(two) and all(a.is_like(b) for a, b in zip(one, two, strict=True))
            if not same:
                return bar, one, two
        return None


def outcome_of(world: World, intent: Intent, cash: float) -> Outcome:
    """Fill the decisions without costs."""
    if isinstance(world, Bars):
        assert isinstance(intent, Decisions)
        books = simulate(world, intent, SimulationConfig(initial_cash=cash, commission=0.0))
        return Outcome(books.trade_table)
    assert isinstance(intent, Weights)
    table = intent.table
    known = ~np.isnan(table[:, 0])
    last = np.maximum.accumulate(np.where(known, np.arange(len(table)), -1))
    held = np.where((last >= 0)[:, None], table[np.maximum(last, 0)], 0.0)
    return Outcome(held, world.symbols)


def _by_bar(fills: list[Fill]) -> dict[int, list[Fill]]:
    found: dict[int, list[Fill]] = defaultdict(list)
    for fill in fills:
        found[fill.bar].append(fill)
    return found


def _close(one: float, two: float) -> bool:
    return bool(np.isclose(one, two, rtol=CLOSE_ENOUGH, atol=0.0, equal_nan=True))
