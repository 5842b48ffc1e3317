"""Rules 16 and 17 of docs/engine.md: the order of one bar, and entries that wait."""

import numpy as np
import pytest

from engine import SimulationConfig
from tests.engine.markets import flat_days, mask, scene
from tests.engine.rules import books_of, told

NAN = float("nan")


def test_what_leaves_at_an_open_leaves_before_what_enters_there() -> None:
    books = books_of(
        flat_days(10, 10, 20, 20), enter=mask(4, 0), enter_short=mask(4, 1), reverse=True
    )
    assert told(books) == [
        ("long", 1, 10.0, 2, 20.0, "reverse"),
        ("short", 2, 20.0, 3, 20.0, "end"),
    ]
    assert books.trades[1].quantity == pytest.approx(100.0)  # 2,000 at 20


@pytest.mark.parametrize(
    ("bar", "price"),
    [((9, 12, 9, 11), 9.0), ((12, 13, 10, 12), 10.0)],
    ids=["opens below: at the open", "falls to it: at the limit"],
)
def test_a_limit_buys_at_its_price_or_better(bar: tuple[float, ...], price: float) -> None:
    bars = scene((12, 12, 12, 12), bar, (12, 12, 12, 12))  # type: ignore[arg-type]
    books = books_of(bars, enter=mask(3, 0), entry_limit=10.0)
    assert told(books) == [("long", 1, price, 2, 12.0, "end")]


@pytest.mark.parametrize(
    ("bar", "price"),
    [((15, 16, 13, 14), 15.0), ((12, 14, 11, 12), 14.0)],
    ids=["opens above: at the open", "rises to it: at the stop"],
)
def test_a_stop_buys_at_its_price_or_worse(bar: tuple[float, ...], price: float) -> None:
    bars = scene((12, 12, 12, 12), bar, (12, 12, 12, 12))  # type: ignore[arg-type]
    books = books_of(bars, enter=mask(3, 0), entry_stop=14.0)
    assert told(books) == [("long", 1, price, 2, 12.0, "end")]


def test_a_limit_to_sell_waits_above_and_a_stop_to_sell_below() -> None:
    up, down = (10, 12, 10, 11), (10, 10, 8, 9)
    for bar, prices, fill in ((up, {"entry_limit": 12.0}, 12.0), (down, {"entry_stop": 8.0}, 8.0)):
        books = books_of(scene((10, 10, 10, 10), bar), enter_short=mask(2, 0), **prices)
        assert told(books)[0][:3] == ("short", 1, fill)


@pytest.mark.parametrize(("expiry", "entries"), [(1, []), (2, []), (3, [3]), (0, [3])])
def test_an_order_works_as_many_bars_as_it_may(expiry: int, entries: list[int]) -> None:
    books = books_of(
        flat_days(12, 12, 12, 10, 12), enter=mask(5, 0), entry_limit=10.0, entry_expiry=expiry
    )
    assert [trade.entry_bar for trade in books.trades] == entries


def test_a_later_signal_replaces_the_order_and_an_exit_signal_cancels_it() -> None:
    bars = flat_days(12, 12, 11, 9, 9)
    prices = np.array([10.0, 8.0, NAN, NAN, NAN])
    kept = {"entry_limit": prices, "entry_expiry": 0}
    assert told(books_of(bars, enter=mask(5, 0), **kept)) == [("long", 3, 9.0, 4, 9.0, "end")]
    assert told(books_of(bars, enter=mask(5, 0, 1), **kept)) == []
    assert told(books_of(bars, enter=mask(5, 0), exit=mask(5, 2), **kept)) == []


def test_an_entry_signal_that_does_not_count_leaves_the_order_alone() -> None:
    # The second entry is full with the order of bar 0 filled on bar 1; that of bar 2 means nothing.
    bars = flat_days(10, 10, 10, 8, 8)
    books = books_of(bars, enter=mask(5, 0, 2), entry_limit=np.array([10, NAN, 8, NAN, NAN]))
    assert told(books) == [("long", 1, 10.0, 4, 8.0, "end")]


