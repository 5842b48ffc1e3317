"""The measures of an ordinary account from the sums of `engine.metrics.compiled`.

The same names and the same values as the functions that define them, an order of magnitude
quicker. Accounts that lost everything, or hardly lived, take the functions themselves.
"""

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from engine.metrics.growth import NEGLIGIBLE, Maybe, cagr, calmar_ratio
from engine.metrics.months import month_growth

if TYPE_CHECKING:
    from engine.bars import Bars
    from engine.simulator import Books

SHORTEST = 5


def is_ordinary(books: "Books", benchmark: "Books | None") -> bool:
    """Whether the compiled passes may be used: long enough, and never without money."""
    equity = books.equity
    if len(equity) < SHORTEST or not equity.min() > 0 or equity[0] != books.config.initial_cash:
        return False
    if not np.isfinite(equity.max()):
        return False
    return benchmark is None or (
        len(benchmark.equity) == len(equity)
        and bool(benchmark.equity.min() > 0)
        and benchmark.equity[0] == benchmark.config.initial_cash
    )


def summary(
    books: "Books", bars: "Bars", benchmark: "Books | None", risk_free_rate: float
) -> dict[str, Maybe | int]:
    """As `engine.metrics.summarize`, for an ordinary account."""
    from engine.metrics import compiled as c

    n, periods = len(bars) - 1, bars.periods_per_year
    free = risk_free_rate / periods
    returns, scratch, found = np.empty(n), np.empty(n), np.empty(c.FIELDS)
    c.measure(books.equity, books.position, bars.prices[3], free, returns, scratch, found)
    if benchmark is not None:
        c.compare(returns, benchmark.equity, found)
    f = found.tolist()
    total = float(books.equity[-1]) / books.config.initial_cash - 1.0
    days = float((bars.time[-1] - bars.time[0]).astype(np.int64)) / 86_400.0
    yearly = cagr(total, days)
    deviation = sqrt(f[c.SECOND] / (n - 1))
    moves = deviation > NEGLIGIBLE * max(1.0, f[c.LARGEST])
    downside = sqrt(f[c.DOWNSIDE] / n)
    growth = month_growth(bars, books)
    return {
        "total_return": total,
        "cagr": yearly,
        "volatility": deviation * sqrt(periods),
        "sharpe_ratio": (f[c.MEAN] - free) / deviation * sqrt(periods) if moves else None,
        "sortino_ratio": (f[c.MEAN] - free) / downside * sqrt(periods) if downside > 0 else None,
        "calmar_ratio": calmar_ratio(yearly, f[c.FALL]),
        "max_drawdown": f[c.FALL],
        "max_drawdown_bars": int(f[c.LONGEST]),
        "ulcer_index": sqrt(f[c.SQUARED_FALLS] / n),
        "value_at_risk": -f[c.LOW],
        "cvar": -f[c.TAIL],
        **_shape(f, n),
        **_beside(f, n, periods, free, benchmark is not None),
        "exposure": f[c.HELD] / (n + 1),
        "turnover": 0.5 * f[c.MOVED] * periods / n,
        "tail_ratio": f[c.HIGH] / abs(f[c.LOW]) if f[c.LOW] else None,
        "omega_ratio": f[c.GAINS] / f[c.LOSSES] if f[c.LOSSES] > 0 else None,
        "best_month": float(growth.max()) - 1.0,
        "worst_month": float(growth.min()) - 1.0,
        "final_equity": float(books.equity[-1]),
    }


def _shape(f: list[float], n: int) -> dict[str, Maybe | int]:
    from engine.metrics import compiled as c

    variance = f[c.SECOND] / n
    if sqrt(variance) <= NEGLIGIBLE * max(1.0, f[c.LARGEST]):
        return {"skewness": None, "excess_kurtosis": None}
    skew, kurtosis = f[c.THIRD] / n / variance**1.5, f[c.FOURTH] / n / variance**2
    scale = (n - 1.0) / ((n - 2.0) * (n - 3.0))
    return {
        "skewness": skew * sqrt(n * (n - 1.0)) / (n - 2.0),
        "excess_kurtosis": scale * ((n + 1.0) * (kurtosis - 3.0) + 6.0),
    }


def _beside(
    f: list[float], n: int, periods: float, free: float, compared: bool
) -> dict[str, Maybe | int]:
    from engine.metrics import compiled as c

    if not compared:
        return {"beta": None, "alpha": None, "information_ratio": None}
    slope = None
    if sqrt(f[c.BENCH_SECOND] / n) > NEGLIGIBLE:
        slope = f[c.TOGETHER] / f[c.BENCH_SECOND]
    excess = None if slope is None else (f[c.MEAN] - free) - slope * (f[c.BENCH_MEAN] - free)
    error = sqrt(f[c.AHEAD_SECOND] / (n - 1)) * sqrt(periods)
    return {
        "beta": slope,
        "alpha": None if excess is None else excess * periods,
        "information_ratio": f[c.AHEAD] * periods / error if error > NEGLIGIBLE else None,
    }


def trade_figures(books: "Books") -> dict[str, Maybe | int]:
    """As `engine.metrics.trade_summary` of the books' trades, without making them objects."""
    from engine.metrics import compiled as c
    from engine.metrics.trades import trade_summary

    if not len(books.trade_table):
        return trade_summary(())
    found = np.empty(c.TRADE_FIGURES)
    c.measure_trades(np.ascontiguousarray(books.trade_table), found)
    f = found.tolist()
    n, wins, defeats = int(f[c.COUNT]), int(f[c.WINS]), int(f[c.DEFEATS])
    won = wins / n
    gain, loss = f[c.GAINED] / wins if wins else None, -f[c.LOST] / defeats if defeats else None
    payoff = gain / abs(loss) if gain is not None and loss is not None else None
    deviation = sqrt(f[c.SPREAD] / (n - 1)) if n > 1 else 0.0
    mean = f[c.RETURN] / n
    return {
        "trades": n,
        "win_rate": won,
        "profit_factor": f[c.GAINED] / f[c.LOST] if defeats else None,
        "expectancy": mean,
        "average_win": gain,
        "average_loss": loss,
        "payoff_ratio": payoff,
        "sqn": sqrt(n) * mean / deviation if deviation > NEGLIGIBLE else None,
        "kelly": won - (1.0 - won) / payoff if payoff and won else None,
        "best": f[c.BEST],
        "worst": f[c.WORST],
        "max_consecutive_wins": int(f[c.WIN_STREAK]),
        "max_consecutive_losses": int(f[c.LOSS_STREAK]),
        "average_bars_held": f[c.BARS_HELD] / n,
    }
