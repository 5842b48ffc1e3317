"""Repairing: the script and its error go back to whoever wrote it."""

from typing import Any

import structlog

from backtests import events
from backtests.artifacts import store
from backtests.errors import RunFailed
from backtests.pipeline.generating import start_over
from backtests.pipeline.work import Done, Work
from backtests.providers import provider_for
from backtests.stages import Stage
from llm.gateway.errors import LLMError
from llm.provider import Draft

log = structlog.get_logger(__name__)


def repair(work: Work) -> Done:
    """Ask for a better script; every version is kept, with the error that led to it.

    A model that does not answer leaves the idea to the translator, which reads it afresh.
    Leaves: `strategy.vN.py`; next stage validating.
    """
    run, spec = work.run, work.spec
    error, script = run.failure_message, work.script()
    version = run.artifacts.filter(kind="script").count() + 1
    draft = _draft_of(spec, script)
    try:
        provider = provider_for(run, is_cancelled=work.cancelled.is_set)
        better = provider.repair(draft, script, error, attempt=version - 1)
    except LLMError as unanswered:
        log.warning("model_unavailable", reason=str(unanswered))
        done = start_over(work, version=version, error=error, unanswered=unanswered)
        if done is None:
            raise RunFailed(f"The script did not pass ({error}), and {unanswered}") from unanswered
        return done
    if better is None or better == script:
        raise RunFailed(f"The script did not pass and could not be repaired: {error}")
    return Done(
        Stage.VALIDATING,
        note=error.strip().splitlines()[-1][:200],
        artifacts=[
            store(
                "script",
                f"strategy.v{version}.py",
                better.encode(),
                version=version,
                note=error[:2000],
            )
        ],
        events=[(events.SCRIPT_REPAIRED, {"version": version, "error": error[:500]})],
        changes={"failure_message": ""},
    )


def _draft_of(spec: dict[str, Any], script: str) -> Draft:
    return Draft(
        title=spec["title"],
        script=script,
        params=spec["params"],
        echo=spec["echo"],
        symbol=spec["symbol"],
        assumptions=spec["assumptions"],
        settings=spec["settings"],
    )
