"""Prices of one's own: from a file to the dataset new runs use."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from market.errors import FileRefused
from market.models import Dataset, Symbol
from market.services import import_bundled, import_file, load_bars, resolve_symbol

pytestmark = pytest.mark.django_db

ROWS = [
    "2024-01-02,10,12,9,11,1000",
    "2024-01-03,11,13,10,12,2000",
    "2024-01-04,12,14,11,13,1500",
    "2024-01-05,13,15,12,14,1700",
]


def write(folder: Path, rows: list[str], header: str = "date,open,high,low,close,volume") -> Path:
    path = folder / "prices.csv"
    path.write_text("\n".join([header, *rows, ""]))
    return path


def test_a_new_ticker_becomes_a_symbol_with_its_prices(tmp_path: Path) -> None:
    dataset = import_file(write(tmp_path, ROWS), symbol="acme", name="Acme Corporation")

    symbol = resolve_symbol("acme corporation")
    assert symbol.ticker == "ACME"
    assert symbol.current == dataset
    assert (dataset.rows, dataset.has_range, dataset.has_volume) == (4, True, True)
    assert (dataset.frequency, dataset.adjusted) == ("1d", False)
    assert symbol.calendar == Symbol.Calendar.XNYS
    assert load_bars(dataset).close.tolist() == [11.0, 12.0, 13.0, 14.0]


def test_the_same_file_twice_is_one_dataset(tmp_path: Path) -> None:
    path = write(tmp_path, ROWS)

    assert import_file(path, symbol="ACME") == import_file(path, symbol="ACME")
    assert Dataset.objects.count() == 1


def test_equal_numbers_of_another_symbol_are_another_dataset(tmp_path: Path) -> None:
    path = write(tmp_path, ROWS)

    first, second = import_file(path, symbol="ACME"), import_file(path, symbol="OTHER")

    assert first.content_hash != second.content_hash


def test_newer_prices_take_over_and_the_older_ones_stay(tmp_path: Path) -> None:
    older = import_file(write(tmp_path, ROWS[:3]), symbol="ACME", name="Acme")
    newer = import_file(write(tmp_path, ROWS), symbol="ACME")

    symbol = Symbol.objects.get(ticker="ACME")
    assert symbol.current == newer
    assert symbol.name == "Acme"
    assert load_bars(older).close.tolist() == [11.0, 12.0, 13.0]


def test_a_later_start_does_not_take_ones_own_prices_away(tmp_path: Path) -> None:
    own = import_file(write(tmp_path, ROWS), symbol="KO")

    import_bundled()

    ko = Symbol.objects.get(ticker="KO")
    assert ko.current == own
    assert ko.datasets.count() == 2
    assert resolve_symbol("Coca-Cola") == ko


def test_rows_out_of_order_are_sorted_and_said(tmp_path: Path) -> None:
    dataset = import_file(write(tmp_path, [*reversed(ROWS), ROWS[0]]), symbol="ACME")

    assert load_bars(dataset).close.tolist() == [11.0, 12.0, 13.0, 14.0]
    said = [finding["message"] for finding in dataset.quality["findings"]]
    assert "The rows were not in order of time; they have been sorted." in said
    assert "Rows that occurred twice, 1 in all, were taken once." in said


def test_weekly_prices_are_known_as_weekly(tmp_path: Path) -> None:
    rows = [f"2024-01-{day:02},{day}" for day in (5, 12, 19, 26)]

    dataset = import_file(write(tmp_path, rows, "date,close"), symbol="ACME")

    assert dataset.frequency == "1w"
    assert "gaps" not in [finding["code"] for finding in dataset.quality["findings"]]


def test_a_market_open_every_day_is_recognised(tmp_path: Path) -> None:
    rows = [f"2024-01-{day:02},{day}" for day in range(1, 29)]

    dataset = import_file(write(tmp_path, rows, "date,close"), symbol="BTC-USD")

    assert dataset.symbol.calendar == Symbol.Calendar.EVERY_DAY


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([*ROWS, "2024-01-05,13,15,12,14.5,1700"], "1 time has more than one row: 2024-01-05"),
        ([*ROWS, "2024-01-08,13,12,15,14,1700"], "1 row has its high below its low: 2024-01-08"),
        ([*ROWS, "2024-01-08,13,15,12,,1700"], "1 row has an empty or infinite cell: 2024-01-08"),
        ([*ROWS, "2024-01-08,13,15,0,14,1700"], "1 row has a price of zero or below: 2024-01-08"),
        ([*ROWS, "2024-01-08,16,15,12,14,1700"], "open or close outside of high and low"),
        ([f"2024-01-02 {hour}:00,1,1,1,1,1" for hour in range(10, 18)], "8 rows a day"),
    ],
)
def test_prices_no_backtest_could_use_are_refused(
    tmp_path: Path, rows: list[str], sentence: str
) -> None:
    with pytest.raises(FileRefused, match=sentence):
        import_file(write(tmp_path, rows), symbol="ACME")
    assert not Symbol.objects.exists()


def test_intraday_bars_are_refused_as_such(tmp_path: Path) -> None:
    rows = [f"2024-01-{day:02} {hour}:00,{hour}" for day in range(2, 5) for hour in range(10, 18)]

    with pytest.raises(FileRefused, match="8 rows a day; only daily or slower bars are read"):
        import_file(write(tmp_path, rows, "date,close"), symbol="ACME")


@pytest.mark.parametrize("ticker", ["", "A B", "Ä", "X" * 21, "../etc"])
def test_what_is_no_ticker_is_refused(tmp_path: Path, ticker: str) -> None:
    with pytest.raises(FileRefused):
        import_file(write(tmp_path, ROWS), symbol=ticker)
    assert not Symbol.objects.exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"nothing\.csv cannot be read: No such file"):
        import_file(tmp_path / "nothing.csv", symbol="ACME")


def test_the_command_imports_and_shows_the_findings(tmp_path: Path) -> None:
    out = io.StringIO()

    call_command("import_dataset", write(tmp_path, ROWS), symbol="ACME", adjusted=True, stdout=out)

    assert out.getvalue().startswith("ACME 2024-01-02 to 2024-01-05: 4 daily bars\nhash ")
    assert Dataset.objects.get().adjusted


def test_the_command_refuses_with_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No column holds the day"):
        call_command("import_dataset", write(tmp_path, ["1,2"], "open,close"), symbol="ACME")


def test_the_commands_import_and_verify_what_is_bundled(tmp_path: Path) -> None:
    out = io.StringIO()

    call_command("import_bundled", stdout=out)
    call_command("import_bundled", stdout=out)
    call_command("verify_datasets", stdout=out)

    lines = out.getvalue().splitlines()
    assert "SPX 1999-01-04 to 2018-12-31: 5,031 bars" in lines
    assert lines[-2:] == [
        "Everything is there already.",
        "23 datasets are what their hashes say.",
    ]


def test_verifying_finds_a_damaged_file(tmp_path: Path) -> None:
    from django.core.files.storage import default_storage

    dataset = import_file(write(tmp_path, ROWS), symbol="ACME")
    default_storage.delete(dataset.path)
    err = io.StringIO()

    with pytest.raises(CommandError, match="1 of 1 datasets are damaged"):
        call_command("verify_datasets", stderr=err)
    assert "The prices of ACME 2024-01-02 to 2024-01-05 cannot be read" in err.getvalue()
