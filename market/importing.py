"""From a source's series to a dataset: put in order, inspected, hashed, stored."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from market import exchange_days
from market.columns import NAMES, Columns, Times
from market.errors import FileRefused
from market.models import Dataset, Symbol, SymbolAlias, dataset_path
from market.naming import alias_key
from market.providers import Listing, Series
from market.quality import Finding, QualityReport, inspect

# Longest usual distance in days of each frequency's bars.
STEPS = ((4.0, "1d"), (11.0, "1w"), (45.0, "1mo"))
# A calendar is recognised when this share of its days and of the bars agree.
AGREEMENT = 0.98


@dataclass(frozen=True)
class Prepared:
    """A series that is fit to become a dataset."""

    series: Series
    columns: Columns
    content_hash: str
    quality: dict[str, Any]


def prepare(series: Series) -> Prepared:
    """Order the rows, inspect them, and refuse what no backtest could use."""
    columns, notes = _tidy(series.columns)
    report = inspect(columns, calendar=series.listing.calendar, frequency=series.frequency)
    if report.errors:
        raise FileRefused([finding.message for finding in report.errors])
    digest = columns.content_hash(series.listing.ticker, series.frequency, series.adjusted)
    quality = QualityReport(report.rows, (*notes, *report.findings)).as_dict()
    return Prepared(series, columns, digest, quality)


def put_file(prepared: Prepared) -> None:
    """Write the Parquet file under the hash; at worst it stays without a row that names it."""
    path = dataset_path(prepared.content_hash)
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(prepared.columns.to_parquet()))


def put_rows(prepared: Prepared, *, take_over: bool) -> Dataset:
    """Write symbol, aliases and dataset; call inside a transaction.

    With `take_over` new runs use this dataset from now on; otherwise only where the symbol has
    none, or an older one from the same source.
    """
    series = prepared.series
    symbol = _symbol(series.listing)
    dataset = Dataset.objects.filter(content_hash=prepared.content_hash).first()
    if dataset is None:
        dataset = _dataset(symbol, prepared)
        # The constraints are the database's; asking them twice doubles the time of the first start.
        dataset.clean_fields(exclude=["symbol"])
        dataset.save(force_insert=True)
    current = symbol.current
    if take_over or current is None or current.source == series.source:
        symbol.current = dataset
        symbol.save(update_fields=["current"])
    return dataset


def frequency_of(time: Times) -> str:
    """How far apart the bars lie: "1d", "1w" or "1mo"."""
    days = np.unique(time.astype("datetime64[D]"))
    # Twice may be a file joined to itself; more are bars within the day.
    if len(time) > 2.5 * len(days):
        rows = f"There are {len(time) / len(days):.0f} rows a day"
        raise FileRefused([f"{rows}; only daily or slower bars are read."])
    if len(days) < 2:
        return "1d"
    step = float(np.median(np.diff(days).astype(float)))
    for longest, frequency in STEPS:
        if step < longest:
            return frequency
    raise FileRefused([f"The bars lie {step:.0f} days apart; monthly is the slowest that is read."])


def calendar_of(time: Times) -> str:
    """Which calendar the days of a daily series follow."""
    days = np.unique(time.astype("datetime64[D]"))
    if len(days) < 2:
        return "weekdays"
    if np.mean(~np.is_busday(days)) > 0.15:
        return "every_day"
    expected = exchange_days.new_york(days[0].item(), days[-1].item())
    common = len(np.intersect1d(days, expected))
    alike = common >= AGREEMENT * len(days) and common >= AGREEMENT * len(expected)
    return "xnys" if alike else "weekdays"


def _tidy(columns: Columns) -> tuple[Columns, list[Finding]]:
    """Rows in time order, and rows that occur twice in full only once."""
    notes = []
    backwards = int(np.sum(np.diff(columns.time.astype(np.int64)) < 0))
    if backwards:
        columns = columns.take(np.argsort(columns.time, kind="stable"))
        text = "The rows were not in order of time; they have been sorted."
        notes.append(Finding("sorted", "note", backwards, text))
    values = [getattr(columns, name) for name in NAMES]
    same = np.r_[False, np.logical_and.reduce([value[1:] == value[:-1] for value in values])]
    if same.any():
        columns = columns.take(~same)
        text = f"Rows that occurred twice, {int(same.sum()):,} in all, were taken once."
        notes.append(Finding("repeated_rows", "note", int(same.sum()), text))
    return columns, notes


def _symbol(listing: Listing) -> Symbol:
    symbol = Symbol.objects.filter(ticker=listing.ticker).select_related("current").first()
    if symbol is None:
        symbol = Symbol(
            ticker=listing.ticker,
            name=listing.name,
            kind=listing.kind,
            calendar=listing.calendar,
        )
        symbol.clean_fields()
        symbol.save()
    texts = [*listing.aliases, listing.ticker, listing.name]
    rows = [SymbolAlias(symbol=symbol, text=text, key=alias_key(text)) for text in texts]
    # Who had a name first keeps it; tickers are found before names anyway.
    SymbolAlias.objects.bulk_create([row for row in rows if row.key], ignore_conflicts=True)
    return symbol


def _dataset(symbol: Symbol, prepared: Prepared) -> Dataset:
    series, columns = prepared.series, prepared.columns
    return Dataset(
        symbol=symbol,
        content_hash=prepared.content_hash,
        frequency=series.frequency,
        first_bar=_moment(columns.time[0]),
        last_bar=_moment(columns.time[-1]),
        rows=len(columns),
        has_range=columns.has_range,
        has_volume=columns.has_volume,
        adjusted=series.adjusted,
        source=series.source,
        source_hash=series.source_hash,
        licence=series.licence,
        quality=prepared.quality,
    )


def _moment(time: np.datetime64) -> datetime:
    return time.astype("datetime64[s]").item().replace(tzinfo=UTC)
