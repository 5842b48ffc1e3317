"""Where each cell of a report's tables comes from: what it was computed from, and how.

The figures of sentences and lists have their entries in the page (`reports.sources`). Tables have
hundreds of cells, so theirs are told when they are asked for, by key: `months.2017.3`,
`regimes.bull.cagr`, `fragility.1.cagr`, `trades.7.return`. A shorter key is a row or a whole table.
"""

from collections.abc import Callable, Iterator

from reports.cells import circumstances, months, trades
from reports.cells.told import Told
from reports.sources import Source

PARTS: dict[str, Callable[[Told, str, str], Iterator[Source]]] = {
    "months": months.cells,
    "regimes": circumstances.of_regimes,
    "fragility": circumstances.of_changes,
    "trades": trades.cells,
}


def select(told: Told, asked: str) -> list[Source]:
    """The cells under a key, in the order of the table; none where it leads nowhere."""
    part, _, rest = asked.partition(".")
    row, _, column = rest.partition(".")
    return list(PARTS[part](told, row, column)) if part in PARTS else []


__all__ = ["PARTS", "Told", "select"]
