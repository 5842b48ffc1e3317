"""Ideas in words, run to trades on real prices and compared with TA-Lib and a plain loop."""

import itertools

import numpy as np
import pytest
import talib

from tests.llm.worlds import bars_of, by_hand, read, spx, traded

BARS = spx()
CLOSE, HIGH, LOW, VOLUME = (np.array(getattr(BARS, n)) for n in ("close", "high", "low", "volume"))


def before(x, k=1):
    out = np.full(len(x), np.nan)
    out[k:] = x[:-k]
    return out


def up_through(a, b):
    b = np.full(len(a), float(b)) if np.isscalar(b) else b
    return (before(a) <= before(b)) & (a > b)


def down_through(a, b):
    b = np.full(len(a), float(b)) if np.isscalar(b) else b
    return (before(a) >= before(b)) & (a < b)


def sma(n, x=CLOSE):
    return talib.SMA(x, n)


RSI = talib.RSI(CLOSE, 14)
NEVER = np.zeros(len(CLOSE), bool)
LINE, SIGNAL, _ = talib.MACD(CLOSE, 12, 26, 9)
UPPER, MIDDLE, LOWER = talib.BBANDS(CLOSE, 20, 2, 2, 0)

CASES = [
    (
        "Purchase when the 20-day moving average crosses over the 60-day one, "
        "get out on the opposite cross.",
        up_through(sma(20), sma(60)),
        down_through(sma(20), sma(60)),
    ),
    ("Enter if RSI is less than 35; exit if RSI is greater than 65.", RSI < 35, RSI > 65),
    (
        "When RSI(14) falls under 32 buy, and sell as soon as it climbs over 58.",
        down_through(RSI, 32),
        up_through(RSI, 58),
    ),
    ("close > sma(150) buy, close < sma(150) sell", sma(150) < CLOSE, sma(150) > CLOSE),
    (
        "macd cross up buy, macd cross down sell",
        up_through(LINE, SIGNAL),
        down_through(LINE, SIGNAL),
    ),
    (
        "Buy when the close is under the lower Bollinger band and sell when it is over the "
        "upper band.",
        CLOSE < LOWER,
        CLOSE > UPPER,
    ),
    (
        "Stay long while the 50-day SMA is above the 200-day SMA, otherwise cash.",
        sma(50) > sma(200),
        sma(50) <= sma(200),
    ),
    (
        "Buy when the close is above the highest high of the previous 40 days, sell when it is "
        "below the lowest low of the previous 15 days.",
        before(talib.MAX(HIGH, 40)) < CLOSE,
        before(talib.MIN(LOW, 15)) > CLOSE,
    ),
    (
        "Buy when volume is at least 1.5 times its 20-day average and the close is above "
        "yesterday's high; sell when the close is below yesterday's low.",
        (1.5 * sma(20, VOLUME) <= VOLUME) & (before(HIGH) < CLOSE),
        before(LOW) > CLOSE,
    ),
    (
        "Buy when the RSI is under 45, unless the close is below the 100-day SMA. Sell when the "
        "RSI is over 60.",
        (RSI < 45) & (sma(100) <= CLOSE),
        RSI > 60,
    ),
    (
        "Buy when either the 2-day RSI is below 5 or the close is 3% or more below the 10-day "
        "SMA. Sell when both the close is above the 5-day SMA and RSI(2) is above 60.",
        (talib.RSI(CLOSE, 2) < 5) | (0.97 * sma(10) >= CLOSE),
        (sma(5) < CLOSE) & (talib.RSI(CLOSE, 2) > 60),
    ),
    (
        "Buy when the 10-day rate of change is below -6 percent, exit when it is above zero.",
        talib.ROC(CLOSE, 10) < -6,
        talib.ROC(CLOSE, 10) > 0,
    ),
    (
        "Buy when CCI(20) crosses above -100. Sell when CCI(20) crosses below 100.",
        up_through(talib.CCI(HIGH, LOW, CLOSE, 20), -100),
        down_through(talib.CCI(HIGH, LOW, CLOSE, 20), 100),
    ),
    (
        "Buy when the S&P falls more than 4% in 5 days; sell when the close is above the 10-day "
        "SMA.",
        before(CLOSE, 5) * 0.96 > CLOSE,
        sma(10) < CLOSE,
    ),
]


