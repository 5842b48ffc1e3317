"""One attempt in the books: held in the budget before it, settled and recorded once after it."""

from __future__ import annotations

import time
from typing import Any

from llm.gateway.circumstances import Circumstances
from llm.gateway.client import ChatRequest
from llm.gateway.connection import ConnectionSettings, Rung
from llm.gateway.errors import LLMError
from llm.gateway.redact import redact
from llm.gateway.transcript import Answer
from llm.gateway.usage import CallRecord, Usage, usage_of


class Entry:
    """Begins with the reservation (`LLMBudget` where there is no room); ends with one of three."""

    def __init__(
        self,
        connection: ConnectionSettings,
        request: ChatRequest,
        around: Circumstances,
        attempt: int,
        rung: Rung | None,
    ) -> None:
        self._connection, self._request, self._around = connection, request, around
        self._attempt, self._rung = attempt, rung
        budget = around.budget
        self._held = budget.reserve(request.messages, request.max_tokens) if budget else None
        self._started = time.monotonic()

    def answered(self, answer: Answer) -> None:
        """The server finished its answer."""
        secrets = self._connection.secrets
        self._close(
            answer.usage,
            model=redact(answer.model, secrets),
            status="ok",
            first_token_milliseconds=answer.first_token_milliseconds,
            request_id=answer.request_id and redact(answer.request_id, secrets),
        )

    def failed(self, error: LLMError) -> None:
        """There was no answer."""
        self._close(
            error.usage,
            model=self._connection.model,
            status=type(error).__name__,
            http_status=error.status,
            code=error.code,
            request_id=error.request_id,
        )

    def abandoned(self) -> None:
        """Nobody waits for the answer any more; the question was asked all the same."""
        usage = usage_of(None, self._connection, self._request.messages, "")
        self._close(usage, model=self._connection.model, status="LLMCancelled")

    def _close(self, usage: Usage | None, **facts: Any) -> None:
        around = self._around
        try:
            if around.budget:
                around.budget.settle(self._held, usage)
        finally:
            if around.record_call:
                around.record_call(self._record(usage, facts))

    def _record(self, usage: Usage | None, facts: dict[str, Any]) -> CallRecord:
        return CallRecord(
            purpose=self._around.purpose,
            base_url=self._connection.base_url,
            attempt=self._attempt,
            usage=usage,
            milliseconds=int((time.monotonic() - self._started) * 1000),
            rung=self._rung,
            prompt_version=self._around.prompt_version,
            **facts,
        )


def replayed(
    connection: ConnectionSettings, kept: Answer, around: Circumstances, rung: Rung | None
) -> CallRecord:
    """The record of an answer that was kept: nothing was asked, nothing was used."""
    return CallRecord(
        purpose=around.purpose,
        model=kept.model,
        base_url=connection.base_url,
        attempt=1,
        status="ok",
        usage=kept.usage,
        milliseconds=0,
        rung=rung,
        prompt_version=around.prompt_version,
        from_cache=True,
    )
