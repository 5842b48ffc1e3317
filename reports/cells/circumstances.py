"""Cells of the tables of regimes and of changes: which bars, or which run, gave them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backtests.report.fragility import CHANGES
from engine import metrics as measures
from engine import statistics
from reports.cells.told import Told
from reports.sources import Source, behind, formula_of, said_by

NAMES = {
    "total_return": "Total return",
    "cagr": "Return a year",
    "benchmark_cagr": "Return a year, buy and hold",
    "sharpe_ratio": "Sharpe ratio",
    "max_drawdown": "Worst fall",
    "trades": "Trades",
    "bars": "Bars",
}
IN_A_REGIME = ("bars", "total_return", "cagr", "benchmark_cagr", "sharpe_ratio", "max_drawdown")
IN_A_RUN = ("total_return", "cagr", "sharpe_ratio", "max_drawdown", "trades")
YOURS = "yours"  # the row of the sliders
PUT_TOGETHER = "Their returns are put together, as if no other day lay between them."
JUDGED = "A bar's market is judged by the closes up to the bar before."
# A group has no calendar of its own, so a year is as many of its bars as a year has.
RATE = "(1 + total return of these bars)^(bars a year / these bars) - 1"
DONE = {
    "cost_factor": "every cost of the account × {}",
    "delay": "every decision taken later, by this many bars: {}",
    "without_best": "the trades with the highest profit left out, this many: {}",
    "start": "the account opened on {}",
}
# The sliders' names for what the engine calls otherwise.
SLIDERS = {"costs": "cost_factor"}


def of_regimes(told: Told, row: str, column: str) -> Iterator[Source]:
    """The figures of one kind of market or of all of them."""
    for regime in told.facts.get("regimes") or []:
        if row not in ("", regime["name"]):
            continue
        for name in IN_A_REGIME:
            if column in ("", name):
                yield _of_regime(told, regime, name)


def _of_regime(told: Told, regime: Mapping[str, Any], name: str) -> Source:
    measure = "cagr" if name == "benchmark_cagr" else name
    formula, source = _formula(measure)
    if measure == "cagr":
        formula = RATE
    given = [("Which bars", f"{regime['meaning']} {JUDGED}")]
    if name != "bars":
        given.append(("These bars", f"{regime['bars']} of {told.facts['dataset']['bars']}"))
    if name == "cagr":
        given.append(("Their total return", str(regime["total_return"])))
    return Source(
        key=f"regimes.{regime['name']}.{name}",
        name=f"{regime['label']}: {NAMES[name]}",
        exact=_exact(regime[name]),
        meaning=said_by(statistics.regime_results)[0] if name == "bars" else PUT_TOGETHER,
        formula=formula,
        source=source,
        given=(*given, told.run),
    )


def of_changes(told: Told, row: str, column: str) -> Iterator[Source]:
    """The figures of one changed run or of all of them; the row of the sliders is one more."""
    if row == YOURS:
        yield from _of_sliders(told, column)
        return
    changes = dict(CHANGES)
    for place, found in enumerate(told.facts.get("fragility") or []):
        if row in ("", str(place)):
            yield from _of_run(told, str(place), found, changes.get(found["label"], {}), column)


def _of_sliders(told: Told, column: str) -> Iterator[Source]:
    changes = {SLIDERS.get(name, name): value for name, value in told.changes.items()}
    found = {"label": "As you set it", **told.run_again(told.changes)}
    yield from _of_run(told, YOURS, found, changes, column)


def _of_run(
    told: Told, row: str, found: Mapping[str, Any], changes: Mapping[str, Any], column: str
) -> Iterator[Source]:
    trades = told.facts.get("trades") or []
    left_out = _best(trades, changes["without_best"]) if list(changes) == ["without_best"] else []
    given = [("Changed", "; ".join(DONE[name].format(changes[name]) for name in changes))]
    for name in IN_A_RUN:
        if column not in ("", name):
            continue
        formula, source = _formula(name)
        yield Source(
            key=f"fragility.{row}.{name}",
            name=f"{found['label']}: {NAMES[name]}",
            exact=_exact(found[name]),
            meaning=(
                "A whole new run of the same decisions."
                if changes
                else "The run of this report, nothing changed."
            ),
            formula=formula,
            source=source,
            given=(*(given if changes else []), *_rates(told, changes), told.run),
            **behind(left_out, trades, "Left out:"),
        )


def _rates(told: Told, changes: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """The commission that was charged, where the change is one of costs."""
    factor = changes.get("cost_factor")
    rate = told.facts["settings"].get("commission")
    if factor is None or rate is None:
        return ()
    return (("Commission per side", f"{rate} × {factor}"),)


def _best(trades: list[dict[str, Any]], count: int) -> list[int]:
    """The trades that `engine.fragility.without_trades` leaves out; of equals the earlier one."""
    return [t["number"] for t in sorted(trades, key=lambda trade: -trade["pnl"])[:count]]


def _formula(name: str) -> tuple[str, str]:
    if name in ("trades", "bars"):
        return "", ""
    return formula_of(getattr(measures, name))


def _exact(value: object) -> str:
    return "undefined" if value is None else str(value)
