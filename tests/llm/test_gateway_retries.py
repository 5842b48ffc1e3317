"""The one retry policy, learning from refusals, the ledger and the budget."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from llm.gateway.errors import (
    LLMBudget,
    LLMConfig,
    LLMError,
    LLMTimeout,
    LLMTransient,
    retry_after_seconds,
)
from llm.gateway.usage import CallRecord, TokenBudget
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.llm.connections import ask, connect
from tests.waiting import without_waiting_for


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


class Waits(list[float]):
    """Takes the place of sleeping and keeps what was asked for."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def test_a_transient_failure_is_tried_again_until_it_works(server: OpenAIServer) -> None:
    waits = Waits()
    server.push(Step(status=500), Step(content="cut", cut=(1, "rst")), Step(content="third"))
    assert ask(connect(server), tries=3, sleep=waits).text == "third"
    assert len(server.journal) == 3
    assert 0.375 <= waits[0] <= 0.625
    assert 0.75 <= waits[1] <= 1.25


def test_waits_differ_so_that_workers_do_not_return_in_step(server: OpenAIServer) -> None:
    waits = Waits()
    for _ in range(6):
        server.push(Step(status=503), Step())
        ask(connect(server), tries=2, sleep=waits)
    assert len(set(waits)) == 6


def test_it_gives_up_after_three_attempts(server: OpenAIServer) -> None:
    server.push(*[Step(status=502)] * 5)
    with pytest.raises(LLMTransient):
        ask(connect(server), tries=3, sleep=Waits())
    assert len(server.journal) == 3


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404])
def test_what_cannot_heal_is_asked_once(server: OpenAIServer, status: int) -> None:
    server.push(Step(status=status))
    with pytest.raises(LLMError):
        ask(connect(server), tries=3, sleep=Waits())
    assert len(server.journal) == 1


def test_a_used_up_quota_is_not_tried_again_although_it_comes_as_429(
    server: OpenAIServer,
) -> None:
    server.push(Step(status=429, error={"code": "insufficient_quota", "message": "pay"}))
    with pytest.raises(LLMConfig):
        ask(connect(server), tries=3, sleep=Waits())
    assert len(server.journal) == 1


def test_retry_after_is_obeyed_for_real(server: OpenAIServer) -> None:
    server.push(Step(status=429, headers={"Retry-After": "1"}), Step())
    start = time.monotonic()
    ask(connect(server), tries=2)
    assert time.monotonic() - start >= 1.0


def test_a_retry_after_beyond_the_deadline_fails_at_once(server: OpenAIServer) -> None:
    server.push(Step(status=429, headers={"Retry-After": "86400"}))
    with without_waiting_for(60), pytest.raises(LLMTransient) as caught:
        ask(connect(server), tries=3)
    assert caught.value.retry_after == 86400


def test_retry_after_is_read_as_seconds_milliseconds_or_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert retry_after_seconds({"retry-after": "2.5"}) == 2.5
    assert retry_after_seconds({"retry-after-ms": "1500", "retry-after": "9"}) == 1.5
    assert 25 < (retry_after_seconds({"retry-after": later}) or 0) <= 30
    assert retry_after_seconds({"retry-after": "Sat, 01 Jan 2000 00:00:00 GMT"}) == 0
    assert retry_after_seconds({"retry-after": "soon"}) is None
    assert retry_after_seconds({}) is None


def test_nothing_is_tried_again_once_text_was_shown(server: OpenAIServer) -> None:
    server.push(Step(content="half an answer", cut=(2, "rst")), Step())
    shown: list[str] = []
    with pytest.raises(LLMTransient):
        ask(connect(server), tries=3, on_delta=lambda d: shown.append(d.text), sleep=Waits())
    assert shown
    assert len(server.journal) == 1


def test_a_watcher_who_saw_nothing_yet_does_not_stop_the_retry(server: OpenAIServer) -> None:
    server.push(Step(status=500), Step(content="fine"))
    shown: list[str] = []
    ask(connect(server), tries=2, on_delta=lambda d: shown.append(d.text), sleep=Waits())
    assert "".join(shown) == "fine"


def test_all_attempts_together_stay_within_the_deadline(server: OpenAIServer) -> None:
    server.push(*[Step(first_token_after=0.5, status=500, raw=b"{}")] * 120)
    with without_waiting_for(60), pytest.raises(LLMTransient):
        ask(connect(server), tries=120, deadline=1.2)


