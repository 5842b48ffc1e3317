"""Finding runs that nobody works on: the worker died, or the queue forgot them."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from backtests.models import BacktestRun
from backtests.stages import Stage

# A run may wait this long between two stages before we suspect that its message was lost.
PATIENCE = timedelta(seconds=20)
MOST = 200


def stale_runs() -> list[tuple[UUID, Stage]]:
    """The runs to enqueue again, oldest first."""
    rows = BacktestRun.objects.stale(timezone.now(), PATIENCE).order_by("moved_at")
    return [(run_id, Stage(stage)) for run_id, stage in rows.values_list("pk", "stage")[:MOST]]


def take_stale_runs() -> list[tuple[UUID, Stage]]:
    """The same, and their dead leases are void.

    A run that is taken here is not stale again before `PATIENCE` is over, so a long queue does
    not fill the broker with the same message at every sweep.
    """
    found = stale_runs()
    now = timezone.now()
    return [
        (run_id, stage)
        for run_id, stage in found
        if BacktestRun.objects.stale(now, PATIENCE)
        .filter(pk=run_id, stage=stage)
        .update(lease_token=None, lease_until=None, moved_at=now)
    ]
