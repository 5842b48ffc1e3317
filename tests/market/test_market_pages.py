"""The data pages and the desk."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from market.models import Dataset, Symbol

pytestmark = pytest.mark.usefixtures("bundled")


def test_the_page_lists_every_symbol_with_its_days_and_flags(client: Client) -> None:
    page = client.get("/data/").content.decode()

    for text in (
        "SPX",
        "S&amp;P 500",
        "4 Jan 1999",
        "31 Dec 2018",
        "5,031",
        "closes only; adjusted",
    ):
        assert text in page
    assert page.count("<tr>") == 24
    assert "1 warning</a>" in page
    assert 'aria-label="Symbols"' in page


def test_listing_costs_one_query_however_many_symbols(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(3):
        client.get("/data/")


def test_searching_finds_by_name_and_offers_what_was_meant(client: Client) -> None:
    assert client.get("/data/", {"q": "coca cola"}).content.decode().count("<tr>") == 2
    page = client.get("/data/", {"q": "microsfot<"}).content.decode()
    assert "Nothing is called “microsfot&lt;”" in page
    assert '<a href="/data/MSFT/">MSFT</a>' in page


def test_a_symbols_page_says_what_is_odd_and_where_it_comes_from(
    client: Client, bundled: dict[str, Dataset]
) -> None:
    page = client.get("/data/SPX/").content.decode()

    assert "2,004 opens are exactly the close before (39.8 %)" in page
    assert "<b>Warning:</b>" in page
    assert bundled["SPX"].content_hash in page
    assert "University of Illinois" in page
    assert "used for new runs" in page


def test_another_name_leads_to_the_symbols_own_address(client: Client) -> None:
    assert client.get("/data/apple/")["Location"] == "/data/AAPL/"
    assert client.get("/data/appl/").status_code == 404


def test_a_symbol_without_prices_says_so(client: Client) -> None:
    Symbol.objects.create(ticker="NEW", name="New one")

    assert "no prices of it have been imported" in client.get("/data/NEW/").content.decode()


@pytest.mark.parametrize("model", ["symbol", "symbolalias", "dataset"])
def test_the_desk_lists_and_searches_every_model(client: Client, model: str) -> None:
    client.force_login(_staff())

    response = client.get(f"/admin/market/{model}/", {"q": "SPX"})

    assert response.status_code == 200
    assert "SPX" in response.content.decode()


def test_on_the_desk_a_dataset_is_read_and_never_changed(
    client: Client, bundled: dict[str, Dataset]
) -> None:
    client.force_login(_staff())
    address = f"/admin/market/dataset/{bundled['SPX'].pk}/change/"

    assert bundled["SPX"].content_hash in client.get(address).content.decode()
    assert client.post(address, {"rows": 1}).status_code == 403
    assert client.get("/admin/market/dataset/add/").status_code == 403


def test_on_the_desk_only_a_symbols_own_datasets_can_be_chosen(
    client: Client, bundled: dict[str, Dataset]
) -> None:
    client.force_login(_staff())

    page = client.get(f"/admin/market/symbol/{bundled['SPX'].symbol.pk}/change/").content.decode()

    assert str(bundled["SPX"].pk) in page
    assert str(bundled["IXIC"].pk) not in page


def _staff() -> Any:
    model = get_user_model()
    names = {"email": "desk@example.com", "is_staff": True, "is_superuser": True}
    if model.USERNAME_FIELD == "username":
        names["username"] = "desk"
    return model.objects.create(**names)
