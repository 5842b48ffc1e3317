"""Rule 22 of docs/engine.md: stops that move."""

import numpy as np
import pytest

from tests.engine.markets import flat_days, mask, scene
from tests.engine.rules import books_of, told

NAN = float("nan")


@pytest.mark.parametrize(
    "columns",
    [{"breakeven": 0.125}, {"breakeven_multiple": 0.5, "stop_distance": 2.5}],
    ids=["a gain", "a multiple of the risk"],
)
def test_after_a_gain_the_stop_is_the_fill_from_the_next_bar_on(columns: dict[str, float]) -> None:
    # 11.25 is reached on bar 1, whose own low of 9 does not count.
    bars = scene((10, 10, 10, 10), (10, 11.25, 9, 11), (11, 11, 9, 10), (10, 10, 10, 10))
    books = books_of(bars, enter=mask(4, 0), **columns)
    assert told(books) == [("long", 1, 10.0, 2, 10.0, "stop")]


def test_breakeven_moves_a_stop_up_and_never_down() -> None:
    bars = scene((10, 10, 10, 10), (10, 12, 10, 12), (12, 12, 8, 12), (12, 12, 12, 12))
    books = books_of(bars, enter=mask(4, 0), breakeven=0.125, stop_level=[9.0, NAN, NAN, NAN])
    assert told(books) == [("long", 1, 10.0, 2, 10.0, "stop")]
    short = books_of(bars, enter_short=mask(4, 0), breakeven=0.125, stop_level=[11, NAN, NAN, NAN])
    assert told(short) == [("short", 1, 10.0, 1, 11.0, "stop")]


def test_breakeven_of_a_short_watches_the_low() -> None:
    bars = scene((10, 10, 10, 10), (10, 10, 8.75, 9), (9, 11, 9, 9), (9, 9, 9, 9))
    books = books_of(bars, enter_short=mask(4, 0), breakeven=0.125)
    assert told(books) == [("short", 1, 10.0, 2, 10.0, "stop")]


@pytest.mark.parametrize(("close", "last"), [(11.0, "end"), (12.0, "stop")])
def test_after_a_limit_fill_only_the_close_of_that_bar_is_a_gain(close: float, last: str) -> None:
    bars = scene((11, 11, 11, 11), (11, 13, 10, close), (close, close, 9, 11), (11, 11, 11, 11))
    books = books_of(bars, enter=mask(4, 0), entry_limit=10.0, breakeven=0.1875)
    assert books.trades[0].exit_reason == last


def test_a_trailing_level_is_read_at_every_close_and_may_fall_back() -> None:
    bars = scene((10, 10, 10, 10), (10, 10, 9, 10), (10, 10, 7, 10), (10, 10, 6, 9), (9, 9, 9, 9))
    level = np.array([8.0, 6.5, 6.25, NAN, NAN])
    books = books_of(bars, enter=mask(5, 0), trailing_level=level)
    assert told(books) == [("long", 1, 10.0, 3, 6.25, "trail")]


def test_a_trailing_level_at_the_price_of_a_stop_says_trail() -> None:
    bars = scene((10, 10, 10, 10), (10, 10, 8, 9), (9, 9, 9, 9))
    books = books_of(bars, enter=mask(3, 0), stop_distance=1.0, trailing_level=9.0)
    assert told(books) == [("long", 1, 10.0, 1, 9.0, "trail")]
    books = books_of(bars, enter=mask(3, 0), stop_distance=1.0, trailing_level=8.5)
    assert told(books) == [("long", 1, 10.0, 1, 9.0, "stop")]


def test_a_chandelier_exit_hangs_from_the_highest_high() -> None:
    # From the high of 16 a quarter is 12; from the highest close of 12 it is 9.
    bars = scene((10, 10, 10, 10), (10, 16, 10, 12), (12, 12, 12, 12), (12, 12, 12, 12))
    trailing = {"enter": mask(4, 0), "trailing_stop": 0.25}
    assert told(books_of(bars, **trailing, trail_from="high")) == [
        ("long", 1, 10.0, 2, 12.0, "trail")
    ]
    assert told(books_of(bars, **trailing)) == [("long", 1, 10.0, 3, 12.0, "end")]


def test_a_chandelier_exit_after_a_limit_fill_starts_at_the_close() -> None:
    bars = scene((12, 12, 12, 12), (16, 16, 10, 12), (12, 12, 12, 12), (12, 12, 12, 12))
    books = books_of(
        bars, enter=mask(4, 0), entry_limit=10.0, trailing_stop=0.25, trail_from="high"
    )
    assert told(books) == [("long", 1, 10.0, 3, 12.0, "end")]


def test_the_nearest_of_all_stops_counts() -> None:
    bars = scene((16, 16, 16, 16), (16, 20, 16, 20), (20, 20, 10, 10), (10, 10, 10, 10))
    stops = {"enter": mask(4, 0), "stop_distance": 4.0, "breakeven": 0.125, "trail_intrabar": True}
    assert told(books_of(bars, **stops)) == [("long", 1, 16.0, 2, 16.0, "stop")]
    assert told(books_of(bars, **stops, trailing_stop=0.125)) == [
        ("long", 1, 16.0, 2, 17.5, "trail")
    ]
    assert told(books_of(bars, **stops, trailing_stop=0.125, trailing_level=18.0)) == [
        ("long", 1, 16.0, 1, 16.0, "trail")  # opens below the level of 18
    ]


def test_reverse_comes_before_signal_before_trail_before_time() -> None:
    flags = {"enter": mask(4, 0), "max_bars": 1}
    bars = flat_days(10, 10, 10, 10)
    assert books_of(bars, **flags).trades[0].exit_reason == "time"
    flags |= {"trailing_distance": 0.0}
    assert books_of(bars, **flags).trades[0].exit_reason == "trail"
    flags |= {"exit": mask(4, 1)}
    assert books_of(bars, **flags).trades[0].exit_reason == "signal"
    flags |= {"enter_short": mask(4, 1), "reverse": True}
    assert books_of(bars, **flags).trades[0].exit_reason == "reverse"
