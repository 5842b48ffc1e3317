"""Runs of ideas, their events and their artifacts."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from market.models import Dataset


class Reader(models.TextChoices):
    """Who is to read an idea."""

    ANY = "", "the model where there is one, else the translator"
    TRANSLATOR = "translator", "the built-in translator"


class BacktestRun(Run):
    """A backtest run models one idea on its way from the words to a report."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="backtests"
    )
    visitor = models.ForeignKey(
        "accounts.Visitor", models.CASCADE, null=True, blank=True, related_name="backtests"
    )
    idea = models.TextField(blank=True)
    reader = models.CharField(max_length=20, choices=Reader.choices, blank=True, default=Reader.ANY)
    own_script = models.TextField(blank=True, help_text="A script of one's own, instead of words.")
    script_params = models.JSONField(default=dict, blank=True)
    choices = models.JSONField(
        default=dict, blank=True, help_text="What was settled otherwise than it would be assumed."
    )
    refinements = models.JSONField(
        default=list, blank=True, help_text="What was changed in words after the idea, in order."
    )
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
    costs = models.JSONField(
        default=dict, blank=True, help_text="Costs beyond the commission, as the engine names them."
    )
    holdout = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Fraction of the data, the last of it, that is asked to be sealed.",
    )
    parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
        help_text="The run this one was started from.",
    )
    lineage = models.ForeignKey(
        "backtests.Lineage", models.RESTRICT, null=True, blank=True, related_name="runs"
    )
    unseals = models.ForeignKey(
        "backtests.HoldOut",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="tests",
        help_text="The hold-out that this run tests, script unchanged.",
    )
    dataset = models.ForeignKey(
        "market.Dataset", models.RESTRICT, null=True, blank=True, related_name="backtests"
    )
    further_datasets = models.ManyToManyField(
        "market.Dataset", through="RunDataset", related_name="further_backtests", blank=True
    )

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
        return self.title or self.idea[:60] or ("A script" if self.own_script else "")

    def get_absolute_url(self) -> str:
        return reverse("backtests:run", args=[self.pk])

    def artifact(self, kind: str) -> "Artifact | None":
        """The newest artifact of a kind."""
        return self.artifacts.newest(kind)

    def script(self) -> str:
        """The newest script; empty while nothing has been written."""
        artifact = self.artifact("script")
        return self.own_script if artifact is None else artifact.read().decode()

    def read_json(self, kind: str) -> Any:
        """The newest artifact of a kind as parsed JSON, or None."""
        artifact = self.artifact(kind)
        return None if artifact is None else json.loads(artifact.read())

    def datasets(self) -> "list[Dataset]":
        """Every dataset of the run, in the order of its symbols."""
        if self.dataset is None:
            return []
        further = self.run_datasets.order_by("position").select_related("dataset__symbol")
        return [self.dataset, *(one.dataset for one in further)]

    def use_datasets(self, datasets: "list[Dataset]") -> None:
        """Note which data a run of several symbols uses; doing it twice changes nothing."""
        for position, dataset in enumerate(datasets[1:], start=1):
            RunDataset.objects.get_or_create(
                run=self, position=position, defaults={"dataset": dataset}
            )

    def data_hash(self) -> str:
        """The content hash of the dataset, or of all of them together; empty without one."""
        hashes = [dataset.content_hash for dataset in self.datasets()]
        if len(hashes) < 2:
            return hashes[0] if hashes else ""
        return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


class RunDataset(models.Model):
    """A run dataset models one more symbol's data that a run of several symbols uses."""

    run = models.ForeignKey(BacktestRun, models.CASCADE, related_name="run_datasets")
    dataset = models.ForeignKey("market.Dataset", models.RESTRICT, related_name="run_datasets")
    position = models.PositiveSmallIntegerField(help_text="From 1; the run's own dataset is 0.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="run_dataset_position_once"),
            models.UniqueConstraint(fields=["run", "dataset"], name="run_dataset_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="run_dataset_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.dataset}"


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
        SCENES = "scenes", "scenes"
        # Of the script with the same version.
        EXPLANATION = "explanation", "explanation by a model"

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
                        "scenes",
                        "explanation",
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
