"""Money is neither made nor lost: on every simulation of made-up markets, with every field."""

import numpy as np
from hypothesis import given

from engine import Books, Decisions, simulate
from tests.engine.scenes import MANY, Scene, scenes


def kept(scene: Scene) -> tuple[Books, float]:
    """The books, and the largest sum of money in them."""
    bars = scene.bars
    books = simulate(bars, Decisions.from_signals(scene.signals, len(bars)), scene.config)
    return books, max(scene.config.initial_cash, np.abs(books.cash).max())


@MANY
@given(scenes())
def test_every_sum_of_the_books_adds_up(scene: Scene) -> None:
    books, money = kept(scene)
    worth = books.cash + books.position * scene.bars.close
    assert np.abs(books.equity - worth).max() <= 1e-12 * money
    gained = books.equity[-1] - scene.config.initial_cash
    assert abs(sum(t.pnl for t in books.trades) + books.costs.interest - gained) <= 1e-9 * money
    assert abs(sum(t.costs for t in books.trades) - books.costs.charged) <= 1e-9 * money
    assert all(cost >= 0 for cost in vars(books.costs).values())


@MANY
@given(scenes())
def test_what_is_bought_is_sold_or_held_and_never_on_credit(scene: Scene) -> None:
    books, money = kept(scene)
    held = np.zeros(len(scene.bars) + 1)
    for trade in books.trades:
        signed = trade.quantity if trade.side == "long" else -trade.quantity
        assert trade.quantity > 0
        held[trade.entry_bar] += signed
        held[len(scene.bars) if trade.open_at_end else trade.exit_bar] -= signed
    most = max(1.0, np.abs(books.position).max())
    assert np.abs(np.cumsum(held)[:-1] - books.position).max() <= 1e-9 * most
    # Longs alone owe nothing but the fees of their exits.
    if not any(trade.side == "short" for trade in books.trades):
        fees = books.costs.commission + books.costs.spread
        assert books.cash.min() >= -fees - 1e-9 * money


@MANY
@given(scenes())
def test_between_fills_only_prices_interest_and_borrowing_move_the_account(scene: Scene) -> None:
    books, money = kept(scene)
    config, bars = scene.config, scene.bars
    fills = {bar for trade in books.trades for bar in (trade.entry_bar, trade.exit_bar)}
    gaps = np.diff(bars.time) / np.timedelta64(365 * 86_400, "s")
    for t in sorted(set(range(1, len(bars))) - fills):
        years = gaps[t - 1]
        held, before, equity = books.position[t], bars.close[t - 1], books.equity[t - 1]
        drift = held * (bars.close[t] - before)
        drift += max(0.0, equity - abs(held) * before) * config.cash_rate * years
        drift -= max(0.0, -held) * before * config.borrow_rate * years
        assert abs(books.equity[t] - equity - drift) <= 1e-9 * money
