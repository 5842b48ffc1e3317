"""Where each figure of a report comes from: its key in the facts, exact value, formula and source.

Formulas and sources are read from the engine's own docstrings and from the questions of the
evidence, so that what a page says of a figure is what computed it.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict

from engine import metrics as measures
from engine import statistics
from llm.gateway.figures import PLACEHOLDER, flatten
from reports.evidence import QUESTIONS
from reports.glossary import GROUPS, Figure

TRADES_NAMED = 5
TRADES_A_PAGE = 25
# Where a measure's function is not called as its key is.
FUNCTIONS = {"max_drawdown_bars": "longest_drawdown_bars", "best_month": "best_and_worst_month",
             "worst_month": "best_and_worst_month"}  # fmt: skip
# What computed a part of the facts, for figures without a formula of their own.
PARTS = {
    "settings": "What the test was given: said by the idea, chosen in the form, or assumed.",
    "dataset": "Counted in the data of this run.",
    "costs": "Added up by the simulation, fill by fill; twice the costs is a whole new run.",
    "verdict": "Follows from the luck figures.",
    "holdout": "Counted in the data when the days were sealed.",
    "sealed_test": "Computed from the sealed days by themselves.",
    "second_reading": "Computed from the decisions of both readings on the days of this run.",
    "luck": "Computed from the returns of this run and the ledger of everything tried.",
    "benchmark": "The same measure of the account that buys and holds, with the same costs.",
}
NAMES = {
    "initial_capital": "Starting capital",
    "commission": "Commission per side",
    "slippage": "Slippage",
    "bars": "Bars",
    "charged": "Costs charged",
    "break_even_commission": "Break-even commission",
    "total_return_at_twice": "Total return at twice the costs",
    "cagr_at_twice": "Return a year at twice the costs",
    "evidence": "Evidence of skill",
}


@dataclass(frozen=True)
class Behind:
    """One trade behind a figure, and the page of the trades table that has it."""

    number: int
    page: int


class TradesOfSource(TypedDict):
    """What a source says of the trades behind it."""

    trades: tuple[Behind, ...]
    trades_in_all: int
    trades_word: str


@dataclass(frozen=True)
class Source:
    """Everything the page says about one figure.

    `worked` is the formula with its figures, `given` what it was computed from, by name.
    """

    key: str
    name: str
    exact: str
    meaning: str = ""
    formula: str = ""
    worked: str = ""
    source: str = ""
    given: tuple[tuple[str, str], ...] = ()
    trades: tuple[Behind, ...] = ()
    trades_in_all: int = 0
    trades_word: str = "From"
    on_chart: Behind | None = None

    @property
    def more_trades(self) -> int:
        """How many trades are behind it beyond those named."""
        return self.trades_in_all - len(self.trades)


def sources(facts: Mapping[str, Any]) -> list[Source]:
    """Every figure of these facts, in the order of the report."""
    named = set(PLACEHOLDER.findall(facts.get("analysis_written") or ""))
    return [
        describe(key, value, facts)
        for key, value in flatten(facts).items()
        if key in named or ((value is None or is_figure(value)) and key.partition(".")[0] in KNOWN)
    ]


KNOWN = {"metrics", "trade_metrics", *PARTS}


def is_figure(value: object) -> bool:
    """Whether a fact is a number that a page may show."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def describe(key: str, value: object, facts: Mapping[str, Any]) -> Source:
    """One figure: what it is called, exactly what it is, and what it was computed from."""
    part, _, rest = key.partition(".")
    last = key.rpartition(".")[2]
    figure = _glossary().get((_measures_of(key), last))
    formula, source = _formula(key)
    trades = facts.get("trades") or []
    return Source(
        key=key,
        name=_name(key, figure),
        exact="undefined" if value is None else str(value),
        meaning=figure.meaning if figure else _asked(rest) or PARTS.get(part, ""),
        formula=formula,
        source=source or (PARTS[part] if part == "benchmark" else ""),
        **behind(list(_behind(key, trades)), trades),
    )


