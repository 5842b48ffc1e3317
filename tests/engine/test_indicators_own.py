"""What TA-Lib lacks, beside hand calculations and formulas written another way."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Bars, ta
from engine.indicators import IndicatorError, table
from engine.lookahead import truncated
from tests.engine.markets import index_bars

BARS = index_bars().head(500)
FRAME = BARS.frame
HIGH, LOW, CLOSE, OPEN = FRAME["high"], FRAME["low"], FRAME["close"], FRAME["open"]
CANDLES = Bars.from_columns(
    ["2024-06-03", "2024-06-04", "2024-06-05", "2024-06-06", "2024-06-07", "2024-06-10"],
    open=[10, 11, 12, 11, 13, 12],
    high=[12, 13, 15, 12, 14, 13],
    low=[9, 10, 11, 10, 12, 11],
    close=[11, 12, 11, 11, 13, 12],
    volume=[10, 20, 0, 30, 40, 50],
)
MASK = np.array([False, True, False, False, True, False])
NAN = np.nan


def same(ours: np.ndarray, theirs: object) -> None:
    assert np.allclose(ours, np.asarray(theirs, float), rtol=1e-9, atol=1e-12, equal_nan=True)


def test_close_to_close_volatility_is_that_of_pandas() -> None:
    returns = np.log(CLOSE).diff()
    same(ta.realized_volatility(BARS, 20), returns.rolling(20).std() * 252**0.5)


def test_parkinson_and_garman_klass_by_their_bars() -> None:
    park = [NAN] * 19 + [
        np.sqrt(252 * sum(np.log(h / lo) ** 2 for h, lo in zip(HIGH[i - 20 : i], LOW[i - 20 : i],
            strict=True)) / (80 * np.log(2)))
        for i in range(20, 501)
    ]  # fmt: skip
    same(ta.parkinson(BARS, 20), park)
    each = 0.5 * np.log(HIGH / LOW) ** 2 - (2 * np.log(2) - 1) * np.log(CLOSE / OPEN) ** 2
    same(ta.garman_klass(BARS, 20), (each.rolling(20).mean() * 252) ** 0.5)


def test_yang_zhang_as_its_paper_writes_it() -> None:
    o, u = np.log(OPEN / CLOSE.shift()), np.log(HIGH / OPEN)
    d, c, n = np.log(LOW / OPEN), np.log(CLOSE / OPEN), 15
    rs = (u * (u - c) + d * (d - c)).rolling(n).mean()
    k = 0.34 / (1 + 0.34 + (n + 1) / (n - 1))
    variance = o.rolling(n).var() + k * c.rolling(n).var() + (1 - k) * rs
    same(ta.yang_zhang(BARS, n), (252 * variance) ** 0.5)


def test_a_market_of_seven_days_has_365_of_them() -> None:
    days = np.datetime64("2023-01-01") + np.arange(60)
    close = 100 * np.exp(0.01 * np.sin(np.arange(60)))
    bars = Bars.from_columns(days, close=close)
    returns = pd.Series(np.log(close)).diff()
    same(ta.realized_volatility(bars, 20), returns.rolling(20).std() * 365**0.5)


def test_bands_in_other_words() -> None:
    middle, deviation = CLOSE.rolling(20).mean(), CLOSE.rolling(20).std(ddof=0)
    b = (CLOSE - (middle - 2 * deviation)) / (4 * deviation)
    assert np.allclose(ta.percent_b(BARS)[19:], b[19:], rtol=1e-6)
    assert np.allclose(ta.bandwidth(BARS)[19:], (4 * deviation / middle)[19:], rtol=1e-6)
    true = pd.concat(
        [HIGH - LOW, (HIGH - CLOSE.shift()).abs(), (LOW - CLOSE.shift()).abs()], axis=1
    )
    ranges = true.max(axis=1).to_numpy()[1:]
    atr = [ranges[:22].mean()]
    for value in ranges[22:]:
        atr.append((atr[-1] * 21 + value) / 22)
    stops = ta.chandelier(BARS)
    same(stops.long[22:], HIGH.rolling(22).max()[22:] - 3 * np.array(atr))
    same(stops.short[22:], LOW.rolling(22).min()[22:] + 3 * np.array(atr))


def test_percentile_and_rank_window_by_window() -> None:
    windows = np.lib.stride_tricks.sliding_window_view(CLOSE.to_numpy(), 30)
    same(ta.rolling_percentile(BARS, 30, 0.8)[29:], np.percentile(windows, 80, axis=1))
    last = windows[:, -1:]
    below, ties = (windows < last).sum(axis=1), (windows == last).sum(axis=1)
    same(ta.rolling_rank(BARS, 30)[29:], (below + (ties + 1) / 2) / 30)
    with pytest.raises(IndicatorError, match="fraction between 0 and 1"):
        ta.rolling_percentile(BARS, 30, 80)


def test_drawdown_from_the_high_by_hand() -> None:
    same(ta.drawdown_from_high([10, 8, 12, 9, 6]), [0, -0.2, 0, -0.25, -0.5])
    same(ta.drawdown_from_high([10, 8, 12, 9, 6], 2), [NAN, -0.2, 0, -0.25, -1 / 3])


def test_since_by_hand() -> None:
    same(ta.bars_since(MASK), [NAN, 0, 1, 2, 0, 1])
    same(ta.days_since(MASK, CANDLES), [NAN, 0, 1, 2, 0, 3])
    same(ta.highest_since(CANDLES, MASK), [NAN, 13, 15, 15, 14, 14])
    same(ta.lowest_since(CANDLES, MASK), [NAN, 10, 10, 10, 12, 11])
    same(ta.highest_since([1, 5, NAN, 7, 2, 1], MASK), [NAN, 5, 5, 7, 2, 2])
    with pytest.raises(IndicatorError, match="6 values"):
        ta.highest_since([1.0], MASK)


def test_pivots_hold_what_the_bar_before_gave() -> None:
    pivots = ta.pivots(CANDLES)
    p = 32 / 3  # (12 + 9 + 11) / 3
    first = [2 * p - 9, 2 * p - 12, p + 3, p - 3]
    same(np.array(pivots)[:, 1], [p, *first])
    weekly = ta.pivots(CANDLES, "W")
    assert np.isnan(weekly.pivot[:5]).all()
    assert weekly.pivot[5] == pytest.approx((15 + 9 + 13) / 3)


def test_swings_are_seen_when_they_are_confirmed() -> None:
    high = [1, 2, 5, 3, 2, 4, 4, 1, 0, 9.0]
    swings = ta.swing_highs(high, 2)
    assert np.flatnonzero(swings.confirmed).tolist() == [4]  # the two 4s are no swing
    same(swings.level, [NAN] * 4 + [5] * 6)
    low = ta.swing_lows([5, 4, 1, 4, 5, 6.0], 2)
    assert np.flatnonzero(low.confirmed).tolist() == [4] and low.level[-1] == 1


def test_vwap_in_all_its_spans() -> None:
    typical = (HIGH + LOW + CLOSE) / 3
    money, volume = typical * FRAME["volume"], FRAME["volume"]
    same(ta.vwap(BARS, 10), money.rolling(10).sum() / volume.rolling(10).sum())
    week = FRAME.index.tz_localize(None).to_period("W-SUN")
    same(ta.vwap_session(BARS, "W"), money.groupby(week).cumsum() / volume.groupby(week).cumsum())
    same(ta.vwap_session(BARS), typical)
    a, b = 12 - 1 / 3, 13.0
    same(ta.vwap_since(CANDLES, MASK), [NAN, a, a, (20 * a + 30 * 11) / 50, b, (b * 40 + 600) / 90])
    hours = np.array(["2024-06-03T14", "2024-06-03T15", "2024-06-04T14"], "datetime64[s]")
    session = Bars.from_columns(hours, close=[10, 20, 40], volume=[1, 3, 1])
    same(ta.vwap_session(session), [10, 17.5, 40])


def test_average_dollar_volume_by_hand() -> None:
    same(ta.average_dollar_volume(CANDLES, 2)[:3], [NAN, (110 + 240) / 2, 120])


def test_sizes() -> None:
    volatility = ta.realized_volatility(BARS, 20)
    size = ta.volatility_size(BARS, 0.15, 20)
    same(size, [v if np.isnan(v) else min(1.0, 0.15 / v) for v in volatility])
    assert (size[20:] < 1).any() and np.isnan(size[:20]).all()
    assert ta.kelly_fraction(0.6, 1.0) == pytest.approx(0.2)  # Kelly's even bet: 2p - 1
    assert ta.kelly_fraction(0.6, 1.0, share=0.5) == pytest.approx(0.1)
    assert ta.kelly_fraction(0.3, 1.0) == 0.0
    returns = CLOSE.pct_change()
    kelly = 0.5 * returns.rolling(60).mean() / returns.rolling(60).var()
    same(ta.kelly_size(BARS, 60), kelly.clip(0, 1))
    for call in (lambda: ta.kelly_fraction(60, 1), lambda: ta.volatility_size(BARS, most=2)):
        with pytest.raises(IndicatorError):
            call()


OWN = [
    lambda b: ta.realized_volatility(b), lambda b: ta.parkinson(b), lambda b: ta.yang_zhang(b),
    lambda b: ta.garman_klass(b), lambda b: ta.percent_b(b), lambda b: ta.bandwidth(b),
    lambda b: ta.chandelier(b), lambda b: ta.rolling_percentile(b, 20, 0.5),
    lambda b: ta.rolling_rank(b, 20), lambda b: ta.drawdown_from_high(b), lambda b: ta.pivots(b),
    lambda b: ta.pivots(b, "W"), lambda b: ta.pivots(b, "M"), lambda b: ta.swing_highs(b, 3),
    lambda b: ta.swing_lows(b, 3), lambda b: ta.vwap(b), lambda b: ta.vwap_session(b, "M"),
    lambda b: ta.average_dollar_volume(b), lambda b: ta.volatility_size(b), lambda b: ta.hma(b),
    lambda b: ta.kelly_size(b, 60), lambda b: ta.supertrend(b), lambda b: ta.ichimoku(b),
    lambda b: ta.heikin_ashi(b), lambda b: ta.keltner(b), lambda b: ta.donchian(b),
    lambda b: ta.zscore(b), lambda b: ta.ibs(b),
    lambda b: ta.highest_since(b, ta.week_start(b)), lambda b: ta.bars_since(b.close > b.open),
]  # fmt: skip


@pytest.mark.parametrize("indicator", OWN)
def test_no_own_indicator_reads_later_bars(indicator) -> None:
    whole = np.atleast_2d(np.array(indicator(BARS), float))
    for cut in (0, 1, 2, 19, 20, 63, 250, 401):
        part = np.atleast_2d(np.array(indicator(truncated(BARS, cut)), float))
        assert np.allclose(part, whole[:, : cut + 1], rtol=1e-9, atol=1e-12, equal_nan=True)


def test_the_page_of_indicators_is_true() -> None:
    assert Path("docs/indicators.md").read_text() == table.text()
