"""How a sweep ends: the final state, its event and the allowance move in one transaction."""

from django.db import transaction

from backtests.errors import RunRefused
from billing import services as billing
from runs.states import Status
from sweeps import events
from sweeps.models import Sweep


def complete(sweep: Sweep) -> None:
    """Finish with a result. Call inside the transaction that stores it."""
    sweep.finish(Status.COMPLETED)
    sweep.record(events.RUN_COMPLETED)
    if sweep.reservation_id:
        billing.settle(reservation_id=sweep.reservation_id)


@transaction.atomic
def refuse(sweep: Sweep, refusal: RunRefused) -> None:
    """End without a result because of what the script does; the allowance is given back."""
    if sweep.interrupt(Status.REFUSED):
        Sweep.objects.filter(pk=sweep.pk).update(refusal=refusal.as_dict())
        sweep.record(events.RUN_REFUSED, refusal.as_dict())
        _leave(sweep)


@transaction.atomic
def fail(sweep: Sweep, message: str) -> None:
    """End without a result for another reason; the allowance is given back."""
    if sweep.interrupt(Status.FAILED, failure_message=message):
        sweep.record(events.RUN_FAILED, {"message": message})
        _leave(sweep)


@transaction.atomic
def cancel(sweep: Sweep) -> bool:
    """End at the owner's wish; given back only if nothing had been started yet."""
    if sweep.interrupt(Status.CANCELLED, only=(Status.QUEUED,)):
        _leave(sweep)
    elif sweep.interrupt(Status.CANCELLED):
        sweep.chunks.all().delete()
        if sweep.reservation_id:
            billing.settle(reservation_id=sweep.reservation_id)
    else:
        return False
    sweep.record(events.RUN_CANCELLED)
    return True


def _leave(sweep: Sweep) -> None:
    sweep.chunks.all().delete()  # partial results are never shown as whole
    if sweep.reservation_id:
        billing.release(reservation_id=sweep.reservation_id)
