"""The computed calendar against real bars and known days."""

from datetime import date

import numpy as np
import pytest

from market.exchange_days import easter, holidays, new_york
from market.importing import Prepared


@pytest.mark.parametrize("ticker", ["SPX", "IXIC", "KO"])
def test_the_calendar_agrees_with_every_real_bar(prepared: list[Prepared], ticker: str) -> None:
    series = next(each for each in prepared if each.series.listing.ticker == ticker)
    days = series.columns.time.astype("datetime64[D]")

    expected = new_york(days[0].item(), days[-1].item())

    assert len(days) in (5031, 8313)
    np.testing.assert_array_equal(days, expected)


@pytest.mark.parametrize(
    ("year", "day"),
    [(1961, date(1961, 4, 2)), (2000, date(2000, 4, 23)), (2024, date(2024, 3, 31))],
)
def test_easter_falls_where_it_fell(year: int, day: date) -> None:
    assert easter(year) == day


def test_the_holidays_of_2023_are_the_published_ones() -> None:
    assert [day.isoformat() for day in holidays(2023)] == [
        "2023-01-02",
        "2023-01-16",
        "2023-02-20",
        "2023-04-07",
        "2023-05-29",
        "2023-06-19",
        "2023-07-04",
        "2023-09-04",
        "2023-11-23",
        "2023-12-25",
    ]


def test_a_new_year_on_saturday_closes_no_day_of_the_old_year() -> None:
    assert date(2021, 12, 31) not in holidays(2021)
    assert date(2021, 12, 31) not in holidays(2022)
