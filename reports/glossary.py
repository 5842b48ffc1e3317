"""Every figure of a report in one sentence, grouped as the page shows them.

The formulas and their sources are in the engine's docstrings; this is what they mean to the
person who reads a report.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure: its key in the facts, its name, how it is written, what it means.

    `style` is `signed` or `percent` (fractions), `number`, `count` or `money`.
    """

    key: str
    label: str
    style: str
    meaning: str
    digits: int = 2


GROWTH = [
    Figure(
        "total_return",
        "Total return",
        "signed",
        "What the capital gained from the first to the last day, after costs.",
        1,
    ),
    Figure(
        "cagr",
        "Return a year",
        "signed",
        "The steady yearly rate that leads to the same total return.",
        1,
    ),
    Figure("final_equity", "Final equity", "money", "What the account is worth at the last close."),
    Figure("best_month", "Best month", "signed", "The highest return of a calendar month.", 1),
    Figure("worst_month", "Worst month", "signed", "The lowest return of a calendar month.", 1),
    Figure(
        "exposure", "Time invested", "percent", "The share of bars on which a position was held.", 1
    ),
    Figure(
        "turnover",
        "Turnover a year",
        "number",
        "How often a year the whole account is traded, both sides counted.",
    ),
]
RISK = [
    Figure(
        "volatility",
        "Volatility a year",
        "percent",
        "The standard deviation of returns, scaled to a year.",
        1,
    ),
    Figure(
        "max_drawdown",
        "Worst fall",
        "signed",
        "The deepest fall from an earlier peak of the account.",
        1,
    ),
    Figure(
        "max_drawdown_bars",
        "Longest time below a peak",
        "count",
        "The most bars in a row spent below an earlier peak.",
    ),
    Figure(
        "ulcer_index",
        "Ulcer index",
        "percent",
        "The root mean square of all falls: deep and long falls weigh most.",
        1,
    ),
    Figure(
        "value_at_risk",
        "Value at risk, 95 %",
        "percent",
        "On the worst one in twenty bars the loss is at least this.",
        2,
    ),
    Figure(
        "cvar",
        "Expected shortfall, 95 %",
        "percent",
        "The average loss of the worst one in twenty bars.",
        2,
    ),
    Figure(
        "skewness", "Skewness", "number", "Below 0, large losses are more common than large gains."
    ),
    Figure(
        "excess_kurtosis",
        "Excess kurtosis",
        "number",
        "Above 0, extreme bars are more common than in a normal distribution.",
    ),
    Figure(
        "tail_ratio",
        "Tail ratio",
        "number",
        "The 95th percentile of returns over the 5th: above 1, the good tail is longer.",
    ),
]
REWARD = [
    Figure(
        "sharpe_ratio",
        "Sharpe ratio",
        "number",
        "Return per unit of volatility, a year, with a risk-free rate of 0.",
    ),
    Figure(
        "sortino_ratio",
        "Sortino ratio",
        "number",
        "As the Sharpe ratio, but only falls count as risk.",
    ),
    Figure("calmar_ratio", "Calmar ratio", "number", "Return a year over the worst fall."),
    Figure(
        "omega_ratio",
        "Omega ratio",
        "number",
        "The sum of all gains over the sum of all losses, bar by bar.",
    ),
    Figure(
        "alpha",
        "Alpha a year",
        "signed",
        "What is left of the return a year after the market's share of it.",
        1,
    ),
    Figure("beta", "Beta", "number", "How far the account moves when buy and hold moves by 1."),
    Figure(
        "information_ratio",
        "Information ratio",
        "number",
        "The return above buy and hold per unit of its variation.",
    ),
]
TRADES = [
    Figure("trades", "Trades", "count", "Round trips: an entry with its exit."),
    Figure("win_rate", "Won", "percent", "The share of trades that gained after costs.", 1),
    Figure("expectancy", "Average trade", "signed", "The mean return of a trade after costs."),
    Figure("average_win", "Average gain", "signed", "The mean return of the trades that won."),
    Figure("average_loss", "Average loss", "signed", "The mean return of the trades that lost."),
    Figure("payoff_ratio", "Payoff ratio", "number", "The average gain over the average loss."),
    Figure("profit_factor", "Profit factor", "number", "All money won over all money lost."),
    Figure("best", "Best trade", "signed", "The highest return of a trade."),
    Figure("worst", "Worst trade", "signed", "The lowest return of a trade."),
    Figure("average_bars_held", "Held on average", "number", "Bars between entry and exit.", 1),
    Figure(
        "max_consecutive_wins", "Gains in a row", "count", "The longest series of winning trades."
    ),
    Figure(
        "max_consecutive_losses", "Losses in a row", "count", "The longest series of losing trades."
    ),
    Figure(
        "sqn",
        "System quality number",
        "number",
        "Average trade over standard deviation, times the root of the count.",
    ),
    Figure(
        "kelly",
        "Kelly share",
        "percent",
        "The stake that would have grown fastest, known only afterwards.",
        1,
    ),
]
GROUPS = [
    ("Growth", "metrics", GROWTH),
    ("Risk", "metrics", RISK),
    ("Reward for risk", "metrics", REWARD),
    ("Trades", "trade_metrics", TRADES),
]


def tables(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures of these facts by group, each with the benchmark's where it has one."""
    benchmark = facts["benchmark"]["metrics"]
    return [
        {
            "title": title,
            "compared": source == "metrics",
            "rows": [
                {
                    "figure": figure,
                    "key": f"{source}.{figure.key}",
                    "benchmark_key": f"benchmark.metrics.{figure.key}",
                    "value": facts[source].get(figure.key),
                    "benchmark": benchmark.get(figure.key),
                }
                for figure in figures
            ],
        }
        for title, source, figures in GROUPS
    ]
