"""The stages of a backtest: claim, compute outside any transaction, commit in one.

`run_stage` is what a Celery task calls; `run_to_end` walks all stages in this process. Neither
enqueues anything.
"""

import contextlib
import time
from importlib import import_module
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from backtests import asking, events, outcome, turns
from backtests.artifacts import attach, discard_unused
from backtests.errors import RunFailed, RunRefused
from backtests.models import BacktestRun
from backtests.pipeline import acting, executing, generating, repairing, reporting, validating
from backtests.pipeline.lease import HeldLease, lease_length
from backtests.pipeline.work import Done, Work
from backtests.stages import Stage
from runs.models import LeaseLost
from runs.states import Status

log = structlog.get_logger(__name__)

STAGES = {
    Stage.GENERATING: generating.generate,
    Stage.VALIDATING: validating.validate,
    Stage.REPAIRING: repairing.repair,
    Stage.EXECUTING: executing.execute,
    Stage.REPORTING: reporting.report,
}

OUR_FAULT = "Something broke on our side. Nothing was charged; please try again."
INTERRUPTED = "This run was interrupted too often. Nothing was charged; please try again."


def run_stage(run_id: UUID | str, stage: str) -> Stage | None:
    """Do `stage` of the run if it is due; return the stage that is due next, or None.

    Requires: status queued or running, stage as named, no live lease of somebody else.
    Leaves: the next stage without a lease, or a final status. Killed at any instruction it
    leaves the stage as it was, to be claimed again when the lease has run out.
    """
    run = BacktestRun.objects.filter(pk=run_id).first()
    if run is None or not _claim(run, stage):
        return None
    return _carry_on(run, stage)


def begin_next(run_id: UUID | str) -> tuple[UUID, Stage | None] | None:
    """Begin the waiting run whose turn it is; return it and the stage that is due next.

    `run_id` is the one the message spoke of. There is a message for every waiting run, so each of
    them is begun by some message; a run that was begun before and lost its worker is that run.
    None when nothing waits.
    """
    begun = BacktestRun.objects.filter(pk=run_id, status=Status.RUNNING)
    for next_id in (*begun.values_list("pk", flat=True), *turns.in_turn()):
        run = BacktestRun.objects.filter(pk=next_id).first()
        if run is not None and _claim(run, Stage.GENERATING):  # else another worker was faster
            return run.pk, _carry_on(run, Stage.GENERATING)
    return None


def _carry_on(run: BacktestRun, stage: str) -> Stage | None:
    with structlog.contextvars.bound_contextvars(run_id=str(run.pk), stage=stage):
        try:
            return _work(run, Stage(stage))
        except LeaseLost:
            log.info("lease_lost")
        except RunRefused as refusal:
            with contextlib.suppress(LeaseLost):
                outcome.refuse(run, refusal)
        except RunFailed as failure:
            asking.forget_answers(run)
            with contextlib.suppress(LeaseLost):
                outcome.fail(run, str(failure))
        except Exception:
            with contextlib.suppress(LeaseLost):
                outcome.fail(run, OUR_FAULT)
            raise
    return None


def run_to_end(run: BacktestRun) -> BacktestRun:
    """Walk the run through its stages in this process; return it finished."""
    stage: Stage | None = Stage(run.stage)
    while stage is not None:
        stage = run_stage(run.pk, stage)
    run.refresh_from_db()
    return run


def _claim(run: BacktestRun, stage: str) -> bool:
    with transaction.atomic():
        if not run.claim(stage, lease=lease_length()):
            return False
        if run.attempt > settings.STAGE_MAX_ATTEMPTS:
            outcome.fail(run, INTERRUPTED)
            return False
        run.record(events.STAGE_STARTED, {"stage": stage, "attempt": run.attempt})
    return True


def _work(run: BacktestRun, stage: Stage) -> Stage | None:
    started = time.perf_counter()
    with HeldLease(run) as lease:
        done = STAGES[stage](Work(run, lease.lost))
    _commit(run, stage, done, time.perf_counter() - started)
    return done.next_stage


def _commit(run: BacktestRun, stage: Stage, done: Done, seconds: float) -> None:
    with transaction.atomic():
        if done.next_stage is not None:
            run.advance(done.next_stage)
        if done.changes:
            BacktestRun.objects.filter(pk=run.pk).update(**done.changes)
        _remove(run, done)
        for new in done.artifacts:
            attach(run, new)
        for kind, payload in done.events:
            run.record(kind, payload)
        run.record(
            events.STAGE_FINISHED,
            {"stage": stage, "seconds": round(seconds, 4), "note": done.note},
        )
        if done.next_stage is None:
            outcome.complete(run)


def _remove(run: BacktestRun, done: Done) -> None:
    if not done.remove:
        return
    leaving = run.artifacts.filter(kind__in=done.remove)
    hashes = list(leaving.values_list("content_hash", flat=True))
    leaving.delete()
    transaction.on_commit(lambda: discard_unused(hashes))


def warm() -> None:
    """Load what the stages need, so that the first idea does not wait for imports."""
    import engine
    from llm.translator import grammar

    engine.warm()
    import_module("arch.bootstrap")  # the report's, and slow to load
    grammar()  # with a language model, too: it reads what the model does not answer
    acting.warm()
