"""How a run ends: the final state, its event and the allowance move in one transaction."""

from django.db import transaction

from backtests import events
from backtests.errors import RunRefused
from backtests.models import BacktestRun
from backtests.signals import run_completed
from billing import services as billing
from runs.states import Status


def complete(run: BacktestRun) -> None:
    """Finish with a report. Call inside the transaction that stores it."""
    run.finish(Status.COMPLETED)
    run.record(events.RUN_COMPLETED)
    if run.reservation_id:
        billing.settle(reservation_id=run.reservation_id)
    run_id = run.pk
    transaction.on_commit(lambda: run_completed.send_robust(BacktestRun, run_id=run_id))


@transaction.atomic
def refuse(run: BacktestRun, refusal: RunRefused) -> None:
    """End without a result because of the idea; the allowance is given back."""
    run.finish(Status.REFUSED)
    BacktestRun.objects.filter(pk=run.pk).update(refusal=refusal.as_dict())
    run.record(events.RUN_REFUSED, refusal.as_dict())
    _give_back(run)


@transaction.atomic
def fail(run: BacktestRun, message: str) -> None:
    """End without a result for another reason; the allowance is given back."""
    run.finish(Status.FAILED, failure_message=message)
    run.record(events.RUN_FAILED, {"message": message})
    _give_back(run)


@transaction.atomic
def cancel(run: BacktestRun) -> bool:
    """End at the owner's wish; given back only if nothing had been started yet."""
    if run.interrupt(Status.CANCELLED, only=(Status.QUEUED,)):
        _give_back(run)
    elif run.interrupt(Status.CANCELLED):
        if run.reservation_id:
            billing.settle(reservation_id=run.reservation_id)
    else:
        return False
    run.record(events.RUN_CANCELLED)
    return True


def _give_back(run: BacktestRun) -> None:
    if run.reservation_id:
        billing.release(reservation_id=run.reservation_id)
