"""Which line looked ahead: the script once more in both worlds, watched line by line."""

from django.conf import settings

from backtests.pipeline.trials import client, limits_of
from backtests.pipeline.work import Work
from engine import EngineError
from engine.lookahead import Culprit, locate, suspect
from engine.worlds import World, file_of
from sandbox import Job

ENTRY = "engine.lookahead.tracing:main"
# Watching a script costs several times what running it does.
SLOWER = 10


def culprit_of(script: str, whole: World, other: World, cut: int, work: Work) -> Culprit | None:
    """The line whose values first differ between the worlds; by its text where none is found."""
    limits = limits_of(SLOWER * settings.SANDBOX_EXECUTION_SECONDS)
    jobs = [
        Job(
            script=script.encode(),
            data=data,
            data_suffix=suffix,
            entry=ENTRY,
            params={"cut": cut, "params": work.run.script_params},
        )
        for data, suffix in (file_of(whole), file_of(other))
    ]
    results = client().run_many(jobs, limits, cancelled=work.cancelled.is_set)
    if any(result.status != "ok" for result in results):
        return suspect(script)
    try:
        return locate(script, results[0].result, results[1].result)
    except EngineError:
        return suspect(script)
