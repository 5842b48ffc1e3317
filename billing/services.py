"""The daily allowance: reserved before a run starts, then settled or given back, exactly once."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.access import Owner
from accounts.models import User, UserSettings
from billing.errors import AllowanceExhausted
from billing.models import Plan, Reservation, Subscription, UsageDay


@dataclass(frozen=True)
class Allowance:
    """What an owner may still do today; `limit` and `remaining` are None where nothing limits."""

    limit: int | None
    used: int
    remaining: int | None
    resets_at: datetime


def allowance_for(owner: Owner, *, now: datetime | None = None) -> Allowance:
    """The allowance of an owner on the current day (UTC)."""
    now = now or timezone.now()
    limit = daily_limit(owner, now=now)
    resets_at = next_midnight(now)
    if limit is None:
        return Allowance(limit=None, used=0, remaining=None, resets_at=resets_at)
    used = _used(now, **_subject(owner)) if owner.user or _is_stored(owner) else 0
    remaining = max(limit - used, 0)
    if owner.visitor is not None and owner.visitor.address_hash:
        here = _used(now, address_hash=owner.visitor.address_hash)
        remaining = min(remaining, max(settings.DAILY_ALLOWANCE_ADDRESS - here, 0))
    return Allowance(limit=limit, used=used, remaining=remaining, resets_at=resets_at)


def daily_limit(owner: Owner, *, now: datetime | None = None) -> int | None:
    """Backtests a day: the user's own value, else the plan's, else the site's default."""
    if owner.visitor is not None:
        return int(settings.DAILY_ALLOWANCE_VISITOR)
    if owner.user is None:
        return None
    own = UserSettings.of(owner.user).daily_allowance
    if own is not None:
        return own
    subscription = active_subscription(owner.user, now=now)
    planned = subscription.plan.daily_allowance if subscription else None
    return int(settings.DAILY_ALLOWANCE_USER) if planned is None else planned


def active_subscription(user: User, *, now: datetime | None = None) -> Subscription | None:
    """The subscription that gives a user rights now: the latest begun, if several overlap."""
    running = Subscription.objects.filter(user=user).running_at(now or timezone.now())
    return running.select_related("plan").order_by("-started_at").first()


def offered_plans() -> list[Plan]:
    """The plans to choose from, in their order."""
    return list(Plan.objects.filter(is_offered=True))


@transaction.atomic
def reserve(*, owner: Owner) -> Reservation | None:
    """Take one backtest from today's allowance, inside the caller's transaction if there is one.

    None for the command line, which has no allowance. Raises `AllowanceExhausted` and takes
    nothing when the owner's day, or the day of the address visitors share, is used up.
    """
    now = timezone.now()
    limit = daily_limit(owner, now=now)
    if limit is None:
        return None
    owner = owner.ensure()
    day = now.astimezone(UTC).date()
    # The owner's row before the address's, everywhere: two rows in two orders could deadlock.
    usage_day = _take(day, limit, now, **_subject(owner))
    address_day = None
    if owner.visitor is not None and owner.visitor.address_hash:
        # Deleting the cookie makes a new visitor, but not a new address.
        address_day = _take(
            day,
            settings.DAILY_ALLOWANCE_ADDRESS,
            now,
            address_hash=owner.visitor.address_hash,
        )
    return Reservation.objects.create(usage_day=usage_day, address_day=address_day)


def settle(*, reservation_id: uuid.UUID) -> bool:
    """Keep the backtest counted; True for the one call that closes the reservation."""
    return _close(reservation_id, Reservation.Status.SETTLED)


@transaction.atomic
def release(*, reservation_id: uuid.UUID) -> bool:
    """Give the backtest back to the day it came from; True for the one call that does."""
    if not _close(reservation_id, Reservation.Status.RELEASED):
        return False
    days = Reservation.objects.values_list("usage_day", "address_day").get(pk=reservation_id)
    for day in days:
        if day is not None:
            UsageDay.objects.filter(pk=day, used__gt=0).update(used=F("used") - 1)
    return True


def next_midnight(now: datetime) -> datetime:
    """When the next day (UTC) begins."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(0), tzinfo=UTC)


def _take(day: date, limit: int, now: datetime, **subject: Any) -> UsageDay:
    """Count one more on a day, unless the limit is reached: one conditional UPDATE, no race."""
    UsageDay.objects.bulk_create([UsageDay(day=day, **subject)], ignore_conflicts=True)
    row = UsageDay.objects.filter(day=day, **subject)
    if row.filter(used__lt=limit).update(used=F("used") + 1) != 1:
        raise AllowanceExhausted(limit, next_midnight(now))
    return row.get()


def _close(reservation_id: uuid.UUID, status: Reservation.Status) -> bool:
    held = Reservation.objects.filter(pk=reservation_id, status=Reservation.Status.HELD)
    return held.update(status=status, closed_at=timezone.now()) == 1


def _used(now: datetime, **subject: Any) -> int:
    day = now.astimezone(UTC).date()
    used = UsageDay.objects.filter(day=day, **subject).values_list("used", flat=True).first()
    return used or 0


def _subject(owner: Owner) -> dict[str, Any]:
    return {"user": owner.user} if owner.user else {"visitor": owner.visitor}


def _is_stored(owner: Owner) -> bool:
    return owner.visitor is not None and owner.visitor.is_stored
