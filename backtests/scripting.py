"""Scripts that a person wrote or edited: read before they cost anything, compared afterwards.

What a script may do is not decided here: a run of one's own script passes the same stages, gates
and sandbox as any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from accounts.access import Owner
from backtests import services
from backtests.costs import NAMES as COSTS
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from engine import contract
from engine.contract import Problem
from engine.validation.declared import DeclarationError, parameters

NOTHING = "Write a script: PARAMS, and signals(bars, **params) that returns Signals(...)."
# Sentences of an error; a page lists them all.
TOLD = 10
# Comparing longer scripts can take seconds, at every look at a page.
MOST_COMPARED = 5000  # lines


def problems(script: str) -> list[Problem]:
    """What reading a script finds wrong, in order of lines; its decisions are judged by its run."""
    text = tidy(script)
    return contract.check(text) if text.strip() else [Problem(1, "There is no script.", NOTHING)]


def tidy(script: str) -> str:
    """The script with the line ends of its stored form: browsers send others."""
    return script.replace("\r\n", "\n").replace("\r", "\n")


def start_script(
    *,
    owner: Owner,
    script: str,
    params: Mapping[str, Any] | None = None,
    parent: BacktestRun | None = None,
    **asked: Any,
) -> BacktestRun:
    """Put a script in the queue, once reading it finds nothing wrong.

    Raises `BacktestInvalid` with sentences that name lines under `script`, and for the rest as
    `services.start_backtest`, which takes `asked`; nothing is stored or charged then. `parent` is
    the owner's run whose script was edited.
    """
    found = problems(script)
    if found:
        raise BacktestInvalid({"script": [sentence_of(problem) for problem in found[:TOLD]]})
    text, values = tidy(script), dict(params or {})
    if wrong := _wrong_params(text, values):
        raise BacktestInvalid({"params": [wrong]})
    return services.start_backtest(
        owner=owner, idea="", own_script=text, script_params=values, parent=parent, **asked
    )


def sentence_of(problem: Problem) -> str:
    """A problem as one line."""
    return f"line {problem.line}: {problem.message} {problem.hint}".strip()


def _wrong_params(script: str, params: Mapping[str, Any]) -> str:
    """Why these values cannot replace those of PARAMS; empty when they can."""
    try:
        known = parameters(script)
    except DeclarationError as error:
        return str(error)
    for name, value in params.items():
        if name not in known:
            return f"The script has no parameter {name!r}; it has {', '.join(known) or 'none'}."
        if not contract.is_plain(value):
            return f"{name} must be a plain, finite value."
    return ""


def settings_of(run: BacktestRun) -> dict[str, Any]:
    """What a run was tried with, in the words of `start_script`, so that an edit can be compared.

    Once a run has its settings they are complete, whoever said them: idea, form or defaults.
    """
    spec = run.read_json("spec")
    asked: dict[str, Any] = {"params": run.script_params}
    if spec is None:
        return asked | {
            "symbol": run.symbol_text,
            "start": run.requested_start,
            "end": run.requested_end,
            "initial_capital": run.initial_capital,
            "commission": run.commission,
            "costs": run.costs,
        }
    chosen = spec["settings"]
    return asked | {
        "symbol": spec["symbol"],
        **{name: chosen.get(name) for name in ("start", "end", "initial_capital", "commission")},
        "costs": {name: chosen[name] for name in COSTS if chosen.get(name)},
    }


@dataclass(frozen=True)
class Origin:
    """The run whose script was edited, and what the edit changed."""

    parent: BacktestRun
    changes: list[str]
    too_long: bool = False

    @property
    def added(self) -> int:
        """How many lines are new."""
        return sum(line.startswith("+") for line in self.changes[2:])

    @property
    def removed(self) -> int:
        """How many lines are gone."""
        return sum(line.startswith("-") for line in self.changes[2:])


def origin_of(run: BacktestRun) -> Origin | None:
    """Where the script of a run comes from; None unless it was edited from another run's."""
    # A test of sealed days has a parent, too, and its script as it was.
    if not run.own_script or run.parent is None or run.unseals_id is not None:
        return None
    before, after = run.parent.script().split("\n"), run.script().split("\n")
    if max(len(before), len(after)) > MOST_COMPARED:
        return Origin(run.parent, [], too_long=True)
    return Origin(run.parent, list(unified_diff(before, after, "before", "after", lineterm="")))
