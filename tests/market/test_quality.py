"""Each thing that can be wrong with prices, made wrong on purpose."""

from dataclasses import replace

import numpy as np
import pytest

from market.columns import PRICES, Columns
from market.exchange_days import every_day, new_york, weekdays
from market.importing import Prepared
from market.quality import Finding, inspect


def good(rows: int = 200) -> Columns:
    """A quiet series on New York's exchange days, with ranges and volume."""
    days = new_york(np.datetime64("2015-01-02").item(), np.datetime64("2016-12-30").item())
    rng = np.random.default_rng(5)
    close = 100 * np.cumprod(1 + rng.normal(0, 0.01, rows))
    opened = close * (1 + rng.normal(0, 0.002, rows))
    high = np.maximum(opened, close) * 1.004
    low = np.minimum(opened, close) * 0.996
    volume = rng.integers(1000, 2000, rows).astype(float)
    return Columns(days[:rows].astype("datetime64[s]"), opened, high, low, close, volume)


def changed(column: str, row: int | slice, value: object) -> Columns:
    columns = good()
    values = getattr(columns, column).copy()
    values[row] = value
    return replace(columns, **{column: values})


def found(columns: Columns, code: str, **options: str) -> Finding:
    findings = {f.code: f for f in inspect(columns, **{"calendar": "xnys", **options}).findings}
    return findings[code]


def test_good_prices_have_no_findings() -> None:
    assert inspect(good(), calendar="xnys").findings == ()


@pytest.mark.parametrize(
    ("column", "value", "code", "sentence"),
    [
        ("close", np.nan, "missing_number", "row has an empty or infinite cell"),
        ("volume", np.inf, "missing_number", "row has an empty or infinite cell"),
        ("open", 0.0, "price_not_positive", "row has a price of zero or below"),
        ("low", -1.0, "price_not_positive", "row has a price of zero or below"),
        ("volume", -5.0, "volume_negative", "row has a negative volume"),
        ("high", 1.0, "high_below_low", "row has its high below its low"),
        (
            "open",
            900.0,
            "outside_range",
            "row has its open or close outside of high and low",
        ),
    ],
)  # fmt: skip
def test_a_row_no_backtest_could_use_is_an_error(
    column: str, value: float, code: str, sentence: str
) -> None:
    finding = found(changed(column, 10, value), code)

    assert finding.severity == "error"
    assert finding.count == 1
    assert finding.message == f"1 {sentence}: 2015-01-16 (row 11)."


def test_rows_out_of_order_and_repeated_times_are_errors() -> None:
    columns = good()
    swapped = columns.take(np.r_[1, 0, np.arange(2, 200)])
    repeated = columns.take(np.r_[0, 0, 1, np.arange(1, 200)])

    assert found(swapped, "unordered").message == (
        "1 row is earlier than the row before: 2015-01-02 (row 2)."
    )
    assert found(repeated, "duplicated").message == (
        "2 times have more than one row: 2015-01-02 (row 1); 2015-01-05 (row 3)."
    )


def test_a_missing_exchange_day_is_a_gap_and_a_holiday_is_none() -> None:
    columns = good()

    finding = found(columns.take(np.delete(np.arange(200), [5, 50])), "gaps")

    assert finding.severity == "warning"
    assert finding.message == "2 exchange days are without a bar: 2015-01-09; 2015-03-17."


def test_a_bar_on_a_closed_day_is_a_warning() -> None:
    columns = good()
    time = columns.time.copy()
    time[0] = np.datetime64("2015-01-01")

    assert found(replace(columns, time=time), "closed_days").examples == ("2015-01-01",)


def test_without_an_exchange_only_long_pauses_are_gaps() -> None:
    columns = good()
    paused = columns.take(np.r_[0:20, 30:200])

    assert "gaps" not in [f.code for f in inspect(columns, calendar="weekdays").findings]
    finding = found(paused, "gaps", calendar="weekdays")
    assert finding.message.startswith("1 long gap lies between neighbouring bars, up to 18 days")


def test_a_market_that_never_closes_should_have_every_day() -> None:
    days = every_day(np.datetime64("2020-01-01").item(), np.datetime64("2020-07-19").item())[:200]
    columns = replace(good(), time=days.astype("datetime64[s]"))

    assert inspect(columns, calendar="every_day").findings == ()
    finding = found(columns.take(np.delete(np.arange(200), 7)), "gaps", calendar="every_day")
    assert finding.message == "1 day is without a bar: 2020-01-08."


def test_a_weekly_series_is_judged_by_its_usual_distance() -> None:
    fridays = weekdays(np.datetime64("2010-01-01").item(), np.datetime64("2014-12-31").item())[::5]
    columns = replace(good(), time=fridays[:200].astype("datetime64[s]"))

    assert inspect(columns, frequency="1w").findings == ()
    assert found(columns.take(np.delete(np.arange(200), 3)), "gaps", frequency="1w").count == 1


def test_a_split_left_in_the_prices_is_a_warning_with_its_day() -> None:
    columns = good()
    factor = np.where(np.arange(200) < 100, 3.0, 1.0)
    prices = {name: getattr(columns, name) * factor for name in PRICES}
    split = replace(columns, **prices)

    finding = found(split, "outliers")

    assert finding.severity == "warning"
    assert finding.count == 1
    assert finding.examples[0].startswith("2015-05-28 (-66.")


def test_a_feed_that_stood_still_is_a_warning() -> None:
    columns = good()
    still = Columns.closes_only(columns.time, np.r_[columns.close[:100], np.full(8, 7.0)].repeat(1))
    still = replace(still, time=columns.time[:108], volume=np.ones(108))

    finding = found(still, "stale")

    assert finding.count == 1
    assert "up to 8 in a row: 2015-05-28" in finding.message


def test_opens_copied_from_the_close_before_are_counted() -> None:
    columns = good()
    opened = np.r_[columns.open[:1], columns.close[:-1]]
    high, low = np.maximum(columns.high, opened), np.minimum(columns.low, opened)

    finding = found(replace(columns, open=opened, high=high, low=low), "copied_open")

    assert finding.count == 199
    assert "(100.0 %), which is no real opening price" in finding.message


def test_days_without_volume_are_counted_only_where_volume_is_known() -> None:
    assert found(changed("volume", slice(3, 5), 0.0), "zero_volume").count == 2
    assert found(changed("volume", slice(None), 0.0), "no_volume").severity == "note"


def test_nothing_at_all_is_an_error() -> None:
    assert [f.code for f in inspect(good().take(np.array([], dtype=int))).errors] == ["empty"]


def test_the_real_sp500_is_known_for_its_copied_opens(prepared: list[Prepared]) -> None:
    spx = next(each for each in prepared if each.series.listing.ticker == "SPX")
    findings = {finding["code"]: finding for finding in spx.quality["findings"]}

    assert findings["copied_open"]["count"] == 2004
    assert findings["outliers"]["examples"][0] == "2008-10-13 (+11.6 %)"
    assert "gaps" not in findings
