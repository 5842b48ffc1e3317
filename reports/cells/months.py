"""Cells of the table of months: the equity at both ends of a month, and the trades in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from backtests.report.markdown import MONTHS
from engine import metrics as measures
from reports.cells.told import Told
from reports.sources import Source, behind, said_by

TOTAL = "total"
OF_A_MONTH = "equity at the last close of the month / equity at the last close before it - 1"
OF_A_YEAR = "(1 + January) × (1 + February) × … × (1 + December) - 1"


@dataclass(frozen=True)
class End:
    """The account at the last close of a month."""

    month: str
    day: str
    equity: float


def cells(told: Told, row: str, column: str) -> Iterator[Source]:
    """The months and the totals of one year or of all of them."""
    ends = month_ends(told)
    for year in told.facts.get("months") or []:
        if row not in ("", str(year["year"])):
            continue
        for number, value in enumerate(year["months"], 1):
            if value is not None and column in ("", str(number)):
                yield _month(told, ends, year["year"], number, value)
        if column in ("", TOTAL):
            yield _year(told, ends, year["year"], year["total"])


def month_ends(told: Told) -> list[End]:
    """The account at the end of each month that has bars, before them the starting capital."""
    capital = told.facts["settings"]["initial_capital"]
    ends = [End("", "", capital)]
    for moment, equity in zip(told.days, told.chart.get("equity", ()), strict=True):
        if moment[:7] == ends[-1].month:
            ends.pop()
        ends.append(End(moment[:7], moment[:10], equity))
    return ends


def _month(told: Told, ends: list[End], year: int, number: int, value: float) -> Source:
    month = f"{year}-{number:02d}"
    return _cell(
        told,
        _around(ends, month, month),
        key=f"months.{year}.{number}",
        name=f"{MONTHS[number - 1]} {year}",
        value=value,
        formula=OF_A_MONTH,
        within=(month, month),
    )


def _year(told: Told, ends: list[End], year: int, value: float) -> Source:
    within = f"{year}-01", f"{year}-12"
    return _cell(
        told,
        _around(ends, *within),
        key=f"months.{year}.{TOTAL}",
        name=f"The year {year}",
        value=value,
        formula=f"{OF_A_YEAR}, or by its ends",
        within=within,
    )


def _around(ends: list[End], first: str, last: str) -> tuple[End, End] | None:
    """The ends before and of a stretch of months; None without a chart."""
    inside = [place for place, end in enumerate(ends) if first <= end.month <= last]
    return (ends[inside[0] - 1], ends[inside[-1]]) if inside else None


def _cell(
    told: Told,
    around: tuple[End, End] | None,
    *,
    key: str,
    name: str,
    value: float,
    formula: str,
    within: tuple[str, str],
) -> Source:
    given, worked = [told.run], ""
    if around is not None:
        before, after = around
        begin = f"Equity on {before.day}" if before.day else "Starting capital"
        given = [(begin, str(before.equity)), (f"Equity on {after.day}", str(after.equity)), *given]
        worked = f"{after.equity} / {before.equity} - 1"
    first, last = within
    trades = told.facts.get("trades") or []
    there = (t["number"] for t in trades if t["entry_time"][:7] <= last and t["exit_time"] >= first)
    return Source(
        key=key,
        name=name,
        exact=str(value),
        meaning=said_by(measures.monthly_returns)[1],
        formula=formula,
        worked=worked,
        given=tuple(given),
        **behind(list(there), trades),
    )
