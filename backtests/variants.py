"""New runs from old ones: another choice, or a change in words, everything else as it was."""

from collections.abc import Mapping
from typing import Any

from accounts.access import Owner
from backtests import refining, services
from backtests.choosing import is_same, settle
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from llm.provider import Refusal
from llm.specification import Change

MOST_REFINEMENTS = 50
OWN_SCRIPT = (
    "Only translated ideas can be refined so far, and this is a script of one's own: edit its "
    "lines instead."
)
NO_IDEA = "A script of one's own leaves nothing to choose: edit its lines instead."


def asked_of(run: BacktestRun) -> dict[str, Any]:
    """What was asked beside the idea, for a run that asks the same."""
    return {
        "idea": run.idea,
        "symbol": run.symbol_text,
        "start": run.requested_start,
        "end": run.requested_end,
        "initial_capital": run.initial_capital,
        "commission": run.commission,
        "costs": run.costs,
        "choices": run.choices,
        "refinements": run.refinements,
    }


def choose(
    *, owner: Owner, run: BacktestRun, choices: Mapping[str, Any], key: str = ""
) -> BacktestRun:
    """A run like this one, with something settled otherwise; raises `BacktestInvalid`."""
    if run.own_script:
        raise BacktestInvalid({"choices": [NO_IDEA]})
    new = settle(choices)
    stored = (run.read_json("spec") or {}).get("assumption_choices", ())
    used = {one["key"]: one["value"] for one in stored}
    if all(key in used and is_same(value, used[key]) for key, value in new.items()):
        raise BacktestInvalid({"choices": ["That is what this run did: nothing would change."]})
    asked = asked_of(run) | {"choices": {**run.choices, **new}}
    return services.start_backtest(owner=owner, parent=run, idempotency_key=key, **asked)


def refine(
    *,
    owner: Owner,
    run: BacktestRun,
    words: str,
    key: str = "",
    asked: Mapping[str, Any] | None = None,
    enqueue: bool = True,
) -> BacktestRun:
    """A run like this one, changed in words; `asked` replaces what the form said.

    Raises `BacktestInvalid` with the reason under `idea` when the words are not understood, would
    change nothing or could mean several things; nothing is stored then.
    """
    found = changes(run=run, words=words)
    if isinstance(found, Refusal):
        raise BacktestInvalid({"idea": [found.message]})
    if len(run.refinements) >= MOST_REFINEMENTS:
        raise BacktestInvalid({"idea": [f"{MOST_REFINEMENTS} changes are the most for one idea."]})
    said = {name: value for name, value in (asked or {}).items() if value not in (None, "", {})}
    told = asked_of(run) | said
    told["refinements"] = [*run.refinements, words.strip()]
    return services.start_backtest(
        owner=owner, parent=run, idempotency_key=key, enqueue=enqueue, **told
    )


def changes(*, run: BacktestRun, words: str) -> list[Change] | Refusal:
    """What the words would change in a run, or why they cannot be applied to it."""
    if run.own_script:
        return Refusal("unsupported", OWN_SCRIPT)
    return refining.changes(run, words)
