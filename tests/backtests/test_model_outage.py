"""A model that fails is left alone by all runs, and each report says who read the idea."""

import json
from collections.abc import Iterator

import pytest

from backtests import pipeline
from backtests.models import HoldOut
from backtests.providers import translator
from billing.models import ModelCall
from runs.memory import SharedMemory
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.fakes.strategy_model import StrategyModel

IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70."
pytestmark = pytest.mark.usefixtures("empty_cache")


@pytest.fixture
def server(settings) -> Iterator[OpenAIServer]:
    with OpenAIServer(StrategyModel()) as running:
        settings.OPENAI_BASE_URL = running.url
        settings.OPENAI_API_KEY = "sk-test-canary"
        yield running


def asked(idea):
    """A message with this idea in it, as the gateway fences it."""
    return f"<idea-tag>\n{idea}\n</idea-tag>"


def said(run):
    """What the report says about the model; nothing when it did its work."""
    assert run.status == "completed", run.failure_message
    sentences = run.read_json("spec")["assumptions"]
    return "".join(s for s in sentences if "language model" in s)


def test_a_refused_key_is_asked_once_and_then_by_no_run(server, start):
    server.push(Step(status=401, error={"message": "Incorrect API key: sk-test-canary"}))
    first = said(pipeline.run_to_end(start(IDEA)))
    assert "gave no answer (Incorrect API key: [redacted])" in first
    second = said(pipeline.run_to_end(start(IDEA)))
    assert second.startswith("The language model is left alone until ")
    assert "because its key, address or quota was refused" in second
    assert second.endswith("the built-in translator read the idea.")
    assert len(server.journal) == 1
    assert ModelCall.objects.count() == 1


def test_a_failing_server_is_left_alone_by_the_next_run(server, start, settings):
    settings.LLM_BREAKER_FAILURES = 1
    server.push(Step(status=503))
    assert "gave no answer" in said(pipeline.run_to_end(start(IDEA)))
    assert "because it failed several times in a row" in said(pipeline.run_to_end(start(IDEA)))
    assert len(server.journal) == 1


def test_a_script_that_the_model_does_not_repair_is_replaced_by_the_translators(start, settings):
    settings.LLM_BREAKER_FAILURES = 1
    with OpenAIServer(StrategyModel(break_first=True)) as server:
        settings.OPENAI_BASE_URL = server.url
        reading = Step(content=json.dumps(StrategyModel().reading(IDEA)))
        script = Step(content=StrategyModel(break_first=True).script(asked(IDEA), repairing=False))
        server.push(reading, script, *[Step(status=503)] * 9)
        run = pipeline.run_to_end(start(IDEA))
    sentence = said(run)
    assert sentence.startswith("The language model's script did not pass. ")
    assert sentence.endswith("the built-in translator read it.")
    versions = list(run.artifacts.filter(kind="script").order_by("version"))
    assert [version.name for version in versions] == ["strategy.py", "strategy.v2.py"]
    assert "AttributeError" in versions[1].note
    assert run.artifacts.filter(kind="spec").count() == 1
    assert run.read_json("facts")["provenance"]["provider"] == translator().name
    translated = pipeline.run_to_end(start(IDEA))
    assert run.artifact("trades").content_hash == translated.artifact("trades").content_hash


def test_sealed_days_stay_sealed_when_the_translator_starts_over(start, settings):
    settings.LLM_BREAKER_FAILURES = 1
    with OpenAIServer(StrategyModel(break_first=True)) as server:
        settings.OPENAI_BASE_URL = server.url
        reading = Step(content=json.dumps(StrategyModel().reading(IDEA)))
        script = Step(content=StrategyModel(break_first=True).script(asked(IDEA), repairing=False))
        server.push(reading, script, *[Step(status=503)] * 9)
        run = pipeline.run_to_end(start(IDEA, holdout=0.2))
    assert said(run)
    sealed = HoldOut.objects.get()
    assert str(sealed.first_day) > run.read_json("facts")["dataset"]["last_day"]


def test_without_a_cache_the_model_is_asked_all_the_same(server, start, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/valkey.sock",
        }
    }
    memory = SharedMemory()
    memory.set("a", 1, 10)
    assert (memory.get("a"), memory.add("a", 1, 10), memory.incr("a")) == (None, True, 1)
    memory.delete("a")
    assert said(pipeline.run_to_end(start(IDEA))) == ""
    assert len(server.journal) == 3


def test_the_shared_memory_counts_for_everybody(empty_cache):
    memory = SharedMemory()
    with pytest.raises(ValueError):
        memory.incr("count")
    assert memory.add("count", 0, 10)
    assert not memory.add("count", 0, 10)
    assert memory.incr("count") == 1
