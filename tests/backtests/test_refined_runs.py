"""Runs that are changed in words, from the request to the report; and runs side by side."""

import html

import pytest
from django.test import Client

from backtests import pipeline
from backtests.models import BacktestRun
from tests.backtests.ideas import SCRIPT

IDEA = "Buy when RSI(14) is below 30 and sell when it is above 70. Stop loss 5 %. 2005 to 2018."
BODY = {"strategy_description": IDEA, "instrument_symbol": "SPX"}


def post(client, body):
    return client.post("/api/backtests", body, content_type="application/json")


def finish(answer):
    assert answer.status_code in (202, 302), answer.content
    name = answer.json()["id"] if answer.status_code == 202 else answer["Location"].split("/")[2]
    run = BacktestRun.objects.get(pk=name)
    pipeline.run_to_end(run)
    run.refresh_from_db()
    assert run.status == "completed", (run.refusal, run.failure_message)
    return run


@pytest.fixture
def done(client, data, settings):
    """A completed run of the client."""
    settings.DAILY_ALLOWANCE_VISITOR = 20
    return finish(post(client, BODY))


def refine(client, run, words, **more):
    return post(client, {"refines": str(run.pk), "strategy_description": words, **more})


def test_a_change_in_words_is_a_child_that_differs_in_this_only(client, done):
    child = finish(refine(client, done, "use a 3 % stop instead"))
    assert (child.parent, child.idea, child.refinements) == (
        done,
        done.idea,
        ["use a 3 % stop instead"],
    )
    before, after = done.read_json("spec"), child.read_json("spec")
    assert after["specification"]["stop_loss"] == 0.03
    assert before["settings"] == after["settings"]
    told = client.get(f"/api/backtests/{child.pk}/reading").json()
    assert [one["sentence"] for one in told["difference"]] == ["Stop loss: 5 % → 3 %"]
    assert child.lineage_id == done.lineage_id
    assert child.read_json("facts")["luck"]["variants_tried"] == 2


def test_changes_add_up_and_can_be_undone(client, done):
    second = finish(refine(client, done, "same but on NASDAQ"))
    third = finish(refine(client, second, "only since 2010"))
    spec = third.read_json("spec")
    assert (spec["symbol"], spec["settings"]["start"]) == ("IXIC", "2010-01-01")
    assert spec["settings"]["end"] == "2018-12-31"
    back = finish(refine(client, third, "undo")).read_json("spec")
    assert (back["symbol"], back["settings"]["start"]) == ("IXIC", "2005-01-01")


def test_the_words_count_before_what_the_form_said(client, data):
    run = finish(post(client, {**BODY, "from_date": "2003-01-01", "commission": "0.002"}))
    child = finish(refine(client, run, "only since 2012 with 0.05 % commission"))
    chosen = child.read_json("spec")["settings"]
    assert (chosen["start"], chosen["commission"]) == ("2012-01-01", 0.0005)
    told = client.get(f"/api/backtests/{child.pk}/reading").json()["difference"]
    assert [one["sentence"] for one in told] == [
        "First day: 2003-01-01 → 2012-01-01",
        "Commission: 0.2 % a side → 0.05 % a side",
    ]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("use a 5 % stop", "would change nothing"),
        ("make it better", "not understood"),
        ("set the RSI to 25", "could mean"),
        ("same but on FOOBAR", "FOOBAR"),
        ("undo", "nothing to undo"),
    ],
)
def test_what_cannot_be_applied_is_a_field_error_and_stores_nothing(client, done, words, part):
    answer = refine(client, done, words)
    assert answer.status_code == 400
    [sentence] = answer.json()["errors"]["strategy_description"]
    assert part in sentence
    page = client.post(f"/backtests/{done.pk}/refine", {"words": words})
    assert page.status_code == 422
    assert part in html.unescape(page.content.decode())
    assert BacktestRun.objects.count() == 1


def test_only_ones_own_runs_and_only_ideas_can_be_refined(client, done):
    assert refine(Client(), done, "stop 3 %").json()["errors"] == {
        "refines": ["You have no such run."]
    }
    both = {"script": SCRIPT, "refines": str(done.pk)}
    assert list(post(client, both).json()["errors"]) == ["refines"]
    own = finish(post(client, {"script": SCRIPT, "instrument_symbol": "SPX"}))
    [told] = refine(client, own, "stop 3 %").json()["errors"]["strategy_description"]
    assert told.startswith("Only translated ideas can be refined so far")