def test_silence_uses_up_the_deadline_only_once(server: OpenAIServer) -> None:
    server.push(*[Step(first_token_after=60)] * 60)
    with without_waiting_for(60), pytest.raises(LLMTimeout):
        ask(connect(server), tries=60, deadline=1.0)


def test_rejected_parameters_are_learnt_one_by_one_and_remembered() -> None:
    picky = Step(rejected=("max_tokens", "temperature", "stream_options", "reasoning_effort"))
    with OpenAIServer(lambda body: picky) as server:
        connection = connect(server, temperature=0.2, reasoning_effort="low")
        memory: dict[object, object] = {}
        ask(connection, memory=memory)
        assert len(server.journal) == 5
        ask(connection, memory=memory)
    assert len(server.journal) == 6
    assert set(server.bodies[-1]) == {"model", "messages", "stream", "max_completion_tokens"}
    assert server.bodies[-1]["max_completion_tokens"] == 200


def test_a_lesson_does_not_count_as_an_attempt(server: OpenAIServer) -> None:
    server.push(Step(rejected=("max_tokens",)))
    assert ask(connect(server), tries=1).text == "ok"


def test_a_server_that_refuses_both_token_names_is_asked_without() -> None:
    with OpenAIServer(lambda b: Step(rejected=("max_tokens", "max_completion_tokens"))) as server:
        ask(connect(server))
    assert "max_tokens" not in server.bodies[-1]
    assert "max_completion_tokens" not in server.bodies[-1]


def test_lessons_of_one_model_do_not_concern_another(server: OpenAIServer) -> None:
    memory: dict[object, object] = {}
    server.push(Step(rejected=("temperature",)))
    ask(connect(server, temperature=0.5), memory=memory)
    ask(connect(server, temperature=0.5, model="other"), memory=memory)
    assert server.bodies[-1]["temperature"] == 0.5


def test_openai_and_azure_get_the_newer_token_name() -> None:
    from llm.gateway.connection import ConnectionSettings

    def named(url: str) -> str:
        return ConnectionSettings(url, "k", "m").tokens_named

    assert named("https://api.openai.com/v1") == "max_completion_tokens"
    assert named("https://mine.openai.azure.com/openai/v1") == "max_completion_tokens"
    assert named("http://localhost:11434/v1") == "max_tokens"


def test_every_attempt_is_recorded_failed_ones_included(server: OpenAIServer) -> None:
    records: list[CallRecord] = []
    server.push(Step(status=503), Step(usage=(100, 20)))
    ask(
        connect(server),
        tries=2,
        sleep=Waits(),
        record_call=records.append,
        purpose="script",
        prompt_version="write_script/1",
    )
    assert [(r.attempt, r.status, r.http_status) for r in records] == [
        (1, "LLMTransient", 503),
        (2, "ok", None),
    ]
    assert records[1].usage is not None
    assert (records[1].usage.prompt, records[1].usage.completion) == (100, 20)
    assert records[1].prompt_version == "write_script/1"
    assert records[1].first_token_milliseconds is not None


def test_a_budget_refuses_what_it_cannot_cover_before_anything_is_sent(
    server: OpenAIServer,
) -> None:
    budget = TokenBudget(450)
    server.push(Step(usage=(200, 100)))
    ask(connect(server), budget=budget)
    assert budget.used == 300
    with pytest.raises(LLMBudget, match="150 are left"):
        ask(connect(server), budget=budget)
    assert len(server.journal) == 1
    assert budget.used == 300


def test_a_failed_call_gives_its_reservation_back(server: OpenAIServer) -> None:
    budget = TokenBudget(1000)
    server.push(Step(status=401))
    with pytest.raises(LLMConfig):
        ask(connect(server), budget=budget)
    assert budget.used == 0


def test_a_call_whose_reader_failed_is_recorded_and_its_question_counted(
    server: OpenAIServer,
) -> None:
    def broken(delta: object) -> None:
        raise ZeroDivisionError

    records: list[CallRecord] = []
    budget = TokenBudget(1000)
    with pytest.raises(ZeroDivisionError):
        ask(connect(server), on_delta=broken, record_call=records.append, budget=budget)
    [record] = records
    assert record.usage is not None
    assert (record.status, record.usage.estimated) == ("LLMCancelled", True)
    assert budget.used == record.usage.total == 1
