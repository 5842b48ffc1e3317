"""Rules 18 to 21 of docs/engine.md: how much, lots, legs, parts and pauses."""

import numpy as np
import pytest

from engine import Leg, SimulationConfig
from tests.engine.markets import flat_days, mask, scene
from tests.engine.rules import books_of, told, units

NAN = float("nan")
TENS = flat_days(10, 10, 10, 10, 10, 10)


@pytest.mark.parametrize(
    ("columns", "bought"),
    [
        ({"size": 0.5}, [50.0]),
        ({"sizing": "cash", "size": 300.0}, [30.0]),
        ({"sizing": "cash", "size": 3_000.0}, [100.0]),
        ({"sizing": "units", "size": 7.0}, [7.0]),
        ({"sizing": "units", "size": 700.0}, [100.0]),
        ({"sizing": "risk", "size": 0.02, "stop_distance": 0.5}, [40.0]),
        ({"sizing": "risk", "size": 0.5, "stop_distance": 0.5}, [100.0]),
        ({"sizing": "risk", "size": 0.02}, []),
        ({"sizing": "risk", "size": 0.02, "stop_distance": 0.0}, []),
    ],
)
@pytest.mark.parametrize("side", ["enter", "enter_short"])
def test_how_much_an_entry_gets(side: str, columns: dict[str, object], bought: list[float]) -> None:
    # 1,000 at 10: at most 100 units, and a risk of 20 at 0.5 a unit is 40.
    books = books_of(TENS, **{side: mask(6, 0)}, **columns)
    assert units(books) == pytest.approx(bought)


def test_money_for_an_entry_includes_its_fee() -> None:
    config = SimulationConfig(1_000.0, commission=0.25)
    books = books_of(TENS, config, enter=mask(6, 0), sizing="cash", size=500.0)
    assert units(books) == pytest.approx([40.0])  # 400 and a fee of 100
    assert books.cash[-1] == pytest.approx(500.0)


def test_whole_units_are_rounded_down_and_none_is_no_trade() -> None:
    config = SimulationConfig(1_000.0, commission=0.0, whole_units=True)
    assert units(books_of(flat_days(30, 30, 30), config, enter=mask(3, 0))) == [33.0]
    assert units(books_of(flat_days(1_001, 1_001, 1_001), config, enter=mask(3, 0))) == []
    # 0.29 of 1,000 at 10 are 28.999… in floats.
    assert units(books_of(TENS, config, enter=mask(6, 0), size=0.29)) == [29.0]


def test_nothing_is_borrowed_for_another_entry() -> None:
    # 1,000 at 10: half, then half of 1,000 again, then nothing is left.
    books = books_of(TENS, enter=mask(6, 0, 1, 2), size=0.5, max_entries=5)
    assert units(books) == pytest.approx([50.0, 50.0])
    short = books_of(
        flat_days(10, 10, 10, 5, 5), enter_short=mask(5, 0, 1, 2), size=0.5, max_entries=5
    )
    # At 5 the equity is 1,500 and 500 are held short: 1,000 are free, 750 are asked for.
    assert units(short) == pytest.approx([50.0, 50.0, 150.0])


def test_every_lot_has_its_own_fill_stop_and_row() -> None:
    books = books_of(
        flat_days(10, 10, 20, 20, 17, 9), enter=mask(6, 0, 1), sizing="units", size=10.0,
        max_entries=2, stop_loss=0.125,
    )  # fmt: skip
    assert told(books) == [
        ("long", 2, 20.0, 4, 17.0, "stop"),
        ("long", 1, 10.0, 5, 9.0, "end"),
    ]


def test_an_entry_adds_while_fewer_than_max_entries_are_open_and_an_exit_closes_all() -> None:
    books = books_of(
        TENS, enter=mask(6, 0, 1, 2), exit=mask(6, 3), sizing="units", size=1.0, max_entries=2
    )
    assert told(books) == [
        ("long", 1, 10.0, 4, 10.0, "signal"),
        ("long", 2, 10.0, 4, 10.0, "signal"),
    ]


def test_an_entry_signal_where_something_leaves_adds_nothing() -> None:
    books = books_of(
        TENS, enter=mask(6, 0, 1, 2), sizing="units", size=1.0, max_entries=3, max_bars=2
    )
    # At the close of bar 2 the first lot leaves by time, so that signal does not count.
    assert [(t.entry_bar, t.exit_bar) for t in books.trades] == [(1, 3), (2, 4)]


def test_legs_split_an_entry_into_lots_with_their_own_targets() -> None:
    bars = scene((10, 10, 10, 10), (10, 11, 10, 11), (11, 12, 11, 12), (12, 14, 12, 14))
    books = books_of(
        bars, enter=mask(4, 0), stop_distance=1.0, target_distance=2.0, take_profit=0.375,
        legs=[
            Leg(0.5, take_profit=0.125), Leg(0.25, target_multiple=1.0),
            Leg(0.125, target_distance=1.0),
        ],
    )  # fmt: skip
    assert told(books) == [
        ("long", 1, 10.0, 1, 11.0, "target"),
        ("long", 1, 10.0, 2, 11.25, "target"),
        ("long", 1, 10.0, 2, 12.0, "target"),
        ("long", 1, 10.0, 3, 13.75, "target"),
    ]
    assert units(books) == pytest.approx([25.0, 50.0, 12.5, 12.5])