def test_the_box_shows_what_will_change_and_the_new_run_shows_what_did(client, done):
    for address in (f"/reports/{done.pk}/", f"/backtests/{done.pk}/?stages"):
        assert f'action="/backtests/{done.pk}/refine"' in client.get(address).content.decode()
    address = f"/backtests/{done.pk}/refinement"
    shown = client.post(address, {"words": "use a 3 % stop"}).content.decode()
    assert "<del>5 %</del>" in shown
    assert "<ins>3 %</ins>" in shown
    assert "could mean" in client.post(address, {"words": "set the RSI to 25"}).content.decode()
    assert client.post(address, {"words": ""}).content.strip() == b""
    assert Client().post(address, {"words": "stop 3 %"}).status_code == 404
    child = finish(client.post(f"/backtests/{done.pk}/refine", {"words": "use a 3 % stop"}))
    page = html.unescape(client.get(f"/reports/{child.pk}/").content.decode())
    assert "“use a 3 % stop”" in page
    assert "<ins>3 %</ins>" in page
    assert f"/backtests/compare/?runs={done.pk},{child.pk}" in page


def test_a_choice_on_a_refined_run_keeps_its_changes(client, data):
    idea = "Buy when RSI is below 30 and sell when it is above 70."
    run = finish(post(client, {**BODY, "strategy_description": idea}))
    second = finish(refine(client, run, "add a 5 % stop"))
    third = finish(client.post(f"/backtests/{second.pk}/choose", {"choice.rsi.numbers": "7"}))
    spec = third.read_json("spec")["specification"]
    assert spec["stop_loss"] == 0.05
    assert third.choices == {"rsi.numbers": [7.0]}
    assert "7-day RSI" in third.read_json("spec")["echo"]


def test_what_a_model_wrote_is_read_again_where_the_translator_understands_it(client, done):
    from backtests.artifacts import attach, store
    from backtests.models import Artifact

    spec = done.read_json("spec") | {"specification": None, "provider": "gpt-x"}
    Artifact.objects.filter(run=done, kind="spec").delete()
    import orjson

    attach(done, store("spec", "spec.json", orjson.dumps(spec)))
    child = finish(refine(client, done, "stop 3 %"))
    said = child.read_json("spec")["assumptions"]
    assert any(sentence.startswith("A language model wrote the run before") for sentence in said)
    BacktestRun.objects.filter(pk=done.pk).update(idea="Do what the moon says")
    [told] = refine(client, done, "stop 4 %").json()["errors"]["strategy_description"]
    assert told.startswith("Only ideas that the built-in translator understands can be refined")


def test_runs_stand_side_by_side(client, done):
    child = finish(refine(client, done, "use a 3 % stop instead"))
    names = f"{done.pk},{child.pk}"
    page = html.unescape(client.get(f"/backtests/compare/?runs={names}").content.decode())
    assert "Stop loss: <del>5 %</del>" in page
    assert 'class="best"' in page
    assert "Every variant counts: 2 were tried" in page
    assert f'data-curve="/reports/{done.pk}/chart.json"' in page
    told = client.get("/api/backtests/compare", {"runs": names}).json()
    assert [one["id"] for one in told["runs"]] == [str(done.pk), str(child.pk)]
    assert [c["sentence"] for c in told["runs"][1]["difference"]] == ["Stop loss: 5 % → 3 %"]
    assert set(told["runs"][0]["figures"]) >= {"cagr", "sharpe_ratio", "max_drawdown", "trades"}
    ticked = f"/backtests/compare/?runs={done.pk}&runs={child.pk}"
    assert client.get(ticked).status_code == 200


def test_a_comparison_is_of_two_to_four_own_runs(client, done):
    child = finish(refine(client, done, "stop 3 %"))
    names = f"{done.pk},{child.pk}"
    assert Client().get(f"/backtests/compare/?runs={names}").status_code == 404
    assert Client().get("/api/backtests/compare", {"runs": names}).status_code == 404
    for wrong in ("", str(done.pk), f"{done.pk},{done.pk}", "a,b", ",".join([names] * 3) + ",x"):
        assert client.get("/api/backtests/compare", {"runs": wrong}).status_code == 400
        assert client.get(f"/backtests/compare/?runs={wrong}").status_code == 302
