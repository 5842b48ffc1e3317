"""The bundled prices: read and checked once, their rows written anew for every test."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from market.bars import forget_bars
from market.importing import Prepared, prepare, put_file, put_rows
from market.models import Dataset
from market.providers.bundled import BundledProvider


@pytest.fixture(scope="session")
def prepared() -> list[Prepared]:
    """Every bundled series, ready to be stored."""
    provider = BundledProvider()
    return [prepare(provider.read(ticker)) for ticker in provider.offers()]


@pytest.fixture
def bundled(db: None, prepared: list[Prepared]) -> dict[str, Dataset]:
    """The bundled datasets by ticker, in the database and in storage."""
    for each in prepared:
        put_file(each)
    with transaction.atomic():
        rows = [put_rows(each, take_over=False) for each in prepared]
    return {dataset.symbol.ticker: dataset for dataset in rows}


@pytest.fixture(autouse=True)
def no_kept_bars() -> Iterator[None]:
    """Nothing is remembered from one test to the next."""
    forget_bars()
    yield
    forget_bars()