def test_the_fee_of_an_entry_is_shared_and_each_lot_pays_its_own_exit() -> None:
    config = SimulationConfig(1_000.0, commission=0.0, fixed_fee=8.0)
    books = books_of(
        flat_days(10, 10, 10, 10), config, enter=mask(4, 0), exit=mask(4, 1), sizing="units",
        size=40.0, legs=[Leg(0.25, take_profit=0.5)],
    )  # fmt: skip
    assert units(books) == [10.0, 30.0]
    assert [trade.costs for trade in books.trades] == pytest.approx([2.0 + 8.0, 6.0 + 8.0])


def test_whole_legs_are_rounded_down_and_the_last_lot_takes_the_rest() -> None:
    config = SimulationConfig(1_000.0, commission=0.0, whole_units=True)
    legs = [Leg(0.25, take_profit=0.5), Leg(0.25, take_profit=0.75), Leg(0.5, take_profit=1.0)]
    books = books_of(TENS, config, enter=mask(6, 0), sizing="units", size=7.0, legs=legs)
    assert units(books) == [1.0, 1.0, 5.0]
    few = books_of(TENS, config, enter=mask(6, 0), sizing="units", size=3.0, legs=legs)
    assert units(few) == [3.0]


@pytest.mark.parametrize("moves", [True, False])
def test_a_leg_at_its_target_moves_the_stop_of_the_rest_to_the_fill(moves: bool) -> None:
    # The low of 9.5 on the target's own bar does not count: the stop moves for the next bar.
    bars = scene((10, 10, 10, 10), (10, 11, 9.5, 11), (11, 11, 10, 11), (11, 11, 11, 11))
    books = books_of(
        bars, enter=mask(4, 0), stop_distance=2.0, breakeven_after_target=moves,
        legs=[Leg(0.5, target_multiple=0.5)],
    )  # fmt: skip
    assert [(t.exit_bar, t.exit_price, t.exit_reason) for t in books.trades] == [
        (1, 11.0, "target"),
        (2, 10.0, "stop") if moves else (3, 11.0, "end"),
    ]


def test_an_exit_can_close_a_part_of_every_lot() -> None:
    books = books_of(
        flat_days(10, 10, 12, 14, 16), enter=mask(5, 0), exit=mask(5, 1, 2),
        exit_size=[NAN, 0.5, 0.25, NAN, NAN],
    )  # fmt: skip
    assert told(books) == [
        ("long", 1, 10.0, 2, 12.0, "signal"),
        ("long", 1, 10.0, 3, 14.0, "signal"),
        ("long", 1, 10.0, 4, 16.0, "end"),
    ]
    assert units(books) == pytest.approx([50.0, 12.5, 37.5])


def test_another_reason_at_the_close_of_a_partial_exit_takes_all() -> None:
    books = books_of(
        flat_days(10, 10, 10, 10), enter=mask(4, 0), exit=mask(4, 1), exit_size=0.5, max_bars=1
    )
    assert told(books) == [("long", 1, 10.0, 2, 10.0, "signal")]
    assert units(books) == [100.0]


def test_a_part_of_whole_units_is_rounded_down() -> None:
    config = SimulationConfig(1_000.0, commission=0.0, whole_units=True)
    books = books_of(
        TENS, config, enter=mask(6, 0), exit=mask(6, 1, 2, 3), sizing="units", size=3.0,
        exit_size=0.5,
    )  # fmt: skip
    assert units(books) == [1.0, 1.0, 1.0]
    assert [trade.exit_reason for trade in books.trades] == ["signal", "signal", "end"]


@pytest.mark.parametrize(("pause", "entry"), [(0, 4), (1, 5), (2, 6)])
def test_a_pause_starts_on_the_bar_on_which_the_account_went_flat(pause: int, entry: int) -> None:
    # In at 1, out at the open of 3; with a pause of 1 the signal at the close of 3 does not count.
    every = np.ones(8, bool)
    books = books_of(flat_days(*[10] * 8), enter=every, exit=mask(8, 2), cooldown=pause)
    assert [trade.entry_bar for trade in books.trades] == [1, entry]


def test_a_waiting_order_goes_on_in_a_pause() -> None:
    bars = flat_days(10, 10, 10, 10, 8, 8)
    books = books_of(
        bars, enter=mask(6, 0, 1), exit_short=mask(6, 2), max_entries=2, max_bars=2, size=0.5,
        entry_limit=[NAN, 8.0, NAN, NAN, NAN, NAN], entry_expiry=0, cooldown=5,
    )  # fmt: skip
    assert told(books) == [("long", 1, 10.0, 3, 10.0, "time"), ("long", 4, 8.0, 5, 8.0, "end")]
