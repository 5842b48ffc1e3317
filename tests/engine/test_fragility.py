"""Every answer about fragility equals the run one would do by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import Bars, Books, Decisions, Signals, SimulationConfig, simulate, ta
from engine.fragility import FragilityError, fragile
from tests.engine.markets import flat_days, index_bars, mask
from tests.engine.scenes import scenes

CONFIG = SimulationConfig(10_000, commission=0.001, slippage=0.0002, fixed_fee=1, borrow_rate=0.01)


@pytest.fixture(scope="module")
def market() -> tuple[Bars, Decisions]:
    """Return the S&P 500 and a strategy of 100 trades with stops."""
    bars = index_bars()
    signals = Signals(
        enter=ta.rsi(bars.close, 2) < 10, exit=bars.close > ta.sma(bars.close, 5), stop_loss=0.03
    )
    return bars, Decisions.from_signals(signals, len(bars))


def same(one: Books, other: Books) -> bool:
    """Whether two accounts are equal to 1e-9."""
    return bool(np.allclose(one.equity, other.equity, rtol=1e-9, atol=0)) and len(
        one.trades
    ) == len(other.trades)


def test_nothing_changed_is_the_run_itself(market):
    assert same(fragile(*market, CONFIG), simulate(*market, CONFIG))


def test_a_factor_multiplies_every_cost(market):
    dearer = replace(CONFIG, commission=0.002, slippage=0.0004, fixed_fee=2, borrow_rate=0.02)
    assert same(fragile(*market, CONFIG, cost_factor=2), simulate(*market, dearer))
    tiered = replace(CONFIG, tiers=((0, 0.001), (20_000, 0.0005)), cash_rate=0.02)
    twice = replace(dearer, tiers=((0, 0.002), (20_000, 0.001)), cash_rate=0.02)
    assert same(fragile(*market, tiered, cost_factor=2), simulate(*market, twice))


def test_a_delay_takes_every_decision_later(market):
    bars, decisions = market
    later = Decisions.from_signals(
        Signals(
            enter=np.r_[False, ta.rsi(bars.close, 2) < 10][:-1],
            exit=np.r_[False, bars.close > ta.sma(bars.close, 5)][:-1],
            stop_loss=0.03,
        ),
        len(bars),
    )
    assert same(fragile(bars, decisions, CONFIG, delay=1), simulate(bars, later, CONFIG))


def test_a_late_start_opens_flat_and_keeps_what_indicators_knew(market):
    bars, decisions = market
    books = fragile(bars, decisions, CONFIG, start="2010-01-01")
    first = int(np.searchsorted(bars.time, np.datetime64("2010-01-01")))
    assert str(books.bars.time[0])[:10] == "2010-01-04"
    assert books.equity[0] == 10_000
    assert same(books, simulate(bars.after(first), decisions.after(first), CONFIG))


def test_the_best_trades_are_gone_and_the_others_stay():
    # In at the open after a signal: 10 → 12 (+2), 10 → 20 (+10), 10 → 11 (+1).
    bars = flat_days(10, 10, 12, 12, 10, 10, 20, 20, 10, 10, 11, 11)
    n = len(bars)
    signals = Signals(enter=mask(n, 0, 4, 8), exit=mask(n, 1, 5, 9), size=1.0, sizing="units")
    decisions = Decisions.from_signals(signals, n)
    free = SimulationConfig(10_000, commission=0)
    assert [trade.pnl for trade in simulate(bars, decisions, free).trades] == [2, 10, 1]
    left = fragile(bars, decisions, free, without_best=1)
    assert [trade.pnl for trade in left.trades] == [2, 1]
    assert fragile(bars, decisions, free, without_best=9).trades == ()


def test_the_account_takes_nothing_else_while_a_trade_left_out_would_last(market):
    bars, decisions = market
    whole = simulate(bars, decisions, CONFIG)
    best = sorted(whole.trades, key=lambda trade: -trade.pnl)[:5]
    left = fragile(bars, decisions, CONFIG, without_best=5)
    for trade in best:
        assert not any(
            other.entry_bar <= trade.exit_bar and other.exit_bar >= trade.entry_bar
            for other in left.trades
            if other.entry_bar != trade.exit_bar
        )
    assert {t.entry_bar for t in left.trades} == {t.entry_bar for t in whole.trades} - {
        t.entry_bar for t in best
    }


def test_an_order_that_waited_is_left_out_with_its_trade():
    bars = flat_days(10, 10, 10, 8, 16, 16)
    n = len(bars)
    signals = Signals(enter=mask(n, 0), exit=mask(n, 3), entry_limit=9.0, entry_expiry=0)
    decisions = Decisions.from_signals(signals, n)
    assert [trade.entry_bar for trade in simulate(bars, decisions).trades] == [3]
    assert fragile(bars, decisions, without_best=1).trades == ()


def test_a_turn_around_belongs_to_the_trade_after_it():
    bars = flat_days(10, 10, 20, 20, 15, 15)
    n = len(bars)
    signals = Signals(enter=mask(n, 0), enter_short=mask(n, 2), exit_short=mask(n, 4), reverse=True)
    decisions = Decisions.from_signals(signals, n)
    assert [trade.side for trade in simulate(bars, decisions).trades] == ["long", "short"]
    assert [trade.side for trade in fragile(bars, decisions, without_best=1).trades] == ["short"]


def test_a_trade_that_was_turned_around_by_one_left_out_still_leaves():
    bars = flat_days(10, 10, 11, 11, 5, 5, 5, 5)
    n = len(bars)
    signals = Signals(enter=mask(n, 0), enter_short=mask(n, 2), exit_short=mask(n, 4), reverse=True)
    decisions = Decisions.from_signals(signals, n)
    assert [trade.exit_bar for trade in simulate(bars, decisions).trades] == [3, 5]
    left = fragile(bars, decisions, without_best=1)
    assert [(trade.side, trade.exit_bar) for trade in left.trades] == [("long", 3)]


@settings(max_examples=150, deadline=None)
@given(scenes(), st.integers(1, 3))
def test_the_account_holds_nothing_new_in_the_time_of_a_trade_left_out(scene, count):
    decisions = Decisions.from_signals(scene.signals, len(scene.bars))
    assume(decisions.max_entries == 1)
    whole = simulate(scene.bars, decisions, scene.config)
    best = sorted(whole.trades, key=lambda trade: -trade.pnl)[:count]
    left = fragile(scene.bars, decisions, scene.config, without_best=count)
    for gone in best:
        until = gone.exit_bar + gone.open_at_end
        assert not any(gone.entry_bar <= other.entry_bar < until for other in left.trades)


def test_changes_combine(market):
    bars, decisions = market
    changed = fragile(bars, decisions, CONFIG, cost_factor=2, delay=1, start="2008-01-01")
    first = int(np.searchsorted(bars.time, np.datetime64("2008-01-01")))
    dearer = replace(CONFIG, commission=0.002, slippage=0.0004, fixed_fee=2, borrow_rate=0.02)
    by_hand = simulate(bars.after(first), decisions.delayed(1).after(first), dearer)
    assert same(changed, by_hand)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cost_factor": -1}, "cost_factor"),
        ({"cost_factor": float("nan")}, "cost_factor"),
        ({"cost_factor": 1e6}, "cost_factor"),
        ({"delay": -1}, "delay"),
        ({"without_best": -1}, "without_best"),
        ({"start": "2099-01-01"}, "start"),
        ({"start": "soon"}, "start"),
    ],
)
def test_an_impossible_change_is_named(market, change, field):
    with pytest.raises(FragilityError) as caught:
        fragile(*market, CONFIG, **change)
    assert caught.value.field == field
