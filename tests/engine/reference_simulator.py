"""A slow, obvious simulator in decimals, written from the rules in docs/engine.md alone.

It shares no code with the kernel. Prices are compared as the exact decimals of the floats;
levels are exact, so a level computed in floats may differ from them in its last digit.
"""

from dataclasses import dataclass
from decimal import Decimal, getcontext
from typing import Any

import numpy as np

from engine import Bars, Signals

# A float has up to some sixty decimals here; products of two must not be rounded.
getcontext().prec = 150
ONE = Decimal(1)


@dataclass
class SlowTrade:
    side: int
    entry_bar: int
    exit_bar: int
    entry_price: Decimal
    exit_price: Decimal
    quantity: Decimal
    pnl: Decimal
    exit_reason: str
    open_at_end: bool = False


@dataclass
class Held:
    side: int
    bar: int
    price: Decimal
    quantity: Decimal
    fee: Decimal
    stop: Decimal | None
    target: Decimal | None
    trailing: Decimal | None
    intrabar: bool
    width: Decimal | None
    best: Decimal
    closes: list[Decimal]


@dataclass
class SlowBooks:
    trades: list[SlowTrade]
    equity: list[Decimal]


def number(values: Any, t: int) -> Decimal | None:
    """The value of a column (or constant) on bar t; None where there is none."""
    if values is None:
        return None
    array = np.asarray(values, float)
    value = float(array if array.ndim == 0 else array[t])
    return None if np.isnan(value) else Decimal(value)


def said(values: Any, t: int) -> bool:
    return values is not None and bool(values[t])


class SlowSimulator:
    def __init__(self, bars: Bars, signals: Signals, cash: float, commission: float, slip: float):
        self.bars, self.signals = bars, signals
        self.cash = Decimal(cash)
        self.commission, self.slip = Decimal(commission), Decimal(slip)
        self.held: Held | None = None
        self.wish: tuple[int, int] | None = None  # (side, signal bar)
        self.leave = ""
        self.books = SlowBooks([], [])

    def price(self, column: str, t: int) -> Decimal:
        return Decimal(float(getattr(self.bars, column)[t]))

    def run(self) -> SlowBooks:
        n = len(self.bars)
        for t in range(n):
            self.at_the_open(t)
            self.inside(t)
            close = self.price("close", t)
            worth = self.held.side * self.held.quantity * close if self.held else 0
            self.books.equity.append(self.cash + worth)
            self.at_the_close(t, close)
        if self.held:
            held, last = self.held, self.price("close", n - 1)
            pnl = held.side * held.quantity * (last - held.price) - held.fee
            self.write(n - 1, last, pnl, "end", open_at_end=True)
        return self.books

    def at_the_open(self, t: int) -> None:
        if self.held and self.leave:
            self.sell(t, self.price("open", t), self.leave)
        if self.wish and not self.held:
            self.buy(t, *self.wish)
        self.wish, self.leave = None, ""

    def buy(self, t: int, side: int, s: int) -> None:
        g = self.signals
        fill = self.price("open", t) * (ONE + side * self.slip)
        size = number(g.size, s)
        assert size is not None
        if self.cash <= 0:
            return
        quantity = self.cash * size / (fill * (ONE + self.commission))
        fee = quantity * fill * self.commission
        self.cash -= side * quantity * fill + fee
        stops, targets = [number(g.stop_level, s)], [number(g.target_level, s)]
        for column, found, sign in (("stop_loss", stops, -1), ("take_profit", targets, 1)):
            fraction = number(getattr(g, column), s)
            found.append(None if fraction is None else fill * (ONE + sign * side * fraction))
        for column, found, sign in (("stop_distance", stops, -1), ("target_distance", targets, 1)):
            distance = number(getattr(g, column), s)
            found.append(None if distance is None else fill + sign * side * distance)
        nearest = max if side > 0 else min
        furthest = min if side > 0 else max
        stop = nearest((x for x in stops if x is not None), default=None)
        multiple = number(g.target_multiple, s)
        if multiple is not None and stop is not None:
            targets.append(fill + side * multiple * abs(fill - stop))
        target = furthest((x for x in targets if x is not None), default=None)
        self.held = Held(
            side, t, fill, quantity, fee, stop, target, number(g.trailing_stop, s),
            g.trail_intrabar, number(g.trailing_distance, s), fill, [],
        )  # fmt: skip

    def sell(self, t: int, price: Decimal, reason: str) -> None:
        held = self.held
        assert held
        fill = price * (ONE - held.side * self.slip)
        fee = held.quantity * fill * self.commission
        self.cash += held.side * held.quantity * fill - fee
        pnl = held.side * held.quantity * (fill - held.price) - held.fee - fee
        self.write(t, fill, pnl, reason)
        self.held = None

    def write(self, t: int, fill: Decimal, pnl: Decimal, why: str, open_at_end=False) -> None:
        held = self.held
        assert held
        self.books.trades.append(
            SlowTrade(
                held.side, held.bar, t, held.price, fill, held.quantity, pnl, why, open_at_end
            )
        )

    def inside(self, t: int) -> None:
        held = self.held
        if not held:
            return
        stop, why = held.stop, "stop"
        if held.intrabar:
            for trail in trails(held, held.best, held.width):
                if stop is None or (trail > stop if held.side > 0 else trail < stop):
                    stop, why = trail, "trail"
                elif trail == stop:
                    why = "trail"
        opened, high, low = (self.price(name, t) for name in ("open", "high", "low"))
        bad, good = (low, high) if held.side > 0 else (high, low)
        if stop is not None and reached(opened, stop, -held.side):
            self.sell(t, opened, why)
        elif held.target is not None and reached(opened, held.target, held.side):
            self.sell(t, opened, "target")
        elif stop is not None and reached(bad, stop, -held.side):
            self.sell(t, stop, why)
        elif held.target is not None and reached(good, held.target, held.side):
            self.sell(t, held.target, "target")
        else:
            held.best = max(held.best, good) if held.side > 0 else min(held.best, good)

    def at_the_close(self, t: int, close: Decimal) -> None:
        g, held = self.signals, self.held
        if not held:
            if said(g.enter, t):
                self.wish = (1, t)
            elif said(g.enter_short, t):
                self.wish = (-1, t)
            return
        held.closes.append(close)
        held.width = number(g.trailing_distance, t)
        long = held.side > 0
        best = max(held.closes) if long else min(held.closes)
        if g.reverse and said(g.enter_short if long else g.enter, t):
            self.leave, self.wish = "reverse", (-held.side, t)
        elif said(g.exit if long else g.exit_short, t):
            self.leave = "signal"
        elif not held.intrabar and any(
            reached(close, trail, -held.side) for trail in trails(held, best, held.width)
        ):
            self.leave = "trail"
        elif g.max_bars and t + 1 >= held.bar + g.max_bars:
            self.leave = "time"


def reached(price: Decimal, level: Decimal, direction: int) -> bool:
    """Has the price got to the level, coming from below (+1) or above (-1)?"""
    return price >= level if direction > 0 else price <= level


def trails(held: Held, best: Decimal, width: Decimal | None) -> list[Decimal]:
    found = []
    if held.trailing is not None:
        found.append(best * (ONE - held.side * held.trailing))
    if width is not None:
        found.append(best - held.side * width)
    return found


def simulate_slowly(
    bars: Bars, signals: Signals, cash: float, commission: float = 0.0, slippage: float = 0.0
) -> SlowBooks:
    return SlowSimulator(bars, signals, cash, commission, slippage).run()
