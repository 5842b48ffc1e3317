"""The ledger of what language models were asked for."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.querysets import ModelCallQuerySet


class ModelCall(models.Model):
    """A model call models one attempt to ask a language model: what it took and how it ended.

    Written once and never changed, failed attempts too. It holds figures and names of ours, never
    a word of an idea, a prompt, an answer or a key. Without user and visitor it is the command
    line's.
    """

    class Purpose(models.TextChoices):
        READING = "reading", "reading an idea"
        SCRIPT = "script", "writing a script"
        REPAIR = "repair", "repairing a script"
        ANALYSIS = "analysis", "telling a report"
        EXPLAIN = "explain", "explaining a script"
        CHECK = "check", "trying a key"

    class Status(models.TextChoices):
        OK = "ok", "answered"
        TRANSIENT = "transient", "failed for now"
        TIMEOUT = "timeout", "no answer in time"
        CONFIG = "config", "key, quota or address is wrong"
        CONTEXT = "context", "prompt too long"
        REFUSED = "refused", "declined"
        BAD_OUTPUT = "bad_output", "answer unusable"
        CANCELLED = "cancelled", "cancelled"
        ERROR = "error", "other error"

    class Rung(models.TextChoices):
        NONE = "", "free text"
        SCHEMA = "json_schema", "JSON schema"
        JSON = "json_object", "JSON object"
        PLAIN = "plain", "JSON in plain text"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own: the one by user and time below begins with it.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="model_calls",
    )
    visitor = models.ForeignKey(
        "accounts.Visitor", models.CASCADE, null=True, blank=True, related_name="model_calls"
    )
    # Not a foreign key: this floor does not know what runs there are above it.
    run = models.UUIDField(null=True, blank=True)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    model = models.CharField(max_length=120)
    prompt_version = models.CharField(max_length=40, blank=True)
    own_key = models.BooleanField(default=False, help_text="Paid by the user, not by the site.")
    attempt = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    rung = models.CharField(max_length=11, choices=Rung.choices, blank=True, default=Rung.NONE)
    # The database refuses negative counts: a positive field brings its own constraint.
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    reasoning_tokens = models.PositiveIntegerField(default=0, help_text="Among the completion's.")
    cached_tokens = models.PositiveIntegerField(default=0, help_text="Among the prompt's.")
    is_estimated = models.BooleanField(
        default=False, help_text="The server did not count, so we guessed."
    )
    cost = models.DecimalField(
        max_digits=14,
        decimal_places=8,
        null=True,
        blank=True,
        help_text="Empty means that no price is known, which is not the same as free.",
    )
    currency = models.CharField(max_length=3, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    first_token_milliseconds = models.PositiveIntegerField(null=True, blank=True)
    from_cache = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ModelCallQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            # A user's own calls: the export, and deleting the account.
            models.Index(fields=["user", "-created_at"], name="model_call_user_newest"),
            # "What did this run cost?" Trying a key belongs to no run.
            models.Index(fields=["run"], condition=Q(run__isnull=False), name="model_call_of_run"),
            # The admin's list, its days and their totals.
            models.Index(fields=["-created_at"], name="model_call_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(visitor__isnull=True),
                name="model_call_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(
                    purpose__in=["reading", "script", "repair", "analysis", "explain", "check"]
                ),
                name="model_call_purpose_is_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "ok",
                        "transient",
                        "timeout",
                        "config",
                        "context",
                        "refused",
                        "bad_output",
                        "cancelled",
                        "error",
                    ]
                ),
                name="model_call_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(rung__in=["", "json_schema", "json_object", "plain"]),
                name="model_call_rung_is_known",
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True, currency="")
                | (Q(cost__isnull=False, cost__gte=0) & ~Q(currency="")),
                name="model_call_cost_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(from_cache=False)
                | Q(cost__isnull=False, cost=0, prompt_tokens=0, completion_tokens=0),
                name="model_call_cached_is_free",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.model}: {self.status}"
