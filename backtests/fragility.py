"""The answers behind the sliders of a report: a completed run again, under other circumstances."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backtests.costs import simulation_config
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from backtests.pipeline.data import bars_of
from engine import Books, SimulationConfig
from engine import metrics as measures
from engine.fragility import FragilityError, fragile
from engine.worlds import Intent, World, read_decisions
from runs.states import Status

CURVE_POINTS = 400
MOST_COSTS, MOST_DELAY, MOST_TRADES = 100.0, 250, 1000
MEASURES = ("total_return", "cagr", "sharpe_ratio", "max_drawdown")
# The engine's names of what a page asks for.
FIELDS = {"cost_factor": "costs"}
# A few megabytes each at most: bars are views of what the market keeps in memory anyway.
RUNS_IN_MEMORY = 16

_lock = threading.Lock()
_kept: "OrderedDict[tuple[str, ...], Subject]" = OrderedDict()


@dataclass(frozen=True)
class Subject:
    """What a run is computed from."""

    bars: World
    decisions: Intent
    config: SimulationConfig


def answer(run: BacktestRun, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a run under `costs`, `delay`, `without_best` and `start`, and its curve.

    Raises `BacktestInvalid` with sentences by field.
    """
    subject = _subject(run)
    try:
        books = fragile(
            subject.bars,
            subject.decisions,
            subject.config,
            cost_factor=changes.get("costs", 1.0),
            delay=changes.get("delay", 0),
            without_best=changes.get("without_best", 0),
            start=changes.get("start"),
        )
    except FragilityError as error:
        raise BacktestInvalid({FIELDS.get(error.field, error.field): [str(error)]}) from error
    return _told(books)


def _told(books: Books) -> dict[str, Any]:
    bars = books.bars
    summary = measures.summarize(books, bars)
    shown = np.unique(np.linspace(0, len(bars) - 1, CURVE_POINTS).round().astype(int))
    return {name: summary[name] for name in MEASURES} | {
        "trades": len(books.trade_table),
        "final_equity": float(books.equity[-1]),
        "first_day": str(bars.time[0])[:10],
        "last_day": str(bars.time[-1])[:10],
        "time": bars.time[shown].astype("datetime64[s]").astype(np.int64).tolist(),
        "equity": np.round(books.equity[shown], 2).tolist(),
    }


def _subject(run: BacktestRun) -> Subject:
    """What the run was computed from, read once by its hashes: equal contents are one entry."""
    files = dict(
        run.artifacts.filter(kind__in=("spec", "decisions")).values_list("kind", "content_hash")
    )
    if run.status != Status.COMPLETED or len(files) < 2 or run.dataset is None:
        raise BacktestInvalid({"run": ["Only a completed run can be run again."]})
    key = (run.data_hash(), files["spec"], files["decisions"])
    with _lock:
        if (found := _kept.get(key)) is not None:
            _kept.move_to_end(key)
            return found
    found = _read(run)
    with _lock:
        _kept[key] = found
        while len(_kept) > RUNS_IN_MEMORY:
            _kept.popitem(last=False)
    return found


def _read(run: BacktestRun) -> Subject:
    spec, stored = run.read_json("spec"), run.artifact("decisions")
    if spec is None or stored is None:
        raise LookupError("the run has no decisions")
    bars = bars_of(run, spec)
    decisions = read_decisions(stored.read(), bars)
    return Subject(bars, decisions, simulation_config(spec["settings"]))
