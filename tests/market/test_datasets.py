"""What reports rest on cannot change, and the database knows the rules."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from market.errors import DatasetImmutable
from market.models import Dataset, Symbol, SymbolAlias


def test_a_saved_dataset_refuses_to_be_saved_again(bundled: dict[str, Dataset]) -> None:
    dataset = Dataset.objects.get(pk=bundled["SPX"].pk)
    dataset.rows = 1

    with pytest.raises(DatasetImmutable, match="never changes"):
        dataset.save()
    with pytest.raises(DatasetImmutable):
        bundled["SPX"].save()
    assert Dataset.objects.get(pk=dataset.pk).rows == 5031


def test_many_datasets_cannot_be_changed_at_once_either(bundled: dict[str, Dataset]) -> None:
    with pytest.raises(DatasetImmutable):
        Dataset.objects.all().update(adjusted=True)
    with pytest.raises(DatasetImmutable):
        Dataset.objects.bulk_update([bundled["SPX"]], ["rows"])


def test_a_dataset_in_use_cannot_be_deleted(bundled: dict[str, Dataset]) -> None:
    with pytest.raises(RestrictedError):
        bundled["SPX"].delete()
    with pytest.raises(RestrictedError):
        bundled["SPX"].symbol.delete()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": 0},
        {"first_bar": datetime(2030, 1, 1, tzinfo=UTC)},
        {"frequency": "1h"},
        {"timezone": "Europe/Berlin"},
        {},
    ],
    ids=["no rows", "ends before it starts", "unknown frequency", "not UTC", "same hash"],
)
def test_the_database_refuses_a_wrong_dataset(
    bundled: dict[str, Dataset], wrong: dict[str, object]
) -> None:
    spx = bundled["SPX"]
    values = {
        field.attname: getattr(spx, field.attname)
        for field in Dataset._meta.concrete_fields
        if field.attname not in ("id", "created_at")
    }
    if wrong:
        values |= {"content_hash": "0" * 64, **wrong}

    with pytest.raises(IntegrityError), transaction.atomic():
        Dataset(**values).save()


@pytest.mark.parametrize("wrong", [{"ticker": ""}, {"kind": "bond"}, {"calendar": "moon"}])
def test_the_database_refuses_a_wrong_symbol(db: None, wrong: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Symbol.objects.create(**{"ticker": "ABC", "name": "Abc", **wrong})


def test_a_name_belongs_to_one_symbol(bundled: dict[str, Dataset]) -> None:
    other = Symbol.objects.create(ticker="ABC", name="Abc")

    with pytest.raises(IntegrityError), transaction.atomic():
        SymbolAlias.objects.create(symbol=other, text="s & p - 500")
    with pytest.raises(IntegrityError), transaction.atomic():
        SymbolAlias.objects.create(symbol=other, text="…")
