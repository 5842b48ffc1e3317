"""Validating: the contract, a trial on the small dataset, the look-ahead gate, and the scenes."""

from typing import Any

from django.conf import settings

from backtests import events
from backtests.errors import RunFailed, RunRefused, ScriptFault
from backtests.models import BacktestRun
from backtests.pipeline import acting
from backtests.pipeline.culprit import culprit_of
from backtests.pipeline.data import bars_of
from backtests.pipeline.trials import Trial, log_lines, try_each, try_script
from backtests.pipeline.work import Done, Work
from backtests.report.wording import percent
from backtests.stages import Stage
from engine import contract, worlds
from engine.lookahead import Difference, warm_up
from engine.worlds import World

LINES_SHOWN = 40


def validate(work: Work) -> Done:
    """Check the newest script; on success delete the small dataset, otherwise ask for a repair.

    Leaves: the log of the trial as events; next stage executing, or repairing with the error.
    """
    run, script, spec = work.run, work.script(), work.spec
    bars = bars_of(run, spec)
    small = bars.head(spec["validation_bars"])
    making = acting.begin(spec)
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
        shown = acting.act_out(script, work, making)
        history = check_the_warm_up(script, bars, full, work)
    except ScriptFault as fault:
        return _ask_for_repair(run, fault)
    return Done(
        Stage.EXECUTING,
        note=f"{len(small)} bars in the sandbox (level {trial.level}); "
        f"no look-ahead at {cuts} cuts{shown.note}.",
        artifacts=shown.artifacts,
        remove=["validation_data"],
        events=[(events.LOG_LINE, line) for line in log_lines(trial.log)[:LINES_SHOWN]]
        + [(events.LOG_LINE, _decided(full, cuts)), *_warn(history)],
    )


def _decided(full: Trial, cuts: int) -> dict[str, object]:
    """The log line that names the decisions, which executing must come to again."""
    return {
        "level": "info",
        "message": f"Decisions {full.fingerprint[:12]} are the same with the future "
        f"removed and replaced at {cuts} days.",
        "decisions": full.fingerprint,
    }


def check_contract(script: str) -> None:
    """The script contract by reading the script; the sandbox is the hard boundary."""
    problems = contract.check(script)
    if problems:
        raise ScriptFault(
            "contract",
            "\n".join(f"line {p.line}: {p.message} {p.hint}".strip() for p in problems[:10]),
        )


def look_for_the_future(script: str, bars: World, work: Work) -> tuple[Trial, int]:
    """The look-ahead gate: no decision may change when later bars are removed or replaced.

    Every world runs in a process of its own, so a script cannot remember the future from one
    to the next. Two equal runs on all bars come first: a script that differs from itself is
    random, not clairvoyant.
    """
    options: dict[str, Any] = {
        "params": work.run.script_params,
        "seconds": settings.SANDBOX_EXECUTION_SECONDS,
        "cancelled": work.cancelled,
    }
    first, second = try_script(script, [bars, bars], **options)
    if first.payload != second.payload:
        raise ScriptFault(
            "random",
            "Two runs on the same bars made different decisions. Seed the random numbers, "
            "or leave them out.",
        )
    cuts = worlds.choose_cuts(first.decisions, len(bars), settings.LOOK_AHEAD_CUTS)
    others = [("removed", cut, worlds.truncated(bars, cut)) for cut in cuts]
    others += [("replaced", cut, worlds.with_replaced_future(bars, cut, seed=cut)) for cut in cuts]
    outcomes = try_each(script, [world for _, _, world in others], **options)
    for outcome, (how, cut, other) in zip(outcomes, others, strict=True):
        if isinstance(outcome, ScriptFault):
            continue
        difference = worlds.first_difference(first.decisions, outcome.decisions, cut)
        if difference is not None:
            culprit = culprit_of(script, bars, other, cut, work)
            told = _name_difference(difference, bars, cut, how)
            raise ScriptFault("lookahead", f"{told} {culprit.sentence}" if culprit else told)
    for outcome, (how, cut, _) in zip(outcomes, others, strict=True):
        if isinstance(outcome, ScriptFault):  # a difference would have said more
            raise _fails_without_the_future(outcome, bars, cut, how)
    return first, len(cuts)


def check_the_warm_up(
    script: str, bars: World, full: Trial, work: Work
) -> dict[str, float | int] | None:
    """How much of the last year is decided otherwise with less history; None where it is short."""
    begins = warm_up.starts(len(bars), bars.periods_per_year)
    if not begins:
        return None
    try:
        shorter = try_script(
            script,
            [bars.after(start) for start in begins],
            params=work.run.script_params,
            seconds=settings.SANDBOX_EXECUTION_SECONDS,
            cancelled=work.cancelled,
        )
    except ScriptFault:
        return None  # it needs its whole history, which it has
    year = warm_up.last_year(len(bars), bars.periods_per_year)
    shares = [
        warm_up.changed_share(full.decisions, trial.decisions, start, year)
        for trial, start in zip(shorter, begins, strict=True)
    ]
    return {"share": max(shares), "bars": year}


def _warn(found: dict[str, float | int] | None) -> list[tuple[str, dict[str, object]]]:
    """The warm-up as an event, which the report reads; a warning where something changes."""
    if found is None:
        return []
    share = found["share"]
    message = (
        f"With less history, {percent(share, 1, sign=False)} of the last year's bars are decided "
        "otherwise: the result depends on the day the data begin."
        if share
        else "The last year is decided the same with less history."
    )
    return [
        (
            events.LOG_LINE,
            {"level": "warning" if share else "info", "message": message, "warm_up": found},
        )
    ]


def _name_difference(difference: Difference, bars: World, cut: int, how: str) -> str:
    day = str(bars.time[difference.bar])[:10]
    return (
        f"Look-ahead: the decision of {day} ({difference.field}) changes from "
        f"{difference.full} to {difference.partial} when the bars after "
        f"{str(bars.time[cut])[:10]} are {how}. A decision may use bars up to its own day only."
    )


def _fails_without_the_future(fault: ScriptFault, bars: World, cut: int, how: str) -> ScriptFault:
    """A script that ran on all bars and not on these: it peeks, or asks for a long history."""
    if fault.code not in ("error", "contract"):
        return fault  # time or memory, which say nothing about the future
    day = str(bars.time[cut])[:10]
    known = (
        f"It runs on all {len(bars):,} bars, and fails when those after {day} are {how}, so it "
        f"could not have decided anything on that day. If it reads later bars, that is "
        f"look-ahead: a decision may use bars up to its own day only. If it needs more than "
        f"{cut + 1:,} bars, let it give no signal until it has them."
    )
    return ScriptFault(fault.code, f"{known}\n{fault.message}")


def _ask_for_repair(run: BacktestRun, fault: ScriptFault) -> Done:
    versions = run.artifacts.filter(kind="script").count()
    acting.keep_what_failed(run, fault)
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
