"""Runs in every state, made as the pipeline leaves them, with facts of real prices.

`data/facts.json` and `data/chart.json` hold the S&P 500 of 2017 and 2018 and nine real trades.
"""

import copy
import json
from pathlib import Path
from typing import Any

from backtests.artifacts import attach, store
from backtests.models import BacktestRun
from backtests.report.facts import headline

DATA = Path(__file__).parent / "data"
FACTS: dict[str, Any] = json.loads((DATA / "facts.json").read_text())
CHART = (DATA / "chart.json").read_bytes()
SCRIPT = '''"""Buys dips."""
from engine import Signals, run, ta

PARAMS = {"days": 2}


def signals(bars, days):
    return Signals(enter=ta.rsi(bars.close, days) < 10)  # <b>not bold</b>


if __name__ == "__main__":
    run(signals, PARAMS)
'''


def make_run(owner: Any, status: str = "queued", **fields: Any) -> BacktestRun:
    """Return a run of `owner` in a state, with its first event."""
    values = {"user": owner, "idea": FACTS["idea"], "stage": "generating", **fields}
    run = BacktestRun.objects.create(status=status, **values)
    run.record("run.queued", {"ahead": 0})
    return run


def make_completed(owner: Any, facts: dict[str, Any] | None = None, **fields: Any) -> BacktestRun:
    """Return a completed run with all its files; `facts` replaces parts of the facts."""
    told = copy.deepcopy(FACTS) | (facts or {})
    values = {"title": told["title"], "headline": headline(told), "stage": "reporting", **fields}
    run = make_run(owner, "completed", **values)
    for kind, name, content in (
        ("script", "strategy.py", SCRIPT.encode()),
        ("data", "full.csv", b"time,open,high,low,close,volume\n"),
        ("log", "run.log", b'{"message": "started"}\n'),
        ("facts", "report.json", json.dumps(told).encode()),
        ("chart", "chart.json", CHART),
        ("report_markdown", "report.md", b"# Report\n"),
    ):
        attach(run, store(kind, name, content))
    run.record("run.completed")
    return run
