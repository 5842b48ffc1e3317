"""How a result holds when the costs, the fills or the luckiest trades change."""

from typing import TYPE_CHECKING, Any

from engine import Books, Decisions
from engine import metrics as measures
from engine.fragility import fragile

if TYPE_CHECKING:
    from backtests.report.facts import Study, Subject

BEST_TRADES = 5
# What a reader sees without moving a slider: one change at a time.
CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("As tested", {}),
    ("Twice the costs", {"cost_factor": 2.0}),
    ("Every decision one bar later", {"delay": 1}),
    ("Without its five best trades", {"without_best": BEST_TRADES}),
)


def tell_fragility(subject: "Subject", study: "Study") -> list[dict[str, Any]]:
    """The result as tested, and under one change at a time; each a whole new run."""
    if not study.books.trades:
        return []
    return [
        {"label": label, **_brief(subject, _changed(subject, study, change))}
        for label, change in CHANGES
        if "without_best" not in change or isinstance(subject.decisions, Decisions)
    ]


def _changed(subject: "Subject", study: "Study", change: dict[str, Any]) -> Books:
    if not change:
        return study.books
    return fragile(subject.bars, subject.decisions, subject.config, **change)


def _brief(subject: "Subject", books: Books) -> dict[str, Any]:
    summary = measures.summarize(books, books.bars)
    names = ("total_return", "cagr", "sharpe_ratio", "max_drawdown")
    return {name: summary[name] for name in names} | {"trades": len(books.trades)}
