"""The day's budget for the site's language model: held before a call, settled after it.

Each subject of an owner (the user, or the visitor and the network it came from) has its row of
the day; one conditional UPDATE takes from it, so calls side by side cannot take it twice.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.access import Owner
from billing.models import UsageDay
from llm.gateway import LLMBudget, Usage
from llm.gateway.usage import Message, estimate_prompt, price

MICRO = 1_000_000


@dataclass(frozen=True)
class DayLimit:
    """What one subject may use on a day."""

    subject: dict[str, Any]
    tokens: int
    microdollars: int


@dataclass(frozen=True)
class Held:
    """What one call holds back, on which rows."""

    days: tuple[int, ...]
    tokens: int
    microdollars: int


@dataclass(frozen=True)
class DailyBudget:
    """An owner's budget, as the gateway asks for it (`llm.gateway.Budget`).

    Prices are dollars per million tokens. Where none is known nothing is held back in money; what
    the server reports afterwards counts all the same. The command line has no limits.
    """

    owner: Owner
    price_prompt: float | None = None
    price_completion: float | None = None

    def reserve(self, messages: Sequence[Message], max_tokens: int) -> Held:
        """Hold the most a call can use; raises `LLMBudget` and holds nothing when too little is
        left."""
        prompt = estimate_prompt(messages)
        cost = price(self.price_prompt, self.price_completion, prompt, max_tokens)
        return hold(self.owner, tokens=prompt + max_tokens, microdollars=as_micro(cost))

    def settle(self, held: Held, usage: Usage | None) -> None:
        """Give back what was held and count what was used."""
        used = usage or Usage()
        settle(held, tokens=used.total, microdollars=as_micro(used.cost))


@dataclass(frozen=True)
class ModelDay:
    """What an owner may ask the site's model for today, and what is used or held of it."""

    tokens_limit: int
    tokens_used: int
    dollars_limit: Decimal
    dollars_used: Decimal


def today(owner: Owner) -> ModelDay | None:
    """The owner's day; None without a model of the site, and for the command line."""
    limits = limits_of(owner)
    if not limits or not (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL):
        return None
    limit, day = limits[0], timezone.now().astimezone(UTC).date()
    stored = owner.user is not None or (owner.visitor is not None and owner.visitor.is_stored)
    row = UsageDay.objects.filter(day=day, **limit.subject).first() if stored else None
    return ModelDay(
        tokens_limit=limit.tokens,
        tokens_used=row.model_tokens if row else 0,
        dollars_limit=Decimal(limit.microdollars) / MICRO,
        dollars_used=Decimal(row.model_microdollars if row else 0) / MICRO,
    )


def limits_of(owner: Owner) -> list[DayLimit]:
    """The rows to take from, in the one order that every caller takes them in."""
    if owner.user is not None:
        return [_limit("USER", user=owner.user)]
    if owner.visitor is None:
        return []
    limits = [_limit("VISITOR", visitor=owner.visitor)]
    if owner.visitor.address_hash:
        # Deleting the cookie makes a new visitor, but not a new address.
        limits.append(_limit("ADDRESS", address_hash=owner.visitor.address_hash))
    return limits


@transaction.atomic
def hold(owner: Owner, *, tokens: int, microdollars: int) -> Held:
    """Take from every row of the owner's day, or raise `LLMBudget` and take from none."""
    day = timezone.now().astimezone(UTC).date()
    days = [_take(limit, day, tokens, microdollars) for limit in limits_of(owner.ensure())]
    return Held(tuple(days), tokens, microdollars)


@transaction.atomic
def settle(held: Held, *, tokens: int, microdollars: int) -> None:
    """Replace what was held by what was used, on the day it was held on."""
    more, dearer = tokens - held.tokens, microdollars - held.microdollars
    # Row by row, in the order they were taken in: two orders could deadlock.
    for day in held.days:
        # A row that was set back by hand meanwhile must not make the settlement fail.
        UsageDay.objects.filter(pk=day).update(
            model_tokens=Greatest(F("model_tokens") + more, 0),
            model_microdollars=Greatest(F("model_microdollars") + dearer, 0),
        )


def as_micro(cost: float | None) -> int:
    """Whole millionths of a dollar, rounded up; nothing where no cost is known."""
    if cost is None or not math.isfinite(cost) or cost < 0:
        return 0
    # Rounded first: 0.0012 * 1e6 is a little more than 1200.
    return math.ceil(round(min(cost, 1e6) * MICRO, 3))


def _take(limit: DayLimit, day: date, tokens: int, microdollars: int) -> int:
    UsageDay.objects.bulk_create([UsageDay(day=day, **limit.subject)], ignore_conflicts=True)
    row = UsageDay.objects.filter(day=day, **limit.subject)
    taken = row.filter(
        model_tokens__lte=limit.tokens - tokens,
        model_microdollars__lte=limit.microdollars - microdollars,
    ).update(
        model_tokens=F("model_tokens") + tokens,
        model_microdollars=F("model_microdollars") + microdollars,
    )
    found = row.get()
    if taken != 1:
        raise _exhausted(limit, found, tokens, microdollars)
    return int(found.pk)


def _exhausted(limit: DayLimit, row: UsageDay, tokens: int, microdollars: int) -> LLMBudget:
    left = max(0, limit.tokens - row.model_tokens)
    if tokens > left:
        said = f"the call may need {tokens:,} tokens, {left:,} of {limit.tokens:,} are left"
        return LLMBudget(said, code="day_tokens")
    money = max(0, limit.microdollars - row.model_microdollars)
    said = (
        f"the call may cost {_dollars(microdollars)}, "
        f"{_dollars(money)} of {_dollars(limit.microdollars)} are left"
    )
    return LLMBudget(said, code="day_money")


def _dollars(micro: int) -> str:
    return f"${micro / MICRO:.4f}".rstrip("0").rstrip(".")


def _limit(who: str, **subject: Any) -> DayLimit:
    return DayLimit(
        subject,
        tokens=int(getattr(settings, f"LLM_DAILY_TOKENS_{who}")),
        microdollars=as_micro(getattr(settings, f"LLM_DAILY_DOLLARS_{who}")),
    )
