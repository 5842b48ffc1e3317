"""What fails again and again is left alone, tried once after a pause, and used again when well."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from llm.gateway.breaker import PROBE_SECONDS, Breaker, Visit
from llm.gateway.connection import ConnectionSettings
from llm.gateway.errors import (
    LLMBadOutput,
    LLMCancelled,
    LLMConfig,
    LLMError,
    LLMPaused,
    LLMTimeout,
    LLMTransient,
)
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.fakes.store import Clock, MemoryStore
from tests.llm.connections import KEY, ask, connect


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(
        MemoryStore(clock),
        failures=3,
        pause_seconds=30,
        config_pause_seconds=300,
        clock=clock,
        jitter=lambda: 1.0,
    )


async def no_wait(seconds: float) -> None:
    """Takes the place of sleeping between two attempts."""


def fail(server: OpenAIServer, breaker: Breaker, times: int = 1, **step: Any) -> None:
    for _ in range(times):
        server.push(Step(**{"status": 503, **step}))
        with pytest.raises(LLMError):
            ask(connect(server), breaker=breaker)


def test_after_failures_in_a_row_nothing_is_asked(server: OpenAIServer, breaker: Breaker) -> None:
    fail(server, breaker, times=3)
    with pytest.raises(LLMPaused) as paused:
        ask(connect(server), breaker=breaker)
    assert len(server.journal) == 3
    assert (paused.value.code, paused.value.retry_after) == ("failures", 30)
    assert "503" in str(paused.value)


def test_a_success_in_between_begins_the_count_anew(server: OpenAIServer, breaker: Breaker) -> None:
    for _ in range(3):
        fail(server, breaker, times=2)
        ask(connect(server), breaker=breaker)
    assert len(server.journal) == 9


@pytest.mark.parametrize(
    "step",
    [
        {"status": 500},
        {"status": 200, "cut": (1, "rst")},
        {"status": 200, "cut": (1, "clean")},
        {"status": 408},
    ],
)
def test_every_kind_of_outage_counts(
    server: OpenAIServer, breaker: Breaker, step: dict[str, Any]
) -> None:
    fail(server, breaker, times=3, **step)
    with pytest.raises(LLMPaused):
        ask(connect(server), breaker=breaker)


def test_a_server_that_is_not_there_is_left_alone(breaker: Breaker) -> None:
    nobody = ConnectionSettings("http://127.0.0.1:9/v1", KEY, "m", allow_private_addresses=True)
    for _ in range(3):
        with pytest.raises(LLMTransient):
            ask(nobody, breaker=breaker)
    with pytest.raises(LLMPaused):
        ask(nobody, breaker=breaker)


def test_a_timeout_counts(server: OpenAIServer, breaker: Breaker) -> None:
    server.push(*[Step(first_token_after=60)] * 3)
    for _ in range(3):
        with pytest.raises(LLMTimeout):
            ask(connect(server), breaker=breaker, deadline=0.05)
    with pytest.raises(LLMPaused):
        ask(connect(server), breaker=breaker)


@pytest.mark.parametrize(
    "step",
    [
        {"status": 429, "headers": {"Retry-After": "86400"}},
        {"status": 400},
        {"status": 200, "content": ""},
        {"status": 200, "finish": "length"},
        {"status": 200, "finish": "content_filter"},
    ],
)
def test_a_server_that_answers_badly_is_no_outage(
    server: OpenAIServer, breaker: Breaker, step: dict[str, Any]
) -> None:
    fail(server, breaker, times=5, **step)
    assert ask(connect(server), breaker=breaker).text == "ok"


def test_attempts_of_one_call_count_and_an_open_circuit_ends_them(
    server: OpenAIServer, breaker: Breaker
) -> None:
    server.push(*[Step(status=502)] * 9)
    with pytest.raises(LLMTransient) as failed:
        ask(connect(server), tries=9, breaker=breaker, sleep=no_wait)
    assert not isinstance(failed.value, LLMPaused)
    assert len(server.journal) == 3


def test_after_the_pause_one_call_is_let_through_and_closes_the_circuit(
    server: OpenAIServer, breaker: Breaker, clock: Clock
) -> None:
    fail(server, breaker, times=3)
    clock.pass_by(29)
    with pytest.raises(LLMPaused):
        ask(connect(server), breaker=breaker)
    clock.pass_by(2)
    assert ask(connect(server), breaker=breaker).text == "ok"
    fail(server, breaker, times=2)
    assert ask(connect(server), breaker=breaker).text == "ok"


def test_a_failed_try_opens_it_for_another_pause(
    server: OpenAIServer, breaker: Breaker, clock: Clock
) -> None:
    fail(server, breaker, times=3)
    clock.pass_by(31)
    fail(server, breaker)
    with pytest.raises(LLMPaused) as paused:
        ask(connect(server), breaker=breaker)
    assert paused.value.retry_after == 30
    assert len(server.journal) == 4


def test_of_twenty_who_come_after_the_pause_one_tries(
    server: OpenAIServer, breaker: Breaker, clock: Clock
) -> None:
    fail(server, breaker, times=3)
    clock.pass_by(31)
    barrier = threading.Barrier(20)
    visits: list[Visit] = []
    paused: list[LLMPaused] = []

    def come() -> None:
        barrier.wait(timeout=20)
        try:
            visits.append(breaker.enter(connect(server)))
        except LLMPaused as error:
            paused.append(error)

    threads = [threading.Thread(target=come) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(visits), len(paused)) == (1, 19)


@pytest.mark.parametrize("how", ["cancelled", "killed", "its reader failed"])
def test_a_try_without_a_result_is_given_to_somebody_else(
    server: OpenAIServer, breaker: Breaker, clock: Clock, how: str
) -> None:
    fail(server, breaker, times=3)
    clock.pass_by(31)
    if how == "killed":
        breaker.enter(connect(server))
        clock.pass_by(PROBE_SECONDS + 1)
    elif how == "cancelled":
        with pytest.raises(LLMCancelled):
            ask(connect(server), breaker=breaker, is_cancelled=lambda: True)
    else:

        def broken(delta: object) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            ask(connect(server), breaker=breaker, on_delta=broken)
    assert ask(connect(server), breaker=breaker).text == "ok"


@pytest.mark.parametrize(
    "step",
    [
        {"status": 401},
        {"status": 402},
        {"status": 429, "error": {"code": "insufficient_quota", "message": "pay"}},
    ],
)
def test_a_refused_key_is_left_alone_at_once_and_for_longer(
    server: OpenAIServer, breaker: Breaker, clock: Clock, step: dict[str, Any]
) -> None:
    fail(server, breaker, **step)
    clock.pass_by(31)
    with pytest.raises(LLMPaused) as paused:
        ask(connect(server), breaker=breaker)
    assert (paused.value.code, paused.value.retry_after) == ("configuration", 269)
    assert len(server.journal) == 1
    clock.pass_by(270)
    assert ask(connect(server), breaker=breaker).text == "ok"


def test_one_key_that_is_refused_does_not_concern_another(
    server: OpenAIServer, breaker: Breaker
) -> None:
    fail(server, breaker, status=401)
    assert ask(connect(server, api_key="sk-another-0123456789"), breaker=breaker).text == "ok"


def test_an_outage_concerns_every_key_but_no_other_model(
    server: OpenAIServer, breaker: Breaker
) -> None:
    fail(server, breaker, times=3)
    with pytest.raises(LLMPaused):
        ask(connect(server, api_key="sk-another-0123456789"), breaker=breaker)
    assert ask(connect(server, model="other"), breaker=breaker).text == "ok"


def test_a_parameter_that_is_refused_is_learnt_and_no_failure(breaker: Breaker) -> None:
    with OpenAIServer(lambda body: Step(rejected=("max_tokens",))) as server:
        for _ in range(4):
            ask(connect(server), breaker=breaker, memory={})
    assert len(server.journal) == 8


def test_a_connection_that_was_tried_by_hand_is_used_at_once(
    server: OpenAIServer, breaker: Breaker
) -> None:
    fail(server, breaker, times=3)
    breaker.close(connect(server))
    assert ask(connect(server), breaker=breaker).text == "ok"


def test_pauses_differ_so_that_workers_do_not_return_in_step(server: OpenAIServer) -> None:
    ends = set()
    for _ in range(5):
        breaker = Breaker(MemoryStore(), failures=1, clock=Clock())
        fail(server, breaker)
        with pytest.raises(LLMPaused) as paused:
            breaker.enter(connect(server))
        ends.add(paused.value.retry_after)
        assert 22.5 <= (paused.value.retry_after or 0) <= 37.5
    assert len(ends) == 5


def test_nothing_that_is_kept_holds_a_key(server: OpenAIServer, breaker: Breaker) -> None:
    fail(server, breaker, status=401, error={"message": f"Incorrect API key: {KEY}"})
    fail(server, breaker, times=0)
    store = breaker.store
    assert isinstance(store, MemoryStore)
    assert store.kept
    assert KEY not in json.dumps(store.kept)


def test_failures_are_told_apart() -> None:
    visit = Visit(Breaker(MemoryStore(), failures=1), "server", "key")
    assert visit.failed(LLMTransient("cut")) is True
    assert visit.failed(LLMBadOutput("empty")) is False
    assert visit.failed(LLMConfig("no key")) is True
