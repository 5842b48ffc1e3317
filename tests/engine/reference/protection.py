"""Stops and targets of one lot inside one bar (rules 6, 7, 17, 22)."""

from decimal import Decimal

from engine import Signals
from tests.engine.reference.books import ONE, Lot, best_of, number, reached

Found = tuple[Decimal, str] | None
Bar = tuple[Decimal, ...]


def trailing_stops(lot: Lot, best: Decimal, width: Decimal | None) -> list[Decimal]:
    found = []
    if lot.trailing is not None:
        found.append(best * (ONE - lot.side * lot.trailing))
    if width is not None:
        found.append(best - lot.side * width)
    return found


def stop_of(lot: Lot, g: Signals, t: int) -> tuple[Decimal | None, str]:
    """The nearest stop on bar t, and what a trade that it ends says."""
    fixed = lot.stop
    if lot.safe:
        fixed = lot.fill if fixed is None else best_of(lot.side, fixed, lot.fill)
    moving = []
    level = number(g.trailing_level, t - 1)
    if level is not None:
        moving.append(level)
    if g.trail_intrabar:
        moving += trailing_stops(lot, lot.best, number(g.trailing_distance, t - 1))
    if not moving:
        return fixed, "stop"
    trail = best_of(lot.side, *moving)
    if fixed is None or best_of(lot.side, trail, fixed) == trail:
        return trail, "trail"
    return fixed, "stop"


def at_the_open(lot: Lot, stop: Decimal | None, why: str, bar: Bar) -> Found:
    return beyond(lot, stop, why, bar[0])


def beyond(lot: Lot, stop: Decimal | None, why: str, price: Decimal) -> Found:
    if stop is not None and reached(price, stop, -lot.side):
        return price, why
    if lot.target is not None and reached(price, lot.target, lot.side):
        return price, "target"
    return None


def within_the_bar(lot: Lot, stop: Decimal | None, why: str, bar: Bar) -> Found:
    _, high, low, _ = bar
    bad, good = (low, high) if lot.side > 0 else (high, low)
    return touched(lot, stop, why, bad, good)


def touched(lot: Lot, stop: Decimal | None, why: str, bad: Decimal, good: Decimal) -> Found:
    if stop is not None and reached(bad, stop, -lot.side):
        return stop, why
    if lot.target is not None and reached(good, lot.target, lot.side):
        return lot.target, "target"
    return None


def at_its_fill(lot: Lot, stop: Decimal | None, why: str, price: Decimal, bar: Bar) -> Found:
    """After a fill inside the bar at this price; a limit can only be sure of the close."""
    _, high, low, close = bar
    bad, good = (low, high) if lot.side > 0 else (high, low)
    if lot.by_limit:
        good = close
    return beyond(lot, stop, why, price) or touched(lot, stop, why, bad, good)


def after_the_bar(lot: Lot, bar: Bar, t: int) -> None:
    """Move the intrabar peak, and the stop to the fill once the gain is there."""
    _, high, low, close = bar
    good = high if lot.side > 0 else low
    if lot.by_limit and lot.bar == t:
        good = close
    lot.best = best_of(lot.side, lot.best, good)
    lot.safe = lot.safe or any(reached(good, gain, lot.side) for gain in lot.gains)
