"""The API over real requests, from the request to the report."""

import pytest
from django.test import Client

from backtests import pipeline
from backtests.models import BacktestRun
from tests.backtests.ideas import GOLDEN_CROSS

pytestmark = pytest.mark.both_stacks
BODY = {"strategy_description": GOLDEN_CROSS, "instrument_symbol": "SPX"}


def post(client, body=BODY, **headers):
    return client.post("/api/backtests", body, content_type="application/json", headers=headers)


def test_a_visitor_can_start_follow_and_read_a_backtest(client, data):
    answer = post(client)
    assert answer.status_code == 202, answer.content
    body = answer.json()
    assert answer["Location"] == f"/api/backtests/{body['id']}"
    assert body["status"] in ("queued", "running")
    pipeline.run_to_end(BacktestRun.objects.get(pk=body["id"]))
    done = client.get(answer["Location"]).json()
    assert done["status"] == "completed"
    assert done["symbol"] == "SPX"
    events = client.get(done["links"]["events"], {"after": 3}).json()
    assert events["results"][0]["sequence"] == 4
    assert events["results"][-1]["sequence"] == events["last_sequence"]
    names = {artifact["name"] for artifact in client.get(done["links"]["artifacts"]).json()}
    assert {"strategy.py", "full.csv", "report.md", "trades.csv"} <= names
    assert "def signals(" in client.get(done["links"]["script"]).json()["text"]


def test_a_stranger_sees_nothing(client, data):
    run = post(client).json()
    stranger = Client()
    for address in ("", "/events", "/artifacts", "/script"):
        assert stranger.get(f"/api/backtests/{run['id']}{address}").status_code == 404
    assert stranger.post(f"/api/backtests/{run['id']}/cancel").status_code == 404
    assert stranger.delete(f"/api/backtests/{run['id']}").status_code == 404
    assert stranger.get("/api/backtests").json()["results"] == []
    assert [row["id"] for row in client.get("/api/backtests").json()["results"]] == [run["id"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "strategy_description"),
        ({"strategy_description": ""}, "strategy_description"),
        ({"strategy_description": "x" * 20_000}, "strategy_description"),
        ({**BODY, "instrument_symbol": "NOPE1"}, "instrument_symbol"),
        ({**BODY, "from_date": "yesterday"}, "from_date"),
        ({**BODY, "from_date": "2012-01-01", "to_date": "2011-01-01"}, "to_date"),
        ({**BODY, "initial_capital": -1}, "initial_capital"),
        ({**BODY, "initial_capital": "1e400"}, "initial_capital"),
        ({**BODY, "commission": "abc"}, "commission"),
    ],
)
def test_bad_input_gets_a_specific_error(client, data, body, field):
    answer = post(client, body)
    assert answer.status_code == 400, answer.content
    error = answer.json()
    assert set(error) == {"detail", "code", "errors"}
    assert list(error["errors"]) == [field]
    assert not BacktestRun.objects.exists()


def test_a_body_that_is_no_json_is_a_400(client, data):
    answer = client.post("/api/backtests", "{", content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "parse_error"


def test_the_allowance_ends_with_429_and_says_when_to_come_back(client, data, settings):
    for _ in range(settings.DAILY_ALLOWANCE_VISITOR):
        assert post(client).status_code == 202
    answer = post(client)
    assert answer.status_code == 429
    assert answer.json()["code"] == "allowance_exhausted"
    assert 0 < int(answer["Retry-After"]) <= 86_400


def test_an_idempotency_key_is_honoured(client, data):
    first = post(client, **{"Idempotency-Key": "abc"}).json()
    second = post(client, **{"Idempotency-Key": "abc"}).json()
    assert first["id"] == second["id"]
    assert BacktestRun.objects.count() == 1


def test_cancel_and_delete(client, data):
    run = post(client).json()
    assert client.post(f"/api/backtests/{run['id']}/cancel").json()["status"] == "cancelled"
    assert client.delete(f"/api/backtests/{run['id']}").status_code == 204
    assert client.get(f"/api/backtests/{run['id']}").status_code == 404


def test_a_refused_idea_says_why(client, data):
    run = post(client, {"strategy_description": "hello"}).json()
    pipeline.run_to_end(BacktestRun.objects.get(pk=run["id"]))
    refusal = client.get(f"/api/backtests/{run['id']}").json()["refusal"]
    assert refusal["code"] == "not_a_strategy"
    assert refusal["message"]
