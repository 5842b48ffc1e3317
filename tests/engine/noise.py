"""Rules tuned on markets without any rule, and on markets with one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine import Bars, Decisions, Signals, SimulationConfig, simulate, ta
from engine import statistics as luck_of
from engine.metrics import returns
from engine.statistics import luck_verdict
from engine.sweep import score

DAYS = 1500
ACCOUNT = SimulationConfig()


def random_walk(seed: int, *, drift: float = 0.0, memory: float = 0.0) -> Bars:
    """Daily bars whose log returns are normal; `memory` is their first autocorrelation."""
    rng = np.random.default_rng(seed)
    shocks = rng.normal(0.0, 0.01, DAYS)
    r = np.empty(DAYS)
    r[0] = shocks[0]
    for t in range(1, DAYS):
        r[t] = memory * r[t - 1] + shocks[t]
    close = 100.0 * np.exp(np.cumsum(r + drift))
    opened = np.concatenate(([100.0], close[:-1]))
    spread = 1.0 + np.abs(rng.normal(0.0, 0.003, DAYS))
    first = np.datetime64("2010-01-01", "s") + np.arange(DAYS) * np.timedelta64(86_400, "s")
    high, low = np.maximum(opened, close) * spread, np.minimum(opened, close) / spread
    return Bars.from_columns(first, opened, high, low, close, np.ones(DAYS))


def crossings(bars: Bars) -> Iterator[Signals]:
    for fast in (3, 5, 8, 13, 21, 34):
        for slow in (40, 55, 75, 100, 130, 170):
            one, other = ta.sma(bars, fast), ta.sma(bars, slow)
            yield Signals(enter=ta.crosses_above(one, other), exit=ta.crosses_below(one, other))


def dips(bars: Bars) -> Iterator[Signals]:
    for days in (2, 3, 4, 6, 9, 14):
        for low in (5, 10, 15, 20, 25, 30):
            strength = ta.rsi(bars, days)
            yield Signals(enter=strength < low, exit=strength > 50)


def breakouts(bars: Bars) -> Iterator[Signals]:
    for high in (10, 15, 20, 30, 40, 60):
        for low in (5, 7, 10, 15, 20, 30):
            top = ta.previous(ta.highest(bars.high, high))
            floor = ta.previous(ta.lowest(bars.low, low))
            yield Signals(enter=bars.close > top, exit=bars.close < floor)


FAMILIES = (crossings, dips, breakouts)


@dataclass(frozen=True)
class Tuned:
    """The best of a family on one market, and what is said of it."""

    level: str
    sharpe_ratio: float
    tried: int


def tuned(bars: Bars, family: int, draws: int = 200) -> Tuned:
    """Choose the best Sharpe ratio of a family and judge it with everything tried counted."""
    tried = [Decisions.from_signals(signals, len(bars)) for signals in FAMILIES[family](bars)]
    ratios = np.nan_to_num(score(bars, tried, ACCOUNT).sharpe_ratio)
    best = int(np.argmax(ratios))
    books = simulate(bars, tried[best], ACCOUNT)
    r = returns(books.equity, ACCOUNT.initial_cash)
    variance = float(np.var(ratios / np.sqrt(bars.periods_per_year), ddof=1))
    verdict = luck_verdict(
        luck_of.probabilistic_sharpe_ratio(r),
        luck_of.deflated_sharpe_ratio(r, len(tried), variance),
        luck_of.random_entries(bars, books, draws=draws, seed=1),
        trades=len(books.trades),
    )
    return Tuned(verdict.level, float(ratios[best]), len(tried))
