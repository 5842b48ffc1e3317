"""Executing: the validated script on all bars; the host keeps the books."""

import csv
import io
import json

from backtests import costs, events, ledger
from backtests.artifacts import store
from backtests.errors import RunFailed, ScriptFault
from backtests.pipeline import crosscheck
from backtests.pipeline.data import bars_of
from backtests.pipeline.trials import log_lines
from backtests.pipeline.work import Done, Work
from backtests.stages import Stage
from engine import Bars, Books, SimulationConfig, simulate

TRADE_COLUMNS = (
    "symbol",
    "side",
    "entry_time",
    "exit_time",
    "entry_price",
    "exit_price",
    "quantity",
    "pnl",
    "return_",
    "costs",
    "bars_held",
    "exit_reason",
    "open_at_end",
)


def execute(work: Work) -> Done:
    """Run the script once more on all bars and simulate what it decided.

    Leaves: `decisions`, `trades.csv`, `equity.csv`, `run.log` (JSON lines).
    """
    spec = work.spec
    bars, config = bars_of(work.run, spec), simulation_config(spec)
    trial, *second = crosscheck.try_both(work, spec, bars, work.script())
    if isinstance(trial, ScriptFault):
        raise RunFailed(f"The script passed its checks, then failed: {trial.message}") from trial
    if (validated := _validated_decisions(work)) != trial.fingerprint:
        raise RunFailed(
            "The script decided otherwise than when it was checked "
            f"({trial.fingerprint[:12]}, not {validated[:12]}), so nothing was computed from it. "
            "Let it depend on the bars alone: no clock, no random numbers without a seed."
        )
    books = simulate(bars, trial.decisions, config)
    ledger.record(work.run, spec, work.scripts(), books)
    compared = crosscheck.compare(spec, bars, trial, second[0] if second else None)
    return Done(
        Stage.REPORTING,
        note=f"{len(bars):,} bars, {len(books.trades)} trades.",
        artifacts=[
            store("decisions", "decisions.bin", trial.payload),
            store("trades", "trades.csv", trades_csv(books).encode()),
            store("equity", "equity.csv", equity_csv(books.bars, books).encode()),
            store("log", "run.log", run_log(books, trial.log).encode()),
        ],
        events=[(events.READING_COMPARED, compared)] if compared else [],
    )


def _validated_decisions(work: Work) -> str:
    """The fingerprint of what the look-ahead gate saw."""
    line = work.run.events.filter(kind=events.LOG_LINE, payload__has_key="decisions").last()
    return str(line.payload["decisions"]) if line else ""


def simulation_config(spec: dict[str, object]) -> SimulationConfig:
    """The money side of a run."""
    chosen = spec["settings"]
    assert isinstance(chosen, dict)
    return costs.simulation_config(chosen)


def trades_csv(books: Books) -> str:
    """Every trade, full precision."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name.rstrip("_") for name in TRADE_COLUMNS])
    for trade in books.trades:
        writer.writerow([_cell(getattr(trade, name)) for name in TRADE_COLUMNS])
    return text.getvalue()


def equity_csv(bars: Bars, books: Books) -> str:
    """Equity, cash and position at each close."""
    days = bars.time.astype(str).tolist()
    rows = zip(
        days, books.equity.tolist(), books.cash.tolist(), books.position.tolist(), strict=True
    )
    return "time,equity,cash,position\n" + "".join(
        f"{t},{e!r},{c!r},{p!r}\n" for t, e, c, p in rows
    )


def run_log(books: Books, printed: str) -> str:
    """What the script printed, then what the host booked, one JSON object a line."""
    lines: list[dict[str, object]] = [{"source": "script", **line} for line in log_lines(printed)]
    for number, trade in enumerate(books.trades, 1):
        lines.append(
            {
                "source": "host",
                "level": "info",
                "trade": number,
                "side": trade.side,
                "entry": [str(trade.entry_time), trade.entry_price],
                "exit": [str(trade.exit_time), trade.exit_price],
                "reason": trade.exit_reason,
            }
        )
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _cell(value: object) -> object:
    return repr(value) if isinstance(value, float) else str(value)
