"""The sliders' answers, over real requests: exact, bounded, and the owner's only."""

import pytest
from django.test import Client

from backtests import pipeline
from backtests.costs import simulation_config
from backtests.models import BacktestRun
from backtests.pipeline.data import bars_of
from engine import Decisions
from engine import metrics as measures
from engine.fragility import fragile
from tests.backtests.ideas import RSI_IDEA

pytestmark = pytest.mark.both_stacks


@pytest.fixture
def run(client, data):
    body = {"strategy_description": RSI_IDEA, "costs": {"fixed_fee": 1, "half_spread": 0.0001}}
    answer = client.post("/api/backtests", body, content_type="application/json")
    assert answer.status_code == 202, answer.content
    return pipeline.run_to_end(BacktestRun.objects.get())


def by_hand(run, **changes):
    """The same change, computed from the files that the run left."""
    spec = run.read_json("spec")
    bars = bars_of(run, spec)
    decisions = Decisions.from_bytes(run.artifact("decisions").read(), bars=len(bars))
    return fragile(bars, decisions, simulation_config(spec["settings"]), **changes)


def test_an_answer_is_a_whole_new_run(client, run):
    facts = run.read_json("facts")
    as_tested = client.get(f"/api/backtests/{run.pk}/fragility").json()
    for name in ("total_return", "cagr", "sharpe_ratio", "max_drawdown"):
        assert as_tested[name] == pytest.approx(facts["metrics"][name], rel=1e-9)
    assert as_tested["trades"] == len(facts["trades"])
    query = {"costs": "2", "delay": "1", "without_best": "5", "start": "2010-01-01"}
    found = client.get(f"/api/backtests/{run.pk}/fragility", query).json()
    books = by_hand(run, cost_factor=2, delay=1, without_best=5, start="2010-01-01")
    expected = measures.summarize(books, books.bars)
    for name in ("total_return", "cagr", "sharpe_ratio", "max_drawdown"):
        assert found[name] == pytest.approx(expected[name], rel=1e-9)
    assert found["final_equity"] == pytest.approx(books.equity[-1], rel=1e-9)
    assert found["first_day"] == "2010-01-04"
    assert len(found["equity"]) == len(found["time"]) <= 400


def test_costs_that_were_asked_for_are_charged_and_shown(run):
    facts = run.read_json("facts")
    assert facts["settings"]["fixed_fee"] == 1
    assert facts["settings"]["half_spread"] == 0.0001
    cheaper = by_hand(run, cost_factor=0)
    assert cheaper.costs.charged == 0
    assert by_hand(run).costs.spread > 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"costs": "-1"}, "costs"),
        ({"costs": "x"}, "costs"),
        ({"costs": "nan"}, "costs"),
        ({"delay": "1.5"}, "delay"),
        ({"delay": "1000"}, "delay"),
        ({"without_best": "-1"}, "without_best"),
        ({"start": "soon"}, "start"),
        ({"start": "2099-01-01"}, "start"),
    ],
)
def test_a_bad_change_is_a_field_error(client, start, query, field):
    run = finished(client)
    answer = client.get(f"/api/backtests/{run.pk}/fragility", query)
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == [field]


def finished(client):
    """The client's run, with the least that the endpoint reads."""
    import json

    from backtests.artifacts import attach, store
    from engine import Signals
    from market import services as market

    body = {"strategy_description": RSI_IDEA}
    run_id = client.post("/api/backtests", body, content_type="application/json").json()["id"]
    dataset = market.current_dataset(market.resolve_symbol("SPX"))
    bars = market.load_bars(dataset)
    settings = {
        "start": str(bars.time[0])[:10],
        "end": str(bars.time[-1])[:10],
        "initial_capital": 10_000,
        "commission": 0.001,
    }
    BacktestRun.objects.filter(pk=run_id).update(status="completed", dataset=dataset)
    run = BacktestRun.objects.get(pk=run_id)
    decisions = Decisions.from_signals(Signals(enter=bars.close > 0), len(bars))
    attach(run, store("spec", "spec.json", json.dumps({"settings": settings}).encode()))
    attach(run, store("decisions", "decisions.bin", decisions.to_bytes()))
    return run


def test_a_stranger_and_a_run_without_a_result_get_no_answer(client, data):
    body = {"strategy_description": RSI_IDEA}
    address = client.post("/api/backtests", body, content_type="application/json")["Location"]
    assert Client().get(f"{address}/fragility").status_code == 404
    answer = client.get(f"{address}/fragility")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["run"]


@pytest.mark.parametrize(
    ("costs", "field"),
    [
        ({"slippage": -0.1}, "slippage"),
        ({"half_spread": 0.5}, "half_spread"),
        ({"borrow_rate": 2}, "borrow_rate"),
        ({"minimum_fee": 1e300}, "minimum_fee"),
        ({"tiers": [[5, 0.1]]}, "tiers"),
    ],
)
def test_costs_that_no_account_has_are_field_errors(client, data, costs, field):
    body = {"strategy_description": RSI_IDEA, "costs": costs}
    answer = client.post("/api/backtests", body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == [field]


def test_the_form_takes_percent_and_seals(client, data):
    form = {"idea": RSI_IDEA, "commission": "0.2", "slippage": "0.05", "fixed_fee": "1"}
    answer = client.post("/", {**form, "whole_units": "on", "holdout": "on"})
    assert answer.status_code == 302, answer.content
    run = BacktestRun.objects.get()
    assert run.costs == {"slippage": 0.0005, "fixed_fee": 1.0, "whole_units": True}
    assert (float(run.commission), float(run.holdout)) == (0.002, 0.2)
    page = client.get("/", {"from": str(run.pk)}).content.decode()
    assert 'name="parent" value="' + str(run.pk) in page
    refined = client.post("/", {**form, "parent": str(run.pk)})
    assert refined.status_code == 302
    assert BacktestRun.objects.newest_first().first().parent == run
