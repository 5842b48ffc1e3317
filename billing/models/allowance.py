"""Plans and subscriptions; what was used on a day, and what is held for a run under way."""

import uuid

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from billing.querysets import SubscriptionQuerySet


class Plan(models.Model):
    """A plan models what an account may do, and its price."""

    code = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    daily_allowance = models.PositiveIntegerField(
        null=True, blank=True, help_text="Backtests a day; empty means the site's default."
    )
    amount_cents = models.PositiveIntegerField("price per month, in cents", default=0)
    currency = models.CharField(
        max_length=3, default="EUR", validators=[RegexValidator(r"^[A-Z]{3}\Z")]
    )
    is_offered = models.BooleanField(default=True, help_text="Shown to people who choose a plan.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A subscription models a user's right to a plan for a time."""

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        CANCELLED = "cancelled", "cancelled, runs out"
        ENDED = "ended", "ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="subscriptions")
    plan = models.ForeignKey(Plan, models.RESTRICT, related_name="subscriptions")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.ACTIVE)
    started_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="Empty means until cancelled.")

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["active", "cancelled", "ended"]),
                name="subscription_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("started_at")),
                name="subscription_ends_after_start",
                violation_error_message="The end must lie after the start.",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | Q(ends_at__isnull=False),
                name="subscription_cancelled_has_end",
                violation_error_message="A cancelled subscription needs the day it runs out.",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status="active"),
                name="subscription_one_active_per_user",
                violation_error_message="This user has an active subscription already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.plan}"


class UsageDay(models.Model):
    """A usage day models what one subject has used on one day (UTC): backtests, model calls.

    The subject is a user, a visitor, or the hashed network address that visitors came from.
    """

    day = models.DateField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="usage_days"
    )
    visitor = models.ForeignKey(
        "accounts.Visitor", models.CASCADE, null=True, blank=True, related_name="usage_days"
    )
    address_hash = models.CharField(max_length=64, blank=True)
    used = models.PositiveIntegerField(default=0)
    # Used and held together. Whole millionths, because a sum of fractions is exact nowhere.
    model_tokens = models.PositiveBigIntegerField(default=0)
    model_microdollars = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ("-day",)
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, visitor__isnull=True, address_hash="")
                | Q(user__isnull=True, visitor__isnull=False, address_hash="")
                | (Q(user__isnull=True, visitor__isnull=True) & ~Q(address_hash="")),
                name="usage_day_has_one_subject",
            ),
            models.UniqueConstraint(
                fields=["user", "day"],
                condition=Q(user__isnull=False),
                name="usage_day_once_per_user",
            ),
            models.UniqueConstraint(
                fields=["visitor", "day"],
                condition=Q(visitor__isnull=False),
                name="usage_day_once_per_visitor",
            ),
            models.UniqueConstraint(
                fields=["address_hash", "day"],
                condition=~Q(address_hash=""),
                name="usage_day_once_per_address",
            ),
        ]

    def __str__(self) -> str:
        subject = self.user_id or self.visitor_id or self.address_hash
        return f"{self.day} {str(subject)[:8]}: {self.used}"


class Reservation(models.Model):
    """A reservation models one backtest taken from the day's allowance.

    It is counted from the moment it is held. Settled it stays counted; released it is given back.
    """

    class Status(models.TextChoices):
        HELD = "held", "held"
        SETTLED = "settled", "settled"
        RELEASED = "released", "released"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    usage_day = models.ForeignKey(UsageDay, models.CASCADE, related_name="reservations")
    address_day = models.ForeignKey(
        UsageDay, models.CASCADE, null=True, blank=True, related_name="address_reservations"
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.HELD)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["held", "settled", "released"]),
                name="reservation_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="held", closed_at__isnull=True)
                | (~Q(status="held") & Q(closed_at__isnull=False)),
                name="reservation_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {str(self.pk)[:8]}"
