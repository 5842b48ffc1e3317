"""One streamed call to one server, under a wall clock.

Always streamed, also when nobody watches: a deadline that holds against heartbeats, a way to
cancel, partial text for the record. The client library's own retries are off; `retry` has ours.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llm.gateway.connection import NO_KEY, ConnectionSettings
from llm.gateway.errors import LLMCancelled, LLMConfig, LLMError, LLMTransient, classify
from llm.gateway.parameters import Learned
from llm.gateway.ssrf import check_base_url
from llm.gateway.thinking import Delta
from llm.gateway.transcript import Answer, Transcript
from llm.gateway.usage import Message

if TYPE_CHECKING:
    from openai import AsyncOpenAI

ShowDelta = Callable[[Delta], None]
IsCancelled = Callable[[], bool]

# How long to wait for the usage chunk and the end of the stream once the answer is complete.
AFTERWARDS_SECONDS = 2.0
CANCEL_POLL_SECONDS = 0.2
MOST_BODY_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked, apart from where."""

    messages: tuple[Message, ...]
    max_tokens: int
    response_format: dict[str, Any] | None = None
    seed: int | None = None


class _StopShowing(Exception):
    """The caller's own `on_delta` failed; its exception is raised as it is, not classified."""


def request_body(
    connection: ConnectionSettings, request: ChatRequest, known: Learned
) -> dict[str, Any]:
    """Arguments of the call, without what this server is known to reject."""
    body: dict[str, Any] = {
        "model": connection.model,
        "messages": list(request.messages),
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if known.tokens_named:
        body[known.tokens_named] = request.max_tokens
    optional = {
        "response_format": request.response_format,
        "temperature": connection.temperature,
        "seed": request.seed,
        "reasoning_effort": connection.reasoning_effort,
    }
    body.update({name: value for name, value in optional.items() if value is not None})
    for name in known.dropped:
        body.pop(name, None)
    return body


def _extra_body(connection: ConnectionSettings, *, structured: bool) -> dict[str, Any] | None:
    extra = dict(connection.extra_body)
    if connection.server == "openrouter":
        extra.setdefault("usage", {"include": True})
        if structured:
            # Without it the schema may reach a provider that ignores it.
            extra.setdefault("provider", {"require_parameters": True})
    return extra or None


def open_client(connection: ConnectionSettings) -> AsyncOpenAI:
    """A client that takes nothing from the environment."""
    from openai import AsyncOpenAI

    from llm.gateway.transport import http_client

    base_url = check_base_url(connection.base_url, allow_private=connection.allow_private_addresses)
    # Empty strings, not None: None makes the library look into the environment.
    return AsyncOpenAI(
        base_url=base_url,
        api_key=connection.api_key or NO_KEY,
        admin_api_key="",
        organization="",
        project="",
        webhook_secret="",
        max_retries=0,
        http_client=http_client(connection),
    )


async def stream_once(
    connection: ConnectionSettings,
    request: ChatRequest,
    body: dict[str, Any],
    *,
    deadline: float,
    on_delta: ShowDelta | None = None,
    is_cancelled: IsCancelled | None = None,
) -> Answer:
    """Make one attempt; raises only members of `LLMError` (and what `on_delta` raises)."""
    transcript = Transcript(connection, request.messages)
    work = asyncio.create_task(
        _receive(connection, transcript, body, deadline=deadline, on_delta=on_delta)
    )
    try:
        await _watch(work, is_cancelled, transcript)
    finally:
        if not work.done():
            work.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await work
    failure = work.result()
    # Raised here, outside any `except`, so that no traceback carries the library's exception.
    if isinstance(failure, LLMError) and not transcript.finish:
        raise failure
    if failure is not None and not isinstance(failure, LLMError):
        raise failure
    return transcript.answer()


async def _watch(
    work: asyncio.Task[Exception | None], is_cancelled: IsCancelled | None, transcript: Transcript
) -> None:
    """Wait for the work; asks several times a second whether it is still wanted."""
    poll = CANCEL_POLL_SECONDS if is_cancelled else None
    while not work.done():
        if is_cancelled and is_cancelled():
            raise LLMCancelled("cancelled", partial=transcript.text, usage=transcript.usage)
        await asyncio.wait({work}, timeout=poll)


async def _receive(
    connection: ConnectionSettings,
    transcript: Transcript,
    body: dict[str, Any],
    *,
    deadline: float,
    on_delta: ShowDelta | None,
) -> Exception | None:
    """Fill the transcript; returns the failure instead of raising it."""
    shown_failure: list[Exception] = []

    def show(deltas: list[Delta]) -> None:
        if on_delta is None:
            return
        for delta in deltas:
            try:
                on_delta(delta)
            except Exception as error:
                shown_failure.append(error)
                raise _StopShowing from None

    try:
        async with asyncio.timeout(deadline) as clock, open_client(connection) as client:
            await _read(client, transcript, body, clock, show)
    except _StopShowing:
        return shown_failure[0]
    except Exception as error:
        return classify(
            error,
            partial=transcript.text,
            usage=transcript.usage if transcript.text else None,
            secrets=connection.secrets,
        )
    return None


async def _read(
    client: AsyncOpenAI,
    transcript: Transcript,
    body: dict[str, Any],
    clock: asyncio.Timeout,
    show: Callable[[list[Delta]], None],
) -> None:
    extra = _extra_body(transcript.connection, structured="response_format" in body)
    stream = await client.chat.completions.create(**body, extra_body=extra)
    try:
        headers = stream.response.headers
        transcript.request_id = headers.get("x-request-id") or headers.get("x-generation-id")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/html":
            raise LLMConfig(
                "a web page came instead of an answer; is the address right?", code="html"
            )
        if kind == "application/json":
            show(transcript.take_whole(json.loads(await _whole_body(stream.response))))
        else:
            async for chunk in stream:
                show(transcript.take(chunk))
                if transcript.finish:
                    _stop_soon(clock)
        show(transcript.close())
    finally:
        await stream.close()


def _stop_soon(clock: asyncio.Timeout) -> None:
    soon = asyncio.get_running_loop().time() + AFTERWARDS_SECONDS
    when = clock.when()
    if when is not None and soon < when and not clock.expired():
        clock.reschedule(soon)


async def _whole_body(response: Any) -> bytes:
    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > MOST_BODY_BYTES:
            raise LLMTransient("malformed response (too large)")
        parts.append(part)
    return b"".join(parts)
