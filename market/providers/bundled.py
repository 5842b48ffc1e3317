"""Real prices without a network: the data files inside two packages the product needs anyway.

The packages themselves are never imported here: that takes seconds, finding their folders does
not.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from market.columns import Columns, Floats, Times
from market.days import parse_days
from market.files import numbers_of, read_prices, read_table, texts_of
from market.providers import Listing, Series

ARCH_LICENCE = "Sample data of the arch package (University of Illinois/NCSA licence)."
SKFOLIO_LICENCE = (
    "Sample data of the skfolio package (BSD-3-Clause), given for tests and examples only."
)


@dataclass(frozen=True)
class BundledFile:
    """One data file of a package, and the symbols it holds.

    In a file of one symbol the columns are named as usual; in a file of several (`wide`), every
    column is named after a symbol and holds adjusted closes.
    """

    package: str
    path: str
    licence: str
    listings: tuple[Listing, ...]
    wide: bool = False

    def location(self) -> Path | None:
        """Where the file lies, or None when the package is not installed."""
        spec = find_spec(self.package)
        folders = spec.submodule_search_locations if spec else None
        path = Path(folders[0], self.path) if folders else None
        return path if path and path.is_file() else None


def _stock(ticker: str, name: str, *aliases: str) -> Listing:
    return Listing(ticker, name, aliases=aliases)


SPX = Listing(
    "SPX",
    "S&P 500",
    "index",
    aliases=(
        "S and P 500", "Standard & Poor's 500", "Standard and Poor's 500", "^GSPC", "GSPC", "^SPX",
        "S&P", "S&P 500 index", "SPX500", "US500",
    ),
)  # fmt: skip
IXIC = Listing(
    "IXIC",
    "NASDAQ Composite",
    "index",
    aliases=("NASDAQ", "^IXIC", "NASDAQ index", "NASDAQ Composite index"),
)
# The same index from the other package: closes only, but longer. Its name is one nobody writes
# by accident, so that "S&P 500" always means the series with ranges and volume.
SP500CLOSE = Listing("SP500CLOSE", "S&P 500 (closing prices only, since 1990)", "index")
STOCKS = (
    _stock("AAPL", "Apple", "Apple Inc", "Apple Computer"),
    _stock("AMD", "AMD", "Advanced Micro Devices"),
    _stock("BAC", "Bank of America", "BofA", "Bank of America Corp"),
    _stock("BBY", "Best Buy"),
    _stock("CVX", "Chevron", "Chevron Corporation"),
    _stock("GE", "General Electric", "GE Aerospace"),
    _stock("HD", "Home Depot", "The Home Depot"),
    _stock("JNJ", "Johnson & Johnson", "Johnson and Johnson", "J&J"),
    _stock("JPM", "JPMorgan Chase", "JP Morgan", "JP Morgan Chase"),
    _stock("KO", "Coca-Cola", "Coke", "The Coca-Cola Company", "Coca-Cola Co"),
    _stock("LLY", "Eli Lilly", "Lilly", "Eli Lilly and Company"),
    _stock("MRK", "Merck", "Merck & Co"),
    _stock("MSFT", "Microsoft", "Microsoft Corporation"),
    _stock("PEP", "PepsiCo", "Pepsi", "Pepsi-Cola"),
    _stock("PFE", "Pfizer"),
    _stock("PG", "Procter & Gamble", "Procter and Gamble", "P&G"),
    _stock("RRC", "Range Resources"),
    _stock("UNH", "UnitedHealth", "United Health", "UnitedHealth Group"),
    _stock("WMT", "Walmart", "Wal-Mart", "Walmart Inc"),
    _stock("XOM", "Exxon Mobil", "Exxon"),
)

FILES = (
    BundledFile("arch", "data/sp500/sp500.csv.gz", ARCH_LICENCE, (SPX,)),
    BundledFile("arch", "data/nasdaq/nasdaq.csv.gz", ARCH_LICENCE, (IXIC,)),
    BundledFile(
        "skfolio", "datasets/data/sp500_dataset.csv.gz", SKFOLIO_LICENCE, STOCKS, wide=True
    ),
    BundledFile(
        "skfolio", "datasets/data/sp500_index.csv.gz", SKFOLIO_LICENCE, (SP500CLOSE,), wide=True
    ),
)
# What the wide files call a symbol that we call otherwise.
HEADERS = {"SP500CLOSE": "SP500"}


class BundledProvider:
    """The files that are there, as a provider; keeps the last wide file while it lives."""

    name = "bundled"

    def __init__(self) -> None:
        self._wide: tuple[Path, Times, dict[str, Floats]] | None = None

    def offers(self) -> Mapping[str, str]:
        """Every ticker of the installed files with the hash of its file."""
        return {
            listing.ticker: _file_hash(path, path.stat().st_mtime_ns)
            for file in FILES
            if (path := file.location())
            for listing in file.listings
        }

    def read(self, ticker: str) -> Series:
        """The prices of one ticker; open to close are left as the file has them."""
        file, listing = next(
            (file, listing)
            for file in FILES
            for listing in file.listings
            if listing.ticker == ticker
        )
        path = file.location()
        if path is None:
            raise FileNotFoundError(f"The package {file.package} is not installed.")
        if file.wide:
            # An index is as it is; there is nothing to adjust it for.
            columns, adjusted = self._closes(path, ticker), listing.kind == "stock"
        else:
            columns, adjusted = read_prices(path.read_bytes(), path.name)
        digest = _file_hash(path, path.stat().st_mtime_ns)
        source = f"{file.package}: {file.path}"
        return Series(listing, columns, adjusted, source, digest, file.licence)

    def _closes(self, path: Path, ticker: str) -> Columns:
        if self._wide is None or self._wide[0] != path:
            table = read_table(path.read_bytes(), path.name)
            time = parse_days(texts_of(table.pop("Date")))
            closes = {header: numbers_of(column, header) for header, column in table.items()}
            self._wide = (path, time, closes)
        _, time, closes = self._wide
        return Columns.closes_only(time, closes[HEADERS.get(ticker, ticker)])


@lru_cache(maxsize=16)
def _file_hash(path: Path, changed_ns: int) -> str:
    """SHA-256 of a file; its time of change is part of the key, so a new file is read anew."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
