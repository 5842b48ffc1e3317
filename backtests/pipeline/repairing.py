"""Repairing: the script and its error go back to whoever wrote it."""

from backtests import events
from backtests.artifacts import store
from backtests.errors import RunFailed
from backtests.pipeline.work import Done, Work
from backtests.providers import provider_for
from backtests.stages import Stage
from llm.gateway.errors import LLMError
from llm.provider import Draft


def repair(work: Work) -> Done:
    """Ask for a better script; every version is kept, with the error that led to it.

    Leaves: `strategy.vN.py`; next stage validating.
    """
    run, spec = work.run, work.spec
    error, script = run.failure_message, work.script()
    version = run.artifacts.filter(kind="script").count() + 1
    draft = Draft(
        title=spec["title"],
        script=script,
        params=spec["params"],
        echo=spec["echo"],
        symbol=spec["symbol"],
        assumptions=spec["assumptions"],
        settings=spec["settings"],
    )
    provider = provider_for(run.own_script, is_cancelled=work.cancelled.is_set)
    try:
        better = provider.repair(draft, script, error, attempt=version - 1)
    except LLMError as unanswered:
        raise RunFailed(f"The script did not pass ({error}), and {unanswered}") from unanswered
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
