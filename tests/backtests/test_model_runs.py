"""Whole runs with a language model, over real HTTP: written, repaired, told; or left out."""

from collections.abc import Iterator

import pytest

from backtests import pipeline
from backtests.models import BacktestRun
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.strategy_model import StrategyModel

IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70."
pytestmark = pytest.mark.usefixtures("empty_cache")


@pytest.fixture
def model(settings) -> Iterator[StrategyModel]:
    """Let the site ask a model on this machine; its first script is broken."""
    model = StrategyModel(break_first=True, prose_figures=True)
    with OpenAIServer(model) as server:
        settings.OPENAI_BASE_URL = server.url
        settings.OPENAI_API_KEY = "sk-test-canary"
        yield model


def test_a_broken_script_is_repaired_and_every_version_is_kept(model, start):
    run = pipeline.run_to_end(start(IDEA))
    assert run.status == "completed", run.failure_message
    versions = list(run.artifacts.filter(kind="script").order_by("version"))
    assert [version.version for version in versions] == [1, 2]
    assert versions[0].read() != versions[1].read()
    assert "AttributeError" in versions[1].note
    stages = [e.payload["stage"] for e in run.events.filter(kind="stage.finished")]
    assert stages == [
        "generating",
        "validating",
        "repairing",
        "validating",
        "executing",
        "reporting",
    ]
    assert run.events.filter(kind="script.repaired").count() == 1


def test_its_prose_has_our_figures_and_its_key_is_nowhere(model, start):
    run = pipeline.run_to_end(start(IDEA))
    facts = run.read_json("facts")
    assert "{{" not in facts["analysis"]
    assert facts["analysis"].startswith("## What happened")
    assert facts["luck"]["variants_tried"] == 2
    for artifact in run.artifacts.all():
        assert b"sk-test-canary" not in artifact.read()
    assert "sk-test-canary" not in str(list(run.events.values_list("payload", flat=True)))


def test_the_same_figures_come_from_the_translator_and_the_model(model, start, settings):
    written = pipeline.run_to_end(start(IDEA))
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = ""
    translated = pipeline.run_to_end(start(IDEA))
    assert written.artifact("trades").content_hash == translated.artifact("trades").content_hash


def test_a_model_that_does_not_answer_leaves_the_idea_to_the_translator(start, settings):
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    run = pipeline.run_to_end(start(IDEA))
    assert run.status == "completed", run.failure_message
    said = run.read_json("spec")["assumptions"]
    assert any("built-in translator read it" in sentence for sentence in said)


def test_the_page_and_the_markdown_show_its_prose(model, data, client):
    body = {"strategy_description": IDEA}
    started = client.post("/api/backtests", body, content_type="application/json").json()
    run = pipeline.run_to_end(BacktestRun.objects.get(pk=started["id"]))
    page = client.get(f"/reports/{run.pk}/").content.decode()
    assert "<h3>What happened</h3>" in page
    assert "### What happened" in run.artifact("report_markdown").read().decode()
