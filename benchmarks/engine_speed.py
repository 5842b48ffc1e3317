"""How fast one backtest is, beside the peers on the same bars in the same run.

An SMA 20/50 cross on 5,031 daily bars, then on a million: ours from indicators to books, with and
without all metrics; then what a walking strategy costs a bar.
Run: ``python -m benchmarks.engine_speed``.
"""

import csv
import gzip
import importlib.util
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.linearity import draw
from benchmarks.peers import environment
from engine import Bars, Books, Decisions, Signals, SimulationConfig, Strategy, simulate, ta
from engine.metrics import summarize, trade_figures
from engine.strategy import Context
from engine.strategy import decide as walk

CONFIG = SimulationConfig(1_000_000.0, 0.001)
MILLION = 1_000_000


def index_bars() -> Bars:
    """The S&P 500, 1999 to 2018, from the file that ships with arch."""
    spec = importlib.util.find_spec("arch")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("The prices come with the package arch, which is not installed.")
    path = Path(spec.submodule_search_locations[0]) / "data" / "sp500" / "sp500.csv.gz"
    with gzip.open(path) as packed:
        rows = list(csv.DictReader(io.TextIOWrapper(packed)))
    parts = [row["Date"].split("/") for row in rows]
    days = [f"{year}-{int(month):02}-{int(day):02}" for month, day, year in parts]
    names = ("Open", "High", "Low", "Close", "Volume")
    columns = [[float(row[name]) for row in rows] for name in names]
    return Bars.from_columns(days, *columns, symbol="SPX")


def long_bars(n: int) -> Bars:
    """A random walk of n minutes."""
    close = 100.0 * np.exp(np.cumsum(np.random.default_rng(0).normal(0, 0.001, n)))
    time = np.datetime64("1990-01-01", "s") + np.arange(n) * np.timedelta64(60, "s")
    return Bars.from_columns(time, close=close, symbol="WALK")


def cross(bars: Bars, fast: int = 20, slow: int = 50) -> Signals:
    """What a script would write."""
    quick, lazy = ta.sma(bars, fast), ta.sma(bars, slow)
    return Signals(enter=ta.crosses_above(quick, lazy), exit=ta.crosses_below(quick, lazy))


def books_of(bars: Bars) -> Books:
    """Indicators, decisions, books."""
    return simulate(bars, Decisions.from_signals(cross(bars), len(bars)), CONFIG)


def measured(bars: Bars) -> float:
    """The same and all metrics of a report; returns the final equity."""
    books = books_of(bars)
    summarize(books, bars)
    trade_figures(books)
    return float(books.equity[-1])


class Idle(Strategy):
    """Does nothing of its own."""

    def on_bar(self, ctx: Context) -> None:
        """Wait."""


class Looking(Strategy):
    """Looks at its bars and its position and does nothing."""

    def on_bar(self, ctx: Context) -> None:
        """Look and wait."""
        _ = ctx.bars.close, ctx.position


def timed(work: Callable[[], object], rounds: int) -> float:
    """Median seconds of a round, warm."""
    work()
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def peers_at(task: str, bars: Bars, windows: list[tuple[int, int]]) -> dict[str, Any]:
    """Seconds of every peer at the same work; empty where they cannot be had."""
    python = environment()
    if python is None:
        return {}
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file, bars.to_matrix())
        file.flush()
        script = str(Path(__file__).with_name("peertimes.py"))
        command = [str(python), script, task, file.name, json.dumps(windows)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"The peers did not run: {done.stderr.strip().splitlines()[-1:]}")
        return {}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def compare(title: str, ours: dict[str, float], peers: dict[str, Any]) -> None:
    """Print milliseconds, and how many times as long each peer took as our first line."""
    print(title)
    base = next(iter(ours.values()))
    for name, seconds in ours.items():
        print(f"  {name:<34} {seconds * 1e3:12.3f} ms")
    for name, answer in peers.items():
        if isinstance(answer, str):
            print(f"  {name:<34} failed: {answer}")
        else:
            print(f"  {name:<34} {answer * 1e3:12.3f} ms {answer / base:10.1f} x")


def main() -> None:
    """Print the table."""
    bars, many = index_bars(), long_bars(MILLION)
    ours = {
        "alphabench, all metrics": timed(lambda: measured(bars), 300),
        "alphabench, books": timed(lambda: books_of(bars), 300),
    }
    compare(f"SMA 20/50 cross, {len(bars):,} bars", ours, peers_at("one", bars, [(20, 50)]))
    ours = {"alphabench, books": timed(lambda: books_of(many), 9)}
    compare(f"SMA 20/50 cross, {MILLION:,} bars", ours, peers_at("million", many, [(20, 50)]))
    print("on_bar, microseconds a bar beside the user's own code")
    for kind in (Idle, Looking):
        taken = timed(lambda kind=kind: walk(kind(), bars), 7)
        print(f"  {kind.__name__:<34} {taken / len(bars) * 1e6:12.2f}")
    print("nanoseconds a bar, by number of bars (flat: the cost is linear)")
    taken_by = {}
    for n in (10_000, 100_000, MILLION):
        some = many.head(n)
        taken_by[n] = timed(lambda some=some: books_of(some), 15)
        print(f"  {n:<34,} {taken_by[n] / n * 1e9:12.2f}")
    draw("engine_bars.svg", "bars", taken_by)


if __name__ == "__main__":
    main()
