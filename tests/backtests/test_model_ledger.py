"""Whole runs with a language model: every attempt is in the ledger, and nothing else is."""

import json
from collections.abc import Iterator

import pytest
from django.core import serializers

from accounts.access import Owner
from backtests import pipeline
from billing.models import ModelCall, UsageDay
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.fakes.strategy_model import StrategyModel

IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70."
pytestmark = pytest.mark.usefixtures("empty_cache")


@pytest.fixture
def server(settings) -> Iterator[OpenAIServer]:
    """Let the site ask a model on this machine; its first script is broken."""
    with OpenAIServer(StrategyModel(break_first=True)) as running:
        settings.OPENAI_BASE_URL = running.url
        settings.OPENAI_API_KEY = "sk-test-canary"
        yield running


def calls(run):
    return list(ModelCall.objects.filter(run=run.pk).order_by("created_at"))


def test_every_call_of_a_run_has_its_row(server, start, alice):
    run = pipeline.run_to_end(start(IDEA, owner=Owner(user=alice)))
    assert run.status == "completed", run.failure_message
    made = calls(run)
    assert [(c.purpose, c.status) for c in made] == [
        ("reading", "ok"),
        ("script", "ok"),
        ("repair", "ok"),
        ("analysis", "ok"),
    ]
    assert {c.user for c in made} == {alice}
    assert {(c.prompt_tokens, c.completion_tokens, c.cost) for c in made} == {(11, 7, None)}
    assert made[0].rung == "json_schema"
    assert made[0].prompt_version.startswith("read_idea/")
    assert len(server.journal) == len(made)


def test_a_failed_attempt_has_a_row_of_its_own(server, start):
    server.push(Step(status=401, error={"message": "bad key sk-test-canary"}))
    run = pipeline.run_to_end(start(IDEA))
    assert run.status == "completed", run.failure_message
    first = calls(run)[0]
    assert (first.purpose, first.status, first.http_status) == ("reading", "config", 401)
    assert (first.prompt_tokens, first.cost) == (0, None)


def test_no_word_of_the_idea_and_no_key_is_in_the_ledger(server, start):
    pipeline.run_to_end(start(IDEA))
    written = serializers.serialize("json", ModelCall.objects.all())
    for word in ("RSI", "S&P", "sk-test-canary", "Oversold"):
        assert word not in written


def test_the_same_idea_again_costs_its_owner_nothing(server, start, alice, bob):
    first = pipeline.run_to_end(start(IDEA, owner=Owner(user=alice)))
    asked = len(server.journal)
    again = pipeline.run_to_end(start(IDEA, owner=Owner(user=alice)))
    assert again.status == "completed", again.failure_message
    assert len(server.journal) == asked
    assert again.artifact("script").content_hash == first.artifact("script").content_hash
    made = calls(again)
    assert {(c.from_cache, c.cost, c.prompt_tokens) for c in made} == {(True, 0, 0)}
    assert UsageDay.objects.get(user=alice).model_tokens == 18 * asked
    pipeline.run_to_end(start(IDEA, owner=Owner(user=bob)))
    assert len(server.journal) == 2 * asked


def test_a_run_that_failed_is_asked_for_anew(server, start):
    hopeless = "```python\nPARAMS = {}\n\n\ndef signals(bars):\n    return bars.clsoe\n```"
    reading = json.dumps(StrategyModel().reading(IDEA))
    server.push(Step(content=reading), *[Step(content=hopeless)] * 2)
    failed = pipeline.run_to_end(start(IDEA))
    assert failed.status == "failed", failed.failure_message
    asked = len(server.journal)
    again = pipeline.run_to_end(start(IDEA))
    assert again.status == "completed", again.failure_message
    assert not any(c.from_cache for c in calls(again))
    assert len(server.journal) > asked


def test_the_cache_can_be_turned_off(server, start, settings):
    settings.LLM_CACHE_SECONDS = 0
    pipeline.run_to_end(start(IDEA))
    asked = len(server.journal)
    pipeline.run_to_end(start(IDEA))
    assert len(server.journal) == 2 * asked
