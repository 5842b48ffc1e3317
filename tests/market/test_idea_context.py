"""What an idea is told about the market."""

from datetime import date
from typing import Any

import pytest

from market.errors import UnknownSymbol
from market.models import Dataset, Symbol
from market.services import idea_context, resolve_symbol


def test_an_idea_without_a_symbol_is_about_the_sp500(bundled: dict[str, Dataset]) -> None:
    context = idea_context()

    assert context.default_symbol == "SPX"
    assert not context.symbol_is_fixed
    assert len(context.symbols) == 23
    assert (context.first_day, context.last_day) == (date(1999, 1, 4), date(2018, 12, 31))
    assert context.has_range and context.has_volume


def test_a_chosen_symbol_is_fixed_and_known_by_its_flags(bundled: dict[str, Dataset]) -> None:
    context = idea_context(symbol="coca cola")

    assert context.default_symbol == "KO"
    assert context.symbol_is_fixed
    assert not context.has_range and not context.has_volume
    assert idea_context(symbol=resolve_symbol("KO")) == context


def test_days_are_narrowed_to_what_was_asked(bundled: dict[str, Dataset]) -> None:
    context = idea_context(symbol="KO", first_day=date(1980, 1, 1), last_day=date(2010, 6, 30))

    assert (context.first_day, context.last_day) == (date(1990, 1, 2), date(2010, 6, 30))


@pytest.mark.parametrize(
    ("text", "code"),
    [("S&P500", "SPX"), ("sp 500", "SPX"), ("jp morgan", "JPM"), ("exxon mobil", "XOM")],
)
def test_the_context_finds_symbols_as_people_write_them(
    bundled: dict[str, Dataset], text: str, code: str
) -> None:
    found = idea_context().find_symbol(text)

    assert found is not None
    assert found.code == code


def test_a_sentence_about_closes_never_means_the_other_series(bundled: dict[str, Dataset]) -> None:
    close_only = next(s for s in idea_context().symbols if s.code == "SP500CLOSE")

    assert not any(word[:14] == "s&p 500 closes" and len(word) < 20 for word in close_only.words)
    assert "sp500" not in close_only.words


def test_it_costs_two_queries_however_many_symbols(
    bundled: dict[str, Dataset], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        idea_context()


def test_symbols_without_prices_are_not_offered(bundled: dict[str, Dataset]) -> None:
    Symbol.objects.create(ticker="NEW", name="New one")

    assert idea_context().facts("NEW") is None


@pytest.mark.django_db
def test_an_empty_market_offers_nothing() -> None:
    assert idea_context().symbols == ()
    with pytest.raises(UnknownSymbol, match="none for anything else yet"):
        idea_context(symbol="SPX")
