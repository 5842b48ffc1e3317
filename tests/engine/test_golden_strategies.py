"""Thirteen strategies on the S&P 500 whose trades several backtesters agree on."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine import Books, Decisions, SimulationConfig, simulate
from tests.engine.golden_strategies import GOLDEN
from tests.engine.markets import index_bars
from tests.engine.reference import simulate_slowly

FILE = json.loads((Path(__file__).parent / "data" / "golden_sp500.json").read_text())
FEE, CASH = FILE["meta"]["fee"], FILE["meta"]["initial"]
BY_SIGNAL = {"signal", "trail", "reverse"}


def books_of(number: str) -> Books:
    bars = index_bars()
    decisions = Decisions.from_signals(GOLDEN[number](bars), len(bars))
    return simulate(bars, decisions, SimulationConfig(CASH, FEE))


def same_reason(ours: str, theirs: str) -> bool:
    return ours in BY_SIGNAL if theirs == "signal" else ours == theirs.removesuffix("-gap")


@pytest.mark.parametrize("number", GOLDEN)
def test_every_closed_trade_is_the_golden_one(number: str) -> None:
    expected = FILE["results"][number]
    closed = [trade for trade in books_of(number).trades if not trade.open_at_end]
    assert len(closed) == expected["n_closed_trades"]
    for ours, golden in zip(closed, expected["trades"], strict=True):
        assert (ours.entry_bar, ours.exit_bar) == (golden["entry_bar"], golden["exit_bar"])
        assert ours.side == ("long" if golden["side"] > 0 else "short")
        assert ours.entry_time.date().isoformat() == golden["entry"]
        assert ours.exit_time.date().isoformat() == golden["exit"]
        assert (ours.entry_price, ours.exit_price) == (golden["entry_price"], golden["exit_price"])
        assert ours.quantity == pytest.approx(golden["qty"], rel=1e-9)
        assert ours.pnl == pytest.approx(golden["pnl"], rel=1e-9)
        assert 100 * ours.return_ == pytest.approx(golden["pnl_pct"], rel=1e-9)
        assert same_reason(ours.exit_reason, golden["exit_reason"])


@pytest.mark.parametrize("number", GOLDEN)
def test_final_equity_and_drawdown_are_the_golden_ones(number: str) -> None:
    expected, books = FILE["results"][number], books_of(number)
    assert books.equity[-1] == pytest.approx(expected["final_equity"], rel=1e-9)
    peak = np.maximum.accumulate(books.equity)
    worst = 100 * np.max(1 - books.equity / peak)
    assert worst == pytest.approx(expected["max_drawdown_pct"], rel=1e-9)


@pytest.mark.parametrize("number", ["03", "04", "07"])
def test_a_position_open_at_the_end_is_marked_at_the_last_close(number: str) -> None:
    expected, last = FILE["results"][number]["open_trade"], books_of(number).trades[-1]
    assert last.open_at_end and last.exit_reason == "end"
    assert (last.entry_bar, last.exit_bar) == (expected["entry_bar"], len(index_bars()) - 1)
    assert last.exit_price == expected["last_close"]
    assert last.pnl == pytest.approx(expected["unrealised_pnl"], rel=1e-9)


@pytest.mark.parametrize("number", GOLDEN)
def test_the_reference_simulator_agrees_with_the_golden_trades(number: str) -> None:
    bars = index_bars()
    slow = simulate_slowly(bars, GOLDEN[number](bars), SimulationConfig(CASH, FEE))
    expected = FILE["results"][number]
    closed = [trade for trade in slow.trades if not trade.open_at_end]
    for ours, golden in zip(closed, expected["trades"], strict=True):
        assert (ours.entry_bar, ours.exit_bar) == (golden["entry_bar"], golden["exit_bar"])
        assert float(ours.entry_price) == golden["entry_price"]
        # Exact against rounded: a stop level may differ in the last digit of the float.
        assert float(ours.exit_price) == pytest.approx(golden["exit_price"], rel=1e-14)
    assert float(slow.equity[-1]) == pytest.approx(expected["final_equity"], rel=1e-9)


@pytest.mark.parametrize("number", GOLDEN)
def test_both_simulators_agree_on_a_market_with_gaps(number: str) -> None:
    bars = index_bars("nasdaq").between("2003-01-01", "2010-12-31")
    gaps = np.mean(bars.open[1:] != bars.close[:-1])
    assert gaps > 0.9
    signals = GOLDEN[number](bars)
    slow = simulate_slowly(bars, signals, SimulationConfig(CASH, FEE))
    books = simulate(bars, Decisions.from_signals(signals, len(bars)), SimulationConfig(CASH, FEE))
    assert len(books.trades) == len(slow.trades) > 0
    for ours, exact in zip(books.trades, slow.trades, strict=True):
        assert (ours.entry_bar, ours.exit_bar) == (exact.entry_bar, exact.exit_bar)
        assert ours.exit_reason == exact.exit_reason
        assert ours.exit_price == pytest.approx(float(exact.exit_price), rel=1e-14)
        assert ours.pnl == pytest.approx(float(exact.pnl), rel=1e-9)
    assert books.equity[-1] == pytest.approx(float(slow.equity[-1]), rel=1e-9)
