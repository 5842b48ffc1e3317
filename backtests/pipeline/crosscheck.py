"""A second opinion on a model's reading: the built-in translator reads the idea, too.

Two readers that know nothing of each other and decide the same on every bar are better evidence
that an idea was understood than either alone. Where they differ, the reader of the report decides.
"""

from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings

from backtests import costs, events
from backtests.errors import RunRefused, ScriptFault
from backtests.models import BacktestRun
from backtests.pipeline.data import cut
from backtests.pipeline.trials import Task, Trial, try_all
from backtests.pipeline.work import Work
from backtests.providers import translator
from engine import agreement, simulate
from engine.worlds import World
from llm.provider import Draft, IdeaContext, Refusal
from market import services as market
from market.errors import UnknownSymbol
from market.models import Dataset

log = structlog.get_logger(__name__)

FIRST_DAYS = 3
# What two readings may take differently although their rules are the same.
COMPARED = ("start", "end", "initial_capital", "commission", "slippage")
NO_SECOND = "There was no second reading: the built-in translator did not understand the idea."


def read_again(run: BacktestRun, context: IdeaContext) -> Draft | Refusal | None:
    """The translator's own reading of an idea that a model has read; None when not wanted."""
    if not settings.SECOND_READING or run.own_script or run.unseals_id is not None:
        return None
    try:
        return translator().write(run.idea, context)
    except Exception:
        # A second opinion is an extra: whatever becomes of it, the first stands.
        log.exception("second_reading_failed")
        return None


def found(run: BacktestRun) -> dict[str, Any] | None:
    """What comparing the two readings of a run came to; None where nothing was compared."""
    event = run.events.filter(kind=events.READING_COMPARED).last()
    return dict(event.payload) if event else None


def describe(
    second: Draft | Refusal | None,
    asked: dict[str, Any],
    spec: dict[str, Any],
    datasets: Sequence[Dataset],
    bars: World,
) -> dict[str, Any] | None:
    """What `spec.json` keeps of a second reading, with what it takes otherwise than the first.

    `asked` is what the second reading's own specification would be, `spec` the run's (`asked` in
    it are its settings before days were filled in), with `bars` cut from `datasets`. Days that
    are sealed later end both alike.
    """
    if second is None:
        return None
    if isinstance(second, Refusal):
        return {"refusal": {"code": second.code, "message": second.message}}
    differing = _differing(asked, spec, datasets, bars)
    return {
        "echo": second.echo,
        "title": second.title,
        "script": second.script,
        "symbol": asked["symbol"],
        "settings": differing,
    }


def symbol_of(draft: Draft) -> str:
    """The tickers of a draft as the run would name them; its own word for an unknown one."""
    try:
        found = [market.resolve_symbol(name).ticker for name in draft.symbol.split(",")]
    except UnknownSymbol:
        return draft.symbol
    return ",".join(found)


def try_both(
    work: Work, spec: dict[str, Any], bars: World, script: str
) -> list[Trial | ScriptFault]:
    """The run's script, and beside it the second reading's where it can be compared.

    Side by side, so that the second costs little more than a free processor.
    """
    tasks = [Task(script, bars, work.run.script_params)]
    second = spec.get("second_reading")
    if second and second.get("symbol") == spec["symbol"]:
        tasks.append(Task(second["script"], bars, {}))
    return try_all(tasks, seconds=settings.SANDBOX_EXECUTION_SECONDS, cancelled=work.cancelled)


def compare(
    spec: dict[str, Any], bars: World, ours: Trial, theirs: Trial | ScriptFault | None
) -> dict[str, Any] | None:
    """What the run says about its second reading; None for a run without one."""
    second = spec.get("second_reading")
    if second is None:
        return None
    if "refusal" in second:
        return {"outcome": "none", "sentence": NO_SECOND, "reason": second["refusal"]["message"]}
    told: dict[str, Any] = {
        "settings": second["settings"],
        "model": {"echo": spec["echo"]},
        "translator": {"echo": second["echo"]},
    }
    if isinstance(theirs, ScriptFault):
        reason = theirs.message.strip().splitlines()[-1][:300]
        return told | {
            "outcome": "none",
            "sentence": "The translator's reading could not be run, so nothing was compared.",
            "reason": reason,
        }
    if theirs is None:
        return told | {
            "outcome": "differ",
            "sentence": "Two readings trade different symbols, so their decisions were not "
            "compared.",
        }
    return told | _decisions(told, spec, bars, ours, theirs)


