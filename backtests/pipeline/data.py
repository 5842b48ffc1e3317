"""The slice of a dataset that is a run's whole world: cut before anything is computed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from backtests.errors import RunRefused
from backtests.models import BacktestRun
from engine.portfolio import Panel, PanelError
from engine.worlds import World
from market import services as market
from market.models import Dataset

# The small dataset: enough for the longest look-back twice over, and never less than this.
VALIDATION_BARS = 400


def cut(datasets: Sequence[Dataset], spec: dict[str, Any]) -> World:
    """The slice of the data that is this run's whole world; fills in first and last day."""
    chosen = spec["settings"]
    first = max(dataset.first_bar.date() for dataset in datasets)
    last = min(dataset.last_bar.date() for dataset in datasets)
    start = date.fromisoformat(chosen["start"]) if chosen.get("start") else first
    end = date.fromisoformat(chosen["end"]) if chosen.get("end") else last
    span = f"{spec['symbol']} has data from {first} to {last}."
    if start > end:
        raise RunRefused("invalid_dates", f"The start ({start}) lies after the end ({end}).")
    if start > last or end < first:
        raise RunRefused("invalid_dates", f"There are no data from {start} to {end}. {span}")
    for name, wanted, there in (("start", start, first), ("end", end, last)):
        if chosen.get(name) and (wanted < there if name == "start" else wanted > there):
            spec["assumptions"].append(f"The {name} is {there}, not {wanted}: {span}")
    bars = load(datasets, start, end)
    if len(bars) == 0:
        raise RunRefused("invalid_dates", f"There are no bars from {start} to {end}. {span}")
    chosen["start"] = chosen.get("start") or str(first)
    chosen["end"] = chosen.get("end") or str(last)
    return bars


def bars_of(run: BacktestRun, spec: dict[str, Any]) -> World:
    """The run's slice again; datasets are immutable, so it is the same to the bit."""
    datasets = run.datasets()
    if not datasets:
        raise LookupError("the run has no dataset yet")
    chosen = spec["settings"]
    return load(datasets, date.fromisoformat(chosen["start"]), date.fromisoformat(chosen["end"]))


def load(datasets: Sequence[Dataset], start: date, end: date) -> World:
    """Bars of one symbol, or a panel of several on the days they share."""
    bars = [market.load_bars(dataset, start, end) for dataset in datasets]
    if len(bars) == 1:
        return bars[0]
    try:
        return Panel.of(bars)
    except PanelError as error:
        raise RunRefused("missing_data", str(error)) from error
