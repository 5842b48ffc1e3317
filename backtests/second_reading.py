"""The other reading of an idea, and running it instead of the model's."""

from typing import Any

from accounts.access import Owner
from backtests import services
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun, Reader
from backtests.pipeline import crosscheck
from runs.states import Status

NOTHING = "There is no second reading of this run that could be run."
# A run that ended so told nobody anything; it may be tried again.
WITHOUT_RESULT = (Status.FAILED, Status.CANCELLED, Status.REFUSED)


def of(run: BacktestRun) -> dict[str, Any] | None:
    """How the two readings of a run compare; None where there was one reader only."""
    return crosscheck.found(run)


def run_instead(*, run: BacktestRun, enqueue: bool = True) -> BacktestRun:
    """Test the translator's reading in a run of its own, with everything else as it was asked.

    Asked twice, it is the same run. Raises `BacktestInvalid` when there is no such reading, or
    `AllowanceExhausted`.
    """
    spec = run.read_json("spec") or {}
    if not (spec.get("second_reading") or {}).get("script"):
        raise BacktestInvalid({"second_reading": [NOTHING]})
    in_vain = run.children.filter(reader=Reader.TRANSLATOR, status__in=WITHOUT_RESULT).count()
    return services.start_backtest(
        owner=Owner(user=run.user, visitor=run.visitor),
        idea=run.idea,
        symbol=run.symbol_text,
        start=run.requested_start,
        end=run.requested_end,
        initial_capital=run.initial_capital,
        commission=run.commission,
        costs=run.costs,
        holdout=run.holdout,
        parent=run,
        reader=Reader.TRANSLATOR,
        idempotency_key=f"second-reading:{run.pk}:{in_vain}",
        enqueue=enqueue,
    )
