"""What one can do with sweeps. Pages and the API come through here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.access import Owner
from backtests.models import BacktestRun
from billing import services as billing
from engine.errors import EngineError
from engine.validation.declared import declared, default_ranges
from engine.validation.grids import (
    ALL,
    Axis,
    GridError,
    Value,
    axes_of,
    grid_numbers,
    random_numbers,
)
from runs.states import Status
from sweeps import events, outcome, tasks
from sweeps.errors import SweepInvalid
from sweeps.models import Sweep, SweepChunk
from sweeps.pipeline.computing import SEVERAL_SYMBOLS
from sweeps.seals import sealed_sentence
from sweeps.stages import Stage

VARYING_AT_FIRST = 2  # what a heat map can show
SEED_BELOW = 2**31


@dataclass(frozen=True)
class Proposal:
    """The parameters of a run, a range for each, and those that should vary at first."""

    params: dict[str, Value]
    ranges: dict[str, Any]
    varying: tuple[str, ...]


def proposal(run: BacktestRun) -> Proposal:
    """What a sweep of this run could try: the script's RANGES, else ranges around its values.

    Raises `SweepInvalid` when there is nothing to vary.
    """
    script = run.artifact("script")
    if run.status != Status.COMPLETED or script is None:
        raise SweepInvalid({"run": ["Only a completed run can be tried with other parameters."]})
    if why := sealed_sentence(run, run.read_json("spec")):
        raise SweepInvalid({"run": [why]})
    if len(run.datasets()) > 1:
        raise SweepInvalid({"run": [SEVERAL_SYMBOLS]})
    try:
        found = declared(script.read().decode())
    except EngineError as error:
        raise SweepInvalid({"run": [str(error)]}) from error
    params = {
        name: run.script_params.get(name, value) if run.script_params else value
        for name, value in found.params.items()
    }
    ranges = default_ranges(params) | found.ranges
    if not ranges:
        raise SweepInvalid({"run": ["The script has no parameter that could vary."]})
    given = [name for name in found.ranges if name in params]
    numeric = [name for name in ranges if not isinstance(params.get(name), bool | str)]
    return Proposal(params, ranges, tuple(given or (numeric or list(ranges))[:VARYING_AT_FIRST]))


def start_sweep(
    *,
    owner: Owner,
    run: BacktestRun,
    ranges: Mapping[str, Any] | None = None,
    method: str = Sweep.Method.GRID,
    samples: int | None = None,
    seed: int = 0,
    idempotency_key: str = "",
    enqueue: bool = True,
) -> Sweep:
    """Put a sweep of a completed run in the queue.

    Raises `SweepInvalid` with sentences by field, or `AllowanceExhausted`; in both cases nothing
    is stored and nothing is charged. The same run and key give the same sweep again.
    """
    if earlier := _earlier(run, idempotency_key):
        return earlier
    axes, numbers = _plan(run, ranges, method, samples, seed)
    sweep = Sweep(
        run=run,
        method=method,
        axes=[asdict(axis) for axis in axes],
        combinations=len(numbers),
        seed=seed,
        stage=Stage.COMPUTING,
        idempotency_key=idempotency_key,
    )
    try:
        _store(sweep, owner, enqueue=enqueue)
    except IntegrityError:
        # Two requests with one key at the same moment: the second gets the first one's sweep.
        if earlier := _earlier(run, idempotency_key):
            return earlier
        raise
    return sweep


@transaction.atomic
def _store(sweep: Sweep, owner: Owner, *, enqueue: bool) -> None:
    reservation = billing.reserve(owner=owner)
    sweep.reservation_id = reservation.pk if reservation else None
    sweep.save(force_insert=True)
    SweepChunk.objects.bulk_create(_chunks(sweep))
    ahead = Sweep.objects.filter(status=Status.QUEUED, created_at__lt=sweep.created_at)
    sweep.record(events.RUN_QUEUED, {"ahead": ahead.count()})
    if enqueue:
        tasks.enqueue_chunks(sweep.pk)


def cancel_sweep(*, sweep: Sweep) -> bool:
    """Stop a sweep at its owner's wish; False when it had already ended."""
    return outcome.cancel(sweep)


@dataclass(frozen=True)
class Progress:
    """A sweep as its page shows it."""

    done: int
    total: int
    last_sequence: int

    @property
    def share(self) -> float:
        """The share of the combinations that were tried."""
        return self.done / self.total if self.total else 0.0


def progress(sweep: Sweep) -> Progress:
    """Where a sweep stands."""
    left = sum(sweep.chunks.unfinished().values_list("size", flat=True))
    return Progress(sweep.combinations - left, sweep.combinations, sweep.last_sequence)


def _plan(
    run: BacktestRun, ranges: Mapping[str, Any] | None, method: str, samples: int | None, seed: int
) -> tuple[tuple[Axis, ...], list[int]]:
    proposed = proposal(run)
    if ranges is None:
        ranges = {name: proposed.ranges[name] for name in proposed.varying}
    limit = settings.SWEEP_MAX_COMBINATIONS
    errors: dict[str, list[str]] = {}
    if method not in Sweep.Method.values:
        errors["method"] = [f"“{method}” is no method; say grid or random."]
    if method == Sweep.Method.RANDOM and samples is None:
        errors["samples"] = ["Say how many combinations to draw."]
    if not 0 <= seed < SEED_BELOW:
        errors["seed"] = [f"A whole number from 0 to {SEED_BELOW - 1:,}."]
    try:
        axes = axes_of(proposed.params, ranges)
        if errors:
            raise SweepInvalid(errors)
        if method == Sweep.Method.RANDOM:
            numbers = random_numbers(axes, samples or 0, limit, seed)
        else:
            numbers = grid_numbers(axes, limit)
    except GridError as error:
        raise SweepInvalid({**errors, **error.errors}) from error
    if len(numbers) < 2:
        raise SweepInvalid({ALL: ["These ranges have one combination; a sweep needs two."]})
    return axes, numbers


def _chunks(sweep: Sweep) -> list[SweepChunk]:
    """Enough chunks for every worker to have some, none so large that losing it hurts."""
    shares = -(-sweep.combinations // (4 * settings.SWEEP_PARALLEL_CHUNKS))
    size = max(1, min(settings.SWEEP_CHUNK_SIZE, shares))
    firsts = range(0, sweep.combinations, size)
    return [
        SweepChunk(
            sweep=sweep, number=number, first=first, size=min(size, sweep.combinations - first)
        )
        for number, first in enumerate(firsts)
    ]


def _earlier(run: BacktestRun, key: str | UUID) -> Sweep | None:
    return Sweep.objects.filter(run=run, idempotency_key=key).first() if key else None
