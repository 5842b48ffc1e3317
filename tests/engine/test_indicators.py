"""Indicators: TA-Lib's numbers under our names, and the words of rules."""

import warnings

import numpy as np
import pytest
import talib

from engine import ta
from engine.indicators import IndicatorError
from tests.engine.markets import flat_days, index_bars

BARS = index_bars().head(600)
HIGH, LOW, CLOSE = (np.array(x) for x in (BARS.high, BARS.low, BARS.close))
OPEN, VOLUME = np.array(BARS.open), np.array(BARS.volume)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (ta.sma(BARS, 20), talib.SMA(CLOSE, 20)),
        (ta.ema(CLOSE, 12), talib.EMA(CLOSE, 12)),
        (ta.wma(CLOSE, 9), talib.WMA(CLOSE, 9)),
        (ta.dema(BARS, 10), talib.DEMA(CLOSE, 10)),
        (ta.tema(CLOSE, 10), talib.TEMA(CLOSE, 10)),
        (ta.kama(CLOSE, 10), talib.KAMA(CLOSE, 10)),
        (ta.rsi(BARS, 14), talib.RSI(CLOSE, 14)),
        (ta.rsi(CLOSE, n=2), talib.RSI(CLOSE, 2)),
        (ta.rsi(CLOSE, 14.0), talib.RSI(CLOSE, 14)),
        (ta.macd(CLOSE, 12, 26, 9)[1], talib.MACD(CLOSE, 12, 26, 9)[1]),
        (ta.bbands(CLOSE, 20, 2)[0], talib.BBANDS(CLOSE, 20, 2.0, 2.0)[0]),
        (ta.atr(BARS, 14), talib.ATR(HIGH, LOW, CLOSE, 14)),
        (ta.natr(BARS, 14), talib.NATR(HIGH, LOW, CLOSE, 14)),
        (ta.adx(BARS, 14), talib.ADX(HIGH, LOW, CLOSE, 14)),
        (ta.plus_di(BARS, 14), talib.PLUS_DI(HIGH, LOW, CLOSE, 14)),
        (ta.minus_di(BARS, 14), talib.MINUS_DI(HIGH, LOW, CLOSE, 14)),
        (ta.stoch(BARS, 14, 3, 3)[0], talib.STOCH(HIGH, LOW, CLOSE, 14, 3, 0, 3, 0)[0]),
        (ta.cci(BARS, 20), talib.CCI(HIGH, LOW, CLOSE, 20)),
        (ta.willr(BARS, 14), talib.WILLR(HIGH, LOW, CLOSE, 14)),
        (ta.roc(BARS, 10), talib.ROC(CLOSE, 10)),
        (ta.mom(BARS, 10), talib.MOM(CLOSE, 10)),
        (ta.obv(BARS), talib.OBV(CLOSE, VOLUME)),
        (ta.mfi(BARS, 14), talib.MFI(HIGH, LOW, CLOSE, VOLUME, 14)),
        (ta.sar(BARS, 0.02, 0.2), talib.SAR(HIGH, LOW, 0.02, 0.2)),
        (ta.aroon(BARS, 25)[1], talib.AROON(HIGH, LOW, 25)[1]),
        (ta.atr(HIGH, LOW, CLOSE, 14), talib.ATR(HIGH, LOW, CLOSE, 14)),
        (ta.cdlengulfing(BARS), talib.CDLENGULFING(OPEN, HIGH, LOW, CLOSE)),
        (ta.ultosc(BARS, 7, 14, 28), talib.ULTOSC(HIGH, LOW, CLOSE, 7, 14, 28)),
        (ta.mama(CLOSE, 0.5, 0.05)[0], talib.MAMA(CLOSE, 0.5, 0.05)[0]),
        (ta.highest(CLOSE, 20), talib.MAX(CLOSE, 20)),
        (ta.lowest(BARS, 20), talib.MIN(LOW, 20)),
        (ta.stddev(CLOSE, 20), talib.STDDEV(CLOSE, 20)),
    ],
)
def test_numbers_are_those_of_talib(ours: np.ndarray, theirs: np.ndarray) -> None:
    assert np.array_equal(ours, theirs, equal_nan=True)


def test_an_average_of_one_bar_is_the_bar() -> None:
    assert np.array_equal(ta.sma(BARS, 1), CLOSE)
    assert np.array_equal(ta.highest(CLOSE, 1), CLOSE)


def test_crossings_need_a_touch_before_and_a_gap_after() -> None:
    a, b = [1.0, 2.0, 3.0, 3.0, 2.0, 1.0, np.nan, 3.0], [2.0] * 8
    assert np.flatnonzero(ta.crosses_above(a, b)).tolist() == [2]
    assert np.flatnonzero(ta.crosses_below(a, 2)).tolist() == [5]
    assert np.flatnonzero(ta.crosses_above(2, a)).tolist() == [5]


def test_nothing_crosses_a_nan_and_nobody_is_warned() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rsi = ta.rsi(BARS, 14)
        assert not (rsi < 30)[:14].any() and not (rsi > 0)[:14].any()
        assert not ta.crosses_above([np.nan, 1.0], [0.5, 0.5]).any()
        assert not ta.crosses_above(CLOSE, ta.sma(CLOSE, 200))[:200].any()


