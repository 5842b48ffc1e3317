"""Rules 1 to 15 of docs/engine.md, one smallest example each."""

import numpy as np
import pytest

from engine import SimulationConfig
from tests.engine.markets import flat_days, mask, scene
from tests.engine.rules import books_of, told


def test_a_signal_fills_at_the_open_of_the_next_bar() -> None:
    bars = scene((10, 11, 9, 10), (12, 13, 11, 11), (14, 15, 13, 13), (16, 17, 15, 15))
    books = books_of(bars, enter=mask(4, 0), exit=mask(4, 2))
    assert told(books) == [("long", 1, 12.0, 3, 16.0, "signal")]


def test_a_signal_on_the_last_bar_never_fills() -> None:
    assert books_of(flat_days(10, 11, 12), enter=mask(3, 2)).trades == ()


def test_both_signals_on_one_bar_exit_when_held_and_enter_when_flat() -> None:
    both = np.ones(5, bool)
    books = books_of(flat_days(10, 11, 12, 13, 14), enter=both, exit=both)
    # In at 1, out at 2; flat at the close of 2, so in again at 3, out at 4.
    assert told(books) == [
        ("long", 1, 11.0, 2, 12.0, "signal"),
        ("long", 3, 13.0, 4, 14.0, "signal"),
    ]


def test_long_comes_first_when_both_sides_are_asked_for() -> None:
    books = books_of(flat_days(10, 11, 12), enter=mask(3, 0), enter_short=mask(3, 0))
    assert books.trades[0].side == "long"


def test_after_a_stop_a_signal_at_the_same_close_enters_again() -> None:
    bars = scene((10, 10, 10, 10), (10, 10, 8, 9), (9, 9, 9, 9), (9, 9, 9, 9))
    books = books_of(bars, enter=mask(4, 0, 1), stop_loss=0.1)
    assert told(books)[0] == ("long", 1, 10.0, 1, 9.0, "stop")
    assert told(books)[1][:3] == ("long", 2, 9.0)


def test_a_stop_works_on_the_entry_bar_and_fills_at_its_price() -> None:
    bars = scene((10, 10, 10, 10), (10, 11, 8, 10), (10, 10, 10, 10))
    assert told(books_of(bars, enter=mask(3, 0), stop_loss=0.1)) == [
        ("long", 1, 10.0, 1, 9.0, "stop")
    ]


def test_the_stop_comes_first_when_both_lie_inside_one_bar() -> None:
    bars = scene((10, 10, 10, 10), (10, 12, 8, 10), (10, 10, 10, 10))
    books = books_of(bars, enter=mask(3, 0), stop_loss=0.1, take_profit=0.1)
    assert books.trades[0].exit_reason == "stop"


@pytest.mark.parametrize(
    ("opening", "reason"), [(7.0, "stop"), (13.0, "target")], ids=["below stop", "above target"]
)
def test_a_gap_beyond_the_level_fills_at_the_open(opening: float, reason: str) -> None:
    # The bar spans both levels; what it opened beyond was there first.
    bars = scene((10, 10, 10, 10), (10, 10, 10, 10), (opening, 14, 6, 10), (10, 10, 10, 10))
    books = books_of(bars, enter=mask(4, 0), stop_loss=0.1, take_profit=0.1)
    assert told(books) == [("long", 1, 10.0, 2, opening, reason)]


def test_a_short_has_its_stop_above_and_its_target_below() -> None:
    up = scene((10, 10, 10, 10), (10, 11, 10, 10), (10, 10, 10, 10))
    down = scene((10, 10, 10, 10), (10, 10, 9, 10), (10, 10, 10, 10))
    for bars, price, reason in ((up, 11.0, "stop"), (down, 9.0, "target")):
        books = books_of(bars, enter_short=mask(3, 0), stop_distance=1.0, target_distance=1.0)
        assert told(books) == [("short", 1, 10.0, 1, price, reason)]


def test_an_atr_stop_uses_the_distance_of_the_signal_bar() -> None:
    bars = scene(*[(10, 10, 10, 10)] * 2, (10, 10, 8, 10), (10, 10, 10, 10))
    distance = np.array([1.5, 9.0, 0.1, 0.1])
    books = books_of(bars, enter=mask(4, 0), stop_distance=distance)
    assert told(books) == [("long", 1, 10.0, 2, 8.5, "stop")]


def test_a_target_can_be_a_multiple_of_the_risk() -> None:
    # In at 10 with the stop at 9: twice the risk is earned at 12.
    bars = scene((10, 10, 10, 10), (10, 11.5, 9.5, 11), (11, 12.5, 11, 12), (12, 12, 12, 12))
    books = books_of(bars, enter=mask(4, 0), stop_level=np.full(4, 9.0), target_multiple=2.0)
    assert told(books) == [("long", 1, 10.0, 2, 12.0, "target")]
    assert books_of(bars, enter=mask(4, 0), target_multiple=2.0).trades[0].open_at_end


def test_a_nan_distance_is_no_stop() -> None:
    bars = scene((10, 10, 10, 10), (10, 10, 1, 10), (10, 10, 10, 10))
    books = books_of(bars, enter=mask(3, 0), stop_distance=np.full(3, np.nan))
    assert books.trades[0].open_at_end