def behind(numbers: list[int], trades: list[dict[str, Any]], word: str = "From") -> TradesOfSource:
    """The trades behind a figure: the first of them by name, and how many there are."""
    named = tuple(Behind(n, page_of(n, trades)) for n in numbers[:TRADES_NAMED])
    return {"trades": named, "trades_in_all": len(numbers), "trades_word": word}


def page_of(number: int, trades: list[dict[str, Any]]) -> int:
    """The page of the trades table that has this trade; the latest come first."""
    return (len(trades) - number) // TRADES_A_PAGE + 1


def _name(key: str, figure: Figure | None) -> str:
    last = key.rpartition(".")[2]
    name = figure.label if figure else NAMES.get(last) or last.replace("_", " ").capitalize()
    if key.startswith("benchmark."):
        return f"{name}, buy and hold"
    if key.startswith("second_reading."):
        return f"{name}, {key.split('.')[1]}'s reading" if key.count(".") > 1 else name
    if key.startswith("luck.bootstrap"):
        return f"{key.split('.')[-2].replace('_', ' ').capitalize()} of resampled days, {last}"
    return name


def _measures_of(key: str) -> str:
    return "trade_metrics" if key.startswith("trade_metrics.") else "metrics"


@cache
def _glossary() -> dict[tuple[str, str], Figure]:
    return {(part, figure.key): figure for _, part, figures in GROUPS for figure in figures}


def _asked(rest: str) -> str:
    return next((q.meaning for q in QUESTIONS if q.key == rest), "")


@cache
def _formula(key: str) -> tuple[str, str]:
    """Formula and source of a figure, empty where there is no more to say than its meaning."""
    part, _, rest = key.partition(".")
    last = key.rpartition(".")[2]
    if part == "luck":
        asked = rest if "bootstrap" not in rest else f"bootstrap_{key.split('.')[-2]}"
        found = next((q for q in QUESTIONS if q.key == asked), None)
        return (found.formula, found.source) if found else ("", "")
    if part == "trade_metrics":
        return _of_trades(last)
    if part in ("metrics", "benchmark"):
        return formula_of(getattr(measures, FUNCTIONS.get(last, last), None))
    if last == "break_even_commission":
        return formula_of(getattr(statistics, last, None))
    return "", ""


def formula_of(function: object) -> tuple[str, str]:
    """The first paragraph of a docstring, and the one that names a source."""
    if not callable(function):
        return "", ""
    paragraphs = said_by(function)
    source = next((p for p in paragraphs if p.startswith("Source:")), "")
    return paragraphs[0], source.removeprefix("Source:").strip()


def said_by(function: object) -> list[str]:
    """The paragraphs of a docstring, each on one line."""
    text = inspect.getdoc(function) or ""
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def _of_trades(name: str) -> tuple[str, str]:
    """One clause of what `returns_summary` says it returns, with its source in brackets."""
    text = " ".join((inspect.getdoc(measures.returns_summary) or "").split())
    for clause in re.split(r";\s+", text.partition("dict ")[2].rstrip(".")):
        if clause.startswith(f"{name} "):
            found = re.fullmatch(r"(.*?)(?:\s+\((\D.*\d{4}.*)\))?", clause[len(name) + 1 :])
            assert found is not None
            return f"{name.replace('_', ' ')} = {found[1]}", found[2] or ""
    return "", ""


def _behind(key: str, trades: list[dict[str, Any]]) -> Iterator[int]:
    """The numbers of the trades that a figure was computed from, the telling ones only."""
    part, _, name = key.partition(".")
    if part != "trade_metrics" or not trades:
        return
    if name in ("best", "worst"):
        choose = max if name == "best" else min
        yield choose(trades, key=lambda trade: trade["return"])["number"]
        return
    for trade in trades:
        gain = trade["return"]
        if name in ("win_rate", "average_win") and gain <= 0:
            continue
        if name == "average_loss" and gain >= 0:
            continue
        yield trade["number"]