def _decisions(
    told: dict[str, Any], spec: dict[str, Any], bars: World, ours: Trial, theirs: Trial
) -> dict[str, Any]:
    one, other = ours.decisions, theirs.decisions
    config = costs.simulation_config(spec["settings"])
    books = simulate(bars, one, config), simulate(bars, other, config)
    days = agreement.differing_bars(one, other)
    whole = [
        {"name": s.name.replace("_", " "), "model": s.one, "translator": s.other}
        for s in agreement.differing_settings(one, other)
    ]
    for name, intent, book in (("model", one, books[0]), ("translator", other, books[1])):
        told[name] |= {
            "decisions": agreement.decided(intent),
            "trades": len(book.trades),
            "total_return": float(book.equity[-1]) / config.initial_cash - 1.0,
        }
    differing = [*told["settings"], *whole]
    same = agreement.same_trades(*books)
    return {
        **told,
        "settings": differing,
        "days": len(days),
        "first_days": [_day(bars, one, other, int(bar)) for bar in days[:FIRST_DAYS]],
        "same_trades": same,
        **_verdict(len(days), bool(differing), same, told["model"]["decisions"]),
    }


def _verdict(days: int, settings_differ: bool, same: bool, decisions: int) -> dict[str, str]:
    if not days and not settings_differ:
        count = f"{decisions:,} decision{'' if decisions == 1 else 's'}"
        return {"outcome": "agree", "sentence": f"Two independent readings agree: {count}."}
    on_days = f"on {days:,} day{'' if days == 1 else 's'}"
    if not days:
        return {
            "outcome": "differ",
            "sentence": "Two independent readings decide the same on every day of this test, and "
            "differ in what they test.",
        }
    if same and not settings_differ:
        return {
            "outcome": "same_trades",
            "sentence": f"Two independent readings decide differently {on_days}, and make the "
            "same trades.",
        }
    return {
        "outcome": "differ",
        "sentence": f"Two independent readings differ: they decide differently {on_days}.",
    }


def _day(bars: World, one: Any, other: Any, bar: int) -> dict[str, str]:
    model, built_in = agreement.acts(one, other, bar)
    return {"day": str(bars.time[bar])[:10], "model": model, "translator": built_in}


def _differing(
    asked: dict[str, Any], spec: dict[str, Any], datasets: Sequence[Dataset], bars: World
) -> list[dict[str, str]]:
    """Symbol, days, money: each as the two readings have it, where that is not the same."""
    if asked["symbol"] != spec["symbol"]:
        symbols = {"model": spec["symbol"], "translator": asked["symbol"]}
        return [{"name": "symbol", **symbols}]
    pairs = {name: (spec["asked"].get(name), asked["settings"].get(name)) for name in COMPARED}
    found = [name for name, (one, other) in pairs.items() if one != other]
    if {"start", "end"} & set(found) and _same_days(asked, bars, datasets):
        found = [name for name in found if name not in ("start", "end")]
    return [
        {
            "name": name.replace("_", " "),
            "model": _said(name, pairs[name][0]),
            "translator": _said(name, pairs[name][1]),
        }
        for name in found
    ]


def _same_days(asked: dict[str, Any], bars: World, datasets: Sequence[Dataset]) -> bool:
    """Whether other dates mean the same bars: 1 January and the first trading day after it."""
    copy = {"symbol": asked["symbol"], "settings": dict(asked["settings"]), "assumptions": []}
    try:
        theirs = cut(datasets, copy)
    except RunRefused:
        return False
    return bool(theirs.time[0] == bars.time[0] and theirs.time[-1] == bars.time[-1])


def _said(name: str, value: Any) -> str:
    if value is None:
        return {"start": "the first day there is", "end": "the last day there is"}.get(name, "–")
    return f"{value:g}" if isinstance(value, float) else str(value)
