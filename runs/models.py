"""What every executing thing shares: a state moved by compare-and-set, a lease, numbered events.

A stage may be killed at any instruction. Whoever works on a run holds a *lease* (a token and a
deadline in the row); a state moves only while the token still matches, in the transaction that
appends the event saying so. A lost lease therefore changes nothing, and a repeated stage leaves
one result.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from runs.publish import announce
from runs.states import ACTIVE, FINAL, Status


class LeaseLost(Exception):
    """Somebody else finished, cancelled or took over the run; what we computed is not needed."""


class RunQuerySet(models.QuerySet[Any]):
    """Questions about many runs."""

    def active(self) -> Self:
        """Runs that are queued or running."""
        return self.filter(status__in=ACTIVE)

    def finished(self) -> Self:
        """Runs in a final state."""
        return self.filter(status__in=FINAL)

    def stale(self, now: datetime, patience: timedelta) -> Self:
        """Active runs nobody works on: the lease ran out, or the queue forgot them."""
        return self.active().filter(
            Q(lease_until__lt=now) | Q(lease_until__isnull=True, moved_at__lt=now - patience)
        )


class Run(models.Model):
    """A run models one piece of work on its way through stages to a final state."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    stage = models.CharField(max_length=12)
    attempt = models.PositiveSmallIntegerField(
        default=0, help_text="How often the present stage was started."
    )
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_sequence = models.PositiveIntegerField(default=0, editable=False)
    failure_message = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    moved_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    reservation_id = models.UUIDField(null=True, blank=True, editable=False)
    idempotency_key = models.CharField(max_length=100, blank=True, editable=False)
    refusal = models.JSONField(default=dict, blank=True, editable=False)
    headline = models.JSONField(default=dict, blank=True, editable=False)

    # Concrete runs name their event model and the channel group they announce to.
    event_model: ClassVar[type["RunEvent"]]
    group_prefix: ClassVar[str]

    class Meta:
        abstract = True

    @property
    def is_finished(self) -> bool:
        """Whether nothing will happen to this run any more."""
        return self.status in FINAL

    @property
    def failure_sentence(self) -> str:
        """What went wrong, in its first line."""
        return self.failure_message.partition("\n")[0]

    @property
    def failure_details(self) -> str:
        """What follows it: a traceback, mostly."""
        return self.failure_message.partition("\n")[2]

    @property
    def group(self) -> str:
        """The channel group that hears of this run's events."""
        return f"{self.group_prefix}.{self.pk}"

    def claim(self, stage: str, *, lease: timedelta) -> bool:
        """Take the lease on `stage`; False when the run is elsewhere or somebody holds it."""
        now = timezone.now()
        token = uuid.uuid4()
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        taken = (
            self._rows()
            .filter(free, pk=self.pk, stage=stage, status__in=ACTIVE)
            .update(
                status=Status.RUNNING,
                attempt=F("attempt") + 1,
                lease_token=token,
                lease_until=now + lease,
                moved_at=now,
            )
        )
        if not taken:
            return False
        self._rows().filter(pk=self.pk, started_at__isnull=True).update(started_at=now)
        self.refresh_from_db()
        return self.lease_token == token

    def renew(self, *, lease: timedelta) -> bool:
        """Hold the lease longer; False when it is no longer ours."""
        until = timezone.now() + lease
        return bool(self._ours().update(lease_until=until))

    def advance(self, stage: str) -> None:
        """Move on to `stage` and give the lease back. Call inside the event's transaction."""
        self._leave(stage=stage, attempt=0)

    def finish(self, status: Status, *, failure_message: str = "") -> None:
        """Enter a final state while holding the lease."""
        self._leave(status=status, failure_message=failure_message, finished_at=timezone.now())

    def interrupt(
        self,
        status: Status,
        *,
        only: tuple[Status, ...] = ACTIVE,
        failure_message: str = "",
    ) -> bool:
        """Enter a final state from outside (cancel, sweep); the worker's lease becomes void."""
        now = timezone.now()
        moved = (
            self._rows()
            .filter(pk=self.pk, status__in=only)
            .update(
                status=status,
                failure_message=failure_message,
                lease_token=None,
                lease_until=None,
                moved_at=now,
                finished_at=now,
            )
        )
        if moved:
            self.refresh_from_db()
        return bool(moved)

    def record(self, kind: str, payload: dict[str, Any] | None = None) -> "RunEvent":
        """Append an event with the next number; announced when the transaction commits."""
        with transaction.atomic():
            # The row lock of this update makes numbers gap-free and commit order their order.
            self._rows().filter(pk=self.pk).update(last_sequence=F("last_sequence") + 1)
            sequence = self._rows().values_list("last_sequence", flat=True).get(pk=self.pk)
            self.last_sequence = sequence
            fields: dict[str, Any] = {"run": self, "sequence": sequence, "kind": kind}
            event = self.event_model._default_manager.create(**fields, payload=payload or {})
            announce(self.group)
        return event

    def _rows(self) -> models.QuerySet[Any]:
        return type(self)._default_manager.all()

    def _ours(self) -> models.QuerySet[Any]:
        return self._rows().filter(pk=self.pk, lease_token=self.lease_token, status=Status.RUNNING)

    def _leave(self, **changes: Any) -> None:
        changes |= {"lease_token": None, "lease_until": None, "moved_at": timezone.now()}
        if self.lease_token is None or not self._ours().update(**changes):
            raise LeaseLost(f"run {self.pk} is no longer ours")
        for name, value in changes.items():
            setattr(self, name, value)


class RunEvent(models.Model):
    """A run event models one past fact of a run; it is never changed and never deleted alone.

    Concrete events add `run`, a foreign key to their run with `related_name="events"`.
    """

    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        ordering = ("sequence",)

    def as_message(self) -> dict[str, Any]:
        """The event as pages, sockets and the API see it."""
        return {
            "sequence": self.sequence,
            "kind": self.kind,
            "payload": self.payload,
            "created_at": self.created_at.isoformat(),
        }
