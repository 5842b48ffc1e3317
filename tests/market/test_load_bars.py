"""Bars from storage: exact, kept in memory, and proved by their hash."""

from datetime import date

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from engine import Bars
from market import bars as kept
from market.errors import DatasetDamaged
from market.importing import Prepared
from market.models import Dataset
from market.services import load_bars


def test_the_bars_are_those_that_were_imported(
    bundled: dict[str, Dataset], prepared: list[Prepared]
) -> None:
    for each in prepared:
        bars = load_bars(bundled[each.series.listing.ticker])
        columns = each.columns

        assert isinstance(bars, Bars)
        assert bars.symbol == each.series.listing.ticker
        np.testing.assert_array_equal(bars.time, columns.time)
        for name in ("open", "high", "low", "close", "volume"):
            np.testing.assert_array_equal(getattr(bars, name), getattr(columns, name))
            assert not getattr(bars, name).flags.writeable


def test_first_and_last_day_are_both_included(bundled: dict[str, Dataset]) -> None:
    bars = load_bars(bundled["SPX"], date(2008, 1, 1), date(2008, 12, 31))

    assert len(bars) == 253
    assert str(bars.time[0])[:10] == "2008-01-02"
    assert str(bars.time[-1])[:10] == "2008-12-31"
    assert len(load_bars(bundled["SPX"], None, date(1999, 1, 4))) == 1
    assert len(load_bars(bundled["SPX"], date(2018, 12, 31))) == 1
    assert len(load_bars(bundled["SPX"], date(2019, 1, 1))) == 0


def test_the_same_prices_are_read_once(bundled: dict[str, Dataset]) -> None:
    again = Dataset.objects.get(pk=bundled["KO"].pk)

    assert load_bars(bundled["KO"]) is load_bars(again)


def test_memory_keeps_the_latest_and_stays_small(
    bundled: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "ROWS_IN_MEMORY", 20_000)
    first = load_bars(bundled["KO"])
    second = load_bars(bundled["PEP"])
    assert load_bars(bundled["KO"]) is first
    load_bars(bundled["XOM"])

    assert load_bars(bundled["KO"]) is first
    assert load_bars(bundled["PEP"]) is not second


def _replace_file(dataset: Dataset, content: bytes) -> None:
    default_storage.delete(dataset.path)
    default_storage.save(dataset.path, ContentFile(content))


def test_other_prices_under_the_same_name_are_noticed(bundled: dict[str, Dataset]) -> None:
    spx, own = bundled["SPX"], bundled["SPX"].read()
    _replace_file(spx, bundled["IXIC"].read())
    try:
        with pytest.raises(DatasetDamaged, match="not the ones imported"):
            load_bars(spx)
    finally:
        _replace_file(spx, own)


@pytest.mark.parametrize("part", [0, 40, 5000])
def test_a_torn_file_is_noticed(bundled: dict[str, Dataset], part: int) -> None:
    spx, own = bundled["SPX"], bundled["SPX"].read()
    _replace_file(spx, own[:part])
    try:
        with pytest.raises(DatasetDamaged, match="cannot be read"):
            load_bars(spx)
    finally:
        _replace_file(spx, own)


def test_a_missing_file_is_noticed(bundled: dict[str, Dataset]) -> None:
    spx, own = bundled["SPX"], bundled["SPX"].read()
    default_storage.delete(spx.path)
    try:
        with pytest.raises(DatasetDamaged, match="cannot be read"):
            load_bars(spx)
    finally:
        _replace_file(spx, own)
