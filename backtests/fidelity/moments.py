"""What is worth showing of a market: entries, every way out, near misses, changes of holdings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backtests.fidelity.interpreter import is_for_several
from backtests.fidelity.outcomes import END, ENTRY_BAR, EXIT_BAR, REASON, SIDE, Fill, Outcome
from backtests.fidelity.reading import Reading
from engine import Bars, ta
from engine.worlds import World
from llm.specification import StrategySpec
from llm.specification import nodes as n

# A trade this long is shown whole; of a longer one its end.
WHOLE = 17
LIKED = 6  # bars of a trade that reads well
QUIET = 3  # bars around a near miss without an order
# Order of the kinds on the page.
ENTRY, EXIT, SHORT, NEAR = 0, 1, 2, 4


@dataclass(frozen=True)
class Moment:
    """Something that happens on bars `first` to `last`; orders are named by their fills.

    `covers` are other kinds that the same scene shows. `missing` is the condition that fails in a
    near miss, `other` the misreading that differs here. `since` is the bar on which began what ends
    here.
    """

    kind: str
    rank: int
    first: int
    last: int
    fill: Fill | None = None
    exit: Fill | None = None
    covers: tuple[str, ...] = ()
    missing: Any = None
    other: StrategySpec | None = None
    since: int | None = None

    def moved(self, by: int) -> Moment:
        """The same moment where the bars are counted from elsewhere."""
        return replace(
            self,
            first=self.first + by,
            last=self.last + by,
            fill=self.fill and replace(self.fill, bar=self.fill.bar + by),
            exit=self.exit and replace(self.exit, bar=self.exit.bar + by),
        )

    def happens(
        self, outcome: Outcome, spec: StrategySpec, world: World, readings: dict[str, Reading]
    ) -> bool:
        """Whether it is so on other bars, too: cut out, averages begin anew."""
        fills = outcome.fills()
        for wanted in (self.fill, self.exit):
            if wanted is not None and not any(_same(wanted, fill) for fill in fills):
                return False
        if self.missing is None or not isinstance(world, Bars):
            return True
        if any(self.first - QUIET <= fill.bar <= self.last + QUIET for fill in fills):
            return False
        reading = readings.setdefault("", Reading(world))
        return bool(_misses(_entry_of(spec), self.missing, reading)[self.first])


def moments(
    spec: StrategySpec, world: World, outcome: Outcome, readings: dict[str, Reading]
) -> Iterator[Moment]:
    """Every moment worth a scene, the best of each kind first."""
    if is_for_several(spec):
        yield from _changes(outcome, spec, world, readings)
        return
    assert isinstance(world, Bars)
    yield from _trades(spec, outcome)
    yield from _near_misses(spec, world, outcome, readings)


def _trades(spec: StrategySpec, outcome: Outcome) -> Iterator[Moment]:
    """Trades by side and way out, those that fit into one picture first."""
    from engine.kernel import REASONS

    both = spec.long_entry is not None and spec.short_entry is not None
    found = []
    for row in outcome.table.tolist():
        side, begin, end, reason = (int(row[k]) for k in (SIDE, ENTRY_BAR, EXIT_BAR, REASON))
        opened = Fill(begin, side, True, row[3], row[5])
        rank = SHORT if both and side < 0 else ENTRY
        if reason == END:
            kind = f"{side} entry"
            found.append((900, Moment(kind, rank, begin - 1, begin, opened)))
            continue
        closed = Fill(end, -side, False, row[4], row[5], REASONS[reason])
        kind, length = f"{side} {REASONS[reason]}", end - begin
        if length <= WHOLE:
            moment = Moment(kind, rank, begin - 1, end, opened, closed, (f"{side} entry",))
            found.append((abs(length - LIKED), moment))
        else:
            found.append(
                (
                    500 + length,
                    Moment(kind, rank + EXIT, end - 1, end, None, closed, since=begin - 2),
                )
            )
            found.append((800 + length, Moment(f"{side} entry", rank, begin - 1, begin, opened)))
    found.sort(key=lambda pair: (pair[0], pair[1].first))
    yield from (moment for _, moment in found)


def _same(wanted: Fill, fill: Fill) -> bool:
    return (wanted.bar, wanted.way, wanted.opens, wanted.reason, wanted.symbol) == (
        fill.bar, fill.way, fill.opens, fill.reason, fill.symbol,
    )  # fmt: skip


# -- near misses ------------------------------------------------------------------------------


def _entry_of(spec: StrategySpec) -> Any:
    return spec.long_entry if spec.long_entry is not None else spec.short_entry


def _near_misses(
    spec: StrategySpec, bars: Bars, outcome: Outcome, readings: dict[str, Reading]
) -> Iterator[Moment]:
    """Days on which nearly everything for an entry was there, and nothing was done."""
    entry, reading = _entry_of(spec), readings.setdefault("", Reading(bars))
    busy = _busy(outcome, len(bars))
    conditions = entry.conditions if isinstance(entry, n.AllOf) else (entry,)
    for number, missing in enumerate(conditions):
        days = np.flatnonzero(_misses(entry, missing, reading) & ~busy)
        days = days[np.argsort(_distance(missing, reading)[days], kind="stable")]
        for day in days[:30].tolist():
            yield Moment(f"near miss {number}", NEAR, day, day, missing=missing)


def _misses(entry: Any, missing: Any, reading: Reading) -> Any:
    """Days on which `missing` is all that an entry lacked; alone, days on which it nearly was."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if isinstance(entry, n.AllOf):
            others = [reading.condition(part) for part in entry.conditions if part != missing]
            return np.logical_and.reduce([~reading.condition(missing), *others])
        distance = _distance(missing, reading)
        # The nearest day of its fortnight.
        nearest = np.isfinite(distance)
        for shift in (1, 2, 3):
            nearest[shift:] &= distance[shift:] <= distance[:-shift]
            nearest[:-shift] &= distance[:-shift] <= distance[shift:]
        return nearest & ~reading.condition(missing)


