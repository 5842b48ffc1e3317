"""A model explains a script that no specification explains: on a person's wish, and marked."""

import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.access import Owner
from backtests import asking_to_explain, events, model_explanation, pipeline
from backtests.artifacts import attach, store
from backtests.errors import BacktestInvalid
from backtests.models import BacktestEvent, BacktestRun
from billing.models import ModelCall, UsageDay
from tests.backtests.ideas import GOLDEN_CROSS, SCRIPT
from tests.factories import browser_of
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.fakes.strategy_model import StrategyModel

IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70."
MARK = "Explained by the model fake-1; not checked against the rules."
SAID = {
    8: "Decide for all days at once.",
    9: "The average of the closes over 50 days.",
    10: "In above the average, out below.",
}
pytestmark = pytest.mark.usefixtures("empty_cache")


@pytest.fixture
def server(settings) -> Iterator[OpenAIServer]:
    settings.LOOK_AHEAD_CUTS = 2
    settings.OPENAI_MODEL = "fake-1"
    with OpenAIServer(StrategyModel()) as running:
        settings.OPENAI_BASE_URL = running.url
        settings.OPENAI_API_KEY = "sk-test-canary"
        yield running


@pytest.fixture
def own(start, alice) -> BacktestRun:
    """Alice's run of a script of her own."""
    return finished(start(own_script=SCRIPT, symbol="SPX", owner=Owner(user=alice)))


def finished(run: BacktestRun) -> BacktestRun:
    run = pipeline.run_to_end(run)
    assert run.status == "completed", run.failure_message
    return run


def answer(said: dict[int, str]) -> Step:
    return Step(
        content=json.dumps({"lines": [{"line": k, "sentence": s} for k, s in said.items()]})
    )


def explained(run: BacktestRun) -> asking_to_explain.Standing:
    """Ask, and do what a worker does."""
    asked = asking_to_explain.ask(run=run, enqueue=False)
    if asked.state == "waiting":
        model_explanation.write(run.pk, asked.asked)
    return asking_to_explain.of(run)


def address(run: BacktestRun) -> str:
    return f"/api/backtests/{run.pk}/script/explanation"


def purposes(run: BacktestRun) -> list[str]:
    return list(ModelCall.objects.filter(run=run.pk).values_list("purpose", flat=True))


def test_nobody_asks_unless_a_person_does(server, own):
    assert server.journal == []
    page = browser_of(own.user).get(f"/reports/{own.pk}/").content.decode()
    assert "Explain with fake-1" in page
    assert "You wrote this script" in page
    assert server.journal == []


def test_a_script_of_ones_own_is_explained_and_marked(server, own):
    server.push(answer(SAID))
    assert explained(own).state == "written"
    browser = browser_of(own.user)
    told = browser.get(f"/api/backtests/{own.pk}/script").json()
    assert {one["line"]: one["sentence"] for one in told["explained"]} == SAID
    assert (told["explained_by"], told["explained_note"]) == ("model", MARK)
    assert told["not_explained"] == ""
    for where in (f"/reports/{own.pk}/", f"/backtests/{own.pk}/?stages"):
        page = browser.get(where).content.decode()
        assert 'class="explained"' in page
        assert MARK in page
        assert SAID[9] in page
        assert "Explain with" not in page
    found = browser.get(address(own)).json()
    assert (found["state"], found["by"], found["model"]) == ("written", MARK, "fake-1")
    assert {one["line"]: one["sentence"] for one in found["lines"]} == SAID
    assert purposes(own) == ["explain"]
    assert UsageDay.objects.get(user=own.user).model_tokens == 18


def test_a_second_visit_does_not_ask_again(server, own):
    first = explained(own)
    assert explained(own) == first
    browser = browser_of(own.user)
    assert browser.post(address(own)).status_code == 200
    browser.get(f"/reports/{own.pk}/")
    assert len(server.journal) == 1
    assert own.events.filter(kind=events.EXPLANATION_ASKED).count() == 1


