"""Measures of performance: one pure function each, and `summarize` for a whole run.

Fractions, not percent; None where a measure is undefined, never inf or nan. T bar returns r, the
equity starts at the initial capital and that start counts as a peak.
"""

from engine.metrics.drawdowns import (
    Drawdown,
    drawdown_series,
    drawdown_table,
    longest_drawdown_bars,
    max_drawdown,
    ulcer_index,
)
from engine.metrics.growth import (
    cagr,
    calmar_ratio,
    returns,
    sharpe_ratio,
    sortino_ratio,
    total_return,
    volatility,
)
from engine.metrics.months import MonthRow, best_and_worst_month, monthly_returns, monthly_table
from engine.metrics.quick import trade_figures
from engine.metrics.relative import alpha, beta, information_ratio, tracking_error
from engine.metrics.shape import (
    cvar,
    excess_kurtosis,
    omega_ratio,
    skewness,
    tail_ratio,
    value_at_risk,
)
from engine.metrics.summary import exposure, summarize, turnover
from engine.metrics.trades import returns_summary, trade_summary

__all__ = [
    "Drawdown",
    "MonthRow",
    "alpha",
    "best_and_worst_month",
    "beta",
    "cagr",
    "calmar_ratio",
    "cvar",
    "drawdown_series",
    "drawdown_table",
    "excess_kurtosis",
    "exposure",
    "information_ratio",
    "longest_drawdown_bars",
    "max_drawdown",
    "monthly_returns",
    "monthly_table",
    "omega_ratio",
    "returns",
    "returns_summary",
    "sharpe_ratio",
    "skewness",
    "sortino_ratio",
    "summarize",
    "tail_ratio",
    "total_return",
    "tracking_error",
    "trade_figures",
    "trade_summary",
    "turnover",
    "ulcer_index",
    "value_at_risk",
    "volatility",
]
