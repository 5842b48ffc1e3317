"""Cells of the table of trades: the bars a trade was filled on, and what it paid."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from backtests.report.wording import number
from reports.cells.told import Told
from reports.sources import TRADES_A_PAGE, Behind, Source, page_of

Trade = Mapping[str, Any]
Given = tuple[tuple[str, str], ...]

COLUMNS = {
    "entry_time": "Entered",
    "exit_time": "Left",
    "entry_price": "Price in",
    "exit_price": "Price out",
    "bars_held": "Bars held",
    "pnl": "Profit",
    "return": "Return",
}
PRICES = ("open", "high", "low", "close")
ENTRY = (
    "An order decided at a close fills at the open of the next bar, or later at its own price "
    "where it waits for one."
)
CLOSES_ONLY = "These prices have closes only, so orders fill at the close of the next bar."
# By what ended it: rules 6 to 10 of docs/engine.md.
EXITS = {
    "signal": "The rule to leave held at the close of the bar before; filled at this open.",
    "stop": "The stop was reached on this bar: filled at its price, or at the open where the bar "
    "opened beyond it.",
    "target": "The target was reached on this bar: filled at its price, or at the open where the "
    "bar opened beyond it.",
    "trail": "The trailing stop was reached; seen at a close it is filled at the next open, "
    "inside a bar at its price.",
    "time": "The longest time to hold was over; filled at this open.",
    "reverse": "The opposite entry was decided at the close of the bar before; filled at this "
    "open.",
    "end": "Still open at the end of the data, so it is marked at the last close.",
}  # fmt: skip
IN_THE_PRICES = "Slippage, where there is any, is in the prices."


def cells(told: Told, row: str, column: str) -> Iterator[Source]:
    """The figures of one trade, of a stretch of them (`36-60`), or of the latest."""
    trades = told.facts.get("trades") or []
    for trade in _chosen(trades, row):
        for name in COLUMNS:
            if column in ("", name):
                yield _cell(told, trade, name, page_of(trade["number"], trades))


def _chosen(trades: list[dict[str, Any]], row: str) -> list[dict[str, Any]]:
    """As the table has them, the latest first, a page of it at most."""
    found = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", row)
    if row and not found:
        return []
    if found:
        first, last = int(found[1]), int(found[2] or found[1])
        trades = [trade for trade in trades if first <= trade["number"] <= last]
    return trades[: -TRADES_A_PAGE - 1 : -1]


def _cell(told: Told, trade: Trade, name: str, page: int) -> Source:
    describe = DESCRIBED.get(name)
    meaning, formula, worked, given = describe(trade) if describe else _fill(told, trade, name)
    return Source(
        key=f"trades.{trade['number']}.{name}",
        name=f"Trade {trade['number']}: {COLUMNS[name]}",
        exact=str(trade[name]),
        meaning=meaning,
        formula=formula,
        worked=worked,
        given=given,
        on_chart=Behind(trade["number"], page),
    )


def _profit(trade: Trade) -> tuple[str, str, str, Given]:
    before = _before_costs(trade)
    signs = "price out - price in", f"{trade['exit_price']} - {trade['entry_price']}"
    if trade["side"] == "short":
        signs = "price in - price out", f"{trade['entry_price']} - {trade['exit_price']}"
    paid = before - trade["pnl"]
    return (
        f"What the trade left in the account. {IN_THE_PRICES}",
        f"units × ({signs[0]}) - costs",
        f"{trade['quantity']} × ({signs[1]}) - {paid}",
        (
            ("Units", str(trade["quantity"])),
            ("Price in", str(trade["entry_price"])),
            ("Price out", str(trade["exit_price"])),
            # What is missing from the difference of the prices is what was taken from cash.
            ("Costs", f"{paid}: commission and spread of both fills, fees, borrowing"),
        ),
    )


def _return(trade: Trade) -> tuple[str, str, str, Given]:
    return (
        "The profit as a share of what was put in at the entry, after costs.",
        "profit / (units × price in)",
        f"{trade['pnl']} / ({trade['quantity']} × {trade['entry_price']})",
        (("Profit", str(trade["pnl"])), *_profit(trade)[3]),
    )


def _before_costs(trade: Trade) -> float:
    side = -1.0 if trade["side"] == "short" else 1.0
    moved: float = trade["exit_price"] - trade["entry_price"]
    return side * float(trade["quantity"]) * moved


def _held(trade: Trade) -> tuple[str, str, str, Given]:
    days = (("Entered", trade["entry_time"]), ("Left", trade["exit_time"]))
    return "Bars of the data from the one it was entered on.", "bar out - bar in", "", days


def _fill(told: Told, trade: Trade, name: str) -> tuple[str, str, str, Given]:
    """Day or price of one fill: why it was filled, and the bars around it."""
    end = name.partition("_")[0]
    why = ENTRY if end == "entry" else EXITS.get(trade["exit_reason"], "")
    if not told.facts["dataset"].get("has_range", True):
        why = f"{why if end == 'exit' else ''} {CLOSES_ONLY}".strip()
    price, day = trade[f"{end}_price"], trade[f"{end}_time"]
    bar = _bar(told, trade, day)
    given = [("Side", trade["side"]), ("Price", str(price)), ("Day", day)]
    given = [pair for pair in given if pair[0] != ("Price" if name.endswith("price") else "Day")]
    if bar is None:
        return why, "", "", tuple(given)
    values = {name: told.chart[name][bar] for name in PRICES if name in told.chart}
    given += [(f"{name.capitalize()} of that bar", str(value)) for name, value in values.items()]
    if bar:
        before = told.chart["close"][bar - 1]
        given.append((f"Close of the bar before, {told.days[bar - 1][:10]}", str(before)))
    return why, _place(price, values) if name.endswith("price") else "", "", tuple(given)


def _bar(told: Told, trade: Trade, moment: str) -> int | None:
    """The bar of a moment; None where the chart has no prices of this symbol."""
    if trade["symbol"] != told.facts["dataset"]["symbol"]:
        return None
    try:
        return told.days.index(moment[:16])
    except ValueError:
        return None


def _place(price: float, values: Mapping[str, float]) -> str:
    """Which price of its bar a fill is, or by how much it is another."""
    for name in ("open", "close"):
        if values.get(name) == price:
            return f"the {name} of that bar"
    opened = values.get("open", values["close"])
    word = "open" if "open" in values else "close"
    more = f"{number(abs(price - opened), 4)} {'above' if price > opened else 'below'}"
    return f"{more} the {word} of that bar: the price of its order, or slippage"


DESCRIBED = {"pnl": _profit, "return": _return, "bars_held": _held}
