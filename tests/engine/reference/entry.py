"""A fill becomes lots with their stops and targets (rules 6, 18, 20, 22)."""

from decimal import Decimal

from engine import Leg, Signals
from tests.engine.reference.account import Account
from tests.engine.reference.books import ONE, ZERO, Lot, Order, number

Maybe = Decimal | None


def lots_of(
    account: Account, g: Signals, order: Order, entry: int, t: int, price: Decimal
) -> list[Lot]:
    side, s = order.side, order.signal_bar
    fill = account.slipped(price, side, t)
    stop = first_stop(g, side, s, fill)
    size = number(1.0 if g.size is None else g.size, s)
    assert size is not None
    units, commission = account.units(g.sizing, size, price, fill, stop)
    if units <= 0:
        return []
    fees, slipped = account.pay_entry(side, units, price, fill, commission)
    lots = []
    for part, target, is_leg in parts(account, g, side, s, fill, stop, units):
        share = part / units
        lots.append(
            Lot(
                0, entry, side, t, fill, part, fees * share, slipped * share, stop, target,
                is_leg, number(g.trailing_stop, s), gains(g, side, s, fill, stop), fill,
            )
        )  # fmt: skip
    return lots


def parts(
    account: Account, g: Signals, side: int, s: int, fill: Decimal, stop: Maybe, units: Decimal
) -> list[tuple[Decimal, Maybe, bool]]:
    """Units, target, and whether it is a leg, of every lot of one entry."""
    found = []
    left = units
    whole = sum(leg.share for leg in g.legs) > 1 - 1e-9
    for place, leg in enumerate(g.legs, 1):
        is_last = whole and place == len(g.legs)
        part = left if is_last else account.rounded(units * Decimal(leg.share))
        left -= part
        found.append((part, target_of(leg, g, side, s, fill, stop), True))
    if not whole:
        found.append((left, last_target(g, side, s, fill, stop), False))
    return [row for row in found if row[0] > ZERO]


def first_stop(g: Signals, side: int, s: int, fill: Decimal) -> Maybe:
    found = [number(g.stop_level, s)]
    fraction, distance = number(g.stop_loss, s), number(g.stop_distance, s)
    found.append(None if fraction is None else fill * (ONE - side * fraction))
    found.append(None if distance is None else fill - side * distance)
    known = [x for x in found if x is not None]
    return (max(known) if side > 0 else min(known)) if known else None


def last_target(g: Signals, side: int, s: int, fill: Decimal, stop: Maybe) -> Maybe:
    """The ordinary target: the nearest of all that are given."""
    found = [number(g.target_level, s)]
    fraction, multiple = number(g.take_profit, s), number(g.target_multiple, s)
    found.append(None if fraction is None else fill * (ONE + side * fraction))
    if multiple is not None and stop is not None:
        found.append(fill + side * multiple * abs(fill - stop))
    distance = number(g.target_distance, s)
    if distance is not None and all(leg.target_distance is None for leg in g.legs):
        found.append(fill + side * distance)
    known = [x for x in found if x is not None]
    return (min(known) if side > 0 else max(known)) if known else None


def target_of(leg: Leg, g: Signals, side: int, s: int, fill: Decimal, stop: Maybe) -> Maybe:
    if leg.take_profit is not None:
        return fill * (ONE + side * Decimal(leg.take_profit))
    if leg.target_multiple is not None:
        if stop is None:
            return None
        return fill + side * Decimal(leg.target_multiple) * abs(fill - stop)
    assert leg.target_distance is not None
    distance = number(g.target_distance, s)
    return None if distance is None else fill + side * Decimal(leg.target_distance) * distance


def gains(g: Signals, side: int, s: int, fill: Decimal, stop: Maybe) -> list[Decimal]:
    """Prices at which the stop moves to the fill."""
    found = []
    fraction, multiple = number(g.breakeven, s), number(g.breakeven_multiple, s)
    if fraction is not None:
        found.append(fill * (ONE + side * fraction))
    if multiple is not None and stop is not None:
        found.append(fill + side * multiple * abs(fill - stop))
    return found
