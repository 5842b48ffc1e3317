"""Celery tasks: a group of chunks over the workers, then one study. The rules are in the pipeline.

Only as many chunks are in the broker as may run side by side; each that is done calls the one
that takes its place. A sweep of 10,000 combinations never stands in front of somebody's backtest.
"""

from functools import partial
from uuid import UUID

from celery import group, shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sweeps import pipeline, sweeping
from sweeps.models import SweepChunk
from sweeps.stages import Stage


@shared_task(name="sweeps.tasks.compute")
def compute(chunk_id: int) -> None:
    """Let the script decide for one chunk of parameters."""
    following = pipeline.compute_chunk(chunk_id)
    if following is None:
        return
    if following.stage == Stage.STUDYING:
        study.delay(str(following.sweep_id))
        return
    number = following.after_chunk + settings.SWEEP_PARALLEL_CHUNKS
    for chunk in SweepChunk.objects.filter(sweep=following.sweep_id, number=number):
        compute.delay(chunk.pk)


@shared_task(name="sweeps.tasks.study")
def study(sweep_id: str) -> None:
    """Score, test and judge."""
    pipeline.study_sweep(sweep_id)


@shared_task(name="sweeps.tasks.requeue")
def requeue() -> None:
    """Pick up sweeps that stopped making progress."""
    for sweep_id, stage in sweeping.take_stale_sweeps():
        if stage == Stage.STUDYING:
            study.delay(str(sweep_id))
        else:
            enqueue_chunks(sweep_id)


def enqueue_chunks(sweep_id: UUID) -> None:
    """Fill the free places of a sweep as one group, once the present transaction has committed.

    A broker that is away loses nothing: the sweeper finds the sweep and fills them again.
    """
    transaction.on_commit(partial(_send_chunks, sweep_id), robust=True)


def _send_chunks(sweep_id: UUID) -> None:
    now = timezone.now()
    chunks = SweepChunk.objects.filter(sweep=sweep_id)
    places = settings.SWEEP_PARALLEL_CHUNKS - chunks.held(now).count()
    waiting = chunks.free(now).values_list("pk", flat=True)[: max(0, places)]
    group(compute.s(chunk_id) for chunk_id in waiting).apply_async()
