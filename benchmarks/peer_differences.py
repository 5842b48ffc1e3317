"""Where other backtesters trade differently: the smallest case of each difference, really run.

Prints the table of docs/engine.md, section "Where others differ".
Run: ``python -m benchmarks.peer_differences``.
"""

import json
import subprocess
import sys
from typing import Any

import numpy as np

from benchmarks.peers import ROOT, environment
from engine import Bars, Decisions, Signals, SimulationConfig, simulate, ta

Case = dict[str, Any]
CALM = [10, 10, 10, 10]
ENTRY_BAR = {"bars": [CALM, [10, 11, 8, 10], CALM], "enter": [0], "stop": 9}
OVER_THE_TARGET = {
    "bars": [CALM, CALM, [13, 14, 6, 10], CALM], "enter": [0], "stop": 9, "target": 11,
}  # fmt: skip
LEFT_BEHIND = {"bars": [CALM, CALM, [13, 14, 12, 13], CALM], "enter": [0], "target": 11}
BOTH = {"bars": [CALM] * 5, "enter": [0, 2], "exit": [2]}

# backtesting.py knows no trades before its second bar, so its cases start a day later.
CASES: list[tuple[str, str, Case]] = [
    (
        "above its 2-day average from the first bar that has one",
        "backtesting.py",
        {"bars": [[p] * 4 for p in (10, 11, 12, 13, 14)], "above_average": 2},
    ),
    (
        "a stop order fills at 10; its bar (9, 12, 8, 11) has been below the stop loss at 8.5",
        "backtesting.py",
        {
            "bars": [[9] * 4, [9] * 4, [9, 12, 8, 11], [11] * 4],
            "enter": [1],
            "entry_stop": 10,
            "stop": 8.5,
        },
    ),
    (
        "held from 10, stop 9, target 11: a bar (13, 14, 6, 10)",
        "backtesting.py",
        OVER_THE_TARGET | {"bars": [CALM, *OVER_THE_TARGET["bars"]], "enter": [1]},
    ),
    ("in at 10, stop 9: the entry bar falls to 8", "vectorbt", ENTRY_BAR),
    ("held from 10, stop 9, target 11: a bar (13, 14, 6, 10)", "vectorbt", OVER_THE_TARGET),
    ("entry and exit signal on one bar while held", "vectorbt", BOTH),
    ("in at 10, stop 9: the entry bar falls to 8", "backtrader", ENTRY_BAR),
    ("held from 10, stop 9, target 11: a bar (13, 14, 6, 10)", "backtrader", OVER_THE_TARGET),
    (
        "all of the money, and the next open a little higher",
        "backtrader",
        {"bars": [CALM, [11] * 4, [12] * 4], "enter": [0]},
    ),
    ("held from 10, stop 9, target 11: a bar (13, 14, 6, 10)", "raptorbt", OVER_THE_TARGET),
    ("held from 10, target 11: a bar opens at 13", "raptorbt", LEFT_BEHIND),
    ("entry and exit signal on one bar while held", "raptorbt", BOTH),
]


def ours(case: Case) -> list[list[Any]]:
    """Trades as the peers' runs tell them."""
    table = np.array(case["bars"], float)
    n = len(table)
    days = np.datetime64("2024-01-01", "s") + np.arange(n) * np.timedelta64(86_400, "s")
    bars = Bars.from_columns(days, *table.T, np.ones(n))
    enter, leave = np.zeros(n, bool), np.zeros(n, bool)
    enter[case.get("enter", [])] = True
    leave[case.get("exit", [])] = True
    if "above_average" in case:
        enter = bars.close > ta.sma(bars, case["above_average"])
    signals = Signals(
        enter=enter,
        exit=leave,
        entry_stop=case.get("entry_stop"),
        stop_level=np.full(n, float(case["stop"])) if "stop" in case else None,
        target_level=np.full(n, float(case["target"])) if "target" in case else None,
    )
    account = SimulationConfig(1_000.0, commission=0.0)
    books = simulate(bars, Decisions.from_signals(signals, n), account)
    return [
        [
            t.entry_bar,
            t.entry_price,
            *((None, None) if t.open_at_end else (t.exit_bar, t.exit_price)),
        ]
        for t in books.trades
    ]


def theirs(cases: list[Case]) -> list[list[list[Any]]] | None:
    """The same from the peers, or None where they cannot be installed."""
    python = environment()
    if python is None:
        return None
    found = subprocess.run(
        [str(python), "-m", "benchmarks.peeranswers"],
        input=json.dumps(cases),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        sys.exit(found.stderr)
    answers: list[list[list[Any]]] = json.loads(found.stdout.splitlines()[-1])
    return answers


def told(trades: list[list[Any]]) -> str:
    if not trades:
        return "no trade"
    return ", ".join(
        f"in at {entry:g} on bar {bar:g}, "
        + ("held" if leave is None else f"out at {leave:g} on bar {end:g}")
        for bar, entry, end, leave in trades
    )


def main() -> None:
    """Print a row for every case."""
    answers = theirs([case | {"peer": peer} for _, peer, case in CASES])
    if answers is None:
        return
    print("| case | here | there | |\n|---|---|---|---|")
    for (name, peer, case), answer in zip(CASES, answers, strict=True):
        print(f"| {name} | {told(ours(case))} | {told(answer)} | {peer} |")


if __name__ == "__main__":
    main()
