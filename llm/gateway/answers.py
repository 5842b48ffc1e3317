"""Answers kept for a day, for one owner: the same question again costs nothing.

An answer is found by everything that decides it: address, model, prompt version, messages,
sampling parameters and schema. Neither the key nor the run is among them; the owner is, so nobody
ever sees what somebody else's words led to. Kept is only what turned out to be of use: an answer
that was rejected would be rejected for a whole day.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from llm.gateway.client import ChatRequest
from llm.gateway.connection import ConnectionSettings
from llm.gateway.store import Store
from llm.gateway.transcript import Answer
from llm.gateway.usage import Usage

# An answer we could use is far shorter.
MOST_CHARACTERS = 200_000
MOST_KEYS = 100
FREE = Usage(cost=0.0)


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """Where one owner's answers are; `thread` names what may have to be forgotten together."""

    store: Store
    owner: str
    seconds: int
    thread: str = ""

    def forget(self) -> None:
        """Drop every answer that this thread used or left, because it led nowhere."""
        for key in self._used():
            self.store.delete(key)
        self.store.delete(self._thread_key)

    @property
    def _thread_key(self) -> str:
        return f"llm:answers-of:{_digest([self.owner, self.thread])}"

    def _used(self) -> list[str]:
        used = self.store.get(self._thread_key)
        return used if isinstance(used, list) else []

    def use(self, *keys: str) -> None:
        """Note that the thread depends on these."""
        if self.thread and keys:
            used = [*self._used(), *keys][-MOST_KEYS:]
            self.store.set(self._thread_key, used, self.seconds)


@dataclass(slots=True)
class Answers:
    """The cache as one operation sees it: what it finds, and what it will keep if it succeeds.

    `tag` is the operation's random fence, which means nothing and differs every time.
    """

    cache: AnswerCache
    tag: str
    prompt_version: str | None = None
    pending: dict[str, Answer] = field(default_factory=dict)

    def find(self, connection: ConnectionSettings, request: ChatRequest) -> Answer | None:
        """The kept answer to this question."""
        key = self._key(connection, request)
        kept = self.cache.store.get(key)
        if not isinstance(kept, dict):
            return None
        self.cache.use(key)
        return Answer(
            text=kept["text"],
            reasoning="",
            finish="stop",
            usage=FREE,
            model=kept["model"],
            milliseconds=0,
            first_token_milliseconds=None,
            request_id=None,
        )

    def note(self, connection: ConnectionSettings, request: ChatRequest, answer: Answer) -> None:
        """Hold an answer until it is known to be of use."""
        self.pending[self._key(connection, request)] = answer

    def keep(self) -> None:
        """The operation succeeded: its answers are worth keeping, the rejected ones on the way to
        the good one too, because the way is walked again from its beginning."""
        for key, answer in self.pending.items():
            if len(answer.text) <= MOST_CHARACTERS:
                kept = {"text": answer.text, "model": answer.model}
                self.cache.store.set(key, kept, self.cache.seconds)
        self.cache.use(*self.pending)
        self.pending.clear()

    def _key(self, connection: ConnectionSettings, request: ChatRequest) -> str:
        messages = [[m["role"], m["content"].replace(self.tag, "")] for m in request.messages]
        asked = [
            self.cache.owner,
            connection.base_url.rstrip("/"),
            connection.model,
            connection.temperature,
            connection.reasoning_effort,
            dict(connection.extra_body),
            request.seed,
            request.max_tokens,
            request.response_format,
            self.prompt_version,
            messages,
        ]
        return f"llm:answer:{_digest(asked)}"


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
