"""A slow, obvious account of several symbols in decimals, written from docs/engine.md alone."""

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from engine import SimulationConfig
from engine.portfolio import Panel, Weights
from tests.engine.reference.account import YEAR, Account
from tests.engine.reference.books import ONE, ZERO

DUST = Decimal(10) ** -9
HALVINGS = {False: 59, True: 29}  # of whole units, so that none hangs on a last digit


@dataclass
class Lot:
    side: int
    units: Decimal
    bar: int
    price: Decimal
    fees: Decimal
    borrowed: Decimal = ZERO


@dataclass
class SlowTrade:
    symbol: int
    side: int
    entry_bar: int
    exit_bar: int
    entry_price: Decimal
    exit_price: Decimal
    units: Decimal
    pnl: Decimal


@dataclass
class SlowPortfolio:
    equity: list[Decimal] = field(default_factory=list)
    cash: list[Decimal] = field(default_factory=list)
    units: list[list[Decimal]] = field(default_factory=list)
    trades: list[SlowTrade] = field(default_factory=list)


def simulate_panel_slowly(
    panel: Panel, weights: Weights, config: SimulationConfig
) -> SlowPortfolio:
    """Trade to the weights of the close before at every open that follows a decision."""
    return _Slow(panel, config).live(weights.checked(len(panel), len(panel.symbols)).table)


class _Slow:
    def __init__(self, panel: Panel, config: SimulationConfig) -> None:
        self.config = config
        self.opens = [[Decimal(price) for price in row] for row in panel.open.tolist()]
        self.closes = [[Decimal(price) for price in row] for row in panel.close.tolist()]
        seconds = panel.time.astype("datetime64[s]").astype(int).tolist()
        gaps = np.diff(seconds, prepend=seconds[:1]).tolist()
        self.years = [Decimal(gap) / YEAR for gap in gaps]
        self.costs = Account(config, [None] * len(panel))  # what fees and fills are, and the cash
        self.lots: list[list[Lot]] = [[] for _ in panel.symbols]
        self.books = SlowPortfolio()

    def live(self, table: np.ndarray) -> SlowPortfolio:
        worth, last = Decimal(self.config.initial_cash), len(self.opens) - 1
        for t, closes in enumerate(self.closes):
            if t:
                self.carry(t, worth)
                if not np.isnan(table[t - 1]).any():
                    self.rebalance(t, [Decimal(weight) for weight in table[t - 1].tolist()])
            worth = self.costs.cash + sum(map(self.value, range(len(closes)), closes), ZERO)
            self.books.equity.append(worth)
            self.books.cash.append(self.costs.cash)
            self.books.units.append([self.held(symbol) for symbol in range(len(closes))])
        for symbol, lots in enumerate(self.lots):
            for lot in lots:
                self.note(symbol, lot, last, self.closes[last][symbol], lot.units, ZERO)
        return self.books

    def held(self, symbol: int) -> Decimal:
        return sum((lot.side * lot.units for lot in self.lots[symbol]), ZERO)

    def value(self, symbol: int, price: Decimal) -> Decimal:
        return self.held(symbol) * price

    def carry(self, t: int, worth: Decimal) -> None:
        before = self.closes[t - 1]
        gross = sum((abs(self.value(k, price)) for k, price in enumerate(before)), ZERO)
        self.costs.cash += max(worth - gross, ZERO) * Decimal(self.config.cash_rate) * self.years[t]
        for symbol, lots in enumerate(self.lots):
            for lot in lots:
                if lot.side < 0:
                    rate = Decimal(self.config.borrow_rate) * self.years[t]
                    lot.borrowed += lot.units * before[symbol] * rate
                    self.costs.cash -= lot.units * before[symbol] * rate

    def rebalance(self, t: int, target: list[Decimal]) -> None:
        opens = self.opens[t]
        equity = self.costs.cash + sum(map(self.value, range(len(opens)), opens), ZERO)
        if equity <= 0:
            return
        orders = []
        for symbol, (weight, price) in enumerate(zip(target, opens, strict=True)):
            units = self.costs.rounded(abs(weight) * equity / price)
            order = (units if weight > 0 else -units) - self.held(symbol)
            orders.append(order if abs(order) * price > DUST * equity else ZERO)
        for symbol, order in enumerate(orders):
            if order < 0:
                self.deal(t, symbol, order)
        share = self.affordable(orders, opens)
        for symbol, order in enumerate(orders):
            units = self.costs.rounded(share * order)
            if order > 0 and units * opens[symbol] > DUST * equity:
                self.deal(t, symbol, units)

    def affordable(self, orders: list[Decimal], opens: list[Decimal]) -> Decimal:
        """The largest share of all purchases that the cash pays for."""

        def total(share: Decimal) -> Decimal:
            money = ZERO
            for order, price in zip(orders, opens, strict=True):
                units = self.costs.rounded(share * order) if order > 0 else ZERO
                if units > 0:
                    fill = self.costs.slipped(price, 1, 0)
                    money += units * fill + self.fees(units, fill)
            return money

        if total(ONE) <= self.costs.cash:
            return ONE
        low, high = ZERO, ONE
        for _ in range(HALVINGS[self.config.whole_units]):
            middle = (low + high) / 2
            if total(middle) <= self.costs.cash:
                low = middle
            else:
                high = middle
        return low

    def fees(self, units: Decimal, fill: Decimal) -> Decimal:
        notional = units * fill
        return sum(self.costs.fee(notional, units, self.costs.commission_of(notional)), ZERO)

    def deal(self, t: int, symbol: int, order: Decimal) -> None:
        direction, amount = (1 if order > 0 else -1), abs(order)
        fill = self.costs.slipped(self.opens[t][symbol], direction, 0)
        fees = self.fees(amount, fill)
        self.costs.cash -= order * fill + fees
        left, lots = amount, self.lots[symbol]
        while left > DUST * amount and lots and lots[0].side != direction:
            lot = lots[0]
            part = min(lot.units, left)
            if abs(lot.units - left) <= DUST * left:
                part = lot.units
            self.note(symbol, lot, t, fill, part, fees * part / amount)
            left -= part
            if part == lot.units:
                lots.pop(0)
                continue
            rest = ONE - part / lot.units
            lot.units, lot.fees, lot.borrowed = (
                lot.units - part,
                lot.fees * rest,
                lot.borrowed * rest,
            )
        if left > DUST * amount:
            lots.append(Lot(direction, left, t, fill, fees * left / amount))

    def note(
        self, symbol: int, lot: Lot, t: int, price: Decimal, part: Decimal, fees: Decimal
    ) -> None:
        share = part / lot.units
        pnl = lot.side * part * (price - lot.price) - (lot.fees + lot.borrowed) * share - fees
        self.books.trades.append(
            SlowTrade(symbol, lot.side, lot.bar, t, lot.price, price, part, pnl)
        )
