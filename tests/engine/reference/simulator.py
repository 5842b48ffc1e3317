"""The day: who leaves, who enters, what is decided (rules 2–11, 16, 17, 19, 21, 22)."""

from decimal import Decimal

from engine import Bars, Signals, SimulationConfig
from tests.engine.reference.account import Account, average_true_range
from tests.engine.reference.books import (
    ONE,
    Lot,
    Order,
    SlowBooks,
    best_of,
    number,
    reached,
    said,
)
from tests.engine.reference.entry import lots_of
from tests.engine.reference.protection import (
    after_the_bar,
    at_its_fill,
    at_the_open,
    stop_of,
    trailing_stops,
    within_the_bar,
)


def simulate_slowly(
    bars: Bars, signals: Signals, config: SimulationConfig | None = None
) -> SlowBooks:
    return SlowSimulator(bars, signals, config or SimulationConfig()).run()


class SlowSimulator:
    def __init__(self, bars: Bars, signals: Signals, config: SimulationConfig):
        self.signals = signals
        self.open, self.high, self.low, self.close = (
            [Decimal(float(x)) for x in getattr(bars, name)]
            for name in ("open", "high", "low", "close")
        )
        self.seconds = [int(x) for x in bars.time.astype("datetime64[s]").astype("int64")]
        self.account = Account(config, average_true_range(self.high, self.low, self.close))
        self.order: Order | None = None
        self.leaving: list[tuple[Lot, str, Decimal]] = []
        self.entries = 0
        self.last_lot = 0
        self.went_flat: int | None = None

    def run(self) -> SlowBooks:
        account, books = self.account, self.account.books
        n = len(self.close)
        for t in range(n):
            account.closed = False
            if t:
                account.time_passes(self.seconds[t] - self.seconds[t - 1], self.close[t - 1])
            self.at_open(t)
            self.inside(t)
            self.mark(t)
            self.decide(t)
        account.mark_at_the_end(n - 1, self.close[-1])
        books.trades.sort(key=lambda trade: (trade.open_at_end, trade.exit_bar, trade.lot))
        return books

    def mark(self, t: int) -> None:
        account, books = self.account, self.account.books
        books.equity.append(account.equity(self.close[t]))
        books.cash.append(account.cash)
        books.position.append(sum((x.side * x.quantity for x in account.lots), Decimal(0)))
        if account.closed and not account.lots:
            self.went_flat = t

    def at_open(self, t: int) -> None:
        opened = self.open[t]
        for lot, why, part in self.leaving:
            self.account.leave(t, lot, opened, why, part)
        self.leaving = []
        order = self.order
        if not order:
            return
        if order.stop is not None:
            if not reached(opened, order.stop, order.side):
                return
            order.stop = None  # reached: what is left is a limit, or a market order
        if order.limit is None or reached(opened, order.limit, -order.side):
            self.enter(t, opened)

    def inside(self, t: int) -> None:
        bar = (self.open[t], self.high[t], self.low[t], self.close[t])
        targets_hit: list[Lot] = []
        for lot in list(self.account.lots):
            stop, why = stop_of(lot, self.signals, t)
            found = at_the_open(lot, stop, why, bar) or within_the_bar(lot, stop, why, bar)
            self.protect(t, lot, found, targets_hit)
        for lot in self.enter_inside(t, bar):
            stop, why = stop_of(lot, self.signals, t)
            self.protect(t, lot, at_its_fill(lot, stop, why, self.price_met, bar), targets_hit)
        for lot in self.account.lots:
            after_the_bar(lot, bar, t)
        if self.signals.breakeven_after_target:
            entries = {lot.entry for lot in targets_hit if lot.is_leg}
            for lot in self.account.lots:
                lot.safe = lot.safe or lot.entry in entries
        if self.order and self.order.last_bar is not None and t >= self.order.last_bar:
            self.order = None

    def protect(
        self, t: int, lot: Lot, found: tuple[Decimal, str] | None, targets_hit: list[Lot]
    ) -> None:
        if found:
            price, why = found
            self.account.leave(t, lot, price, why, lot.quantity)
            if why == "target":
                targets_hit.append(lot)

    def enter_inside(self, t: int, bar: tuple[Decimal, ...]) -> list[Lot]:
        """Fill the order that still waits if its price is met inside the bar."""
        _, high, low, _ = bar
        order = self.order
        if not order:
            return []
        ahead, back = (high, low) if order.side > 0 else (low, high)
        if order.stop is not None:
            if not reached(ahead, order.stop, order.side):
                return []
            self.price_met, order.stop = order.stop, None
            if order.limit is not None and not reached(self.price_met, order.limit, -order.side):
                return []  # it has become a limit, and waits as one from the next bar on
            return self.enter(t, self.price_met)
        assert order.limit is not None
        if not reached(back, order.limit, -order.side):
            return []
        self.price_met = order.limit
        return self.enter(t, order.limit, by_limit=True)

    def enter(self, t: int, price: Decimal, by_limit: bool = False) -> list[Lot]:
        order, account = self.order, self.account
        assert order
        self.order = None
        self.entries += 1
        new = lots_of(account, self.signals, order, self.entries, t, price)
        for lot in new:
            self.last_lot += 1
            lot.number, lot.by_limit = self.last_lot, by_limit
        account.lots += new
        return new

    def decide(self, t: int) -> None:
        g, lots = self.signals, self.account.lots
        asked = {1: said(g.enter, t), -1: said(g.enter_short, t)}
        if self.went_flat is not None and t < self.went_flat + g.cooldown:
            asked = {1: False, -1: False}
        side = lots[0].side if lots else 0
        if lots and g.reverse and asked[-side]:
            self.leaving = [(lot, "reverse", lot.quantity) for lot in lots]
            self.order = self.order_at(t, -side)
            return
        out = {1: said(g.exit, t), -1: said(g.exit_short, t)}
        self.leaving = self.leavers(t, bool(side) and out[side])
        counts = 0
        if not lots:
            counts = 1 if asked[1] else -1 if asked[-1] else 0
        elif asked[side] and not self.leaving and len({x.entry for x in lots}) < g.max_entries:
            counts = side
        if counts:
            self.order = self.order_at(t, counts)
        elif self.order and out[self.order.side]:
            self.order = None

    def leavers(self, t: int, signalled: bool) -> list[tuple[Lot, str, Decimal]]:
        found = []
        for lot in self.account.lots:
            why = self.own_reason(t, lot)
            part = lot.quantity
            if signalled:
                share = number(self.signals.exit_size, t)
                if not why and share is not None and share != ONE:
                    part = self.account.rounded(lot.quantity * share)
                why = "signal"
            if why:
                found.append((lot, why, part))
        return found

    def own_reason(self, t: int, lot: Lot) -> str:
        """What makes this lot leave at the next open without a signal."""
        g, close = self.signals, self.close[t]
        seen = close
        if g.trail_from == "high" and not (lot.by_limit and lot.bar == t):
            seen = self.high[t] if lot.side > 0 else self.low[t]
        lot.peak = seen if lot.peak is None else best_of(lot.side, lot.peak, seen)
        width = number(g.trailing_distance, t)
        if not g.trail_intrabar:
            for level in trailing_stops(lot, lot.peak, width):
                if reached(close, level, -lot.side):
                    return "trail"
        return "time" if g.max_bars and t + 1 >= lot.bar + g.max_bars else ""

    def order_at(self, t: int, side: int) -> Order:
        g = self.signals
        limit, stop = number(g.entry_limit, t), number(g.entry_stop, t)
        return Order(side, t, limit, stop, t + g.entry_expiry if g.entry_expiry else None)
