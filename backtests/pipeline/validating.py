"""Validating: the contract, a trial on the small dataset, and the look-ahead gate."""

import hashlib
from functools import partial

from django.conf import settings

from backtests import events
from backtests.errors import RunFailed, RunRefused, ScriptFault
from backtests.models import BacktestRun
from backtests.pipeline.data import bars_of
from backtests.pipeline.trials import Trial, log_lines, try_script
from backtests.pipeline.work import Done, Work
from backtests.stages import Stage
from engine import Bars, contract, lookahead

LINES_SHOWN = 40


def validate(work: Work) -> Done:
    """Check the newest script; on success delete the small dataset, otherwise ask for a repair.

    Leaves: the log of the trial as events; next stage executing, or repairing with the error.
    """
    run, script, spec = work.run, work.script(), work.spec
    bars = bars_of(run, spec)
    small = bars.head(spec["validation_bars"])
    try:
        check_contract(script)
        trial = try_script(
            script,
            [small],
            params=run.script_params,
            seconds=settings.SANDBOX_VALIDATION_SECONDS,
            cancelled=work.cancelled,
        )[0]
        full, cuts = look_for_the_future(script, bars, work)
    except ScriptFault as fault:
        return _ask_for_repair(run, fault)
    return Done(
        Stage.EXECUTING,
        note=f"{len(small)} bars in the sandbox (level {trial.level}); "
        f"no look-ahead at {cuts} cuts.",
        remove=["validation_data"],
        events=[(events.LOG_LINE, line) for line in log_lines(trial.log)[:LINES_SHOWN]]
        + [
            (
                events.LOG_LINE,
                {
                    "level": "info",
                    "message": f"Decisions {hashlib.sha256(full.payload).hexdigest()[:12]} are "
                    f"the same with the future removed and replaced at {cuts} days.",
                },
            )
        ],
    )


def check_contract(script: str) -> None:
    """The script contract by reading the script; the sandbox is the hard boundary."""
    problems = contract.check(script)
    if problems:
        raise ScriptFault(
            "contract",
            "\n".join(f"line {p.line}: {p.message} {p.hint}".strip() for p in problems[:10]),
        )


def look_for_the_future(script: str, bars: Bars, work: Work) -> tuple[Trial, int]:
    """The look-ahead gate: no decision may change when later bars are removed or replaced.

    Every world runs in a process of its own, so a script cannot remember the future from one
    to the next. Two equal runs on all bars come first: a script that differs from itself is
    random, not clairvoyant.
    """
    attempt = partial(
        try_script,
        script,
        params=work.run.script_params,
        seconds=settings.SANDBOX_EXECUTION_SECONDS,
        cancelled=work.cancelled,
    )
    first, second = attempt([bars, bars])
    if first.payload != second.payload:
        raise ScriptFault(
            "random",
            "Two runs on the same bars made different decisions. Seed the random numbers, "
            "or leave them out.",
        )
    cuts = lookahead.choose_cuts(first.decisions, len(bars), settings.LOOK_AHEAD_CUTS)
    worlds = [lookahead.truncated(bars, cut) for cut in cuts]
    worlds += [lookahead.with_replaced_future(bars, cut, seed=cut) for cut in cuts]
    trials = attempt(worlds)
    for trial, cut, how in zip(
        trials, [*cuts, *cuts], ["removed"] * len(cuts) + ["replaced"] * len(cuts), strict=True
    ):
        difference = lookahead.first_difference(first.decisions, trial.decisions, cut)
        if difference is not None:
            raise ScriptFault("lookahead", _name_difference(difference, bars, cut, how))
    return first, len(cuts)


def _name_difference(difference: lookahead.Difference, bars: Bars, cut: int, how: str) -> str:
    day = str(bars.time[difference.bar])[:10]
    return (
        f"Look-ahead: the decision of {day} ({difference.field}) changes from "
        f"{difference.full} to {difference.partial} when the bars after "
        f"{str(bars.time[cut])[:10]} are {how}. A decision may use bars up to its own day only."
    )


def _ask_for_repair(run: BacktestRun, fault: ScriptFault) -> Done:
    versions = run.artifacts.filter(kind="script").count()
    if run.own_script or versions > settings.MAX_REPAIRS:
        if fault.code == "lookahead":
            raise RunRefused("lookahead", fault.message)
        tried = "" if run.own_script else f" after {versions} attempts"
        raise RunFailed(f"The script did not pass{tried}: {fault.message}")
    return Done(
        Stage.REPAIRING,
        note=fault.message.strip().splitlines()[-1][:200],
        events=[(events.LOG_LINE, {"level": "error", "message": fault.message[:2000]})],
        changes={"failure_message": fault.message[:4000]},
    )
