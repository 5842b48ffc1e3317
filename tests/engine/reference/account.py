"""Money: fees, slippage, how many units, and what a lot that leaves brings (rules 12, 18, 23)."""

from decimal import ROUND_FLOOR, Decimal

from engine import SimulationConfig
from tests.engine.reference.books import ONE, ZERO, Lot, SlowBooks, SlowTrade

YEAR = Decimal(365 * 86_400)
HAIR = ONE + Decimal(10) ** -12
DUST = Decimal(10) ** -12


class Account:
    def __init__(self, config: SimulationConfig, ranges: list[Decimal | None]):
        self.config = config
        self.ranges = ranges
        self.cash = Decimal(config.initial_cash)
        self.lots: list[Lot] = []
        self.books = SlowBooks()
        self.closed = False

    def setting(self, name: str) -> Decimal:
        return Decimal(getattr(self.config, name))

    def commission_of(self, notional: Decimal) -> Decimal:
        found = self.setting("commission")
        for start, commission in self.config.tiers:
            if notional >= Decimal(start):
                found = Decimal(commission)
        return found

    def fee(self, notional: Decimal, units: Decimal, commission: Decimal) -> tuple[Decimal, ...]:
        """What the broker takes, and half the spread."""
        variable = notional * commission + units * self.setting("fee_per_unit")
        broker = max(self.setting("minimum_fee"), variable + self.setting("fixed_fee"))
        return broker, notional * self.setting("half_spread")

    def slipped(self, price: Decimal, direction: int, t: int) -> Decimal:
        """The fill of an order that buys (+1) or sells (-1) at this price."""
        found = price * (ONE + direction * self.setting("slippage"))
        wide = self.ranges[t - 1] if t else None
        if wide is not None:
            found += direction * self.setting("slippage_atr") * wide
        return max(found, ZERO)

    def equity(self, price: Decimal) -> Decimal:
        return self.cash + sum((lot.side * lot.quantity * price for lot in self.lots), ZERO)

    def free(self, price: Decimal) -> Decimal:
        return self.equity(price) - sum((lot.quantity * price for lot in self.lots), ZERO)

    def rounded(self, units: Decimal) -> Decimal:
        if self.config.whole_units:
            return (units * HAIR).to_integral_value(ROUND_FLOOR)
        return units

    def bought_by(self, money: Decimal, fill: Decimal) -> tuple[Decimal, Decimal]:
        """Units that cost this money, fee included, and the commission on them."""
        commission = self.commission_of(money)
        units = self.units_at(money, fill, commission)
        if self.config.tiers:
            commission = self.commission_of(units * fill)
            units = self.units_at(money, fill, commission)
        return units, commission

    def units_at(self, money: Decimal, fill: Decimal, commission: Decimal) -> Decimal:
        half = self.setting("half_spread")
        each = fill * (ONE + commission + half) + self.setting("fee_per_unit")
        with_fees = (money - self.setting("fixed_fee")) / each
        at_least = (money - self.setting("minimum_fee")) / (fill * (ONE + half))
        return max(ZERO, min(with_fees, at_least))

    def units(
        self, sizing: str, size: Decimal, price: Decimal, fill: Decimal, stop: Decimal | None
    ) -> tuple[Decimal, Decimal]:
        """How many units an entry gets, and the commission on them."""
        equity, free = self.equity(price), self.free(price)
        if fill <= 0 or free <= max(equity, self.setting("initial_cash")) * DUST:
            return ZERO, ZERO
        if sizing in ("equity", "cash"):
            money = size if sizing == "cash" else equity * size
            units, commission = self.bought_by(min(money, free), fill)
            return self.rounded(units), commission
        units = size
        if sizing == "risk":
            if stop is None or stop == fill:
                return ZERO, ZERO
            units = equity * size / abs(fill - stop)
        units = self.rounded(units)
        commission = self.commission_of(units * fill)
        if units * fill + sum(self.fee(units * fill, units, commission)) > free:
            most, its_commission = self.bought_by(free, fill)
            if units < most:  # only the commission of so small an order is in the way
                units = self.units_at(free, fill, commission)
            else:
                units, commission = most, its_commission
            units = self.rounded(units)
        return units, commission

    def pay_entry(
        self, side: int, units: Decimal, price: Decimal, fill: Decimal, commission: Decimal
    ) -> tuple[Decimal, Decimal]:
        """Take the money of an entry; its fees and its slippage."""
        broker, spread = self.fee(units * fill, units, commission)
        slip = units * abs(fill - price)
        self.cash -= side * units * fill + broker + spread
        self.count(commission=broker, spread=spread, slippage=slip)
        return broker + spread, slip

    def leave(self, t: int, lot: Lot, price: Decimal, why: str, part: Decimal) -> None:
        """Close so many units of a lot; it keeps the rest and its part of what the entry cost."""
        if part <= 0:
            return
        share = part / lot.quantity
        fill = self.slipped(price, -lot.side, t)
        broker, spread = self.fee(part * fill, part, self.commission_of(part * fill))
        slip = part * abs(fill - price)
        self.cash += lot.side * part * fill - broker - spread
        self.count(commission=broker, spread=spread, slippage=slip)
        fees = lot.fee * share + broker + spread
        borrowed = lot.borrowed * share
        pnl = lot.side * part * (fill - lot.fill) - fees - borrowed
        costs = fees + lot.slipped * share + slip + borrowed
        self.books.trades.append(
            SlowTrade(lot.side, lot.bar, t, lot.fill, fill, part, pnl, costs, why, lot=lot.number)
        )
        self.closed = True
        if part == lot.quantity:
            self.lots.remove(lot)
            return
        for name in ("fee", "slipped", "borrowed"):
            setattr(lot, name, getattr(lot, name) * (ONE - share))
        lot.quantity -= part

    def mark_at_the_end(self, t: int, close: Decimal) -> None:
        for lot in self.lots:
            pnl = lot.side * lot.quantity * (close - lot.fill) - lot.fee - lot.borrowed
            costs = lot.fee + lot.slipped + lot.borrowed
            self.books.trades.append(
                SlowTrade(
                    lot.side,
                    lot.bar,
                    t,
                    lot.fill,
                    close,
                    lot.quantity,
                    pnl,
                    costs,
                    "end",
                    True,
                    lot.number,
                )
            )

    def time_passes(self, seconds: int, close: Decimal) -> None:
        """Interest on idle money and borrowing for shorts, from one close to the next bar."""
        years = Decimal(seconds) / YEAR
        earned = max(ZERO, self.free(close)) * self.setting("cash_rate") * years
        for lot in self.lots:
            if lot.side < 0:
                due = lot.quantity * close * self.setting("borrow_rate") * years
                lot.borrowed += due
                self.cash -= due
                self.count(borrow=due)
        self.cash += earned
        self.count(interest=earned)

    def count(self, **amounts: Decimal) -> None:
        for name, amount in amounts.items():
            self.books.costs[name] += amount


def average_true_range(
    high: list[Decimal], low: list[Decimal], close: list[Decimal], n: int = 14
) -> list[Decimal | None]:
    """Wilder's: the mean of the first n true ranges, then each new one weighs 1/n."""
    found: list[Decimal | None] = [None] * len(close)
    ranges = [max(high[t], close[t - 1]) - min(low[t], close[t - 1]) for t in range(1, len(close))]
    if len(ranges) < n:
        return found
    value = sum(ranges[:n], ZERO) / n
    found[n] = value
    for t in range(n + 1, len(close)):
        value = (value * (n - 1) + ranges[t - 1]) / n
        found[t] = value
    return found
