"""Symbols by every name people use for them."""

import pytest

from market.errors import NoData, UnknownSymbol
from market.models import Dataset, Symbol
from market.naming import alias_key, spellings
from market.services import current_dataset, resolve_symbol

pytestmark = pytest.mark.usefixtures("bundled")


@pytest.mark.parametrize(
    ("text", "ticker"),
    [
        ("SPX", "SPX"),
        ("spx", "SPX"),
        ("S&P 500", "SPX"),
        ("s & p 500", "SPX"),
        ("S&P500", "SPX"),
        ("SP500", "SPX"),
        ("S and P 500", "SPX"),
        ("Standard and Poor's 500", "SPX"),
        ("^GSPC", "SPX"),
        ("NASDAQ", "IXIC"),
        ("Nasdaq Composite", "IXIC"),
        ("^ixic", "IXIC"),
        ("Apple", "AAPL"),
        ("apple's", "AAPL"),
        (" aapl ", "AAPL"),
        ("Coca-Cola", "KO"),
        ("COCA COLA", "KO"),
        ("J.P. Morgan", "JPM"),
        ("JPMorgan Chase", "JPM"),
        ("Johnson and Johnson", "JNJ"),
        ("Johnson & Johnson", "JNJ"),
        ("P&G", "PG"),
        ("Wal-Mart", "WMT"),
        ("ExxonMobil", "XOM"),
        ("SP500CLOSE", "SP500CLOSE"),
    ],
)
def test_a_symbol_is_found_by(text: str, ticker: str) -> None:
    assert resolve_symbol(text).ticker == ticker


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("APPL", "AAPL"),
        ("microsfot", "MSFT"),
        ("Exonn", "XOM"),
        ("NASDQ", "IXIC"),
        ("coccacola", "KO"),
    ],
)
def test_a_typing_error_is_answered_with_what_was_meant(text: str, near: str) -> None:
    with pytest.raises(UnknownSymbol) as caught:
        resolve_symbol(text)

    assert caught.value.near[0] == near
    assert f"There are no data for “{text}”. Did you mean {near}" in str(caught.value)


def test_a_name_like_nothing_is_answered_with_what_there_is() -> None:
    with pytest.raises(UnknownSymbol) as caught:
        resolve_symbol("BTC-USD")

    assert caught.value.near == ()
    assert str(caught.value) == (
        "There are no data for “BTC-USD”. "
        "There are for AAPL, AMD, BAC, BBY, CVX, GE, HD, IXIC and 15 more."
    )


@pytest.mark.parametrize("text", ["", "   ", "…", "'; --", "x" * 5000, "\x00"])
def test_what_is_no_name_names_no_symbol(text: str) -> None:
    with pytest.raises(UnknownSymbol):
        resolve_symbol(text)


def test_a_ticker_counts_before_anybodys_alias() -> None:
    Symbol.objects.create(ticker="^GSPC", name="Own copy")

    assert resolve_symbol("^gspc").name == "Own copy"
    assert resolve_symbol("GSPC").ticker == "SPX"


def test_a_symbol_without_prices_says_so() -> None:
    symbol = Symbol.objects.create(ticker="NEW", name="New one")

    with pytest.raises(NoData, match="NEW is known, but no prices"):
        current_dataset(symbol)


def test_the_current_dataset_is_the_imported_one(bundled: dict[str, Dataset]) -> None:
    assert current_dataset(resolve_symbol("Apple")) == bundled["AAPL"]


@pytest.mark.parametrize(
    ("text", "tickers"),
    [
        ("morgan", ["JPM"]),
        ("S&P", ["SP500CLOSE", "SPX"]),
        ("coca cola", ["KO"]),
        ("ixi", ["IXIC"]),
        ("zzz", []),
    ],
)
def test_searching_looks_at_tickers_names_and_aliases(text: str, tickers: list[str]) -> None:
    assert [symbol.ticker for symbol in Symbol.objects.search(text)] == tickers


def test_keys_and_spellings_are_what_people_type() -> None:
    assert alias_key("Nestlé S.A.") == "nestlesa"
    assert spellings("S&P 500") == ("S&P 500", "S&P500", "S and P 500", "sp500")
