"""What calls cost: token counts, the ledger record of one attempt, and budgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from llm.gateway.connection import ConnectionSettings
from llm.gateway.errors import LLMBudget

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one attempt. `cost` is None when no price is known."""

    prompt: int = 0
    completion: int = 0
    reasoning: int = 0
    cached: int = 0
    cost: float | None = None
    estimated: bool = False

    @property
    def total(self) -> int:
        return self.prompt + self.completion


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One attempt as the ledger keeps it, failed ones included. Holds no prompt and no key."""

    purpose: str
    model: str
    base_url: str
    attempt: int
    status: str  # "ok" or the name of our error
    usage: Usage | None
    milliseconds: int
    first_token_milliseconds: int | None = None
    rung: str | None = None
    http_status: int | None = None
    code: str | None = None
    request_id: str | None = None
    prompt_version: str | None = None
    from_cache: bool = False

    @property
    def ok(self) -> bool:
        return self.status == "ok"


RecordCall = Callable[[CallRecord], None]


def estimate_tokens(text: str) -> int:
    """A careful guess (three bytes a token fits code and figures); never used when counted."""
    return max(1, len(text.encode()) // 3) if text else 0


def estimate_prompt(messages: Sequence[Message]) -> int:
    return sum(estimate_tokens(m["content"]) for m in messages)


def usage_of(
    reported: Any, connection: ConnectionSettings, messages: Sequence[Message], answer: str
) -> Usage:
    """Usage from the server's own counts, or an estimate marked as one."""
    if reported is None:
        prompt, completion = estimate_prompt(messages), estimate_tokens(answer)
        cost = _price(connection, prompt, completion)
        return Usage(prompt, completion, cost=cost, estimated=True)
    prompt, completion = _count(reported, "prompt_tokens"), _count(reported, "completion_tokens")
    return Usage(
        prompt,
        completion,
        reasoning=_count(getattr(reported, "completion_tokens_details", None), "reasoning_tokens"),
        cached=_count(getattr(reported, "prompt_tokens_details", None), "cached_tokens"),
        cost=_reported_cost(reported, _price(connection, prompt, completion)),
    )


def _count(source: object, name: str) -> int:
    value = getattr(source, name, None)
    return value if isinstance(value, int) and value >= 0 else 0


def _reported_cost(reported: Any, otherwise: float | None) -> float | None:
    cost = (getattr(reported, "model_extra", None) or {}).get("cost")  # OpenRouter
    if isinstance(cost, int | float) and not isinstance(cost, bool) and cost >= 0:
        return float(cost)
    return otherwise


def _price(connection: ConnectionSettings, prompt: int, completion: int) -> float | None:
    return price(connection.price_prompt, connection.price_completion, prompt, completion)


def price(
    per_prompt: float | None, per_completion: float | None, prompt: int, completion: int
) -> float | None:
    """What so many tokens cost at prices per million; None where a price is not known."""
    if per_prompt is None or per_completion is None:
        return None
    return (prompt * per_prompt + completion * per_completion) / 1e6


class Budget(Protocol):
    """Agrees before a call is made, and hears afterwards what it took."""

    def reserve(self, messages: Sequence[Message], max_tokens: int) -> Any:
        """Hold back the most this call can use; raises `LLMBudget` when that is too much.

        What it returns is handed to `settle`, once.
        """
        ...

    def settle(self, held: Any, usage: Usage | None) -> None:
        """Replace what was held by what was used; nothing known counts as nothing used."""
        ...


class TokenBudget:
    """How many tokens one run may use: reserved before a call, settled after it."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    def reserve(self, messages: Sequence[Message], max_tokens: int) -> int:
        """Hold back the most this call can use; raises `LLMBudget` when that is too much."""
        wanted = estimate_prompt(messages) + max_tokens
        if self.used + wanted > self.limit:
            raise LLMBudget(
                f"the call may need {wanted} tokens and {max(0, self.limit - self.used)} are left",
                code="tokens",
            )
        self.used += wanted
        return wanted

    def settle(self, held: int, usage: Usage | None) -> None:
        """Replace the reservation by what was used; nothing known counts as nothing used."""
        self.used += (usage.total if usage else 0) - held