def test_a_models_script_is_explained_too(server, start):
    run = finished(start(IDEA))
    assert explained(run).state == "written"
    assert purposes(run).count("explain") == 1


def test_a_repaired_script_is_explained_afresh(server, start, alice):
    server._responder = StrategyModel(break_first=True)
    run = finished(start(IDEA, owner=Owner(user=alice)))
    assert run.artifact("script").version == 2
    assert explained(run).state == "written"
    assert run.artifact("explanation").version == 2
    # A script that comes after it inherits nothing.
    attach(run, store("script", "strategy.v3.py", SCRIPT.encode(), version=3))
    told = browser_of(alice).get(f"/api/backtests/{run.pk}/script").json()
    assert told["explained"] == []
    assert asking_to_explain.of(run).state == "none"


def test_an_edited_script_does_not_inherit_it(server, own, start):
    explained(own)
    edited = SCRIPT.replace("50", "60")
    child = start(own_script=edited, symbol="SPX", owner=Owner(user=own.user), parent=own)
    child = finished(child)
    page = browser_of(own.user).get(f"/reports/{child.pk}/").content.decode()
    assert MARK not in page
    assert "Explain with fake-1" in page


def test_what_a_specification_explains_is_not_asked_for(server, start, alice):
    run = finished(start(GOLDEN_CROSS, reader="translator", owner=Owner(user=alice)))
    with pytest.raises(BacktestInvalid, match="explained already"):
        asking_to_explain.ask(run=run, enqueue=False)
    page = browser_of(alice).get(f"/reports/{run.pk}/").content.decode()
    assert "Explain with" not in page


def test_a_run_that_is_still_at_work_is_not_explained(server, start, alice):
    run = start(own_script=SCRIPT, symbol="SPX", owner=Owner(user=alice))
    answered = browser_of(alice).post(address(run))
    assert answered.status_code == 400
    assert "may still change" in answered.content.decode()


def test_anothers_run_is_not_there(server, own, bob):
    stranger = browser_of(bob)
    assert stranger.get(address(own)).status_code == 404
    assert stranger.post(address(own)).status_code == 404
    assert stranger.get(f"/backtests/{own.pk}/explanation").status_code == 404
    assert stranger.post(f"/backtests/{own.pk}/explanation").status_code == 404
    assert not own.events.filter(kind=events.EXPLANATION_ASKED).exists()


def test_without_a_model_a_sentence_says_so(own):
    browser = browser_of(own.user)
    answered = browser.post(address(own))
    assert answered.status_code == 400
    assert "No language model is set up" in answered.content.decode()
    page = browser.get(f"/reports/{own.pk}/").content.decode()
    assert "No language model is set up" in page
    assert "Explain with" not in page


def test_over_budget_no_call_is_made_and_a_sentence_says_so(server, own, settings):
    settings.LLM_DAILY_TOKENS_USER = 100
    found = explained(own)
    assert found.state == "failed"
    assert found.message.startswith("Today's budget for the language model is used up (")
    assert found.message.endswith("Nothing was lost, and you can ask again.")
    assert server.journal == []


FAULTS = {
    "come back tomorrow": Step(
        status=429, headers={"Retry-After": "86400"}, error={"message": "come back tomorrow"}
    ),
    "bad key [redacted]": Step(status=401, error={"message": "bad key sk-test-canary"}),
    "the token limit was reached": Step(content='{"lines": [', finish="length"),
    "there is no complete JSON object": Step(content="Line 9 computes it."),
    "no sentence could be shown": answer({9: "It earned 500 % a year."}),
    "I will not": Step(content=None, refusal="I will not"),
}


@pytest.mark.parametrize("said", FAULTS)
def test_a_fault_is_said_and_asking_again_works(said, server, own, settings):
    settings.LLM_BREAKER_CONFIG_SECONDS = 0.01
    server.push(*[FAULTS[said]] * 2)
    found = explained(own)
    assert found.state == "failed"
    assert said in found.message
    assert "Nothing was lost" in found.message
    assert "sk-test-canary" not in str(list(own.events.values_list("payload", flat=True)))
    browser = browser_of(own.user)
    page = browser.get(f"/reports/{own.pk}/").content.decode()
    assert "Ask fake-1 again" in page
    assert browser.get(address(own)).json()["message"] == found.message
    server._steps.clear()
    assert explained(own).state == "written"