def _distance(node: Any, reading: Reading) -> Any:
    """How far a comparison is from being true, in units of how much it usually moves."""
    far = np.full(len(reading.bars), np.inf)
    if isinstance(node, n.Streak) and node.bars > 1:
        return np.where(ta.consecutive(reading.condition(node.of)) == node.bars - 1, 1.0, far)
    if not isinstance(node, n.Compare | n.Cross):
        return far
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = reading.value(node.left) - reading.value(node.right)
        upward = node.operator.startswith(">") if isinstance(node, n.Compare) else (
            node.direction == "above"
        )  # fmt: skip
        short = -gap if upward else gap
        usual = np.nanstd(gap) if np.ndim(gap) else 0.0
        return np.where((short > 0) & (usual > 0), short / (usual or 1.0), np.inf)


def _busy(outcome: Outcome, bars: int) -> Any:
    """Bars on which something is held or ordered nearby."""
    busy = np.zeros(bars, dtype=bool)
    for row in outcome.table.tolist():
        busy[max(0, int(row[ENTRY_BAR]) - QUIET - 1) : int(row[EXIT_BAR]) + QUIET + 1] = True
    return busy


# -- several symbols --------------------------------------------------------------------------


def _changes(
    outcome: Outcome, spec: StrategySpec, world: World, readings: dict[str, Reading]
) -> Iterator[Moment]:
    """Days on which the holdings change, and a named day on which they stay."""
    table, symbols = outcome.table, outcome.symbols
    fills = outcome.fills()
    for number, way in (("bought", 1), ("sold", -1)):
        for fill in fills:
            if fill.way == way and fill.bar > 30:
                others = [one for one in fills if one.bar == fill.bar and one.way == -way]
                kind = "change" if others else number
                yield Moment(kind, EXIT if way < 0 else ENTRY, fill.bar - 1, fill.bar, fill)
    rotation = spec.rotation
    if rotation is None or not len(symbols):
        return
    reading = readings.get(symbols[0])
    when = reading.condition(rotation.when) if reading is not None else np.zeros(len(table), bool)
    changed = {fill.bar - 1 for fill in fills}
    held = np.flatnonzero(table.sum(axis=1) > 0)
    start = int(held[0]) if len(held) else len(table)
    for day in np.flatnonzero(when).tolist():
        if day > start and day not in changed:
            yield Moment("kept", NEAR, day, day)
