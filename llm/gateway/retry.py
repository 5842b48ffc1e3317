"""Our one retry policy, the ledger of attempts, and learning what a server rejects."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from llm.gateway.client import ChatRequest, IsCancelled, ShowDelta, request_body, stream_once
from llm.gateway.connection import ConnectionSettings, Rung
from llm.gateway.errors import LLMError, LLMTimeout
from llm.gateway.parameters import Memory, learn_from, learned, structure_refused
from llm.gateway.thinking import Delta
from llm.gateway.transcript import Answer
from llm.gateway.usage import CallRecord, RecordCall, TokenBudget

TRIES = 3
FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0
# Each lesson costs one refused request, and there are only seven parameters to refuse.
MOST_LESSONS = 7

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that surrounds a call and does not change what is asked."""

    purpose: str = "chat"
    deadline: float = 120.0
    tries: int = TRIES
    on_delta: ShowDelta | None = None
    is_cancelled: IsCancelled | None = None
    record_call: RecordCall | None = None
    budget: TokenBudget | None = None
    memory: Memory | None = None
    prompt_version: str | None = None
    sleep: Sleep = asyncio.sleep


async def complete(
    connection: ConnectionSettings,
    request: ChatRequest,
    around: Circumstances,
    *,
    rung: Rung | None = None,
) -> Answer:
    """One answer, after as many attempts as the policy allows within the deadline.

    Only transient failures are repeated, and never after text was shown to someone: the second
    answer would not continue the first. `Retry-After` is obeyed as long as it fits.
    """
    known = learned(connection, around.memory)
    ends = time.monotonic() + around.deadline
    shown = _Shown(around.on_delta)
    attempt, lessons = 1, 0
    while True:
        left = ends - time.monotonic()
        if left <= 0:
            raise LLMTimeout("the deadline was used up by retries")
        body = request_body(connection, request, known)
        failure = None
        try:
            return await _attempt(
                connection, request, body, around, shown, attempt=attempt, left=left, rung=rung
            )
        except LLMError as error:
            failure = error
        if lessons < MOST_LESSONS and learn_from(failure, body, known):
            lessons += 1
            continue
        if request.response_format and structure_refused(failure):
            # The ladder answers this one; waiting does not.
            raise failure
        wait = _wait_before_next(failure, attempt)
        tired = not failure.retryable or attempt >= around.tries or shown.anything
        if tired or wait >= ends - time.monotonic():
            raise failure
        await around.sleep(wait)
        attempt += 1


def _wait_before_next(failure: LLMError, attempt: int) -> float:
    if failure.retry_after is not None:
        return failure.retry_after
    wait = min(LONGEST_WAIT, FIRST_WAIT * float(2 ** (attempt - 1)))
    # Jitter, so that workers stopped by one outage do not come back in step.
    return wait * random.uniform(0.75, 1.25)


class _Shown:
    """Passes deltas on and remembers that there were any."""

    def __init__(self, on_delta: ShowDelta | None) -> None:
        self.on_delta = on_delta
        self.anything = False

    def __call__(self, delta: Delta) -> None:
        if self.on_delta:
            self.anything = True
            self.on_delta(delta)


async def _attempt(
    connection: ConnectionSettings,
    request: ChatRequest,
    body: dict[str, Any],
    around: Circumstances,
    shown: _Shown,
    *,
    attempt: int,
    left: float,
    rung: Rung | None,
) -> Answer:
    budget = around.budget
    reserved = budget.reserve(request.messages, request.max_tokens) if budget else 0
    started = time.monotonic()
    usage = None

    def record(**facts: Any) -> None:
        if around.record_call:
            around.record_call(
                CallRecord(
                    purpose=around.purpose,
                    base_url=connection.base_url,
                    attempt=attempt,
                    milliseconds=int((time.monotonic() - started) * 1000),
                    rung=rung,
                    prompt_version=around.prompt_version,
                    **facts,
                )
            )

    try:
        answer = await stream_once(
            connection,
            request,
            body,
            deadline=left,
            on_delta=shown,
            is_cancelled=around.is_cancelled,
        )
        usage = answer.usage
    except LLMError as error:
        usage = error.usage
        record(
            model=connection.model,
            status=type(error).__name__,
            usage=usage,
            http_status=error.status,
            code=error.code,
            request_id=error.request_id,
        )
        raise
    finally:
        if budget:
            budget.settle(reserved, usage)
    record(
        model=answer.model,
        status="ok",
        usage=usage,
        first_token_milliseconds=answer.first_token_milliseconds,
        request_id=answer.request_id,
    )
    return answer
