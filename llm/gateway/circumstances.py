"""All that surrounds a call and does not change what is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from llm.gateway.answers import Answers
from llm.gateway.breaker import Breaker
from llm.gateway.client import IsCancelled, ShowDelta
from llm.gateway.parameters import Memory
from llm.gateway.usage import Budget, RecordCall

TRIES = 3

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who watches, counts, remembers and waits while a question is asked."""

    purpose: str = "chat"
    deadline: float = 120.0
    tries: int = TRIES
    on_delta: ShowDelta | None = None
    is_cancelled: IsCancelled | None = None
    record_call: RecordCall | None = None
    budget: Budget | None = None
    memory: Memory | None = None
    breaker: Breaker | None = None
    answers: Answers | None = None
    prompt_version: str | None = None
    sleep: Sleep = asyncio.sleep

    def keep_answers(self) -> None:
        """What was asked for was understood: the answers are worth keeping."""
        if self.answers:
            self.answers.keep()
