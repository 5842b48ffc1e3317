"""What has arrived of one answer so far, and whether it counts as an answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from llm.gateway.connection import ConnectionSettings
from llm.gateway.errors import LLMBadOutput, LLMRefused, LLMTransient, from_error_object
from llm.gateway.redact import Blackout, redact
from llm.gateway.thinking import Delta, ThinkingSplitter, drop_unopened_thinking, reasoning_in
from llm.gateway.usage import Message, Usage, usage_of

# Far above any answer we ask for; a server that never stops must not fill the memory.
MOST_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: the server said it finished, and there is text."""

    text: str
    reasoning: str
    finish: str
    usage: Usage
    model: str
    milliseconds: int
    first_token_milliseconds: int | None
    request_id: str | None


@dataclass(slots=True)
class Transcript:
    """Collects the chunks of one stream."""

    connection: ConnectionSettings
    messages: Sequence[Message]
    started: float = field(default_factory=time.monotonic)
    first_token: float | None = None
    model: str = ""
    finish: str | None = None
    reported_usage: Any = None
    request_id: str | None = None
    _text: list[str] = field(default_factory=list)
    _reasoning: list[str] = field(default_factory=list)
    _refusal: list[str] = field(default_factory=list)
    _splitter: ThinkingSplitter = field(default_factory=ThinkingSplitter)
    _size: int = 0
    _blackout: Blackout = field(init=False)

    def __post_init__(self) -> None:
        # A server may say the key it was given; what it says is stored and shown.
        self._blackout = Blackout(self.connection.secrets)

    @property
    def text(self) -> str:
        return "".join(self._text)

    @property
    def usage(self) -> Usage:
        answer = self.text + "".join(self._reasoning)
        return usage_of(self.reported_usage, self.connection, self.messages, answer)

    def take(self, chunk: Any) -> list[Delta]:
        """Add one streamed chunk; returns what a reader may be shown of it."""
        self.model = chunk.model or self.model
        self.reported_usage = chunk.usage or self.reported_usage
        deltas: list[Delta] = []
        for choice in chunk.choices or []:
            if choice.index:
                continue
            if choice.delta is not None:
                deltas += self._from_delta(choice.delta)
            self.finish = choice.finish_reason or self.finish
        return self._keep(deltas)

    def take_whole(self, body: Any) -> list[Delta]:
        """Add a body that came in one piece although a stream was asked for."""
        if not isinstance(body, dict):
            raise LLMTransient("malformed response (not a JSON object)")
        if body.get("error"):
            raise from_error_object(body["error"], secrets=self.connection.secrets)
        from openai.types.chat import ChatCompletion

        completion = ChatCompletion.model_construct(None, **body)
        self.model = completion.model or self.model
        self.reported_usage = getattr(completion, "usage", None)
        if not getattr(completion, "choices", None):
            raise LLMTransient("malformed response (no choices)")
        choice = completion.choices[0]
        deltas = self._from_delta(choice.message)
        self.finish = choice.finish_reason
        return self._keep(deltas)

    def _from_delta(self, delta: Any) -> list[Delta]:
        deltas: list[Delta] = []
        reasoning = reasoning_in(delta.model_extra or {})
        if reasoning:
            deltas.append(Delta("reasoning", reasoning))
        if getattr(delta, "refusal", None):
            self._refusal.append(delta.refusal)
        if delta.content:
            deltas += self._splitter.feed(delta.content)
        return deltas

    def _keep(self, deltas: list[Delta]) -> list[Delta]:
        deltas = [self._without_secrets(delta) for delta in deltas]
        for delta in deltas:
            self.first_token = self.first_token or time.monotonic()
            self._size += len(delta.text)
            (self._reasoning if delta.kind == "reasoning" else self._text).append(delta.text)
        if self._size > MOST_CHARACTERS:
            raise LLMBadOutput("the answer does not end", code="length")
        return deltas

    def close(self) -> list[Delta]:
        """What was still held back."""
        deltas = self._keep(self._splitter.finish())
        if rest := self._blackout.finish():
            self._text.append(rest)
            deltas.append(Delta("text", rest))
        return deltas

    def _without_secrets(self, delta: Delta) -> Delta:
        if delta.kind == "reasoning":
            return delta  # never stored; redacted as a whole in `answer`
        return Delta("text", self._blackout.feed(delta.text))

    def milliseconds(self) -> int:
        return int((time.monotonic() - self.started) * 1000)

    def answer(self) -> Answer:
        """The finished answer, or our error for what is missing.

        The client library reports a stream that ends without `finish_reason` as a success.
        """
        thought, text = drop_unopened_thinking(self.text)
        extra: dict[str, Any] = {
            "partial": text,
            "usage": self.usage,
            "request_id": self.request_id,
            "secrets": self.connection.secrets,
        }
        if self._refusal or self.finish == "content_filter":
            raise LLMRefused("".join(self._refusal) or "stopped by a content filter", **extra)
        if self.finish is None:
            raise LLMTransient("the answer broke off (no finish_reason)", **extra)
        if self.finish == "length":
            why = "" if text.strip() else " before any answer (all of it reasoning)"
            raise LLMBadOutput(f"the token limit was reached{why}", code="length", **extra)
        if not text.strip():
            raise LLMBadOutput("the answer is empty", code="empty", **extra)
        first = self.first_token
        return Answer(
            text=text,
            reasoning=redact("".join(self._reasoning) + thought, self.connection.secrets),
            finish=self.finish,
            usage=self.usage,
            model=self.model or self.connection.model,
            milliseconds=self.milliseconds(),
            first_token_milliseconds=None if first is None else int((first - self.started) * 1000),
            request_id=self.request_id,
        )
