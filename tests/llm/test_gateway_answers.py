"""The same question of the same owner is answered once; everything that decides it is its name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from llm.gateway import AnswerCache, CallRecord, LLMBadOutput, LLMCancelled, ModelProvider
from llm.gateway.usage import TokenBudget
from llm.provider import Draft
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.fakes.store import Clock, MemoryStore
from tests.fakes.strategy_model import StrategyModel
from tests.llm.connections import KEY, connect
from tests.llm.test_gateway_figures import FACTS
from tests.llm.test_gateway_provider import CONTEXT, CROSS_IDEA, RSI_IDEA, answer

DAY = 24 * 3600


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(StrategyModel()) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(clock: Clock) -> AnswerCache:
    return AnswerCache(MemoryStore(clock), "user:alice", DAY, thread="run 1")


def write(server: OpenAIServer, cache: AnswerCache, idea: str = RSI_IDEA, **more: Any) -> Draft:
    connection = connect(server, **more.pop("connection", {}))
    on_delta = more.pop("on_delta", None)
    provider = ModelProvider(connection, memory={}, answers=cache, **more)
    draft = provider.write(idea, CONTEXT, on_delta=on_delta)
    assert isinstance(draft, Draft)
    return draft


def test_the_same_idea_again_asks_nobody(server: OpenAIServer, cache: AnswerCache) -> None:
    first = write(server, cache)
    assert len(server.journal) == 2
    assert write(server, cache) == first
    assert len(server.journal) == 2


def test_a_kept_answer_is_shown_and_recorded_like_any_other(
    server: OpenAIServer, cache: AnswerCache
) -> None:
    draft = write(server, cache)
    shown: list[str] = []
    records: list[CallRecord] = []
    write(server, cache, on_delta=shown.append, record_call=records.append)
    assert "".join(shown) == f"```python\n{draft.script}```"
    assert [(r.purpose, r.status, r.from_cache, r.rung) for r in records] == [
        ("reading", "ok", True, "json_schema"),
        ("script", "ok", True, None),
    ]
    assert {(r.usage.total, r.usage.cost) for r in records if r.usage} == {(0, 0.0)}


def test_a_kept_answer_needs_no_budget_and_no_server(
    server: OpenAIServer, cache: AnswerCache
) -> None:
    first = write(server, cache)
    connection = {"base_url": server.url}
    server.__exit__()
    assert write(server, cache, connection=connection, budget=TokenBudget(0)) == first


def test_a_repair_and_prose_are_kept_too(server: OpenAIServer, cache: AnswerCache) -> None:
    draft = write(server, cache)
    facts = {**FACTS, "benchmark": {"name": "buy and hold", "metrics": {"total_return": 0.2}}}
    model = ModelProvider(connect(server), memory={}, answers=cache)
    first = model.repair(draft, "x = 1", "boom", attempt=1), model.analyse(facts)
    asked = len(server.journal)
    assert first == (model.repair(draft, "x = 1", "boom", attempt=1), model.analyse(facts))
    assert len(server.journal) == asked == 4
    model.repair(draft, "x = 1", "another error", attempt=1)
    assert len(server.journal) == 5


CHANGES = [
    {"model": "other"},
    {"temperature": 0.3},
    {"reasoning_effort": "low"},
    {"extra_body": {"top_k": 1}},
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_decides_the_answer_makes_another_question(
    server: OpenAIServer, cache: AnswerCache, change: dict[str, Any]
) -> None:
    write(server, cache)
    write(server, cache, connection=change)
    assert len(server.journal) == 4


def test_another_idea_another_server_and_another_key(
    server: OpenAIServer, cache: AnswerCache
) -> None:
    write(server, cache)
    write(server, cache, CROSS_IDEA)
    assert len(server.journal) == 4
    with OpenAIServer(StrategyModel()) as other:
        write(other, cache)
        assert len(other.journal) == 2
    # The key opens the door; it does not change the answer.
    write(server, cache, connection={"api_key": "sk-another-0123456789"})
    assert len(server.journal) == 4


def test_nobody_gets_what_somebody_elses_words_led_to(
    server: OpenAIServer, cache: AnswerCache
) -> None:
    write(server, cache)
    write(server, replace(cache, owner="user:bob"))
    assert len(server.journal) == 4


def test_after_a_day_it_is_asked_again(
    server: OpenAIServer, cache: AnswerCache, clock: Clock
) -> None:
    write(server, cache)
    clock.pass_by(DAY - 1)
    write(server, cache)
    assert len(server.journal) == 2
    clock.pass_by(2)
    write(server, cache)
    assert len(server.journal) == 4


def test_an_answer_of_no_use_is_not_kept(server: OpenAIServer, cache: AnswerCache) -> None:
    server.push(answer(), Step(content="no code"), Step(content="none again"))
    with pytest.raises(LLMBadOutput):
        write(server, cache)
    assert write(server, cache).script
    # The reading was good and is kept; both useless answers were asked for anew, as one.
    assert len(server.journal) == 4


def test_the_way_to_a_good_answer_is_kept_as_a_whole(
    server: OpenAIServer, cache: AnswerCache
) -> None:
    server.push(answer(rules=[]), answer())
    first = write(server, cache)
    assert len(server.journal) == 3
    assert write(server, cache) == first
    assert len(server.journal) == 3


def test_what_led_nowhere_is_forgotten_together(server: OpenAIServer, cache: AnswerCache) -> None:
    write(server, cache)
    again = replace(cache, thread="run 2")
    write(server, again)
    again.forget()
    write(server, replace(cache, thread="run 3"))
    assert len(server.journal) == 4


def test_a_cancelled_run_is_not_served_from_the_cache(
    server: OpenAIServer, cache: AnswerCache
) -> None:
    write(server, cache)
    with pytest.raises(LLMCancelled):
        write(server, cache, is_cancelled=lambda: True)


def test_no_question_and_no_key_is_kept(server: OpenAIServer, cache: AnswerCache) -> None:
    write(server, cache)
    store = cache.store
    assert isinstance(store, MemoryStore)
    kept = json.dumps(store.kept)
    assert KEY not in kept
    assert "0.1 % commission" not in kept
