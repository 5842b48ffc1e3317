"""Finding runs that nobody works on: the worker died, or the queue forgot them."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from backtests.models import BacktestRun
from backtests.stages import Stage

# A run may wait this long between two stages before we suspect that its message was lost.
PATIENCE = timedelta(seconds=20)
MOST = 200


def stale_runs() -> Iterator[tuple[UUID, Stage]]:
    """The runs to enqueue again, oldest first."""
    rows = BacktestRun.objects.stale(timezone.now(), PATIENCE).order_by("moved_at")
    for run_id, stage in rows.values_list("pk", "stage")[:MOST]:
        yield run_id, Stage(stage)
