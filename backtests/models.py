"""Runs of ideas, their events and their artifacts."""

import json
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from backtests.querysets import ArtifactQuerySet, BacktestRunQuerySet
from backtests.stages import Stage
from runs.models import Run, RunEvent
from runs.states import Status


class BacktestRun(Run):
    """A backtest run models one idea on its way from the words to a report."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="backtests"
    )
    visitor = models.ForeignKey(
        "accounts.Visitor", models.CASCADE, null=True, blank=True, related_name="backtests"
    )
    idea = models.TextField(blank=True)
    own_script = models.TextField(blank=True, help_text="A script of one's own, instead of words.")
    script_params = models.JSONField(default=dict, blank=True)
    title = models.CharField(max_length=120, blank=True)
    symbol_text = models.CharField("symbol as asked for", max_length=60, blank=True)
    requested_start = models.DateField(null=True, blank=True)
    requested_end = models.DateField(null=True, blank=True)
    initial_capital = models.DecimalField(
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    commission = models.DecimalField(
        max_digits=8, decimal_places=6, null=True, blank=True, help_text="Fraction per side."
    )
    dataset = models.ForeignKey(
        "market.Dataset", models.RESTRICT, null=True, blank=True, related_name="backtests"
    )
    reservation_id = models.UUIDField(null=True, blank=True, editable=False)
    idempotency_key = models.CharField(max_length=100, blank=True, editable=False)
    refusal = models.JSONField(default=dict, blank=True, editable=False)
    headline = models.JSONField(default=dict, blank=True, editable=False)

    group_prefix = "backtests.run"

    objects = BacktestRunQuerySet.as_manager()

    class Meta:
        indexes = [
            # "My runs", newest first.
            models.Index(fields=["user", "-created_at"], name="run_user_newest"),
            models.Index(fields=["visitor", "-created_at"], name="run_visitor_newest"),
            # The sweeper's and the queue's question; finished rows are not in it.
            models.Index(
                fields=["lease_until", "moved_at"],
                condition=Q(status__in=["queued", "running"]),
                name="run_active",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(visitor__isnull=True), name="run_one_owner"
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="run_status_is_known"
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="run_stage_is_known"),
            models.CheckConstraint(
                condition=Q(requested_start__isnull=True)
                | Q(requested_end__isnull=True)
                | Q(requested_start__lte=models.F("requested_end")),
                name="run_dates_in_order",
                violation_error_message="The start lies after the end.",
            ),
            models.UniqueConstraint(
                fields=["user", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="run_once_per_user_key",
            ),
            models.UniqueConstraint(
                fields=["visitor", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="run_once_per_visitor_key",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.idea[:60]

    def get_absolute_url(self) -> str:
        return reverse("backtests:run", args=[self.pk])

    def artifact(self, kind: str) -> "Artifact | None":
        """The newest artifact of a kind."""
        return self.artifacts.newest(kind)

    def read_json(self, kind: str) -> Any:
        """The newest artifact of a kind as parsed JSON, or None."""
        artifact = self.artifact(kind)
        return None if artifact is None else json.loads(artifact.read())


class BacktestEvent(RunEvent):
    """A backtest event models one past fact of a backtest run."""

    run = models.ForeignKey(BacktestRun, models.CASCADE, related_name="events")

    class Meta(RunEvent.Meta):
        constraints = [
            models.UniqueConstraint(fields=["run", "sequence"], name="event_number_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


BacktestRun.event_model = BacktestEvent


class Artifact(models.Model):
    """An artifact models one file that a run left behind, stored under the hash of its content."""

    class Kind(models.TextChoices):
        SCRIPT = "script", "script"
        SPEC = "spec", "specification"
        VALIDATION_DATA = "validation_data", "validation data"
        DATA = "data", "data"
        DECISIONS = "decisions", "decisions"
        TRADES = "trades", "trades"
        EQUITY = "equity", "equity"
        LOG = "log", "log"
        FACTS = "facts", "facts"
        CHART = "chart", "chart"
        REPORT_MARKDOWN = "report_markdown", "report"

    run = models.ForeignKey(BacktestRun, models.CASCADE, related_name="artifacts")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    version = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    note = models.TextField(blank=True, help_text="Why this version exists, for repaired scripts.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ArtifactQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "version")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "kind", "version"], name="artifact_version_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "script",
                        "spec",
                        "validation_data",
                        "data",
                        "decisions",
                        "trades",
                        "equity",
                        "log",
                        "facts",
                        "chart",
                        "report_markdown",
                    ]
                ),
                name="artifact_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where the content lies in storage; equal contents share one file."""
        return content_path(self.content_hash)

    def read(self) -> bytes:
        """The whole content."""
        with default_storage.open(self.path, "rb") as file:
            return bytes(file.read())


def content_path(content_hash: str) -> str:
    """The storage path of a content, in 256 folders so that none grows too large."""
    return f"artifacts/{content_hash[:2]}/{content_hash}"
