"""What a report says about the prices it was made from."""

import numpy as np

from backtests.report.caveats import caveats, repeated_opens
from engine import Bars
from tests.engine.markets import flat_days, index_bars, scene


def closes_only() -> Bars:
    days = np.datetime64("2024-01-01", "s") + np.arange(3) * np.timedelta64(86_400, "s")
    return Bars.from_columns(days, None, None, None, [10.0, 11.0, 12.0], None)


def test_the_index_says_how_often_its_open_is_the_close_before() -> None:
    assert round(repeated_opens(index_bars()), 3) == 0.398
    assert "On 40" in caveats(index_bars(), False)[0]


def test_real_opens_say_nothing() -> None:
    bars = scene((10, 11, 9, 10), (10.5, 12, 10, 11), (11.5, 12, 11, 12))
    assert caveats(bars, False) == [
        "Dividends are not in these prices, for the strategy or for holding."
    ]


def test_adjusted_prices_say_that_dividends_are_in_them() -> None:
    assert "dividends count as if reinvested" in caveats(flat_days(10, 10), True)[-1]


def test_closes_only_say_where_orders_fill() -> None:
    assert caveats(closes_only(), True)[0].startswith("There are closes only")
