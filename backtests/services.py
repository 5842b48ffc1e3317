"""What one can do with backtests. Pages, the API and the command line come through here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.access import Owner
from backtests import choosing, events, outcome, refining, tasks, turns
from backtests import costs as costs_module
from backtests import holdout as holdouts
from backtests.artifacts import discard_unused
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from backtests.stages import LABELS, Stage
from billing import services as billing
from market import services as market
from market.errors import UnknownSymbol
from runs.states import Status

LOG_LINES_SHOWN = 200


def start_backtest(
    *,
    owner: Owner,
    idea: str,
    symbol: str = "",
    start: date | None = None,
    end: date | None = None,
    initial_capital: Decimal | float | str | None = None,
    commission: Decimal | float | str | None = None,
    idempotency_key: str = "",
    own_script: str = "",
    script_params: dict[str, Any] | None = None,
    costs: Mapping[str, Any] | None = None,
    holdout: Decimal | float | str | None = None,
    choices: Mapping[str, Any] | None = None,
    refinements: Sequence[str] = (),
    parent: BacktestRun | None = None,
    reader: str = "",
    enqueue: bool = True,
) -> BacktestRun:
    """Put an idea (or a script of one's own) in the queue.

    Raises `BacktestInvalid` with sentences by field, or `AllowanceExhausted`; in both cases
    nothing is stored and nothing is charged. The same owner and key give the same run again.
    `costs` are those of `backtests.costs`; `holdout` is the last fraction of the data, to be
    sealed; `parent` is the owner's run that this one is a variant of; `reader` names who is to
    read the idea, of `backtests.models.Reader`. `choices` are what the person settled instead of
    what the idea leaves open (`backtests.choosing`); `refinements` are what was changed in words
    after it, in order (`backtests.refining`).
    """
    capital, per_side = _numbers(initial_capital, commission)
    beyond, sealed = costs_module.parse(costs), holdouts.parse(holdout)
    _check(idea=idea, symbol=symbol, start=start, end=end, own_script=own_script)
    if choices and own_script:
        raise BacktestInvalid({"choices": ["A script leaves nothing to choose."]})
    owner = owner.ensure()
    if earlier := _earlier(owner, idempotency_key):
        return earlier
    run = BacktestRun(
        **owner.fields(),
        idea=idea.strip(),
        own_script=own_script,
        script_params=script_params or {},
        symbol_text=symbol.strip(),
        requested_start=start,
        requested_end=end,
        initial_capital=capital,
        commission=per_side,
        costs=beyond,
        holdout=sealed,
        refinements=list(refinements),
        parent=parent,
        reader=reader,
        stage=Stage.GENERATING,
        idempotency_key=idempotency_key,
    )
    run.choices = choosing.parse(choices, read=lambda chosen: refining.read(run, chosen), run=run)
    try:
        run.full_clean(validate_constraints=False)
        with transaction.atomic():
            reservation = billing.reserve(owner=owner)
            run.reservation_id = reservation.pk if reservation else None
            run.save(force_insert=True)
            run.record(events.RUN_QUEUED, {"ahead": turns.ahead_of(run)})
            if enqueue:
                tasks.enqueue(run.pk, Stage.GENERATING)
    except ValidationError as error:
        raise BacktestInvalid(error.message_dict) from error
    except IntegrityError:
        # Two requests with one key at the same moment: the second gets the first one's run.
        if earlier := _earlier(owner, idempotency_key):
            return earlier
        raise
    return run


def unseal(*, run: BacktestRun, enqueue: bool = True) -> BacktestRun:
    """Test a run's sealed days with its script, once; the new run reports them. Not charged.

    Raises `BacktestInvalid` when nothing is sealed, or not any more.
    """
    with transaction.atomic():
        test = holdouts.unseal(run)
        test.stage = Stage.GENERATING
        test.save(force_insert=True)
        test.record(events.RUN_QUEUED, {"ahead": turns.ahead_of(test)})
        if enqueue:
            tasks.enqueue(test.pk, Stage.GENERATING)
    return test


def cancel_run(*, run: BacktestRun) -> bool:
    """Stop a run at its owner's wish; False when it had already ended."""
    return outcome.cancel(run)


@transaction.atomic
def delete_run(*, run: BacktestRun) -> None:
    """Delete a run with its events and files; a running one is cancelled first."""
    outcome.cancel(run)
    hashes = list(run.artifacts.values_list("content_hash", flat=True))
    run.delete()
    transaction.on_commit(lambda: discard_unused(hashes))


@dataclass(frozen=True)
class StageProgress:
    """One line of the run page; `state` is done, now, waiting, failed or skipped."""

    key: str
    label: str
    state: str
    seconds: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Progress:
    """A run as its page shows it, read from its events and artifacts."""

    stages: list[StageProgress]
    queue_position: int
    script: str
    script_versions: list[Any]
    log_lines: list[dict[str, Any]] = field(default_factory=list)
    last_sequence: int = 0

    @property
    def script_file(self) -> Any:
        """The newest script as an artifact, or None."""
        return self.script_versions[-1] if self.script_versions else None


def progress(run: BacktestRun) -> Progress:
    """Where a run stands."""
    facts = list(run.events.exclude(kind=events.SCRIPT_DELTA))
    versions = list(run.artifacts.filter(kind="script").order_by("version"))
    log_lines = [event.payload for event in facts if event.kind == events.LOG_LINE]
    waiting = run.status == Status.QUEUED
    return Progress(
        stages=_stages(run, facts),
        queue_position=turns.ahead_of(run) + 1 if waiting else 0,
        script=versions[-1].read().decode() if versions else "",
        script_versions=versions,
        log_lines=log_lines[-LOG_LINES_SHOWN:],
        last_sequence=run.last_sequence,
    )


def _stages(run: BacktestRun, facts: list[Any]) -> list[StageProgress]:
    seconds: dict[str, float] = {}
    notes: dict[str, str] = {}
    for event in facts:
        if event.kind == events.STAGE_FINISHED:
            stage = event.payload["stage"]
            seconds[stage] = seconds.get(stage, 0.0) + event.payload["seconds"]
            notes[stage] = event.payload["note"]
    lines = []
    for stage in Stage:
        if stage == Stage.REPAIRING and stage not in seconds and run.stage != stage:
            continue
        state = _state(run, stage, done=stage in seconds)
        label = LABELS[stage][1 if state == "done" else 0]
        lines.append(
            StageProgress(stage.value, label, state, seconds.get(stage), notes.get(stage, ""))
        )
    return lines


def _state(run: BacktestRun, stage: Stage, *, done: bool) -> str:
    if run.status == Status.COMPLETED:
        return "done"
    if stage == run.stage:
        if run.is_finished:
            return "failed"
        return "now" if run.status == Status.RUNNING else "waiting"
    if done:
        return "done"
    return "skipped" if run.is_finished else "waiting"


def _earlier(owner: Owner, idempotency_key: str) -> BacktestRun | None:
    if not idempotency_key:
        return None
    return BacktestRun.objects.visible_to(owner).filter(idempotency_key=idempotency_key).first()


def _numbers(capital: Any, commission: Any) -> tuple[Decimal | None, Decimal | None]:
    errors: dict[str, list[str]] = {}
    numbers: list[Decimal | None] = []
    for name, value in (("initial_capital", capital), ("commission", commission)):
        try:
            number = None if value in (None, "") else Decimal(str(value))
        except InvalidOperation:
            number = None
            errors[name] = [f"“{value}” is not a number."]
        if number is not None and not number.is_finite():
            errors[name] = ["A number is needed here, not an infinity."]
        numbers.append(number)
    capital, commission = numbers
    if capital is not None and not errors and not (1 <= capital <= Decimal("1e12")):
        errors["initial_capital"] = ["The capital must lie between 1 and 1,000,000,000,000."]
    if commission is not None and not errors and not (0 <= commission <= Decimal("0.2")):
        errors["commission"] = ["Costs per side must lie between 0 and 0.2 (20 %)."]
    if errors:
        raise BacktestInvalid(errors)
    return (
        None if capital is None else capital.quantize(Decimal("0.01")),
        None if commission is None else commission.quantize(Decimal("0.000001")),
    )


def _check(
    *, idea: str, symbol: str, start: date | None, end: date | None, own_script: str
) -> None:
    errors: dict[str, list[str]] = {}
    text = idea.strip()
    if not text and not own_script:
        errors["idea"] = ["Write a trading idea, for example: buy when RSI(14) is below 30."]
    elif len(text) > settings.IDEA_MAX_LENGTH:
        errors["idea"] = [
            f"This is {len(text):,} characters long; {settings.IDEA_MAX_LENGTH:,} is the most. "
            "Leave out what is not a rule."
        ]
    elif "\x00" in text or "\x00" in own_script:
        errors["idea"] = ["The text holds a character that cannot be stored (NUL)."]
    if symbol.strip():
        errors |= _check_symbol(symbol, start, end)
    if start and end and start > end:
        errors["end"] = [f"The end ({end}) lies before the start ({start})."]
    if errors:
        raise BacktestInvalid(errors)


def _check_symbol(symbol: str, start: date | None, end: date | None) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    names = symbol.split(",")
    try:
        symbols = [market.resolve_symbol(name) for name in names]
    except UnknownSymbol as error:
        return {"symbol": [str(error)]}
    if len(set(symbols)) < len(symbols):
        return {"symbol": ["Name each symbol once."]}
    datasets = [market.current_dataset(found) for found in symbols]
    first = max(dataset.first_bar.date() for dataset in datasets)
    last = min(dataset.last_bar.date() for dataset in datasets)
    span = f"The data reach from {first} to {last}."
    if start and start > last:
        errors["start"] = [span]
    if end and end < first:
        errors["end"] = [span]
    return errors
