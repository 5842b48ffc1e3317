"""Celery tasks: each does one stage and enqueues the next. The rules are in the pipeline."""

import gc
from functools import partial
from uuid import UUID

from celery import shared_task
from celery.signals import worker_init
from django.db import transaction

from backtests import model_explanation, pipeline, sweeping
from backtests.stages import Stage


@shared_task(name="backtests.tasks.generate")
def generate(run_id: str) -> None:
    """Write the script of the run whose turn it is, which need not be the one named."""
    begun = pipeline.begin_next(run_id)
    if begun is not None and begun[1] is not None:
        enqueue(begun[0], begun[1])


@shared_task(name="backtests.tasks.validate")
def validate(run_id: str) -> None:
    """Try the script on a small dataset and check it for look-ahead."""
    _do(run_id, Stage.VALIDATING)


@shared_task(name="backtests.tasks.repair")
def repair(run_id: str) -> None:
    """Ask for a better script."""
    _do(run_id, Stage.REPAIRING)


@shared_task(name="backtests.tasks.execute")
def execute(run_id: str) -> None:
    """Run the script on all bars and keep the books."""
    _do(run_id, Stage.EXECUTING)


@shared_task(name="backtests.tasks.report")
def report(run_id: str) -> None:
    """Write the report."""
    _do(run_id, Stage.REPORTING)


@shared_task(name="backtests.tasks.sweep")
def sweep() -> None:
    """Pick up runs that stopped making progress."""
    for run_id, stage in sweeping.take_stale_runs():
        enqueue(run_id, stage)


@shared_task(name="backtests.tasks.explain")
def explain(run_id: str, asked: int) -> None:
    """Have a model explain the script of a run, as the event of that number asks."""
    model_explanation.write(run_id, asked)


TASKS = {
    Stage.GENERATING: generate,
    Stage.VALIDATING: validate,
    Stage.REPAIRING: repair,
    Stage.EXECUTING: execute,
    Stage.REPORTING: report,
}


def enqueue(run_id: UUID | str, stage: Stage) -> None:
    """Tell a worker, once the present transaction has committed.

    A broker that is away loses nothing: the sweeper finds the run and tells again.
    """
    transaction.on_commit(partial(TASKS[stage].delay, str(run_id)), robust=True)


def enqueue_explanation(run_id: UUID | str, asked: int) -> None:
    """Tell a worker on commit; one that never hears of it leaves the question to be asked anew."""
    transaction.on_commit(partial(explain.delay, str(run_id), asked), robust=True)


def _do(run_id: str, stage: Stage) -> None:
    following = pipeline.run_stage(run_id, stage)
    if following is not None:
        enqueue(run_id, following)


@worker_init.connect
def warm_up(**_: object) -> None:
    """Load the heavy libraries and compiled kernels before the first idea comes.

    Once, before the pool is forked: its processes share what was loaded, one that takes the place
    of another is ready at once, and none is still loading when the site is told to stop.
    """
    pipeline.warm()
    gc.freeze()  # a collection in a forked process would copy what it shares
