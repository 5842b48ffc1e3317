"""Symbols, datasets and prices over JSON."""

from typing import Any

import pytest
from django.test import Client

from market.api import views
from market.models import Dataset, Symbol

pytestmark = pytest.mark.usefixtures("bundled")


def get(client: Client, path: str, status: int = 200, **query: str) -> Any:
    response = client.get(path, query)
    assert response.status_code == status, response.content
    return response.json()


def test_symbols_are_listed_from_a_to_z_in_pages(client: Client) -> None:
    first = get(client, "/api/symbols", limit="20")
    second = get(client, first["next"].split("testserver")[1])

    tickers = [row["ticker"] for row in first["results"] + second["results"]]
    assert len(tickers) == 23
    assert tickers == sorted(tickers)
    assert second["next"] is None


def test_a_symbol_brings_its_names_and_its_dataset(
    client: Client, bundled: dict[str, Dataset]
) -> None:
    answer = get(client, "/api/symbols/apple")

    assert answer["ticker"] == "AAPL"
    assert answer["name"] == "Apple"
    assert "Apple Computer" in answer["aliases"]
    dataset = answer["dataset"]
    assert dataset["id"] == str(bundled["AAPL"].pk)
    assert dataset["first_bar"] == "1990-01-02T00:00:00Z"
    assert dataset["rows"] == 8313
    assert dataset["is_current"] is True
    assert (dataset["has_range"], dataset["has_volume"], dataset["adjusted"]) == (
        False,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("q", "tickers"), [("nasdaq", ["IXIC"]), ("pepsi", ["PEP"]), ("zz", []), ("\x00spx", ["SPX"])]
)
def test_symbols_are_searched(client: Client, q: str, tickers: list[str]) -> None:
    assert [row["ticker"] for row in get(client, "/api/symbols", q=q)["results"]] == tickers


def test_listing_symbols_costs_the_same_for_one_or_many(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        get(client, "/api/symbols", limit="100")


def test_an_unknown_symbol_is_404_with_what_was_meant(client: Client) -> None:
    answer = get(client, "/api/symbols/APPL", 404)

    assert answer == {
        "detail": "There are no data for “APPL”. Did you mean AAPL?",
        "code": "unknown_symbol",
        "errors": {},
    }


def test_datasets_are_listed_and_filtered(client: Client, bundled: dict[str, Dataset]) -> None:
    everything = get(client, "/api/datasets", limit="100")["results"]
    only = get(client, "/api/datasets", symbol="spx")["results"]

    assert len(everything) == 23
    assert "quality" not in everything[0]
    assert [row["content_hash"] for row in only] == [bundled["SPX"].content_hash]


def test_a_dataset_brings_its_quality_report(client: Client, bundled: dict[str, Dataset]) -> None:
    quality = get(client, f"/api/datasets/{bundled['SPX'].pk}")["quality"]

    assert (quality["version"], quality["rows"]) == (1, 5031)
    codes = {finding["code"]: finding for finding in quality["findings"]}
    assert codes["copied_open"]["severity"] == "warning"
    assert set(codes["outliers"]) == {"code", "severity", "count", "message", "examples"}


def test_a_dataset_that_is_not_there_is_404(client: Client) -> None:
    get(client, "/api/datasets/00000000-0000-0000-0000-000000000000", 404)


def test_prices_are_columns_of_the_days_asked_for(client: Client) -> None:
    answer = get(
        client, "/api/prices", symbol="S&P 500", **{"from": "1999-01-01", "to": "1999-01-05"}
    )

    assert answer["symbol"] == "SPX"
    assert answer["rows"] == 2
    assert answer["time"] == ["1999-01-04T00:00:00Z", "1999-01-05T00:00:00Z"]
    assert answer["close"] == [1228.099976, 1244.780029]
    assert answer["high"] == [1248.810059, 1246.109985]
    assert answer["volume"] == [877000000.0, 775000000.0]
    assert answer["next_from"] is None


def test_days_without_prices_are_an_empty_answer(client: Client) -> None:
    answer = get(client, "/api/prices", symbol="SPX", **{"from": "2030-01-01"})

    assert (answer["rows"], answer["time"], answer["has_range"]) == (0, [], True)


def test_more_rows_than_one_answer_holds_are_continued(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MAX_ROWS", 3000)
    first = get(client, "/api/prices", symbol="SPX")
    rest = get(client, "/api/prices", symbol="SPX", **{"from": first["next_from"]})

    assert (first["rows"], rest["rows"], rest["next_from"]) == (3000, 2031, None)
    assert first["time"][-1] < rest["time"][0]


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ({}, "symbol", "required"),
        ({"symbol": "microsfot"}, "symbol", "Did you mean MSFT?"),
        ({"symbol": "x" * 200}, "symbol", "no more than 120"),
        ({"symbol": "SPX", "from": "2010-01-02", "to": "2010-01-01"}, "to", "lies before"),
        ({"symbol": "SPX", "from": "yesterday"}, "from", "wrong format"),
        ({"symbol": "SPX", "to": "2010-02-31"}, "to", "wrong format"),
    ],
)
def test_a_wrong_question_is_told_which_field(
    client: Client, query: dict[str, str], field: str, sentence: str
) -> None:
    answer = get(client, "/api/prices", 400, **query)

    assert answer["code"] == "invalid"
    assert sentence in answer["errors"][field][0]


def test_a_symbol_without_prices_has_none(client: Client) -> None:
    Symbol.objects.create(ticker="NEW", name="New one")

    assert "NEW is known" in get(client, "/api/prices", 400, symbol="NEW")["errors"]["symbol"][0]
    assert get(client, "/api/symbols/NEW")["dataset"] is None


def test_every_endpoint_is_described(client: Client) -> None:
    schema = client.get("/api/schema/?format=json").json()
    prices = schema["paths"]["/api/prices"]["get"]["parameters"]

    assert {p["name"]: p.get("required", False) for p in prices} == {
        "symbol": True,
        "from": False,
        "to": False,
    }
    for path in ("/api/symbols", "/api/symbols/{ticker}", "/api/datasets"):
        assert path in schema["paths"]
    assert "/api/datasets/{dataset_id}" in schema["paths"]
