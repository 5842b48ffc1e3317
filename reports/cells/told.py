"""What the cells of a report are told from: its facts, and files that only some of them need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

HASH_SHOWN = 12


@dataclass(frozen=True)
class Told:
    """A report's facts, its chart data and its sliders, the last two read when a cell needs them.

    `run_again` answers with the figures of the run under `changes`, what the sliders say.
    """

    facts: Mapping[str, Any]
    read_chart: Callable[[], dict[str, Any] | None]
    run_again: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    changes: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def chart(self) -> dict[str, Any]:
        """Prices and equity bar by bar; empty where the run has no chart."""
        return self.read_chart() or {}

    @cached_property
    def days(self) -> list[str]:
        """The moment of each bar, as the facts write moments: 2017-03-22T00:00."""
        import numpy as np  # only cells that name a bar need it

        times = np.array(self.chart.get("time", ()), dtype="datetime64[s]")
        return [str(moment) for moment in np.datetime_as_string(times, unit="m")]

    @cached_property
    def run(self) -> tuple[str, str]:
        """What the figures were computed from, as a page names it."""
        made = self.facts["provenance"]
        files = (("data", "dataset_hash"), ("script", "script_hash"))
        hashes = [f"{name} {made[key][:HASH_SHOWN]}" for name, key in files]
        return "Run", ", ".join([*hashes, f"engine {made['engine_version']}"])
