"""The quick way to all measures of a run gives what the functions that define them give."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Books, Decisions, Signals, simulate
from engine.metrics import trade_figures, trade_summary
from engine.metrics.summary import by_definition, summarize
from tests.engine.markets import flat_days, index_bars
from tests.engine.test_documented_strategies import SCRIPTS, books_of


def same(quick: dict, defined: dict) -> None:
    assert list(quick) == list(defined)
    for name, value in defined.items():
        if value is None:
            assert quick[name] is None, name
        else:
            assert quick[name] == pytest.approx(value, rel=1e-10, abs=1e-13), name


@pytest.mark.parametrize("name", SCRIPTS)
def test_real_accounts(name: str) -> None:
    bars, books, held = index_bars(), books_of(name), books_of("buy_and_hold")
    for benchmark in (None, held):
        for rate in (0.0, 0.02):
            same(
                summarize(books, bars, benchmark, rate), by_definition(books, bars, benchmark, rate)
            )


@pytest.mark.parametrize("name", SCRIPTS)
def test_real_trades(name: str) -> None:
    books = books_of(name)
    same(trade_figures(books), trade_summary(books.trades))


def test_no_trades() -> None:
    books = account([10_000.0] * 8)
    same(trade_figures(books), trade_summary(()))


def account(equity: list[float]) -> Books:
    bars = flat_days(*[10.0] * len(equity))
    books = simulate(bars, Decisions.from_signals(Signals(), len(bars)))
    return replace(books, equity=np.array(equity))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.integers(-8, 8), min_size=0, max_size=60))
def test_made_up_accounts(moves: list[int]) -> None:
    equity = 10_000.0 * np.cumprod(np.concatenate(([1.0], 1.0 + np.array(moves) / 64)))
    books = account(equity.tolist())
    same(summarize(books, books.bars), by_definition(books, books.bars))


@pytest.mark.parametrize(
    "equity",
    [
        [10_000.0],
        [10_000.0, 9_000.0],
        [10_000.0] * 8,
        [10_000.0, 9_000.0, 0.0, 0.0, 0.0, 0.0],
        [10_000.0, 12_000.0, -50.0, -50.0, -50.0, -50.0],
        [10_000.0, 11_000.0, 12_000.0, 13_000.0, 14_000.0, 15_000.0],
    ],
)
def test_accounts_at_the_edge(equity: list[float]) -> None:
    books = account(equity)
    same(summarize(books, books.bars), by_definition(books, books.bars))
