"""What the test server does with one request: an answer, or one exact fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Cut = Literal["clean", "eof", "rst"]


@dataclass
class Step:
    """One scripted answer. The default is a well-behaved one."""

    content: str | None = "ok"
    reasoning: str | None = None
    # "reasoning_content": llama.cpp, DeepSeek; "reasoning": vLLM, Ollama, OpenRouter.
    reasoning_field: str = "reasoning_content"
    refusal: str | None = None
    finish: str | None = "stop"
    usage: tuple[int, int] | None = (11, 7)
    usage_extra: dict[str, Any] = field(default_factory=dict)
    empty_choices: bool = False

    # The response as a whole.
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    raw: bytes | None = None
    content_type: str = "application/json"
    ignore_stream: bool = False

    # The stream, in time and in bytes.
    chunk: int = 12
    first_token_after: float = 0.0
    heartbeat: float = 0.0
    gap: float = 0.0
    cut: tuple[int, Cut] | None = None
    bad_json_at: int | None = None
    error_at: int | None = None
    done: bool = True
    hold_open: float = 0.0

    # What this server cannot do.
    rejected: tuple[str, ...] = ()
    rejected_formats: tuple[str, ...] = ()
    context_tokens: int | None = None


@dataclass
class Seen:
    """One request as it arrived, for the tests to look at."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    hung_up: bool = False
