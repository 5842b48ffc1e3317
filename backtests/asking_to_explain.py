"""Asking the model to explain a script: only on a person's wish, and once for each version."""

from typing import Any

from django.db import transaction

from backtests import asking, events, explaining, tasks
from backtests.errors import BacktestInvalid
from backtests.model_explanation import Standing, standing
from backtests.models import Artifact, BacktestRun

UNFINISHED = "The script may still change; ask again when the run has ended."
EXPLAINED = "Every line of this script is explained already, from its specification."
NO_MODEL = (
    "No language model is set up that could explain this script. With a key of your own, stored on "
    "the account page, yours does."
)


def of(run: BacktestRun) -> Standing:
    """How far the explanation of the newest script is."""
    artifact = run.artifact("script")
    return Standing() if artifact is None else standing(run, artifact.version)


def ask(*, run: BacktestRun, enqueue: bool = True) -> Standing:
    """Have the model explain the newest script; asked twice, it is asked once.

    What there is already, or is being written, is only said. Raises `BacktestInvalid` with a
    sentence where nothing can be explained.
    """
    if not run.is_finished:
        raise BacktestInvalid({"explanation": [UNFINISHED]})
    artifact = run.artifact("script")
    if artifact is None:
        raise BacktestInvalid({"explanation": [explaining.NOTHING]})
    explanation = explaining.explanation_of(run, artifact.read().decode())
    if explanation.by == explaining.SPECIFICATION:
        raise BacktestInvalid({"explanation": [EXPLAINED]})
    with transaction.atomic():
        # Two clicks at once: the second finds what the first has asked.
        BacktestRun.objects.select_for_update().get(pk=run.pk)
        found = standing(run, artifact.version)
        if found.state in ("waiting", "written"):
            return found
        if not (model := asking.model_name(run.user)):
            raise BacktestInvalid({"explanation": [NO_MODEL]})
        asked = {"version": artifact.version, "model": model}
        event = run.record(events.EXPLANATION_ASKED, asked)
        if enqueue:
            tasks.enqueue_explanation(run.pk, event.sequence)
    return standing(run, artifact.version)


def panel(run: BacktestRun, script: Artifact | None) -> dict[str, Any]:
    """What a page shows of the explanation of the newest script, and how to come by one."""
    text = "" if script is None else script.read().decode()
    explanation = explaining.explanation_of(run, text)
    context = {"explanation": explanation, "can_ask": False}
    if script is None or explanation.lines or not run.is_finished:
        return context
    return context | {
        "can_ask": True,
        "standing": standing(run, script.version),
        "model": asking.model_name(run.user),
        "no_model": NO_MODEL,
    }
