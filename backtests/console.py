"""Running a backtest in a terminal: a progress line, then the report or one JSON object."""

import csv
import io
import json
import sys
import time
from typing import Any

from accounts.access import Owner
from backtests import pipeline, services
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from backtests.stages import LABELS, Stage
from runs.states import Status

EXIT_CODES = {Status.COMPLETED: 0, Status.REFUSED: 3}
# What a field error is called where a refusal code is expected.
FIELD_CODES = {
    "symbol": "unknown_symbol",
    "idea": "not_a_strategy",
    "start": "invalid_dates",
    "end": "invalid_dates",
}


class Console:
    """Prints a run as it goes."""

    def __init__(self, out: Any, err: Any) -> None:
        self._out = out
        self._err = err

    def run(self, *, idea: str, as_json: bool, **options: Any) -> int:
        """Do the whole run; return the exit code."""
        try:
            run = services.start_backtest(owner=Owner.local(), idea=idea, enqueue=False, **options)
        except BacktestInvalid as error:
            return self._refuse_request(error, options["symbol"], as_json)
        started = time.perf_counter()
        stage: Stage | None = Stage.GENERATING
        while stage is not None:
            self._progress(stage)
            stage = pipeline.run_stage(run.pk, stage)
        run.refresh_from_db()
        self._progress(None, time.perf_counter() - started)
        if as_json:
            self._out.write(json.dumps(describe(run), allow_nan=False, ensure_ascii=False))
        else:
            self._tell(run)
        return EXIT_CODES.get(Status(run.status), 1)

    def _progress(self, stage: Stage | None, seconds: float = 0.0) -> None:
        if not sys.stderr.isatty():
            return
        text = f"{LABELS[stage][0]} …" if stage else f"Done in {seconds:.2f} s."
        self._err.write(f"\r\033[K{text}", ending="\n" if stage is None else "")
        self._err.flush()

    def _tell(self, run: BacktestRun) -> None:
        report = run.artifact("report_markdown")
        if report is not None:
            self._out.write(report.read().decode())
        elif run.status == Status.REFUSED:
            self._out.write(f"Refused ({run.refusal['code']}): {run.refusal['message']}")
            for suggestion in run.refusal["suggestions"]:
                self._out.write(f"  - {suggestion}")
        else:
            self._out.write(run.failure_message or f"The run is {run.status}.")

    def _refuse_request(self, error: BacktestInvalid, symbol: str, as_json: bool) -> int:
        field = next(iter(error.errors))
        code = FIELD_CODES.get(field, "invalid_value")
        if field == "symbol" and "," in symbol:
            code = "unsupported"
        refusal = {"code": code, "message": str(error)}
        if as_json:
            self._out.write(
                json.dumps(empty(status="refused", refusal=refusal), ensure_ascii=False)
            )
        else:
            self._out.write(f"Refused: {error}")
        return 3


def empty(*, status: str, refusal: dict[str, Any] | None) -> dict[str, Any]:
    """The object `--json` prints when there is no result."""
    return {
        "status": status,
        "refusal": refusal,
        "assumptions": [],
        "title": "",
        "symbol": None,
        "settings": {},
        "trades": [],
        "metrics": {},
        "report_path": None,
    }


def describe(run: BacktestRun) -> dict[str, Any]:
    """The run as `--json` prints it."""
    described = empty(status=run.status, refusal=run.refusal or None)
    spec = run.read_json("spec") or {}
    described |= {
        "title": run.title,
        "symbol": spec.get("symbol"),
        "settings": spec.get("settings", {}),
        "assumptions": spec.get("assumptions", []),
    }
    if run.status == Status.FAILED:
        described["failure"] = run.failure_message
    facts = run.read_json("facts")
    report, trades = run.artifact("report_markdown"), run.artifact("trades")
    if facts is not None and report is not None and trades is not None:
        described["metrics"] = facts["metrics"] | facts["trade_metrics"]
        described["trades"] = _trades(trades.read().decode())
        described["report_path"] = report.path
    return described


def _trades(text: str) -> list[dict[str, Any]]:
    numbers = ("entry_price", "exit_price", "return", "quantity", "pnl")
    rows = []
    for row in csv.DictReader(io.StringIO(text)):
        rows.append(
            {name: row[name] for name in ("symbol", "entry_time", "exit_time", "side")}
            | {name: float(row[name]) for name in numbers}
            | {"exit_reason": row["exit_reason"], "open_at_end": row["open_at_end"] == "True"}
        )
    return rows
