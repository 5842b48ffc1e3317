"""The table of a result: sorted by any column, cut into pages, with its heat map."""

from dataclasses import dataclass
from typing import Any

from sweeps.models import Sweep, SweepResult

PARAMETER = "params."
MEASURES = ("sharpe_ratio", "total_return", "max_drawdown", "trades")
DEFAULT_ORDER = "-sharpe_ratio"
MOST_CELLS = 2500  # of a heat map that can still be read


def orders(result: SweepResult) -> list[str]:
    """The columns one can sort by."""
    return list(result.columns)


def sorted_numbers(result: SweepResult, order: str) -> list[int]:
    """The lines in an order: a column's name, with a minus for the largest first.

    What is undefined stands last in both directions; equals keep their place on the grid.
    Raises `KeyError` for a column that is not there.
    """
    down, name = order.startswith("-"), order.removeprefix("-")
    values = result.columns[name]
    known = [number for number, value in enumerate(values) if value is not None]
    rest = [number for number, value in enumerate(values) if value is None]
    return sorted(known, key=lambda number: values[number], reverse=down) + rest


def lines(result: SweepResult, numbers: list[int]) -> list[dict[str, Any]]:
    """Lines as the API and the page show them: parameters apart from measures."""
    found = []
    for number in numbers:
        row = result.row(number)
        params = {
            name.removeprefix(PARAMETER): value
            for name, value in row.items()
            if name.startswith(PARAMETER)
        }
        found.append({"number": number, "params": params} | {name: row[name] for name in MEASURES})
    return found


@dataclass(frozen=True)
class Cell:
    """One combination in the heat map; `level` from -4 (worst loss) to 4 (best gain)."""

    value: float | None
    number: int | None
    level: str
    best: bool


@dataclass(frozen=True)
class HeatMap:
    """Sharpe ratios over two parameters; the rest is at its best, if more than two vary."""

    across: str
    down: str
    columns: list[Any]
    rows: list[tuple[Any, list[Cell]]]
    others: list[str]


def heat_map(sweep: Sweep, result: SweepResult) -> HeatMap | None:
    """The heat map of the first two parameters that vary, or None where there is none.

    With more parameters each cell is the best of all combinations that share the two values.
    """
    varying = [axis for axis in sweep.parsed_axes if axis.count > 1]
    if len(varying) < 2 or varying[0].count * varying[1].count > MOST_CELLS:
        return None
    down, across = varying[:2]
    measured = result.columns["sharpe_ratio"]
    pairs = zip(
        result.columns[PARAMETER + down.name], result.columns[PARAMETER + across.name], strict=True
    )
    top: dict[tuple[Any, Any], int] = {}
    for number, pair in enumerate(pairs):
        held = top.get(pair)
        if held is None or _above(measured[number], measured[held]):
            top[pair] = number
    largest = max((abs(value) for value in measured if value is not None), default=0.0)
    best = result.study["best"]

    def cell(row: Any, column: Any) -> Cell:
        number = top.get((row, column))
        value = None if number is None else measured[number]
        return Cell(value, number, level(value, largest), number == best)

    return HeatMap(
        across.name,
        down.name,
        across.values(),
        [(row, [cell(row, column) for column in across.values()]) for row in down.values()],
        [axis.name for axis in varying[2:]],
    )


def level(value: float | None, largest: float) -> str:
    """The class of a cell: four strengths on either side of nothing."""
    if value is None:
        return "void"
    share = abs(value) / largest if largest else 0.0
    if share < 0.02:
        return "still"
    return f"{'g' if value > 0 else 'l'}{min(4, int(share * 4) + 1)}"


def _above(value: float | None, other: float | None) -> bool:
    return value is not None and (other is None or value > other)
