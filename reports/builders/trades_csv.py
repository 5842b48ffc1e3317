"""The trades as CSV that a spreadsheet opens without executing anything."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = (
    "number", "symbol", "side", "entry_time", "exit_time", "entry_price", "exit_price",
    "quantity", "pnl", "return", "bars_held", "exit_reason", "open_at_end",
)  # fmt: skip
# A cell that begins with one of these is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def guarded(value: Any) -> Any:
    """Text that would be a formula gets an apostrophe; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def write_trades(trades: Iterable[Mapping[str, Any]]) -> str:
    """Every trade in full precision, one a line."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for trade in trades:
        writer.writerow([guarded(trade[column]) for column in COLUMNS])
    return text.getvalue()
