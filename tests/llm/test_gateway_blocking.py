"""The plain face: callbacks in the caller's thread, results and interrupts carried across."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest

from llm.gateway import CallRecord, ModelProvider
from llm.gateway.blocking import CallersThread
from llm.provider import Draft, IdeaContext, SymbolFacts
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.fakes.strategy_model import StrategyModel
from tests.llm.connections import connect
from tests.waiting import without_waiting_for

IDEA = "Buy when RSI(14) is below 35, sell when it is above 60."
CONTEXT = IdeaContext((SymbolFacts("SPX"),), "SPX")


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(StrategyModel()) as running:
        yield running


def test_callbacks_run_where_the_caller_is_and_under_no_event_loop(server: OpenAIServer) -> None:
    places: set[tuple[str, int]] = set()

    def here(what: str) -> None:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        places.add((what, threading.get_ident()))

    def record(call: CallRecord) -> None:
        here("record")

    def is_cancelled() -> bool:
        here("cancelled")
        return False

    provider = ModelProvider(
        connect(server), memory={}, record_call=record, is_cancelled=is_cancelled
    )
    draft = provider.write(IDEA, CONTEXT, on_delta=lambda text: here("delta"))
    assert isinstance(draft, Draft)
    me = threading.get_ident()
    assert places == {("record", me), ("cancelled", me), ("delta", me)}


def test_it_works_inside_a_running_event_loop(server: OpenAIServer) -> None:
    async def inside() -> object:
        return ModelProvider(connect(server), memory={}).write(IDEA, CONTEXT)

    assert isinstance(asyncio.run(inside()), Draft)


def test_a_callbacks_own_exception_reaches_the_caller_unchanged(server: OpenAIServer) -> None:
    def fail(text: str) -> None:
        raise TimeoutError("my database")

    with pytest.raises(TimeoutError, match="my database"):
        ModelProvider(connect(server), memory={}).write(IDEA, CONTEXT, on_delta=fail)


class TimeLimit(BaseException):
    """Stands for what a task queue raises in the worker's thread."""


def test_an_interrupt_of_the_caller_closes_the_connection(server: OpenAIServer) -> None:
    reading = StrategyModel().reading(IDEA)

    server.push(Step(content=json.dumps(reading)), Step(content="x" * 6000, chunk=1, gap=0.01))

    def interrupt(text: str) -> None:
        raise TimeLimit

    with without_waiting_for(60), pytest.raises(TimeLimit):
        ModelProvider(connect(server), memory={}).write(IDEA, CONTEXT, on_delta=interrupt)
    assert server.wait_for_hang_up()


def test_an_interrupt_while_waiting_cancels_the_work() -> None:
    caller = CallersThread()
    ended = threading.Event()

    async def long() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    def interrupt() -> None:
        raise KeyboardInterrupt

    # What a signal does to a waiting thread, without a signal: the next job raises.
    threading.Timer(0.2, lambda: caller._jobs.put(interrupt)).start()
    with pytest.raises(KeyboardInterrupt):
        caller.run(long())
    assert ended.wait(20)
