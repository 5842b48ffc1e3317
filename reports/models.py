"""The report of a run: a snapshot that never changes."""

import uuid
from typing import Any, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.access import Owner
from backtests.models import BacktestRun


class ReportIsImmutable(Exception):
    """Somebody tried to change a report; a new run makes a new one."""


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports as their owners see them."""

    def visible_to(self, owner: Owner) -> Self:
        """The owner's reports; a stranger's is simply not there."""
        return self.filter(owner.q("run__"))

    def newest_first(self) -> Self:
        """Latest first."""
        return self.order_by("-created_at", "-pk")

    def update(self, **changes: Any) -> int:
        raise ReportIsImmutable("A report is never changed.")


class Report(models.Model):
    """A report models what a run came to, as it was known when the run ended.

    It holds the facts and what they can be checked against; pages, Markdown and PDF are only
    renderings of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.OneToOneField(BacktestRun, models.CASCADE, related_name="report", editable=False)
    facts = models.JSONField(editable=False)
    facts_hash = models.CharField(max_length=64, editable=False, db_index=True)
    engine_version = models.CharField(max_length=20, editable=False)
    dataset_hash = models.CharField(max_length=64, editable=False)
    script_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = [
            # "My reports", newest first.
            models.Index(fields=["-created_at"], name="report_newest"),
        ]

    def __str__(self) -> str:
        return str(self.facts.get("title", self.pk))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert once; any later save is refused."""
        if not self._state.adding:
            raise ReportIsImmutable("A report is never changed.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("reports:report", args=[self.run_id])

    @property
    def file_stem(self) -> str:
        """The beginning of the names of its files."""
        return f"alphabench-{str(self.run_id)[:8]}"
