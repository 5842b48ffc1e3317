"""What the slow simulator holds and hands back."""

from dataclasses import dataclass, field
from decimal import Decimal, getcontext
from typing import Any

import numpy as np

# A float has up to some sixty decimals here; products of two must not be rounded.
getcontext().prec = 150
ZERO, ONE = Decimal(0), Decimal(1)


@dataclass
class SlowTrade:
    side: int
    entry_bar: int
    exit_bar: int
    entry_price: Decimal
    exit_price: Decimal
    quantity: Decimal
    pnl: Decimal
    costs: Decimal
    exit_reason: str
    open_at_end: bool = False
    lot: int = 0


@dataclass
class SlowBooks:
    trades: list[SlowTrade] = field(default_factory=list)
    equity: list[Decimal] = field(default_factory=list)
    position: list[Decimal] = field(default_factory=list)
    cash: list[Decimal] = field(default_factory=list)
    costs: dict[str, Decimal] = field(
        default_factory=lambda: dict.fromkeys(
            ("commission", "slippage", "spread", "borrow", "interest"), ZERO
        )
    )


@dataclass
class Order:
    """An entry that is still wanted; a market order has neither price."""

    side: int
    signal_bar: int
    limit: Decimal | None
    stop: Decimal | None
    last_bar: int | None


@dataclass
class Lot:
    """One part of the position. `fee`, `slipped` and `borrowed` are what it has cost so far."""

    number: int
    entry: int
    side: int
    bar: int
    fill: Decimal
    quantity: Decimal
    fee: Decimal
    slipped: Decimal
    stop: Decimal | None
    target: Decimal | None
    is_leg: bool
    trailing: Decimal | None
    gains: list[Decimal]
    best: Decimal
    peak: Decimal | None = None
    by_limit: bool = False
    safe: bool = False
    borrowed: Decimal = ZERO


def number(values: Any, t: int) -> Decimal | None:
    """The value of a column (or constant) on bar t; None where there is none."""
    if values is None:
        return None
    array = np.asarray(values, float)
    value = float(array if array.ndim == 0 else array[t])
    return None if np.isnan(value) else Decimal(value)


def said(values: Any, t: int) -> bool:
    return values is not None and bool(values[t])


def reached(price: Decimal, level: Decimal, direction: int) -> bool:
    """Has the price got to the level, coming from below (+1) or above (-1)?"""
    return price >= level if direction > 0 else price <= level


def best_of(side: int, *prices: Decimal) -> Decimal:
    return max(prices) if side > 0 else min(prices)
