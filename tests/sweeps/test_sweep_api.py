"""Sweeps over JSON: start, follow, read, stop; nothing of it for strangers."""

import uuid

import pytest

from runs.states import Status
from sweeps import pipeline
from sweeps.models import Sweep
from tests.factories import browser_of

pytestmark = pytest.mark.both_stacks


def post(browser, body, **headers):
    return browser.post("/api/sweeps", body, content_type="application/json", headers=headers)


def body(run, /, **more):
    return {"run": str(run.pk), "ranges": {"days": {"low": 10, "high": 40, "step": 10}}, **more}


@pytest.fixture
def quiet(monkeypatch):
    """Let no worker start: these tests walk by themselves."""
    monkeypatch.setattr("sweeps.tasks.enqueue_chunks", lambda sweep_id: None)


@pytest.fixture
def completed(quiet, browser, run):
    answer = post(browser, body(run))
    return pipeline.sweep_to_end(Sweep.objects.get(pk=answer.json()["id"]))


def test_a_sweep_is_accepted_with_its_links(quiet, browser, run):
    answer = post(browser, body(run))
    assert answer.status_code == 202
    told = answer.json()
    assert answer["Location"] == f"/api/sweeps/{told['id']}"
    assert (told["status"], told["stage"], told["combinations"], told["done"]) == (
        "queued", "computing", 4, 0,
    )  # fmt: skip
    assert told["links"]["socket"] == f"/ws/sweeps/{told['id']}"
    assert browser.get("/api/sweeps").json()["results"][0]["id"] == told["id"]
    assert browser.get(f"/api/sweeps/{told['id']}").json()["run"] == str(run.pk)


def test_without_ranges_the_scripts_own_are_taken(quiet, browser, run):
    assert post(browser, {"run": str(run.pk)}).json()["combinations"] == 18


def test_the_same_key_gives_the_same_sweep(quiet, browser, run):
    ids = {post(browser, body(run), **{"Idempotency-Key": "k"}).json()["id"] for _ in range(2)}
    assert len(ids) == 1


WRONG = [
    ({"ranges": {"days": {"low": 5, "high": 50, "step": 0}}}, "ranges.days"),
    ({"ranges": {"nobody": [1, 2]}}, "ranges.nobody"),
    ({"ranges": {"days": {"low": 1, "high": 10_000_000, "step": 1}}}, "ranges"),
    ({"ranges": [1]}, "ranges"),
    ({"method": "best"}, "method"),
    ({"method": "random"}, "samples"),
    ({"run": "me"}, "run"),
    ({"run": str(uuid.uuid4())}, "run"),
]


def test_what_is_wrong_is_said_at_its_field(quiet, browser, run):
    for change, field in WRONG:
        answer = post(browser, body(run, **change))
        assert answer.status_code == 400, change
        assert field in answer.json()["errors"]
    assert not Sweep.objects.exists()


def test_results_come_sorted_and_in_pages(completed, browser):
    address = f"/api/sweeps/{completed.pk}/results"
    told = browser.get(address).json()
    ratios = [line["sharpe_ratio"] for line in told["results"]]
    assert told["count"] == 4 and ratios == sorted(ratios, reverse=True)
    assert told["results"][0]["number"] == told["study"]["best"]
    second = browser.get(f"{address}?order=params.days&limit=3&page=2").json()
    assert [line["params"]["days"] for line in second["results"]] == [40]
    assert second["pages"] == 2


def test_a_wrong_question_is_answered_with_its_field(completed, browser):
    for query in ("order=luck", "page=0", "page=x", "limit=100000"):
        answer = browser.get(f"/api/sweeps/{completed.pk}/results?{query}")
        assert answer.status_code == 400
        assert query.partition("=")[0] in answer.json()["errors"]


def test_there_are_no_results_before_the_end(quiet, browser, run):
    sweep_id = post(browser, body(run)).json()["id"]
    assert browser.get(f"/api/sweeps/{sweep_id}/results").status_code == 404


def test_it_can_be_stopped(quiet, browser, run):
    sweep_id = post(browser, body(run)).json()["id"]
    assert browser.post(f"/api/sweeps/{sweep_id}/cancel").json()["status"] == "cancelled"


def test_a_strangers_sweep_is_not_there(completed, stranger, run):
    for address in ("", "/results"):
        assert stranger.get(f"/api/sweeps/{completed.pk}{address}").status_code == 404
    assert stranger.post(f"/api/sweeps/{completed.pk}/cancel").status_code == 404
    assert stranger.get("/api/sweeps").json()["results"] == []
    assert post(stranger, body(run)).json()["errors"]["run"]
    completed.refresh_from_db()
    assert completed.status == Status.COMPLETED


def test_an_exhausted_day_is_said_and_nothing_is_kept(quiet, browser, run, alice, settings):
    settings.DAILY_ALLOWANCE_USER = 1
    answer = post(browser_of(alice), body(run))
    assert answer.status_code == 429
    assert not Sweep.objects.exists()
