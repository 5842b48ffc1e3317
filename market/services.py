"""What other rooms ask of the market: symbols by any name, their prices, new prices."""

import hashlib
import logging
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from llm.provider import IdeaContext, SymbolFacts
from market.bars import load_bars
from market.errors import FileRefused, NoData, UnknownSymbol
from market.files import MAX_BYTES, read_prices
from market.importing import calendar_of, frequency_of, prepare, put_file, put_rows
from market.models import Dataset, Symbol, SymbolAlias
from market.naming import alias_key, spellings, ticker_form
from market.providers import Listing, Provider, Series
from market.providers.bundled import BundledProvider

__all__ = [
    "current_dataset",
    "idea_context",
    "import_bundled",
    "import_file",
    "load_bars",
    "resolve_symbol",
]

logger = logging.getLogger(__name__)

# What an idea that names nothing is tested on, where it is there.
DEFAULT_TICKER = "SPX"
NEAR_SYMBOLS = 3
# Below this likeness (0 to 100) a suggestion rather puzzles than helps.
NEAR_SCORE = 60.0


def resolve_symbol(text: str) -> Symbol:
    """The symbol this text names, by ticker, name or alias, in any case and punctuation.

    Raises
    ------
    UnknownSymbol
        With the tickers that look most like the text.
    """
    symbol = Symbol.objects.named(text) if text.strip() else None
    if symbol is None:
        known = list(Symbol.objects.tradable().values_list("ticker", flat=True))
        raise UnknownSymbol(text, near_tickers(text), known)
    return symbol


def near_tickers(text: str) -> list[str]:
    """The tradable tickers whose names look most like this text, best first."""
    from rapidfuzz import fuzz, process

    wanted = alias_key(text)
    if not wanted:
        return []
    names = dict(
        SymbolAlias.objects.filter(symbol__current__isnull=False).values_list(
            "key", "symbol__ticker"
        )
    )
    found = process.extract(
        wanted, names.keys(), scorer=fuzz.ratio, score_cutoff=NEAR_SCORE, limit=20
    )
    return list(dict.fromkeys(names[key] for key, _, _ in found))[:NEAR_SYMBOLS]


def current_dataset(symbol: Symbol) -> Dataset:
    """The dataset new runs of a symbol use; raises NoData where there is none."""
    if symbol.current is None:
        raise NoData(symbol.ticker)
    return symbol.current


def idea_context(
    *,
    symbol: Symbol | str | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> IdeaContext:
    """What an idea may be about: every tradable symbol, and which one if it names none.

    A text may name several symbols with commas between. Days narrow what each symbol says of its
    own first and last day.
    """
    names = symbol.split(",") if isinstance(symbol, str) else []
    several = tuple(resolve_symbol(name).ticker for name in names) if len(names) > 1 else ()
    chosen = resolve_symbol(names[0]) if names else symbol
    assert not isinstance(chosen, str)
    symbols = Symbol.objects.tradable().prefetch_related("aliases")
    facts = tuple(_facts(each, first_day, last_day) for each in symbols)
    tickers = [each.code for each in facts]
    if chosen is not None:
        default = chosen.ticker
    else:
        default = DEFAULT_TICKER if DEFAULT_TICKER in tickers else next(iter(tickers), "")
    return IdeaContext(facts, default, symbol_is_fixed=chosen is not None, chosen=several)


def _facts(symbol: Symbol, first_day: date | None, last_day: date | None) -> SymbolFacts:
    dataset = current_dataset(symbol)
    first, last = dataset.first_bar.date(), dataset.last_bar.date()
    texts = [symbol.name, *(alias.text for alias in symbol.aliases.all())]
    return SymbolFacts(
        code=symbol.ticker,
        name=symbol.name,
        aliases=tuple(dict.fromkeys(way for text in texts for way in spellings(text))),
        first_day=max(first, first_day) if first_day else first,
        last_day=min(last, last_day) if last_day else last,
        has_volume=dataset.has_volume,
        has_range=dataset.has_range,
    )


def import_bundled(*, provider: Provider | None = None) -> list[Dataset]:
    """Import the prices that came with the installed packages; returns the new datasets.

    Called at every start: when everything is there, it costs one query and no heavy import.
    """
    provider = provider or BundledProvider()
    offers = provider.offers()
    if not offers:
        logger.warning("market.nothing_bundled")
    missing = _missing(offers)
    if not missing:
        return []
    # Reading, checking and writing files stay outside the transaction: others may write meanwhile.
    prepared = [prepare(provider.read(ticker)) for ticker in missing]
    for each in prepared:
        put_file(each)
    try:
        with transaction.atomic():
            return [put_rows(each, take_over=False) for each in prepared]
    except IntegrityError:
        # Two processes of a first start at once: the other one wrote the same rows.
        if _missing(offers):
            raise
        return []


def _missing(offers: Mapping[str, str]) -> list[str]:
    there = set(
        Dataset.objects.filter(source_hash__in=set(offers.values())).values_list(
            "symbol__ticker", "source_hash"
        )
    )
    return [ticker for ticker, digest in offers.items() if (ticker, digest) not in there]


def import_file(
    path: Path,
    *,
    symbol: str,
    name: str = "",
    kind: str = "",
    calendar: str = "",
    timezone: str = "UTC",
    adjusted: bool | None = None,
    licence: str = "",
) -> Dataset:
    """Make a CSV or Parquet file the current dataset of a symbol, new or known.

    Parameters
    ----------
    symbol : str
        The ticker; a new one becomes a new symbol.
    name, kind, calendar : str
        Of a new symbol; the calendar is recognised from the days when it is left out.
    timezone : str
        Whose days count when the file holds instants (epoch seconds, times with an offset).
    adjusted : bool, optional
        Whether prices are adjusted; by default only a file with nothing but adjusted closes is.

    Raises
    ------
    FileRefused
        With sentences naming columns and rows.
    """
    content = _content(path)
    columns, only_adjusted = read_prices(content, path.name, timezone=timezone)
    ticker = ticker_form(symbol)
    known = Symbol.objects.filter(ticker=ticker).first()
    listing = Listing(
        ticker,
        name or (known.name if known else ticker),
        kind or (known.kind if known else Symbol.Kind.OTHER),
        calendar or (known.calendar if known else calendar_of(columns.time)),
    )
    prepared = prepare(
        Series(
            listing,
            columns,
            adjusted=only_adjusted if adjusted is None else adjusted,
            source=f"file: {path.name}"[:200],
            source_hash=hashlib.sha256(content).hexdigest(),
            licence=licence,
            frequency=frequency_of(columns.time),
        )
    )
    put_file(prepared)
    try:
        with transaction.atomic():
            return put_rows(prepared, take_over=True)
    except ValidationError as error:
        raise FileRefused(error.messages) from error


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileRefused(
                [f"{path.name} has {size / 1e6:,.0f} MB; {MAX_BYTES / 1e6:,.0f} MB is the most."]
            )
        return path.read_bytes()
    except OSError as error:
        raise FileRefused([f"{path} cannot be read: {error.strerror}."]) from error
