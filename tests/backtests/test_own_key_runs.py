"""Runs with a user's own key: it is used, its owner pays, and it is nowhere afterwards."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection

from accounts import api_keys
from accounts.access import Owner
from accounts.models import ApiKey
from backtests import pipeline
from backtests.reading import preview
from billing.models import ModelCall, UsageDay
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.fakes.strategy_model import StrategyModel

IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70."
SECRET = "sk-proj-canary0123456789abcdef"
pytestmark = pytest.mark.usefixtures("empty_cache")


@pytest.fixture
def server(settings) -> Iterator[OpenAIServer]:
    settings.OWN_KEY_PRIVATE_ADDRESSES = True
    with OpenAIServer(StrategyModel(break_first=True)) as running:
        yield running


@pytest.fixture
def key(server, alice) -> ApiKey:
    return api_keys.create_key(
        user=alice,
        name="mine",
        kind="compatible",
        base_url=server.url,
        model="fake-own",
        key=SECRET,
    )


def run_of(start: Any, user: Any) -> Any:
    run = pipeline.run_to_end(start(IDEA, owner=Owner(user=user)))
    assert run.status == "completed", run.failure_message
    return run


def everything_stored(caplog: pytest.LogCaptureFixture) -> dict[str, bytes]:
    """Every row, every file below the data folder, every value of the cache, every log line."""
    found = {"the log": caplog.text.encode()}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[f"table {table}"] = repr(cursor.fetchall()).encode()
    for path in Path(django_settings.VAR_DIR).rglob("*"):
        if path.is_file():
            found[f"file {path.name}"] = path.read_bytes()
    client = cache._cache.get_client()
    for name in client.keys("*"):
        kind = client.type(name)
        value = client.get(name) if kind == b"string" else b""
        found[f"cache {name!r}"] = name + b" " + (value or b"")
    return found


def holding(secret: str, stored: dict[str, bytes]) -> list[str]:
    return [place for place, content in stored.items() if secret.encode() in content]


def test_a_run_uses_its_owners_key_and_no_budget_of_the_site(key, server, start, alice, settings):
    settings.LLM_DAILY_TOKENS_USER = 0
    run = run_of(start, alice)
    assert {seen.headers["authorization"] for seen in server.journal} == {f"Bearer {SECRET}"}
    assert {body["model"] for body in server.bodies} == {"fake-own"}
    calls = ModelCall.objects.filter(run=run.pk)
    assert len(calls) == len(server.journal) == 4
    assert {(c.own_key, c.cost) for c in calls} == {(True, None)}
    assert UsageDay.objects.get().model_tokens == 0
    assert run.read_json("facts")["provenance"]["provider"] == "fake-own"


def test_nobody_elses_run_uses_it(key, server, start, bob):
    run_of(start, bob)
    run_of(start, None)
    assert server.journal == []


def test_it_comes_before_the_sites_model(key, server, start, alice, bob, settings):
    with OpenAIServer(StrategyModel()) as site:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = site.url, "sk-of-the-site-0123"
        run_of(start, alice)
        assert site.journal == []
        run_of(start, bob)
        assert {s.headers["authorization"] for s in site.journal} == {"Bearer sk-of-the-site-0123"}


def test_a_key_out_of_use_is_not_used(key, server, start, alice):
    api_keys.change_key(api_key=key, is_active=False)
    run_of(start, alice)
    assert server.journal == []


def test_nothing_of_the_environment_counts(key, server, start, alice, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-of-the-environment")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/canary")
    run_of(start, alice)
    assert "canary-of-the-environment" not in str([seen.headers for seen in server.journal])


def test_a_failing_key_is_nowhere_after_its_run(key, server, start, alice, caplog):
    """The server says the key in every way it can; none of them leaves a trace."""
    caplog.set_level(logging.DEBUG)
    server.push(
        Step(
            status=401,
            error={"message": f"Incorrect API key provided: {SECRET}", "code": SECRET},
            headers={"x-request-id": SECRET},
        )
    )
    run = run_of(start, alice)
    said = run.read_json("spec")["assumptions"]
    assert any("built-in translator read" in sentence for sentence in said)
    stored = everything_stored(caplog)
    assert len(stored) > 40
    assert holding("Incorrect API key provided", stored)
    assert holding(SECRET, stored) == []
    assert SECRET not in str(server.bodies)


def test_a_key_that_the_answers_repeat_is_nowhere_after_its_run(key, server, start, alice, caplog):
    caplog.set_level(logging.DEBUG)
    wise = StrategyModel()

    def parrot(body: dict[str, Any]) -> Step:
        step = wise(body)
        text = (step.content or "").replace('"""Buy when', f'"""{SECRET} Buy when')
        return Step(content=text.replace("Oversold", SECRET), chunk=7)

    server._responder = parrot
    run = run_of(start, alice)
    assert "[redacted]" in run.title
    assert holding(SECRET, everything_stored(caplog)) == []


def test_a_key_that_cannot_be_read_leaves_the_idea_to_the_translator(
    key, server, start, alice, settings
):
    ApiKey.objects.update(encrypted_key="gAAAAA-nothing")
    run = run_of(start, alice)
    said = run.read_json("spec")["assumptions"]
    assert any("your stored key can no longer be read" in sentence for sentence in said)
    assert server.journal == []


def test_its_owner_gets_no_preview_because_the_model_reads_in_its_own_way(key, data, alice, bob):
    assert preview(idea=IDEA, user=alice) is None
    assert preview(idea=IDEA, user=bob) is not None
