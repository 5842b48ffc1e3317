"""The ledger of model calls: each attempt that the gateway reports becomes one row."""

import math
import uuid
from decimal import Decimal
from typing import Any

from accounts.access import Owner
from accounts.models import User
from billing.models import ModelCall
from llm.gateway import CallRecord, Usage

# Price lists of models, and OpenRouter's `usage.cost`, are in US dollars.
CURRENCY = "USD"
MOST_COST = Decimal("999999.99999999")
COST_STEP = Decimal("0.00000001")
# What a column of whole numbers holds; a server may claim any number.
MOST_COUNT = 2**31 - 1
MOST_SMALL = 2**15 - 1

STATUSES = {
    "ok": ModelCall.Status.OK,
    "LLMTransient": ModelCall.Status.TRANSIENT,
    "LLMTimeout": ModelCall.Status.TIMEOUT,
    "LLMConfig": ModelCall.Status.CONFIG,
    "LLMContext": ModelCall.Status.CONTEXT,
    "LLMRefused": ModelCall.Status.REFUSED,
    "LLMBadOutput": ModelCall.Status.BAD_OUTPUT,
    "LLMCancelled": ModelCall.Status.CANCELLED,
}
EXPORTED = (
    "created_at",
    "run",
    "purpose",
    "model",
    "own_key",
    "status",
    "prompt_tokens",
    "completion_tokens",
    "cost",
    "currency",
    "from_cache",
)


def record_model_call(
    record: CallRecord, *, owner: Owner, run_id: uuid.UUID | None = None, own_key: bool = False
) -> ModelCall:
    """Enter one attempt, as it was reported; nothing of what was asked or answered."""
    usage = record.usage or Usage()
    cost = as_money(usage.cost)
    return ModelCall.objects.create(
        **owner.fields(),
        run=run_id,
        purpose=record.purpose,
        model=_name(record.model),
        prompt_version=(record.prompt_version or "")[:40],
        own_key=own_key,
        attempt=min(record.attempt, MOST_SMALL),
        status=STATUSES.get(record.status, ModelCall.Status.ERROR),
        http_status=record.http_status,
        rung=record.rung or "",
        prompt_tokens=_count(usage.prompt),
        completion_tokens=_count(usage.completion),
        reasoning_tokens=_count(usage.reasoning),
        cached_tokens=_count(usage.cached),
        is_estimated=usage.estimated,
        cost=cost,
        currency="" if cost is None else CURRENCY,
        milliseconds=_count(record.milliseconds),
        first_token_milliseconds=record.first_token_milliseconds,
        from_cache=record.from_cache,
    )


def as_money(cost: float | None) -> Decimal | None:
    """A cost as the ledger keeps it; None, which is not zero, where none is known."""
    if cost is None or not math.isfinite(cost) or cost < 0:
        return None
    return min(Decimal(repr(cost)).quantize(COST_STEP), MOST_COST)


def calls_of(user: User) -> list[dict[str, Any]]:
    """A user's calls as plain JSON values, oldest first, for the person's own export."""
    rows = ModelCall.objects.filter(user=user).order_by("created_at").values(*EXPORTED)
    return [
        row
        | {
            "created_at": row["created_at"].isoformat(),
            "run": row["run"] and str(row["run"]),
            "cost": None if row["cost"] is None else f"{row['cost']:f}",
        }
        for row in rows
    ]


def claim(*, user: User, visitor: Any) -> None:
    """What a visitor's ideas cost belongs to the user that the visitor became."""
    ModelCall.objects.filter(visitor=visitor).update(user=user, visitor=None)


def _name(text: str) -> str:
    """A server may call its model anything; a row holds a short printable name."""
    return "".join(c for c in text if c.isprintable())[:120]


def _count(number: int) -> int:
    return max(0, min(number, MOST_COUNT))
