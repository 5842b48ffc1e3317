"""A model's explanation of a run's script: how far it is, what is kept of it, and the work.

It is kept as an artifact with the version of the script it explains, so a repaired script does
not inherit it. Where it stands is told by the run's events: asked, then written or failed.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from django.db import transaction
from django.utils import timezone

from backtests import asking, events
from backtests.artifacts import attach, store
from backtests.models import Artifact, BacktestRun
from llm.gateway import LLMConfig, LLMError
from llm.gateway.explaining import Explained, split_lines

log = structlog.get_logger(__name__)

KIND = Artifact.Kind.EXPLANATION
# Beyond the two turns a model has, and a while in the queue: then nobody is at work any more.
PATIENCE = timedelta(minutes=5)
AGAIN = "Nothing was lost, and you can ask again."
LOST = f"No answer came within {PATIENCE.seconds // 60} minutes. {AGAIN}"
OUR_FAULT = f"Something broke on our side. {AGAIN}"
GONE = "there is no language model any more"


@dataclass(frozen=True)
class Standing:
    """How far an explanation is: `state` is none, waiting, written or failed."""

    state: str = "none"
    version: int = 0
    model: str = ""
    message: str = ""
    seconds: int = 0
    # The event that asked for it.
    asked: int = 0


def standing(run: BacktestRun, version: int) -> Standing:
    """How far the explanation of a version of the script is."""
    kinds = (events.EXPLANATION_ASKED, events.EXPLANATION_WRITTEN, events.EXPLANATION_FAILED)
    last = run.events.filter(kind__in=kinds, payload__version=version).last()
    if last is None:
        return Standing(version=version)
    model, message = last.payload["model"], last.payload.get("message", "")
    if last.kind != events.EXPLANATION_ASKED:
        state = "written" if last.kind == events.EXPLANATION_WRITTEN else "failed"
        return Standing(state, version, model, message)
    waited = timezone.now() - last.created_at
    if waited > PATIENCE:
        return Standing("failed", version, model, LOST)
    return Standing(
        "waiting", version, model, seconds=int(waited.total_seconds()), asked=last.sequence
    )


def kept(run: BacktestRun, script: str) -> dict[str, Any] | None:
    """What a model said about exactly this script; None where nothing is kept."""
    told = run.read_json(KIND)
    return told if told and told["script"] == _hash(script) else None


def write(run_id: UUID | str, asked: int) -> None:
    """Ask the model and keep what passes, unless somebody has, or it was asked too long ago.

    The call is made outside any transaction; its result and its event are stored in one.
    """
    run = BacktestRun.objects.filter(pk=run_id).first()
    artifact = run and run.artifact("script")
    if run is None or artifact is None or standing(run, artifact.version).asked != asked:
        return
    script, version = artifact.read().decode(), artifact.version
    try:
        provider = asking.model_provider(run)
        if provider is None:
            raise LLMConfig(GONE)
        explained = provider.explain(script)
    except LLMError as error:
        log.warning("explanation_missing", reason=str(error))
        _fail(run, version, asked, f"{asking.reason(error)}. {AGAIN}")
    except Exception:
        _fail(run, version, asked, OUR_FAULT)
        raise
    else:
        _keep(run, version, provider.name, script, explained)


def _keep(run: BacktestRun, version: int, model: str, script: str, explained: Explained) -> None:
    told = {
        "model": model,
        "script": _hash(script),
        "lines": [{"line": k, "sentence": text} for k, text in explained.sentences.items()],
        "left_out": explained.left_out,
        "lines_seen": min(explained.lines_seen, len(split_lines(script))),
    }
    new = store(KIND, f"explanation.v{version}.json", orjson.dumps(told), version=version)
    with transaction.atomic():
        if not _is_there(run) or run.artifacts.filter(kind=KIND, version=version).exists():
            return
        attach(run, new)
        written = {"version": version, "model": model, "lines": len(explained.sentences)}
        run.record(events.EXPLANATION_WRITTEN, written)


def _fail(run: BacktestRun, version: int, asked: int, message: str) -> None:
    with transaction.atomic():
        # Somebody who lost patience may have asked again, and that one may still succeed.
        if _is_there(run) and standing(run, version).asked == asked:
            payload = {"version": version, "model": asking.model_name(run.user), "message": message}
            run.record(events.EXPLANATION_FAILED, payload)


def _is_there(run: BacktestRun) -> bool:
    """Whether the run was not deleted meanwhile; its row is locked until the transaction ends."""
    return BacktestRun.objects.select_for_update().filter(pk=run.pk).first() is not None


def _hash(script: str) -> str:
    return hashlib.sha256(script.encode()).hexdigest()
