"""What `python strategy.py --data bars.csv --log run.log` does."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.bars import Bars
from engine.errors import EngineError
from engine.portfolio.panel import read_world
from engine.signals import Signals
from engine.simulator import Books, SimulationConfig, simulate
from engine.strategy import Strategy


def run(
    strategy: "Callable[..., Signals] | type[Strategy]",
    params: Mapping[str, Any] | None = None,
    argv: list[str] | None = None,
) -> Books:
    """Run a strategy from the command line: read bars, decide, simulate, write a log.

    Parameters
    ----------
    strategy : signals function or Strategy subclass
    params : mapping, optional
        The script's PARAMS; ``--params`` replaces values.
    argv : list of str, optional
        Arguments, by default those of the process.

    Returns
    -------
    Books
        What is also summed up on stdout and, as JSON lines, in the log file.
    """
    # Late: the harness is for loading source, this for functions already in hand.
    from engine.harness import decide_with, merged

    options = _parser().parse_args(argv)
    try:
        bars = read_world(options.data)
        given = json.loads(options.params)
        values = merged(dict(params or {}), given)
        began = time.perf_counter()
        decisions = decide_with(strategy, bars, values)
        config = _account(options)
        books = simulate(bars, decisions, config)
    except (EngineError, OSError, json.JSONDecodeError) as error:
        sys.exit(f"error: {error}")
    if options.log:
        _write_log(Path(options.log), books.bars, books, values, time.perf_counter() - began)
    print(_summary(books.bars, books))
    return books


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Backtest this strategy on a file of bars.")
    parser.add_argument("--data", required=True, help="bars as .csv or .npy")
    parser.add_argument("--log", help="file for a log of JSON lines")
    parser.add_argument("--params", default="{}", help="JSON object that replaces PARAMS")
    parser.add_argument("--cash", type=float, default=10_000.0, help="money at the start")
    parser.add_argument("--commission", type=float, default=0.0005, help="fraction per fill")
    parser.add_argument("--slippage", type=float, default=0.0, help="fraction per fill")
    parser.add_argument("--account", help="JSON file of all settings of the account, instead")
    return parser


def _account(options: argparse.Namespace) -> SimulationConfig:
    """The account of the command line, or of a file with the fields of `SimulationConfig`."""
    if not options.account:
        return SimulationConfig(options.cash, options.commission, options.slippage)
    fields = json.loads(Path(options.account).read_text(encoding="utf-8"))
    try:
        return SimulationConfig(**fields)
    except TypeError as error:
        raise EngineError(f"{options.account} holds no settings of an account: {error}") from error


def _write_log(
    path: Path, bars: Bars, books: Books, params: Mapping[str, Any], seconds: float
) -> None:
    """Write one JSON object a line: the start, every trade, the end."""
    from engine import ENGINE_VERSION

    start = {
        "event": "start",
        "engine": ENGINE_VERSION,
        "bars": len(bars),
        "first": str(bars.time[0]),
        "last": str(bars.time[-1]),
        "params": params,
        "commission": books.config.commission,
    }
    trades = [
        {
            "event": "trade",
            "side": trade.side,
            "entry_time": trade.entry_time.isoformat(),
            "entry_price": trade.entry_price,
            "exit_time": trade.exit_time.isoformat(),
            "exit_price": trade.exit_price,
            "pnl": trade.pnl,
            "reason": trade.exit_reason,
        }
        for trade in books.trades
    ]
    end = {"event": "end", "final_equity": float(books.equity[-1]), "seconds": round(seconds, 3)}
    lines = (json.dumps(entry, default=str) for entry in (start, *trades, end))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _summary(bars: Bars, books: Books) -> str:
    from engine.metrics import summarize, trade_summary

    figures, trades = summarize(books, bars), trade_summary(books.trades)
    rows = [
        ("bars", f"{len(bars):,} ({bars.time[0]} to {bars.time[-1]})"),
        ("trades", str(trades["trades"])),
        ("final equity", f"{books.equity[-1]:,.2f}"),
        *(
            (label, _percent(figures[name]))
            for label, name in (
                ("total return", "total_return"),
                ("a year (CAGR)", "cagr"),
                ("largest fall", "max_drawdown"),
            )
        ),
        (
            "Sharpe ratio",
            "-" if figures["sharpe_ratio"] is None else f"{figures['sharpe_ratio']:.2f}",
        ),
        ("costs", f"{books.costs.charged:,.2f}"),
    ]
    return "\n".join(f"{label:<14} {value}" for label, value in rows)


def _percent(value: float | int | None) -> str:
    return "-" if value is None else f"{value:+.2%}"
