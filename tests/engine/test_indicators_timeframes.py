"""Weeks and months out of days: finished ones only."""

import numpy as np
import pandas as pd
import pytest

from engine import Bars, ta
from engine.indicators import IndicatorError
from engine.lookahead import truncated, with_replaced_future
from tests.engine.markets import index_bars

BARS = index_bars().head(800)
ALL_DAYS = Bars.from_columns(
    np.datetime64("2023-01-04") + np.arange(120),
    close=np.linspace(10, 20, 120),
    volume=np.ones(120),
)


def week(first: str, *closes: float) -> Bars:
    days = np.busday_offset(first, np.arange(len(closes)))
    return Bars.from_columns(days, close=closes, volume=np.ones(len(closes)))


def test_a_week_is_known_at_its_last_close_and_not_before() -> None:
    bars = week("2024-06-03", 10, 14, 9, 11, 12, 20, 21)
    weekly = ta.weekly(bars)
    assert (weekly.open[0], weekly.high[0], weekly.low[0], weekly.close[0]) == (10, 14, 9, 12)
    assert weekly.volume.tolist() == [5] and weekly.known.tolist() == [4]
    back = ta.align(weekly, weekly.close, bars)
    assert np.isnan(back[:4]).all() and back[4:].tolist() == [12, 12, 12]
    assert ta.align(weekly, weekly.close > 11, bars).tolist() == [False] * 4 + [True] * 3


def test_a_week_cut_short_by_surprise_is_known_a_bar_later() -> None:
    bars = Bars.from_columns(["2001-09-07", "2001-09-10", "2001-09-17"], close=[10, 11, 12])
    weekly = ta.weekly(bars)
    assert weekly.close.tolist() == [10, 11]
    assert weekly.known.tolist() == [0, 2]


@pytest.mark.parametrize(("period", "rule"), [("W", "W-SUN"), ("M", "M"), ("Q", "Q"), ("Y", "Y")])
def test_periods_are_those_of_pandas(period: str, rule: str) -> None:
    frame = BARS.frame.tz_localize(None)
    expected = frame.groupby(frame.index.to_period(rule)).agg(
        {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    )
    higher = ta.resampled(BARS, period)
    assert len(higher) in (len(expected), len(expected) - 1)
    for name in expected:
        assert np.allclose(getattr(higher, name), expected[name].to_numpy()[: len(higher)])


@pytest.mark.parametrize("bars", [BARS, ALL_DAYS])
@pytest.mark.parametrize("period", ["W", "M", "Q"])
def test_no_unfinished_period_is_seen(bars: Bars, period: str) -> None:
    def rising(world: Bars) -> np.ndarray:
        higher = ta.resampled(world, period)
        return ta.align(higher, ta.sma(higher, 2), world)

    whole = rising(bars)
    for cut in (*range(0, 30), 55, 84, 85, 86, 100, 118):
        kept = whole[: cut + 1]
        assert np.array_equal(rising(truncated(bars, cut)), kept, equal_nan=True)
        other = rising(with_replaced_future(bars, cut, seed=cut))
        assert np.array_equal(other[: cut + 1], kept, equal_nan=True)


def test_bars_within_a_day_finish_a_week_with_the_next_one() -> None:
    hours = pd.date_range("2024-06-06 14:00", "2024-06-10 20:00", freq="h")
    hours = hours[(hours.hour >= 14) & (hours.hour < 20) & (hours.day_of_week < 5)]
    bars = Bars.from_columns(hours.to_numpy(), close=np.arange(1.0, len(hours) + 1))
    weekly = ta.weekly(bars)
    assert weekly.close.tolist() == [12.0] and weekly.known.tolist() == [12]


def test_misuse_is_named() -> None:
    with pytest.raises(IndicatorError, match="no period 'H'"):
        ta.resampled(BARS, "H")
    with pytest.raises(IndicatorError, match="takes first what"):
        ta.align(BARS, BARS.close, BARS)
    weekly = ta.weekly(BARS)
    with pytest.raises(IndicatorError, match="finished periods"):
        ta.align(weekly, BARS.close, BARS)
