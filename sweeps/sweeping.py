"""Finding sweeps that nobody works on: the worker died, or the queue forgot them."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from sweeps.models import Sweep, SweepChunk
from sweeps.stages import Stage

# A sweep may be silent this long before we suspect that a message was lost.
PATIENCE = timedelta(seconds=20)
MOST = 200


def take_stale_sweeps() -> list[tuple[UUID, str]]:
    """The sweeps to enqueue again, oldest first, and when they were last looked at is now.

    Studying, the sweep's own lease tells. Computing, its chunks' leases do: one that ran out
    belongs to a dead worker, and a sweep with nobody at work after `PATIENCE` was forgotten.
    """
    now = timezone.now()
    chunks = SweepChunk.objects.filter(sweep=OuterRef("pk"))
    dead = chunks.unfinished().filter(lease_until__lt=now)
    silent = ~Exists(chunks.held(now)) & Q(moved_at__lt=now - PATIENCE)
    computing = Q(stage=Stage.COMPUTING) & (Exists(dead) | silent)
    stale = Sweep.objects.stale(now, PATIENCE).filter(stage=Stage.STUDYING).values("pk")
    found = Sweep.objects.active().filter(computing | Q(pk__in=stale)).order_by("moved_at")
    taken = []
    for sweep_id, stage, moved_at in found.values_list("pk", "stage", "moved_at")[:MOST]:
        # Compare-and-set: of two sweepers one sends the message.
        changes = {"moved_at": now, "lease_token": None, "lease_until": None}
        if Sweep.objects.active().filter(pk=sweep_id, moved_at=moved_at).update(**changes):
            SweepChunk.objects.filter(sweep=sweep_id, done_at=None, lease_until__lt=now).update(
                lease_token=None, lease_until=None
            )
            taken.append((sweep_id, stage))
    return taken
