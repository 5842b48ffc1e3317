"""Two to four runs side by side: what they do, what came out, and what that is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.access import Owner
from backtests import ledger, refining
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from llm.specification import Change

FEWEST, MOST = 2, 4
DIGITS = 3


@dataclass(frozen=True)
class Figure:
    """A row of figures; `best` is which end is the better one, if there is one."""

    name: str
    label: str
    where: str
    form: str
    best: str = ""


FIGURES = (
    Figure("total_return", "Total return", "metrics", "percent", "high"),
    Figure("cagr", "A year", "metrics", "percent", "high"),
    Figure("max_drawdown", "Worst fall", "metrics", "percent", "high"),
    Figure("volatility", "Volatility a year", "metrics", "percent_plain", "low"),
    Figure("sharpe_ratio", "Sharpe ratio", "metrics", "number", "high"),
    Figure("probabilistic_sharpe_ratio", "Probability that it is above 0", "luck", "share", "high"),
    Figure("deflated_sharpe_ratio", "The same, after all tries", "luck", "share", "high"),
    Figure("exposure", "Time in the market", "metrics", "share"),
    Figure("trades", "Trades", "trade_metrics", "count"),
    Figure("win_rate", "Trades won", "trade_metrics", "share", "high"),
)
SETTINGS = (
    ("Data", "dataset", "name"),
    ("First day", "dataset", "first_day"),
    ("Last day", "dataset", "last_day"),
    ("Capital", "settings", "initial_capital"),
    ("Commission a side", "settings", "commission"),
    ("Slippage", "settings", "slippage"),
)


@dataclass(frozen=True)
class Column:
    """One of the runs."""

    run: BacktestRun
    facts: dict[str, Any] | None
    # From the first of them; None where it cannot be told.
    changes: list[Change] | None

    @property
    def echo(self) -> str:
        """What it does, in one sentence."""
        spec = self.facts["reading"] if self.facts else self.run.read_json("spec")
        return str((spec or {}).get("echo", ""))


@dataclass(frozen=True)
class Comparison:
    """The runs with what is said of all of them."""

    columns: list[Column]
    note: str


def wanted(texts: Sequence[str]) -> list[UUID]:
    """The runs that are asked for, each once; raises `BacktestInvalid` unless two to four."""
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    try:
        found = list(dict.fromkeys(UUID(name) for name in names))
    except ValueError:
        raise BacktestInvalid({"runs": ["These are no names of runs."]}) from None
    if not FEWEST <= len(found) <= MOST:
        raise BacktestInvalid({"runs": ["Choose two to four runs to compare."]})
    return found


def compare(owner: Owner, ids: Sequence[UUID]) -> Comparison | None:
    """The runs side by side, in the order asked for; None unless all of them are the owner's."""
    mine = BacktestRun.objects.visible_to(owner).select_related("dataset__symbol")
    there = mine.in_bulk(ids)
    if len(there) < len(ids):
        return None
    runs = [there[one] for one in ids]
    first = runs[0]
    columns = [
        Column(run, run.read_json("facts"), refining.difference_of(run, first) if k else [])
        for k, run in enumerate(runs)
    ]
    return Comparison(columns, _note(runs))


def _note(runs: Sequence[BacktestRun]) -> str:
    lineages = {run.lineage_id for run in runs}
    if len(lineages) > 1 or None in lineages:
        return (
            "These are not variants of one idea, so each counts its own tries. Choosing the best "
            "of several is a try as well."
        )
    tried = ledger.tally(runs[0]).variants
    return (
        f"Every variant counts: {tried} were tried for this idea so far, the ones here included. "
        "The best of many looks good by chance, and a report allows for the tries before it."
    )


def figures(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Every row of figures, with the best cells marked where one is better than another."""
    rows = []
    for figure in FIGURES:
        values = [c.facts[figure.where].get(figure.name) if c.facts else None for c in columns]
        # What reads the same on the page is not better.
        shown = [None if value is None else round(value, DIGITS) for value in values]
        known = {value for value in shown if value is not None}
        best = None
        if figure.best and len(known) > 1:
            best = max(known) if figure.best == "high" else min(known)
        cells = [
            {"value": value, "is_best": best is not None and seen == best}
            for value, seen in zip(values, shown, strict=True)
        ]
        rows.append({"figure": figure, "cells": cells})
    return rows


def settings_rows(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """What each was tried on and with; `is_same` where all of them agree."""
    rows = []
    for label, where, name in SETTINGS:
        values = [c.facts[where].get(name) if c.facts else None for c in columns]
        same = len({str(value) for value in values}) == 1
        rows.append({"label": label, "name": name, "values": values, "is_same": same})
    return rows