def test_what_fails_the_check_is_left_out_and_counted(server, own):
    server.push(answer({**SAID, 9: "The average over 60 days.", 5: "It earned 500 % a year."}))
    explained(own)
    told = browser_of(own.user).get(f"/api/backtests/{own.pk}/script").json()
    assert [one["line"] for one in told["explained"]] == [8, 10]
    assert told["explained_note"].startswith(f"{MARK} 2 of its sentences are left out")
    stored = own.artifact("explanation").read()
    assert b"500" not in stored and b"60 days" not in stored


def test_a_question_that_nobody_answers_may_be_asked_again(server, own):
    lost = asking_to_explain.ask(run=own, enqueue=False)
    assert asking_to_explain.ask(run=own, enqueue=False).asked == lost.asked
    BacktestEvent.objects.filter(run=own, sequence=lost.asked).update(
        created_at=timezone.now() - model_explanation.PATIENCE - timedelta(seconds=1)
    )
    found = asking_to_explain.of(own)
    assert (found.state, found.message) == ("failed", model_explanation.LOST)
    model_explanation.write(own.pk, lost.asked)  # its worker comes back too late
    assert server.journal == []
    assert explained(own).state == "written"


def test_a_broken_worker_leaves_a_sentence(server, own, monkeypatch):
    def broken(run):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(model_explanation, "asking", SimpleNamespace(
        model_provider=broken, model_name=model_explanation.asking.model_name
    ))  # fmt: skip
    with pytest.raises(RuntimeError):
        explained(own)
    assert asking_to_explain.of(own).message == model_explanation.OUR_FAULT


def test_a_run_that_is_deleted_meanwhile_is_left_alone(server, own):
    asked = asking_to_explain.ask(run=own, enqueue=False)

    def deleting(body):
        BacktestRun.objects.filter(pk=own.pk).delete()
        return answer(SAID)

    server._responder = deleting
    model_explanation.write(own.pk, asked.asked)
    assert not BacktestEvent.objects.filter(run=own.pk).exists()


def test_the_page_asks_shows_progress_and_then_all_of_it(server, own, monkeypatch):
    sent = []
    monkeypatch.setattr("backtests.tasks.explain.delay", lambda *words: sent.append(words))
    browser, way = browser_of(own.user), f"/backtests/{own.pk}/explanation"
    part = browser.post(way, headers={"HX-Request": "true"})
    assert "Asking fake-1 for a sentence for every line" in part.content.decode()
    assert f'hx-get="{way}"' in part.content.decode()
    assert "HX-Refresh" not in part
    assert browser.post(way).url == f"/backtests/{own.pk}/#script"
    [(run_id, asked)] = sent
    model_explanation.write(run_id, asked)
    assert browser.get(way, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_asking_too_often_is_told_to_wait(server, own):
    asking_to_explain.ask(run=own, enqueue=False)  # a question that waits is not asked again
    browser, way = browser_of(own.user), f"/backtests/{own.pk}/explanation"
    # The minute may end in between: then it takes ten more.
    answers = [browser.post(address(own)) for _ in range(21)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and refused[-1]["Retry-After"]
    assert {answer.status_code for answer in answers[:10]} == {202}
    parts = [browser.post(way, headers={"HX-Request": "true"}) for _ in range(11)]
    assert any("asked often within a minute" in part.content.decode() for part in parts)
    assert server.journal == []


def test_its_events_are_facts_of_the_run(server, own):
    explained(own)
    told = [(e.kind, e.payload) for e in own.events.filter(kind__startswith="explanation.")]
    assert [kind for kind, _ in told] == ["explanation.asked", "explanation.written"]
    assert told[0][1] == {"version": 1, "model": "fake-1"}
    assert told[1][1]["lines"] == len(own.read_json("explanation")["lines"])
