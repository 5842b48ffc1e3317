"""The strategy in rising and falling, restless and calm markets."""

from typing import TYPE_CHECKING, Any

from engine import statistics as luck_of

if TYPE_CHECKING:
    from backtests.report.facts import Study, Subject

REGIMES = {
    "bull": ("Rising market", "Closes less than 20 % below the highest close so far."),
    "bear": ("Falling market", "Closes 20 % or more below the highest close so far."),
    "high_volatility": (
        "Restless market",
        "The volatility of the last 21 bars above the median of all such values so far.",
    ),
    "low_volatility": (
        "Calm market",
        "The volatility of the last 21 bars at or below the median of all such values so far.",
    ),
}


def tell_regimes(subject: "Subject", study: "Study") -> list[dict[str, Any]]:
    """The strategy and the benchmark on the days of each kind of market."""
    ours = luck_of.regime_results(study.books.bars, study.books.equity)
    theirs = luck_of.regime_results(study.books.bars, study.benchmark.equity)
    rows = []
    for mine, other in zip(ours, theirs, strict=True):
        if not mine.bars:
            continue
        label, meaning = REGIMES[mine.name]
        rows.append(
            {
                "name": mine.name,
                "label": label,
                "meaning": meaning,
                "bars": mine.bars,
                "total_return": mine.total_return,
                "cagr": mine.cagr,
                "sharpe_ratio": mine.sharpe_ratio,
                "max_drawdown": mine.max_drawdown,
                "benchmark_cagr": other.cagr,
            }
        )
    return rows
