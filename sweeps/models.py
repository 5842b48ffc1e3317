"""Sweeps, their chunks and their results."""

import uuid
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from backtests.models import BacktestRun
from engine.validation.grids import Axis, Point, combinations, grid_numbers, point, random_numbers
from runs.models import Run, RunEvent
from runs.states import ACTIVE, Status
from sweeps.querysets import SweepChunkQuerySet, SweepQuerySet
from sweeps.stages import Stage


class Sweep(Run):
    """A sweep models one completed run tried with many parameters.

    Its owner is the run's owner. While it computes, its chunks hold leases and it holds none.
    """

    class Method(models.TextChoices):
        GRID = "grid", "every combination"
        RANDOM = "random", "a random draw"

    run = models.ForeignKey(BacktestRun, models.CASCADE, related_name="sweeps")
    method = models.CharField(max_length=8, choices=Method.choices, default=Method.GRID)
    axes = models.JSONField(help_text="The parameters that vary, and their values.")
    combinations = models.PositiveIntegerField(help_text="How many are tried.")
    seed = models.PositiveIntegerField(default=0, help_text="Of a random draw.")

    group_prefix = "sweeps.sweep"

    objects = SweepQuerySet.as_manager()

    class Meta:
        indexes = [
            # "The sweeps of this run", newest first.
            models.Index(fields=["run", "-created_at"], name="sweep_run_newest"),
            # The sweeper's question; finished rows are not in it.
            models.Index(
                fields=["lease_until", "moved_at"],
                condition=Q(status__in=["queued", "running"]),
                name="sweep_active",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="sweep_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values), name="sweep_stage_is_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=["grid", "random"]), name="sweep_method_is_known"
            ),
            models.CheckConstraint(condition=Q(combinations__gte=1), name="sweep_tries_something"),
            models.UniqueConstraint(
                fields=["run", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="sweep_once_per_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.combinations:,} combinations of {self.run}"

    def get_absolute_url(self) -> str:
        return reverse("sweeps:sweep", args=[self.pk])

    @cached_property
    def parsed_axes(self) -> tuple[Axis, ...]:
        """The axes as the engine reads them."""
        return tuple(Axis(**{**axis, "choices": tuple(axis["choices"])}) for axis in self.axes)

    @cached_property
    def numbers(self) -> list[int]:
        """The numbers of the points that are tried, in order."""
        if self.method == self.Method.GRID:
            return grid_numbers(self.parsed_axes, self.combinations)
        return random_numbers(self.parsed_axes, self.combinations, self.combinations, self.seed)

    @property
    def grid_size(self) -> int:
        """How many combinations the ranges have, tried or not."""
        return combinations(self.parsed_axes)

    def points(self, first: int, size: int) -> list[Point]:
        """The parameters of a stretch of points."""
        return [point(self.parsed_axes, at) for at in self.numbers[first : first + size]]


class SweepEvent(RunEvent):
    """A sweep event models one past fact of a sweep."""

    run = models.ForeignKey(Sweep, models.CASCADE, related_name="events")

    class Meta(RunEvent.Meta):
        constraints = [
            models.UniqueConstraint(fields=["run", "sequence"], name="sweep_event_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


Sweep.event_model = SweepEvent


class SweepChunk(models.Model):
    """A chunk models a stretch of a sweep's points: what one sandbox job decides.

    Whoever works on it holds a lease in the row; a killed worker's chunk is free again when the
    lease has run out. The decisions are kept until the sweep has its result.
    """

    sweep = models.ForeignKey(Sweep, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    first = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    done_at = models.DateTimeField(null=True, blank=True, editable=False)
    decisions = models.BinaryField(null=True, editable=False)

    objects = SweepChunkQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["sweep", "number"], name="chunk_number_is_unique"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(decisions__isnull=False),
                name="chunk_done_has_decisions",
            ),
        ]

    def __str__(self) -> str:
        return f"chunk {self.number} of {self.sweep_id}"

    def claim(self, *, lease: timedelta) -> bool:
        """Take the lease; False when the chunk is done, held, or its sweep is over."""
        now, token = timezone.now(), uuid.uuid4()
        free = SweepChunk.objects.free(now).filter(
            pk=self.pk, sweep__status__in=ACTIVE, sweep__stage=Stage.COMPUTING
        )
        taken = free.update(attempt=F("attempt") + 1, lease_token=token, lease_until=now + lease)
        if taken:
            self.refresh_from_db()
        return bool(taken) and self.lease_token == token

    def renew(self, *, lease: timedelta) -> bool:
        """Hold the lease longer; False when it is no longer ours or the sweep is over."""
        return bool(self._ours().update(lease_until=timezone.now() + lease))

    def finish(self, decisions: bytes) -> bool:
        """Keep the result and give the lease back; False when it is no longer ours."""
        return bool(
            self._ours().update(
                decisions=decisions, done_at=timezone.now(), lease_token=None, lease_until=None
            )
        )

    def _ours(self) -> SweepChunkQuerySet:
        return SweepChunk.objects.unfinished().filter(
            pk=self.pk, lease_token=self.lease_token, sweep__status=Status.RUNNING
        )


class SweepResult(models.Model):
    """A result models what a finished sweep found; it exists whole or not at all."""

    sweep = models.OneToOneField(Sweep, models.CASCADE, related_name="result")
    columns = models.JSONField(help_text="One list a parameter and a measure, a value a point.")
    study = models.JSONField(help_text="Best, stability, walk-forward, k-fold, luck, verdict.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"result of {self.sweep_id}"

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), []))

    def row(self, number: int) -> dict[str, Any]:
        """One line of the table."""
        return {name: values[number] for name, values in self.columns.items()}