def test_two_numbers_cannot_cross() -> None:
    with pytest.raises(IndicatorError, match="must be a column"):
        ta.crosses_above(1, 2)


def test_previous_keeps_masks_masks() -> None:
    before = ta.previous(np.array([True, False, True]))
    assert before.dtype == bool and before.tolist() == [False, True, False]
    assert np.array_equal(ta.previous([1, 2, 3], 2), [np.nan, np.nan, 1.0], equal_nan=True)
    assert ta.previous([1.0, 2.0], 0).tolist() == [1.0, 2.0]
    assert np.isnan(ta.previous([1.0, 2.0], 5)).all()


def test_looking_ahead_with_previous_is_refused() -> None:
    with pytest.raises(IndicatorError, match="at least 0"):
        ta.previous([1, 2, 3], -1)


def test_consecutive_counts_and_asks() -> None:
    flags = np.array([True, True, False, True, True, True])
    assert ta.consecutive(flags).tolist() == [1, 2, 0, 1, 2, 3]
    assert ta.consecutive(flags, 2).tolist() == [False, True, False, False, True, True]


def test_within_remembers_for_n_bars() -> None:
    flags = np.array([False, True, False, False, False])
    assert ta.within(flags, 3).tolist() == [False, True, True, True, False]


def test_words_about_masks_refuse_numbers() -> None:
    with pytest.raises(IndicatorError, match="True and False"):
        ta.consecutive(np.array([1.0, 0.0]))


def test_change_is_a_fraction() -> None:
    assert ta.change([100.0, 110.0, 99.0])[1:].tolist() == pytest.approx([0.1, -0.1])


def test_hull_average_is_its_definition() -> None:
    twice = 2 * talib.WMA(CLOSE, 8) - talib.WMA(CLOSE, 16)
    assert np.allclose(ta.hma(CLOSE, 16), talib.WMA(twice, 4), equal_nan=True)


def test_a_gap_makes_the_windows_that_touch_it_unknown() -> None:
    gap = [1.0, 5.0, np.nan, 2.0, 3.0, 1.0]
    assert np.array_equal(ta.highest(gap, 2)[1:], [5, np.nan, np.nan, 3, 3], equal_nan=True)


def test_channels_hold_their_bars() -> None:
    upper, middle, lower = ta.donchian(BARS, 20)
    assert (upper[19:] >= HIGH[19:]).all() and (lower[19:] <= LOW[19:]).all()
    assert middle[25] == (upper[25] + lower[25]) / 2
    top, centre, bottom = ta.keltner(BARS, 20, 2.0, 10)
    assert np.allclose((top - centre)[30:], 2 * talib.ATR(HIGH, LOW, CLOSE, 10)[30:])
    assert np.allclose((centre - bottom)[30:], (top - centre)[30:])


def test_bars_without_range_have_no_internal_strength() -> None:
    assert np.isnan(ta.ibs(flat_days(1, 2))).all()
    assert ta.ibs(BARS)[0] == (CLOSE[0] - LOW[0]) / (HIGH[0] - LOW[0])


def test_the_zscore_of_a_flat_line_is_undefined() -> None:
    assert np.isnan(ta.zscore(np.ones(30), 20)).all()
    assert ta.zscore(CLOSE, 20)[50] == pytest.approx(
        (CLOSE[50] - CLOSE[31:51].mean()) / CLOSE[31:51].std()
    )


def test_supertrend_flips_only_through_its_line() -> None:
    direction, line = ta.supertrend(BARS, 10, 3.0)
    known = direction != 0
    assert np.isnan(line[~known]).all()
    assert (CLOSE[known & (direction > 0)] >= line[known & (direction > 0)]).all()
    assert (CLOSE[known & (direction < 0)] <= line[known & (direction < 0)]).all()


@pytest.mark.parametrize("n", [0, -1, 2.5, "ten", True])
def test_a_period_that_is_no_number_of_bars_is_refused(n: object) -> None:
    with pytest.raises(IndicatorError, match="whole number"):
        ta.sma(BARS, n)  # type: ignore[arg-type]


def test_unknown_names_and_wrong_arguments_say_so() -> None:
    with pytest.raises(AttributeError, match="no indicator 'moonphase'"):
        ta.moonphase  # noqa: B018
    with pytest.raises(IndicatorError, match="needs bars, or the columns"):
        ta.atr(CLOSE)
    with pytest.raises(IndicatorError, match="rsi"):
        ta.rsi(CLOSE, -3)


@pytest.mark.parametrize(
    "name", ["sma", "ema", "rsi", "hma", "atr", "adx", "supertrend", "donchian", "keltner", "vwap",
             "zscore", "ibs", "heikin_ashi", "ichimoku", "kama", "sar", "obv", "stddev"]
)  # fmt: skip
def test_no_indicator_looks_ahead(name: str) -> None:
    def columns(bars: object) -> list[np.ndarray]:
        found = getattr(ta, name)(bars)
        return list(found) if isinstance(found, tuple) else [found]

    for full, part in zip(columns(BARS), columns(BARS.head(400)), strict=True):
        assert np.allclose(full[:400], part, rtol=1e-12, equal_nan=True)