@pytest.mark.parametrize(("idea", "enter", "leave"), CASES, ids=[c[0][:40] for c in CASES])
def test_the_script_trades_as_the_words_say(idea, enter, leave):
    expected = by_hand(enter, leave)

    assert len(expected) > 2
    assert bars_of(traded(read(idea))) == expected


def test_holding_for_days_leaves_at_the_open_of_that_bar():
    falls = before(CLOSE) > CLOSE
    enter = falls & (before(CLOSE) < before(CLOSE, 2)) & (before(CLOSE, 2) < before(CLOSE, 3))

    trades = traded(read("Buy after three lower closes in a row, sell six trading days later."))

    assert bars_of(trades) == by_hand(enter, NEVER, hold=6)
    assert {trade.exit_reason for trade in trades} <= {"time", "end"}


def test_a_stop_and_a_target_leave_at_their_prices():
    draft = read("Buy when RSI(14) is below 30. Stop loss 4%, take profit at 6%.")

    trades = [t for t in traded(draft) if t.exit_reason in ("stop", "target")]

    assert {t.exit_reason for t in trades} == {"stop", "target"}
    for trade in trades:
        opened = BARS.open[trade.exit_bar]
        if trade.exit_reason == "stop":
            assert trade.exit_price == pytest.approx(min(opened, trade.entry_price * 0.96))
        else:
            assert trade.exit_price == pytest.approx(max(opened, trade.entry_price * 1.06))


def test_an_atr_stop_uses_the_atr_of_the_signal_day():
    draft = read(
        "Buy when the close crosses above the 50-day SMA. Put the stop 2 ATR(14) below the entry "
        "price. Sell when the close crosses below the 50-day SMA."
    )
    atr = talib.ATR(HIGH, LOW, CLOSE, 14)

    stopped = [t for t in traded(draft) if t.exit_reason == "stop"]

    assert stopped
    for trade in stopped:
        stop = trade.entry_price - 2 * atr[trade.entry_bar - 1]
        assert trade.exit_price == pytest.approx(min(stop, BARS.open[trade.exit_bar]))


def test_a_trailing_stop_looks_at_closes():
    draft = read("Buy when the close crosses above the 100-day SMA with an 8% trailing stop.")

    trades = [t for t in traded(draft) if t.exit_reason == "trail"]

    assert trades
    for trade in trades:
        closes = CLOSE[trade.entry_bar : trade.exit_bar]
        assert closes[-1] <= 0.92 * closes.max()
        assert trade.exit_price == BARS.open[trade.exit_bar]


def test_both_sides_without_exits_reverse():
    trades = traded(read("Long above the 200-day SMA, short below it."))

    assert {t.side for t in trades} == {"long", "short"}
    assert all(later.entry_bar == earlier.exit_bar for earlier, later in itertools.pairwise(trades))


def test_dates_cut_the_data_before_indicators_are_computed():
    draft = read("From 2003-06-01 to 2007-12-31 buy when RSI(14) is below 40, sell above 55.")

    trades = traded(draft)
    window = BARS.between("2003-06-01", "2007-12-31")
    rsi = talib.RSI(np.array(window.close), 14)

    assert draft.settings["start"] == "2003-06-01"
    assert bars_of(trades) == by_hand(rsi < 40, rsi > 55)


def test_a_monthly_crossing_is_counted_from_one_month_to_the_next():
    idea = "Monthly: buy when the close crosses above the 10-month SMA, sell when it crosses below."
    months = np.array(BARS.time, dtype="datetime64[M]")
    last = np.append(np.flatnonzero(months[1:] != months[:-1]), len(months) - 1)
    closes, average = CLOSE[last], sma(10, CLOSE[last])
    enter, leave = NEVER.copy(), NEVER.copy()
    enter[last[up_through(closes, average)]] = True
    leave[last[down_through(closes, average)]] = True

    trades = traded(read(idea))

    assert trades
    assert bars_of(trades) == by_hand(enter, leave)
