"""The quick loop, the sweep and the slow loop over `step` are one law, and the books balance."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Bars, Books, Decisions, SimulationConfig, simulate
from engine.decisions import LEVELS
from engine.kernel import exits_a_bar, layout, new_lots, new_state, step
from engine.kernel.inputs import prices_of, rules_of
from engine.sweep import returns_matrix, score
from tests.engine.everything import random_bars, random_case

SEEDS = range(400)


def step_by_step(
    bars: Bars, decisions: Decisions, config: SimulationConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Books (equity, position, cash by bar) and closed trades, one step at a time."""
    rules = rules_of(decisions, config)
    state, lots = new_state(config.initial_cash), new_lots(rules)
    rows = np.array([layout.new_bar()] * len(bars))
    prices = prices_of(bars, config)
    rows[:, : len(prices)] = prices.T
    orders = np.column_stack([decisions.flags, *(decisions.level(name) for name in LEVELS)])
    closed = np.empty((exits_a_bar(lots), layout.TRADE_FIELDS))
    books, trades = np.empty((3, len(bars))), []
    for t, (row, order) in enumerate(zip(rows, orders, strict=True)):
        number = step(state, lots, row, order, rules, closed, 0)
        trades.append(closed[:number].copy())
        books[:, t] = state[[layout.EQUITY, layout.POSITION, layout.CASH]]
    return books, np.concatenate(trades)


def closed_of(books: Books) -> np.ndarray:
    return books.trade_table[books.trade_table[:, layout.T_REASON] != layout.BY_END]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_quick_loop_gives_the_bits_of_the_slow_one(seed: int) -> None:
    bars, decisions, config = random_case(seed)
    books, (slow, trades) = simulate(bars, decisions, config), step_by_step(bars, decisions, config)
    assert np.array_equal(closed_of(books), trades)
    assert np.array_equal(np.array([books.equity, books.position, books.cash]), slow)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_money_appears_or_vanishes(seed: int) -> None:
    bars, decisions, config = random_case(seed)
    books = simulate(bars, decisions, config)
    worth = books.cash + books.position * bars.close
    assert books.equity == pytest.approx(worth, rel=1e-12)
    profits = sum(trade.pnl for trade in books.trades) + books.costs.interest
    assert books.equity[-1] - config.initial_cash == pytest.approx(profits, rel=1e-9, abs=1e-7)
    paid = sum(trade.costs for trade in books.trades)
    assert books.costs.charged == pytest.approx(paid, rel=1e-9, abs=1e-9)
    held = sum(
        trade.quantity * (1 if trade.side == "long" else -1)
        for trade in books.trades
        if trade.open_at_end
    )
    assert held == pytest.approx(books.position[-1], rel=1e-12)
    ends = [(trade.open_at_end, trade.exit_bar) for trade in books.trades]
    assert ends == sorted(ends)


def test_the_cases_use_every_rule() -> None:
    reasons, lots, parts = set(), 0, 0
    for seed in SEEDS:
        bars, decisions, config = random_case(seed)
        books = simulate(bars, decisions, config)
        reasons |= {trade.exit_reason for trade in books.trades}
        table = books.trade_table
        parts += len(table) - len(np.unique(table[:, layout.T_LOT]))
        lots = max(
            lots, np.unique(table[:, layout.T_ENTRY_BAR], return_counts=True)[1].max(initial=0)
        )
    assert reasons == {"signal", "stop", "target", "trail", "time", "reverse", "end"}
    assert lots > 2 and parts > 100


def test_a_sweep_scores_what_the_books_say() -> None:
    from engine.metrics import max_drawdown, returns, sharpe_ratio, total_return

    for seed in range(100):
        bars, decisions, config = random_case(seed)
        books = simulate(bars, decisions, config)
        scores = score(bars, [decisions, decisions], config)
        column = returns(books.equity)
        assert len(scores) == 2
        assert returns_matrix(bars, [decisions], config)[:, 0] == pytest.approx(column, abs=1e-15)
        assert scores.total_return[1] == pytest.approx(total_return(column), rel=1e-9, abs=1e-12)
        assert scores.max_drawdown[1] == pytest.approx(max_drawdown(books.equity), abs=1e-12)
        assert scores.trades[1] == len(books.trades)
        sharpe = sharpe_ratio(column, bars.periods_per_year)
        expected = np.nan if sharpe is None else sharpe
        assert scores.sharpe_ratio[1] == pytest.approx(expected, rel=1e-9, nan_ok=True)


def test_more_trades_than_the_table_holds_are_kept() -> None:
    n = 6_000
    time = np.datetime64("2000-01-01T00:00:00", "s") + np.arange(n) * np.timedelta64(60, "s")
    bars = Bars.from_columns(time, close=np.full(n, 10.0))
    always = Decisions(np.full(n, 3, np.uint8))
    books = simulate(bars, always, SimulationConfig(commission=0.0))
    assert len(books.trades) == n // 2
    assert np.array_equal(closed_of(books), step_by_step(bars, always, books.config)[1])


def test_decisions_that_never_act_leave_the_account_alone() -> None:
    bars, decisions, config = random_case(3)
    quiet = replace(decisions, flags=np.zeros(len(bars), np.uint8))
    books = simulate(bars, quiet, replace(config, cash_rate=0.0))
    assert not books.trades and set(books.equity) == {config.initial_cash}


@pytest.mark.parametrize("seed", range(30))
def test_the_loop_rests_only_where_nothing_can_happen(seed: int) -> None:
    rng = np.random.default_rng(seed)
    bars = random_bars(rng, 400)
    flags = rng.integers(0, 16, 400) * (rng.random(400) < 0.05)
    size = {"size": np.array([0.4])}
    for settings in ({}, {"reverse": True}, {"max_entries": 3}, {"max_entries": 2, "cooldown": 9}):
        plain = Decisions(flags.astype(np.uint8), size, **settings)
        config = SimulationConfig(10_000.0, 0.001)
        books, (slow, trades) = simulate(bars, plain, config), step_by_step(bars, plain, config)
        assert len(trades) > 2 and np.array_equal(closed_of(books), trades)
        assert np.array_equal(np.array([books.equity, books.position, books.cash]), slow)
