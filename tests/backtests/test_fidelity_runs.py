"""Runs act their scenes out in the sandbox, and say what a script does wrong."""

import pytest

from accounts.access import Owner
from backtests import pipeline
from backtests.errors import ScriptFault
from backtests.fidelity.check import check, told
from backtests.fidelity.scenes import fidelity_of
from backtests.models import BacktestRun
from backtests.pipeline import trials
from engine.several import SeveralError, pack_worlds, read_answers
from llm.specification import write_script
from llm.translator import Translator
from tests.backtests.ideas import RSI_IDEA, SCRIPT
from tests.backtests.planted_specs import SPECS

pytestmark = pytest.mark.django_db


def failures_of(script, name="rsi2"):
    return check(
        script, fidelity_of(SPECS[name]), client=trials.client(), limits=trials.limits_of(10)
    )


def test_a_right_script_passes_in_the_sandbox():
    for name in ("rsi2", "momentum"):
        assert failures_of(write_script(SPECS[name]), name) == []


def test_a_wrong_script_is_told_the_day_what_was_due_and_what_it_did():
    script = write_script(SPECS["rsi2"]).replace("rsi < entry", "rsi > entry")
    failures = failures_of(script)

    assert failures
    sentence = failures[0].sentence
    assert sentence.startswith("On ") and "the rules" in sentence and "the script" in sentence
    message = told(fidelity_of(SPECS["rsi2"]), failures)
    assert "The rules: Buy SPX when the 2-day RSI is below 10" in message
    assert "made-up markets" in message


def test_a_script_that_breaks_on_valid_prices_fails_the_scene():
    script = write_script(SPECS["rsi2"]).replace(
        "    rsi = ", "    assert len(bars) > 5000, 'too short'\n    rsi = "
    )

    assert "too short" in failures_of(script)[0].sentence


def test_a_script_that_does_not_end_is_a_fault():
    script = write_script(SPECS["rsi2"]).replace("    rsi = ", "    while True: pass\n    rsi = ")

    with pytest.raises(ScriptFault, match="time limit"):
        check(
            script,
            fidelity_of(SPECS["rsi2"]),
            client=trials.client(),
            limits=trials.limits_of(1),
        )


def test_answers_that_are_no_answers_are_refused():
    worlds = [scene.world for scene in fidelity_of(SPECS["rsi2"]).scenes]

    for data in (b"", b"ABANSWER", b"x" * 100, pack_worlds(worlds)):
        with pytest.raises(SeveralError):
            read_answers(data, worlds)


def test_a_run_keeps_its_scenes_and_pages_show_them(start, client, alice):
    client.force_login(alice)
    run = pipeline.run_to_end(start(RSI_IDEA, owner=Owner(user=alice)))

    assert run.status == "completed"
    scenes = run.read_json("scenes")
    assert scenes["failed"] == [] and len(scenes["scenes"]) >= 3
    for page in (f"/reports/{run.pk}/", f"/backtests/{run.pk}/?stages"):
        html = client.get(page).content.decode()
        assert "What it would do" in html
        assert html.count('<svg class="scene-chart"') == len(scenes["scenes"])
        assert 'role="img"' in html and "style=" not in html.split("scenes-card")[1][:20000]
    text = run.artifact("report_markdown").read().decode()
    assert text.count("**Scene ") == len(scenes["scenes"])
    assert text.index("## How the idea was read") < text.index("## What it would do")


class Misreading(Translator):
    """Understands, and then writes something else."""

    def write(self, idea, context, *, on_delta=None):
        from dataclasses import replace

        draft = super().write(idea, context, on_delta=on_delta)
        return replace(draft, script=draft.script.replace(" & ", " | "))


def test_a_script_that_says_something_else_is_sent_back_and_shown(
    start, client, alice, monkeypatch
):
    client.force_login(alice)
    monkeypatch.setattr("backtests.providers.translator", Misreading)
    run = pipeline.run_to_end(start(RSI_IDEA, owner=Owner(user=alice)))

    assert run.status == "failed"
    assert "The script does not do what the rules say" in run.failure_message
    stages = list(run.events.filter(kind="stage.started").values_list("payload__stage", flat=True))
    assert "repairing" in stages
    assert run.read_json("scenes")["failed"]
    html = client.get(f"/backtests/{run.pk}/").content.decode()
    assert "Here the script does not do what the rules say" in html


def test_a_script_of_ones_own_has_no_scenes_to_keep(start):
    run = pipeline.run_to_end(start(own_script=SCRIPT, symbol="SPX"))

    assert run.status == "completed"
    assert run.artifact("scenes") is None


def test_rules_that_cannot_be_acted_out_are_our_fault_and_stop_nothing(start, monkeypatch):
    def broken(spec):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("backtests.fidelity.scenes.fidelity_of", broken)
    run = pipeline.run_to_end(start(RSI_IDEA))

    assert run.status == "completed"
    assert BacktestRun.objects.get(pk=run.pk).artifact("scenes") is None


def test_the_reading_of_an_idea_brings_its_scenes(data, client):
    read = client.post("/backtests/reading", {"idea": RSI_IDEA}).content.decode()
    assert 'hx-trigger="load"' in read
    address = read.split('hx-get="')[1].split('"')[0]

    drawn = client.get(address).content.decode()
    assert drawn.count("<figure") == 2 and "figcaption" in drawn
    again = client.post("/backtests/reading", {"idea": RSI_IDEA}).content.decode()
    assert again.count("<figure") == 2


def test_scenes_that_nobody_asked_for_are_nothing(client, db):
    assert "figure" not in client.get("/backtests/reading/scenes/abc").content.decode()
