"""What a hold-out means for a sweep: sealed days are read by nobody, through no door."""

from datetime import date
from typing import Any

from backtests.models import BacktestRun, HoldOut

SEALED = (
    "The days from {first} on are sealed for this idea, and this run reads them. Vary a run that "
    "ends before them, or open the seal first."
)


def sealed_sentence(run: BacktestRun, spec: dict[str, Any]) -> str:
    """Why this run's bars must not be read now; empty when nothing of them is sealed."""
    if run.lineage_id is None:
        return ""
    start, end = (date.fromisoformat(spec["settings"][name]) for name in ("start", "end"))
    sealed = HoldOut.objects.filter(
        lineage=run.lineage_id,
        symbol=spec["symbol"],
        unsealed_at=None,
        first_day__lte=end,
        last_day__gte=start,
    ).first()
    return SEALED.format(first=sealed.first_day) if sealed else ""
