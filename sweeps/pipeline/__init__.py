"""The work of a sweep: claim, compute outside any transaction, commit in one.

`compute_chunk` and `study_sweep` are what Celery tasks call; `sweep_to_end` does all of it in this
process. None of them enqueues anything.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backtests.errors import RunFailed, RunRefused
from backtests.pipeline import INTERRUPTED, OUR_FAULT
from backtests.pipeline.lease import HeldLease, lease_length
from runs.models import LeaseLost
from runs.states import ACTIVE, Status
from sweeps import events, outcome
from sweeps.models import Sweep, SweepChunk, SweepResult
from sweeps.pipeline import computing, studying
from sweeps.stages import Stage

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Following:
    """What is due next: the chunk that takes this one's place, or the study."""

    sweep_id: UUID
    stage: str
    after_chunk: int


def compute_chunk(chunk_id: int) -> Following | None:
    """Compute a chunk if it is due; return what is due next, or None.

    Killed at any instruction it leaves the chunk as it was, to be claimed again when the lease
    has run out.
    """
    chunk = SweepChunk.objects.select_related("sweep__run").filter(pk=chunk_id).first()
    if chunk is None or not _claim_chunk(chunk):
        return None
    sweep = chunk.sweep
    bound = structlog.contextvars.bound_contextvars(sweep_id=str(sweep.pk), chunk=chunk.number)
    with bound, _ending(sweep, chunk):
        with HeldLease(chunk) as lease:
            decisions = computing.decide(chunk, lease.lost)
        return _commit_chunk(chunk, decisions)
    return None


def study_sweep(sweep_id: UUID | str) -> None:
    """Score, test and judge a sweep whose chunks are done, if that is due."""
    sweep = Sweep.objects.select_related("run").filter(pk=sweep_id).first()
    if sweep is None or not _claim_study(sweep):
        return
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(sweep_id=str(sweep.pk)), _ending(sweep, sweep):
        with HeldLease(sweep) as lease:
            found = studying.study(sweep, lease.lost)
        _commit_study(sweep, found, time.perf_counter() - started)


def sweep_to_end(sweep: Sweep) -> Sweep:
    """Do all of a sweep in this process; return it finished."""
    for chunk_id in list(sweep.chunks.unfinished().values_list("pk", flat=True)):
        compute_chunk(chunk_id)
    study_sweep(sweep.pk)
    sweep.refresh_from_db()
    return sweep


@contextlib.contextmanager
def _ending(sweep: Sweep, held: Sweep | SweepChunk) -> Iterator[None]:
    """Turn what goes wrong into the end of the sweep, unless somebody took the work over."""
    try:
        yield
    except LeaseLost:
        log.info("lease_lost")
    except RunRefused as refusal:
        if held.renew(lease=lease_length()):
            outcome.refuse(sweep, refusal)
    except RunFailed as failure:
        if held.renew(lease=lease_length()):
            outcome.fail(sweep, str(failure))
    except Exception:
        if held.renew(lease=lease_length()):
            outcome.fail(sweep, OUR_FAULT)
        raise


def _claim_chunk(chunk: SweepChunk) -> bool:
    sweep = chunk.sweep
    with transaction.atomic():
        if not chunk.claim(lease=lease_length()):
            return False
        if chunk.attempt > settings.STAGE_MAX_ATTEMPTS:
            outcome.fail(sweep, INTERRUPTED)
            return False
        now = timezone.now()
        rows = Sweep.objects.filter(pk=sweep.pk)
        first = rows.filter(status=Status.QUEUED)
        if first.update(status=Status.RUNNING, started_at=now, moved_at=now):
            sweep.record(events.STAGE_STARTED, {"stage": Stage.COMPUTING, "attempt": 1})
    return True


def _commit_chunk(chunk: SweepChunk, decisions: bytes) -> Following | None:
    sweep = chunk.sweep
    with transaction.atomic():
        if not chunk.finish(decisions):
            raise LeaseLost(f"chunk {chunk.pk} is no longer ours")
        # Takes the sweep's row lock: of two last chunks the second to commit sees both done.
        event = sweep.record(events.CHUNK_FINISHED, {"chunk": chunk.number, "size": chunk.size})
        rows = Sweep.objects.filter(pk=sweep.pk, status__in=ACTIVE, stage=Stage.COMPUTING)
        if SweepChunk.objects.filter(sweep=sweep).unfinished().exists():
            rows.update(moved_at=timezone.now())
            return Following(sweep.pk, Stage.COMPUTING, chunk.number)
        rows.update(stage=Stage.STUDYING, attempt=0, moved_at=timezone.now())
        seconds = (event.created_at - (sweep.started_at or sweep.created_at)).total_seconds()
        payload = {"stage": Stage.COMPUTING, "seconds": round(seconds, 4)}
        sweep.record(
            events.STAGE_FINISHED, payload | {"note": f"{sweep.combinations:,} combinations."}
        )
    return Following(sweep.pk, Stage.STUDYING, chunk.number)


def _claim_study(sweep: Sweep) -> bool:
    with transaction.atomic():
        if not sweep.claim(Stage.STUDYING, lease=lease_length()):
            return False
        if sweep.attempt > settings.STAGE_MAX_ATTEMPTS:
            outcome.fail(sweep, INTERRUPTED)
            return False
        payload = {"stage": Stage.STUDYING, "attempt": sweep.attempt}
        sweep.record(events.STAGE_STARTED, payload)
    return True


def _commit_study(sweep: Sweep, found: studying.Found, seconds: float) -> None:
    with transaction.atomic():
        SweepResult.objects.create(sweep=sweep, columns=found.columns, study=found.study)
        Sweep.objects.filter(pk=sweep.pk).update(headline=found.headline)
        payload = {"stage": Stage.STUDYING, "seconds": round(seconds, 4)}
        sweep.record(events.STAGE_FINISHED, payload | {"note": found.headline["word"]})
        # The result says all; the decisions can be made again.
        sweep.chunks.all().delete()
        outcome.complete(sweep)
