"""The lines of a script, explained on pages and in the API."""

import pytest

from backtests import pipeline
from backtests.models import BacktestRun
from tests.backtests.ideas import GOLDEN_CROSS, SCRIPT

BODY = {"strategy_description": GOLDEN_CROSS, "instrument_symbol": "SPX"}


@pytest.fixture
def done(client, data):
    """Start a backtest over the API and carry it to its end."""

    def done(body=BODY):
        answer = client.post("/api/backtests", body, content_type="application/json")
        assert answer.status_code == 202, answer.content
        run = BacktestRun.objects.get(pk=answer.json()["id"])
        pipeline.run_to_end(run)
        run.refresh_from_db()
        return run

    return done


def test_the_api_explains_every_line_of_the_stored_script(client, done):
    run = done()
    told = client.get(f"/api/backtests/{run.pk}/script").json()
    lines = told["text"].splitlines()
    sentences = {lines[one["line"] - 1].strip(): one["sentence"] for one in told["explained"]}
    assert told["explained_by"] == "specification"
    assert told["not_explained"] == ""
    assert sentences['"fast_sma_period": 50,'].startswith("The period of the 50-day")
    buys = [why for line, why in sentences.items() if line.startswith("enter =")]
    assert buys[0].startswith("Buy when the 50-day simple moving average crosses above")


def test_run_page_and_report_show_the_sentences_beside_the_lines(client, done):
    run = done()
    for address in (f"/reports/{run.pk}/", f"/backtests/{run.pk}/?stages"):
        page = client.get(address).content.decode()
        assert 'class="explained"' in page
        assert "Buy when the 50-day simple moving average crosses above" in page
        assert "Line 1: " not in page  # the docstring explains itself


def test_a_script_of_ones_own_says_why_it_is_not_explained(client, done):
    run = done({"script": SCRIPT, "instrument_symbol": "SPX"})
    told = client.get(f"/api/backtests/{run.pk}/script").json()
    assert told["explained"] == []
    assert told["not_explained"].startswith("You wrote this script")
    assert "You wrote this script" in client.get(f"/reports/{run.pk}/").content.decode()


def test_a_script_that_the_specification_would_not_write_is_not_explained(client, done):
    from backtests.artifacts import attach, store

    run = done()
    attach(run, store("script", "strategy.v2.py", SCRIPT.encode(), version=2))
    told = client.get(f"/api/backtests/{run.pk}/script").json()
    assert told["explained"] == []
    assert "was not written from the specification" in told["not_explained"]