def test_a_trailing_stop_watches_closes_and_leaves_at_the_next_open() -> None:
    # Highs and lows inside the bars do not count: the peak is the close of 12.
    bars = scene(
        (10, 10, 10, 10), (10, 30, 10, 10), (10, 12, 5, 12), (12, 12, 10, 10.5), (11, 11, 11, 11)
    )
    books = books_of(bars, enter=mask(5, 0), trailing_stop=0.125)
    assert told(books) == [("long", 1, 10.0, 4, 11.0, "trail")]


def test_a_trailing_distance_is_read_at_the_current_bar() -> None:
    bars = flat_days(10, 10, 12, 11, 11, 11)
    wide_then_narrow = np.array([5.0, 5.0, 5.0, 5.0, 1.0, 1.0])
    books = books_of(bars, enter=mask(6, 0), trailing_distance=wide_then_narrow)
    assert told(books) == [("long", 1, 10.0, 5, 11.0, "trail")]


def test_an_intrabar_trailing_stop_leaves_inside_the_bar() -> None:
    bars = scene((10, 10, 10, 10), (10, 20, 10, 19), (19, 19, 17, 18), (18, 18, 18, 18))
    books = books_of(bars, enter=mask(4, 0), trailing_stop=0.1, trail_intrabar=True)
    assert told(books) == [("long", 1, 10.0, 2, 18.0, "trail")]


def test_a_short_trails_the_lowest_close() -> None:
    books = books_of(flat_days(10, 10, 8, 9, 9), enter_short=mask(5, 0), trailing_stop=0.1)
    assert told(books) == [("short", 1, 10.0, 4, 9.0, "trail")]


@pytest.mark.parametrize("held", [1, 2, 3])
def test_holding_n_bars_leaves_at_the_open_of_the_nth_bar_after_entry(held: int) -> None:
    books = books_of(flat_days(10, 11, 12, 13, 14, 15), enter=mask(6, 0), max_bars=held)
    trade = books.trades[0]
    assert (trade.entry_bar, trade.exit_bar, trade.exit_reason) == (1, 1 + held, "time")
    assert trade.bars_held == held


def test_a_position_open_at_the_end_is_marked_at_the_last_close_without_a_fee() -> None:
    config = SimulationConfig(1_010.0, commission=0.01)
    books = books_of(flat_days(10, 10, 12), config, enter=mask(3, 0))
    assert told(books) == [("long", 1, 10.0, 2, 12.0, "end")]
    assert books.trades[0].quantity == pytest.approx(100.0)
    assert books.equity[-1] == pytest.approx(1_200.0)
    assert books.trades[0].pnl == pytest.approx(190.0)  # 200 less the entry fee of 10


def test_a_reversal_closes_and_opens_at_the_same_open() -> None:
    config = SimulationConfig(1_000.0, commission=0.01)
    books = books_of(
        flat_days(10, 10, 20, 20, 10), config,
        enter=mask(5, 0), enter_short=mask(5, 2), reverse=True,
    )  # fmt: skip
    assert told(books)[0] == ("long", 1, 10.0, 3, 20.0, "reverse")
    assert told(books)[1][:3] == ("short", 3, 20.0)
    left = 1_000 / (10 * 1.01) * 20 * 0.99  # what the closed side leaves after its fee
    assert books.trades[1].quantity == pytest.approx(left / (20 * 1.01))


def test_without_reverse_an_opposite_entry_is_ignored() -> None:
    books = books_of(flat_days(10, 10, 20, 20), enter=mask(4, 0), enter_short=mask(4, 1))
    assert told(books) == [("long", 1, 10.0, 3, 20.0, "end")]


def test_commission_is_taken_from_cash_and_never_hidden_in_prices() -> None:
    config = SimulationConfig(1_000.0, commission=0.001)
    books = books_of(flat_days(10, 10, 10, 10), config, enter=mask(4, 0), exit=mask(4, 1))
    held = 1_000 / (10 * 1.001)
    assert told(books) == [("long", 1, 10.0, 2, 10.0, "signal")]
    assert books.trades[0].quantity == pytest.approx(held)
    assert books.costs.commission == pytest.approx(2 * held * 10 * 0.001)
    assert books.equity[-1] == pytest.approx(1_000 - books.costs.charged)


def test_slippage_moves_the_fill_price_against_the_trade() -> None:
    config = SimulationConfig(1_000.0, commission=0.0, slippage=0.01)
    books = books_of(flat_days(10, 10, 10, 10), config, enter=mask(4, 0), exit=mask(4, 1))
    assert told(books) == [("long", 1, 10.1, 2, 9.9, "signal")]
    assert books.costs.slippage == pytest.approx(1_000 - books.equity[-1])


def test_size_is_the_share_of_equity_put_into_an_entry() -> None:
    books = books_of(flat_days(10, 10, 20), enter=mask(3, 0), size=0.25)
    assert books.trades[0].quantity == pytest.approx(25.0)
    assert books.equity[-1] == pytest.approx(1_250.0)


def test_a_short_sells_what_the_equity_buys() -> None:
    books = books_of(flat_days(10, 10, 8), enter_short=mask(3, 0))
    assert books.position[-1] == pytest.approx(-100.0)
    assert books.equity[-1] == pytest.approx(1_200.0)


def test_an_account_that_is_gone_trades_no_more() -> None:
    books = books_of(
        flat_days(10, 10, 30, 30, 10, 10), enter_short=mask(6, 0), exit_short=mask(6, 2),
        enter=mask(6, 3),
    )  # fmt: skip
    assert len(books.trades) == 1
    assert books.equity[-1] == pytest.approx(-1_000.0)