def test_a_market_entry_has_neither_price() -> None:
    books = books_of(
        flat_days(12, 13, 14), enter=mask(3, 0), entry_limit=[NAN, 1, 1], entry_stop=[NAN, 1, 1]
    )
    assert told(books) == [("long", 1, 13.0, 2, 14.0, "end")]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((11, 12, 10, 11), (11, 11, 11, 11), (1, 11.0)),
        ((13, 14, 12, 13), (13, 13, 13, 13), (1, 12.0)),
        ((13, 14, 12.5, 13), (13, 13, 11, 12), (2, 12.0)),
        ((9, 11, 9, 10), (10, 10, 10, 10), (1, 10.5)),
        ((9, 10, 9, 9), (9, 9, 9, 9), None),
    ],
    ids=["opens between", "comes back", "comes back a day later", "rises to the stop", "never"],
)
def test_a_stop_limit_is_a_limit_once_its_stop_is_reached(
    first: tuple[float, ...], second: tuple[float, ...], expected: tuple[int, float] | None
) -> None:
    bars = scene((10, 10, 10, 10), first, second)  # type: ignore[arg-type]
    books = books_of(bars, enter=mask(3, 0), entry_stop=10.5, entry_limit=12.0, entry_expiry=2)
    assert [(t.entry_bar, t.entry_price) for t in books.trades] == ([expected] if expected else [])


def test_a_stop_above_its_limit_waits_as_a_limit_from_the_next_bar_on() -> None:
    # The stop at 12 is reached on bar 1, whose low of 10 lay before or after: nobody knows.
    bars = scene((11, 11, 11, 11), (11, 12, 10, 11), (11, 11, 10, 11), (11, 11, 11, 11))
    books = books_of(bars, enter=mask(4, 0), entry_stop=12.0, entry_limit=10.5, entry_expiry=3)
    assert told(books) == [("long", 2, 10.5, 3, 11.0, "end")]


@pytest.mark.parametrize(
    ("close", "expected"),
    [(11.0, (2, 11.0, "end")), (12.0, (1, 12.0, "target"))],
    ids=["the high may lie before the fill", "the close lies after it"],
)
def test_after_a_limit_fill_the_target_needs_the_close(
    close: float, expected: tuple[int, float, str]
) -> None:
    bars = scene((11, 11, 11, 11), (11, 13, 10, close), (11, 11, 11, 11))
    books = books_of(bars, enter=mask(3, 0), entry_limit=10.0, target_distance=2.0)
    assert told(books) == [("long", 1, 10.0, *expected)]


def test_after_a_stop_fill_the_stop_comes_before_the_target() -> None:
    # The low of 8 lay before the fill at 10, perhaps; what may have hurt has hurt.
    bars = scene((9, 9, 9, 9), (9, 12, 8, 11), (11, 11, 11, 11))
    enter = {"enter": mask(3, 0), "entry_stop": 10.0}
    both = books_of(bars, **enter, stop_distance=1.5, target_distance=1.5)
    assert told(both) == [("long", 1, 10.0, 1, 8.5, "stop")]
    alone = books_of(bars, **enter, target_distance=1.5)
    assert told(alone) == [("long", 1, 10.0, 1, 11.5, "target")]


def test_a_stop_that_the_fill_is_already_beyond_is_met_at_the_fill() -> None:
    bars = scene((11, 11, 11, 11), (11, 11, 9, 10), (10, 10, 10, 10))
    books = books_of(bars, enter=mask(3, 0), entry_limit=10.0, stop_level=[10.5, NAN, NAN])
    assert told(books) == [("long", 1, 10.0, 1, 10.0, "stop")]


def test_stops_count_from_the_fill_and_slippage_makes_a_limit_dearer_too() -> None:
    config = SimulationConfig(1_000.0, commission=0.0, slippage=0.25)
    bars = scene((12, 12, 12, 12), (12, 12, 8, 11), (11, 11, 5, 8))
    books = books_of(bars, config, enter=mask(3, 0), entry_limit=8.0, stop_loss=0.5)
    assert told(books) == [("long", 1, 10.0, 2, 3.75, "stop")]  # 8 × 1.25; 5 × 0.75


def test_what_is_held_is_stopped_before_a_waiting_order_fills() -> None:
    bars = scene((10, 10, 10, 10), (10, 10, 10, 10), (10, 10, 8, 9), (9, 9, 9, 9))
    books = books_of(
        bars, enter=mask(4, 0, 1), entry_limit=[NAN, 8.5, NAN, NAN], max_entries=2,
        stop_level=[9.0, NAN, NAN, NAN],
    )  # fmt: skip
    assert told(books) == [("long", 1, 10.0, 2, 9.0, "stop"), ("long", 2, 8.5, 3, 9.0, "end")]
    assert books.trades[1].quantity == pytest.approx(900 / 8.5)
