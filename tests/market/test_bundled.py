"""The real prices that come with the installed packages."""

import csv
import gzip
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from market.models import Dataset, Symbol
from market.providers import bundled as source
from market.services import import_bundled, load_bars

STOCKS = """
    AAPL AMD BAC BBY CVX GE HD JNJ JPM KO LLY MRK MSFT PEP PFE PG RRC UNH WMT XOM
""".split()  # noqa: SIM905


def raw_rows(package: str, path: str) -> list[dict[str, str]]:
    folder = Path(find_spec(package).submodule_search_locations[0])
    with gzip.open(folder / path, "rt", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.django_db
def test_the_first_import_brings_every_symbol_and_the_second_nothing(
    django_assert_num_queries: Any,
) -> None:
    first = import_bundled()
    with django_assert_num_queries(1):
        second = import_bundled()

    assert sorted(d.symbol.ticker for d in first) == sorted([*STOCKS, "SPX", "IXIC", "SP500CLOSE"])
    assert second == []
    assert Dataset.objects.count() == Symbol.objects.tradable().count() == 23


@pytest.mark.django_db
def test_what_is_missing_is_imported_and_the_rest_left_alone() -> None:
    import_bundled()
    kept = Dataset.objects.get(symbol__ticker="SPX").pk
    Symbol.objects.filter(ticker="KO").update(current=None)
    Dataset.objects.get(symbol__ticker="KO").delete()

    assert [dataset.symbol.ticker for dataset in import_bundled()] == ["KO"]
    assert Dataset.objects.get(symbol__ticker="SPX").pk == kept
    assert Symbol.objects.get(ticker="KO").current is not None


class SomebodyElseIsFaster(source.BundledProvider):
    """While the last ticker is read, another process finishes its own import."""

    def read(self, ticker: str) -> Any:
        series = super().read(ticker)
        if ticker == "SP500CLOSE":
            import_bundled()
        return series


@pytest.mark.django_db(transaction=True)
def test_of_two_first_starts_at_once_one_imports() -> None:
    new = import_bundled(provider=SomebodyElseIsFaster())

    assert len(new) == 23
    assert Dataset.objects.count() == Symbol.objects.count() == 23


@pytest.mark.django_db
def test_without_one_package_the_other_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_arch(name: str) -> Any:
        return find_spec(name) if name == "arch" else None

    monkeypatch.setattr(source, "find_spec", only_arch)

    assert [dataset.symbol.ticker for dataset in import_bundled()] == ["SPX", "IXIC"]


def test_the_index_is_exactly_the_file_unadjusted(bundled: dict[str, Dataset]) -> None:
    for ticker, path in (("SPX", "data/sp500/sp500.csv.gz"), ("IXIC", "data/nasdaq/nasdaq.csv.gz")):
        rows = raw_rows("arch", path)
        dataset = bundled[ticker]
        bars = load_bars(dataset)

        assert (len(rows), len(bars), dataset.rows) == (5031, 5031, 5031)
        assert bars.open.tolist() == [float(row["Open"]) for row in rows]
        assert bars.high.tolist() == [float(row["High"]) for row in rows]
        assert bars.low.tolist() == [float(row["Low"]) for row in rows]
        assert bars.close.tolist() == [float(row["Close"]) for row in rows]
        assert bars.volume.tolist() == [float(row["Volume"]) for row in rows]
        assert (dataset.has_range, dataset.has_volume, dataset.adjusted) == (True, True, False)
        assert str(dataset.first_bar) == "1999-01-04 00:00:00+00:00"
        assert str(dataset.last_bar) == "2018-12-31 00:00:00+00:00"


def test_every_stock_is_exactly_its_adjusted_closes(bundled: dict[str, Dataset]) -> None:
    rows = raw_rows("skfolio", "datasets/data/sp500_dataset.csv.gz")
    days = [row["Date"] for row in rows]
    for ticker in STOCKS:
        dataset = bundled[ticker]
        bars = load_bars(dataset)

        assert bars.close.tolist() == [float(row[ticker]) for row in rows]
        assert bars.open.tolist() == bars.high.tolist() == bars.low.tolist() == bars.close.tolist()
        assert not bars.volume.any()
        assert [str(day) for day in bars.time.astype("datetime64[D]")] == days
        assert (dataset.has_range, dataset.has_volume, dataset.adjusted) == (False, False, True)
        assert (bars.has_range, bars.has_volume) == (False, False)


def test_the_longer_index_has_closes_only(bundled: dict[str, Dataset]) -> None:
    rows = raw_rows("skfolio", "datasets/data/sp500_index.csv.gz")
    dataset = bundled["SP500CLOSE"]

    assert load_bars(dataset).close.tolist() == [float(row["SP500"]) for row in rows]
    assert (dataset.has_range, dataset.has_volume, dataset.adjusted) == (False, False, False)


def test_every_dataset_says_where_it_comes_from(bundled: dict[str, Dataset]) -> None:
    assert bundled["SPX"].source == "arch: data/sp500/sp500.csv.gz"
    assert "NCSA" in bundled["SPX"].licence
    assert "BSD-3-Clause" in bundled["KO"].licence
    assert len({dataset.source_hash for dataset in bundled.values()}) == 4


def test_finding_and_reading_the_files_imports_none_of_the_heavy_packages() -> None:
    code = (
        "import sys\n"
        "from market.providers.bundled import BundledProvider\n"
        "provider = BundledProvider()\n"
        "assert len(provider.offers()) == 23\n"
        "assert 'pyarrow' not in sys.modules, 'the check at every start must be light'\n"
        "assert len(provider.read('KO').columns) == 8313\n"
        "heavy = {'arch', 'skfolio', 'pandas', 'statsmodels', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True
    )

    assert result.returncode == 0, result.stderr
