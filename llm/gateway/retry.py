"""Our one retry policy, and what is learnt from each attempt."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Any

from llm.gateway.accounting import Entry, replayed
from llm.gateway.breaker import Visit
from llm.gateway.circumstances import Circumstances
from llm.gateway.client import ChatRequest, ShowDelta, request_body, stream_once
from llm.gateway.connection import ConnectionSettings, Rung
from llm.gateway.errors import LLMCancelled, LLMError, LLMPaused, LLMTimeout
from llm.gateway.parameters import Learned, learn_from, learned, structure_refused
from llm.gateway.thinking import Delta
from llm.gateway.transcript import Answer

FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0
# Each lesson costs one refused request, and there are only seven parameters to refuse.
MOST_LESSONS = 7


async def complete(
    connection: ConnectionSettings,
    request: ChatRequest,
    around: Circumstances,
    *,
    rung: Rung | None = None,
) -> Answer:
    """One answer: one that was kept, or else after as many attempts as the policy allows.

    A kept answer is shown and recorded like any other; it needs no budget and no server.
    """
    answers = around.answers
    if answers is None:
        return await _complete(connection, request, around, rung)
    kept = answers.find(connection, request)
    if kept is not None:
        _replay(connection, kept, around, rung)
        return kept
    answer = await _complete(connection, request, around, rung)
    answers.note(connection, request, answer)
    return answer


def _replay(
    connection: ConnectionSettings, kept: Answer, around: Circumstances, rung: Rung | None
) -> None:
    if around.is_cancelled and around.is_cancelled():
        raise LLMCancelled("cancelled")
    if around.on_delta:
        around.on_delta(Delta("text", kept.text))
    if around.record_call:
        around.record_call(replayed(connection, kept, around, rung))


async def _complete(
    connection: ConnectionSettings, request: ChatRequest, around: Circumstances, rung: Rung | None
) -> Answer:
    """One answer, after as many attempts as the policy allows within the deadline.

    Only transient failures are repeated, and never after text was shown to someone: the second
    answer would not continue the first. `Retry-After` is obeyed as long as it fits.
    """
    known = learned(connection, around.memory)
    ends = time.monotonic() + around.deadline
    shown = _Shown(around.on_delta)
    attempt, lessons = 1, 0
    failed: _Failed | None = None
    while True:
        left = ends - time.monotonic()
        if left <= 0:
            raise LLMTimeout("the deadline was used up by retries")
        with _visit(connection, around, failed) as visit:
            outcome = await _guarded(
                visit, connection, request, known, around, shown, attempt, left, rung
            )
        if isinstance(outcome, Answer):
            return outcome
        failed = outcome
        if failed.learnt and lessons < MOST_LESSONS:
            lessons += 1
            continue
        wait = _wait_before_next(failed.error, attempt)
        tired = failed.is_final or attempt >= around.tries or shown.anything
        if tired or wait >= ends - time.monotonic():
            raise failed.error
        await around.sleep(wait)
        attempt += 1


@dataclass(frozen=True, slots=True)
class _Failed:
    """One attempt that gave no answer; `learnt` that the next one will ask differently."""

    error: LLMError
    learnt: bool = False
    is_final: bool = False


async def _guarded(
    visit: Visit | _NoVisit,
    connection: ConnectionSettings,
    request: ChatRequest,
    known: Learned,
    around: Circumstances,
    shown: _Shown,
    attempt: int,
    left: float,
    rung: Rung | None,
) -> Answer | _Failed:
    """One attempt, and what the breaker is told of it."""
    body = request_body(connection, request, known)
    try:
        answer = await _attempt(
            connection, request, body, around, shown, attempt=attempt, left=left, rung=rung
        )
    except LLMError as error:
        if learn_from(error, body, known):
            visit.answered()
            return _Failed(error, learnt=True, is_final=not error.retryable)
        if request.response_format and structure_refused(error):
            # The ladder answers this one; waiting does not.
            visit.answered()
            return _Failed(error, is_final=True)
        opened = visit.failed(error)
        return _Failed(error, is_final=opened or not error.retryable)
    visit.answered()
    return answer


class _NoVisit:
    """A visit where no breaker stands."""

    def answered(self) -> None: ...

    def failed(self, error: LLMError) -> bool:
        return False

    def __enter__(self) -> _NoVisit:
        return self

    def __exit__(self, *exc: object) -> None: ...


def _visit(
    connection: ConnectionSettings, around: Circumstances, before: _Failed | None
) -> Visit | _NoVisit:
    if around.breaker is None:
        return _NoVisit()
    try:
        return around.breaker.enter(connection)
    except LLMPaused as paused:
        # Between two attempts our own failure says more than that others failed too.
        error = before.error if before else paused
    raise error


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
    entry = Entry(connection, request, around, attempt, rung)
    try:
        answer = await stream_once(
            connection,
            request,
            body,
            deadline=left,
            on_delta=shown,
            is_cancelled=around.is_cancelled,
        )
    except LLMError as error:
        entry.failed(error)
        raise
    except BaseException:
        # The reader failed, or the caller went away: what was asked was asked.
        entry.abandoned()
        raise
    entry.answered(answer)
    return answer
