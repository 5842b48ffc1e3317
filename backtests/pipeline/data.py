"""The slice of a dataset that is a run's whole world: cut before anything is computed."""

from datetime import date
from typing import Any

from backtests.errors import RunRefused
from backtests.models import BacktestRun
from engine import Bars
from market import services as market

# The small dataset: enough for the longest look-back twice over, and never less than this.
VALIDATION_BARS = 400


def cut(dataset: Any, spec: dict[str, Any]) -> Bars:
    """The slice of the dataset that is this run's whole world; fills in first and last day."""
    chosen = spec["settings"]
    first, last = dataset.first_bar.date(), dataset.last_bar.date()
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
    bars = market.load_bars(dataset, start, end)
    if len(bars) == 0:
        raise RunRefused("invalid_dates", f"There are no bars from {start} to {end}. {span}")
    chosen["start"] = chosen.get("start") or str(first)
    chosen["end"] = chosen.get("end") or str(last)
    return bars


def bars_of(run: BacktestRun, spec: dict[str, Any]) -> Bars:
    """The run's slice again; the dataset is immutable, so it is the same to the bit."""
    if run.dataset is None:
        raise LookupError("the run has no dataset yet")
    chosen = spec["settings"]
    return market.load_bars(
        run.dataset, date.fromisoformat(chosen["start"]), date.fromisoformat(chosen["end"])
    )
