"""Real prices and a context for the translator's tests."""

import csv
import gzip
import importlib.util
import io
from datetime import date, datetime
from functools import cache
from pathlib import Path

import numpy as np

from engine import Bars, simulate
from engine.harness import decisions_of, load
from engine.simulator import Trade
from llm import Draft, IdeaContext, Refusal, SymbolFacts
from llm.translator import Translator

FIRST, LAST = date(1999, 1, 4), date(2018, 12, 31)
SYMBOLS = (
    SymbolFacts("SPX", "S&P 500", ("S&P 500", "SP500"), FIRST, LAST),
    SymbolFacts("IXIC", "NASDAQ Composite", ("NASDAQ",), FIRST, LAST),
    SymbolFacts("AAPL", "Apple Inc.", (), date(1990, 1, 2), date(2022, 12, 28), False, False),
    SymbolFacts("KO", "Coca-Cola", (), date(1990, 1, 2), date(2022, 12, 28), False, False),
)
CONTEXT = IdeaContext(SYMBOLS, "SPX")


def read(idea: str, symbol: str = "SPX", *, fixed: bool = False) -> Draft:
    """The draft of an idea that must be understood."""
    answer = Translator().write(idea, IdeaContext(SYMBOLS, symbol, symbol_is_fixed=fixed))
    assert isinstance(answer, Draft), answer
    return answer


def refusal(idea: str, symbol: str = "SPX", *, fixed: bool = False) -> Refusal:
    """The refusal of an idea that must not be understood."""
    answer = Translator().write(idea, IdeaContext(SYMBOLS, symbol, symbol_is_fixed=fixed))
    assert isinstance(answer, Refusal), answer.echo
    return answer


@cache
def spx() -> Bars:
    """The S&P 500, daily, 1999 to 2018, from the file inside the `arch` package."""
    spec = importlib.util.find_spec("arch")
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parent / "data" / "sp500" / "sp500.csv.gz"
    with gzip.open(path) as file:
        rows = list(csv.DictReader(io.TextIOWrapper(file)))
    days = [datetime.strptime(row["Date"], "%m/%d/%Y").date() for row in rows]  # noqa: DTZ007
    names = ("Open", "High", "Low", "Close", "Volume")
    columns = [np.array([float(row[name]) for row in rows]) for name in names]
    return Bars.from_columns(np.array(days, dtype="datetime64[s]"), *columns, symbol="SPX")


def traded(draft: Draft) -> list[Trade]:
    """What the generated script really does on the S&P 500."""
    settings = draft.settings
    bars = spx().between(settings.get("start"), settings.get("end"))
    return list(simulate(bars, decisions_of(load(draft.script), bars)).trades)


def by_hand(
    enter: np.ndarray, leave: np.ndarray, *, hold: int | None = None
) -> list[tuple[int, int]]:
    """Entry and exit bars of a long-only rule, in the plainest loop there is."""
    found: list[tuple[int, int]] = []
    entered = None
    n = len(enter)
    for t in range(n - 1):
        if entered is None:
            if enter[t]:
                entered = t + 1
        elif leave[t] or (hold is not None and t + 1 - entered >= hold):
            found.append((entered, t + 1))
            entered = None
    if entered is not None:
        found.append((entered, n - 1))
    return found


def bars_of(trades: list[Trade]) -> list[tuple[int, int]]:
    return [(trade.entry_bar, trade.exit_bar) for trade in trades]
