"""Calendar rules: New York's days, known in advance, never read off the next bar."""

import importlib
from datetime import date, timedelta

import numpy as np
import pytest

from engine import Bars, sessions, ta
from engine.indicators import IndicatorError
from engine.lookahead import truncated
from tests.engine import write_exchange_days
from tests.engine.markets import index_bars

BARS = index_bars()
DAYS = BARS.time.astype("datetime64[D]")
RULES = [
    "day_of_month", "day_of_week", "month", "month_end", "month_start", "quarter", "quarter_end",
    "quarter_start", "trading_day_of_month", "trading_day_of_week", "trading_days_left_in_month",
    "trading_days_left_in_week", "turn_of_month", "week_end", "week_start", "year", "year_end",
    "year_start",
]  # fmt: skip


def on(*days: str) -> Bars:
    return Bars.from_columns(list(days), close=np.full(len(days), 10.0))


def every_day(first: str, n: int) -> Bars:
    return Bars.from_columns(np.datetime64(first) + np.arange(n), close=np.full(n, 10.0))


def test_the_bundled_days_are_those_of_the_library() -> None:
    assert write_exchange_days.TARGET.read_text() == write_exchange_days.written()


def test_every_session_of_the_library_is_counted() -> None:
    library = importlib.import_module("exchange_calendars")
    xnys = library.get_calendar("XNYS", start="1985-01-01", end="2035-12-31")
    first = np.datetime64("1985-01-01").astype(np.int64)
    days = np.arange(first, np.datetime64("2036-01-01").astype(np.int64))
    counted = sessions.sessions_so_far(days, days, np.zeros(len(days), bool)) == 1
    held = xnys.sessions.to_numpy().astype("datetime64[D]").astype(np.int64)
    assert np.array_equal(days[counted], held)


def test_the_index_traded_on_every_session_and_no_other_day() -> None:
    every = np.arange(DAYS[0], DAYS[-1] + 1).astype(np.int64)
    counted = sessions.sessions_so_far(every, every, np.zeros(len(every), bool)) == 1
    assert np.array_equal(every[counted], DAYS.astype(np.int64))


@pytest.mark.parametrize("period", ["W", "M", "Q", "Y"])
def test_ends_are_the_last_bars_of_their_periods_but_for_surprises(period: str) -> None:
    rule = {"W": "week", "M": "month", "Q": "quarter", "Y": "year"}[period]
    stamps = BARS.frame.index.tz_localize(None).to_period({"W": "W-SUN"}.get(period, period))
    label = stamps.astype("int64").to_numpy()
    changes = label[1:] != label[:-1]
    ended = getattr(ta, f"{rule}_end")(BARS)[:-1]
    started = getattr(ta, f"{rule}_start")(BARS)[1:]
    surprised = DAYS[:-1][ended != changes].astype(str).tolist()
    # On the Thursday before Reagan's funeral, on the Monday before September 11.
    assert surprised == (["2001-09-10", "2004-06-10"] if period == "W" else [])
    assert np.array_equal(started, changes)


def test_days_are_counted_by_hand() -> None:
    # Easter 2024: Good Friday is 29 March, so Thursday ends week, month and quarter.
    easter = on("2024-03-26", "2024-03-27", "2024-03-28", "2024-04-01", "2024-04-02")
    assert ta.week_end(easter).tolist() == [False, False, True, False, False]
    assert ta.quarter_end(easter).tolist() == [False, False, True, False, False]
    assert ta.trading_days_left_in_month(easter).tolist() == [2, 1, 0, 21, 20]
    assert ta.trading_day_of_month(easter).tolist() == [18, 19, 20, 1, 2]
    assert ta.turn_of_month(easter).tolist() == [False, False, True, True, True]
    assert ta.turn_of_month(easter, before=2, after=1).tolist() == [False, True, True, True, False]
    assert ta.day_of_week(easter).tolist() == [1, 2, 3, 0, 1]
    assert ta.month(easter).tolist() == [3, 3, 3, 4, 4]
    assert ta.quarter(easter).tolist() == [1, 1, 1, 2, 2]
    assert ta.year(easter).tolist() == [2024] * 5
    assert ta.day_of_month(easter).tolist() == [26, 27, 28, 1, 2]


def test_a_missing_bar_does_not_make_another_the_last() -> None:
    without_friday = on("2024-05-29", "2024-05-30", "2024-06-03")
    assert not ta.month_end(without_friday).any()


def test_a_market_of_seven_days_ends_its_month_on_the_last_day() -> None:
    bars = every_day("2023-01-01", 400)
    days = [date(2023, 1, 1) + timedelta(i) for i in range(400)]
    assert ta.month_end(bars).tolist() == [(d + timedelta(1)).day == 1 for d in days]
    assert ta.week_end(bars).tolist() == [d.weekday() == 6 for d in days]
    assert ta.trading_day_of_month(bars).tolist() == [d.day for d in days]


def test_the_calendar_can_be_said() -> None:
    friday = on("2024-05-31")
    assert ta.month_end(friday).all() and ta.week_end(friday).all()
    assert not ta.week_end(friday, calendar="all").any()
    with pytest.raises(sessions.CalendarError, match="no calendar 'mars'"):
        ta.week_end(friday, calendar="mars")


def test_days_beyond_the_table_are_refused() -> None:
    with pytest.raises(sessions.CalendarError, match="covers 1971 to 2035"):
        ta.month_end(on("1965-03-04"))
    assert ta.month_end(on("2035-12-31")).all()
    assert ta.month_end(on("1965-03-31"), calendar="all").all()


def test_a_column_has_no_calendar() -> None:
    with pytest.raises(IndicatorError, match="needs the bars"):
        ta.month_end(BARS.close)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("bars", [BARS.head(900), every_day("2023-01-02", 300)])
def test_no_rule_reads_later_bars(rule: str, bars: Bars) -> None:
    whole = getattr(ta, rule)(bars)
    for cut in (*range(12), 57, 181, 182, 183, 250, 298):
        assert np.array_equal(getattr(ta, rule)(truncated(bars, cut)), whole[: cut + 1])
