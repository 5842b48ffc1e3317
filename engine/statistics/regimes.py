"""How a result came about: on days of rising and falling, calm and restless markets.

A day's market is judged by the closes up to the day before, so nothing here is known too late.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.errors import EngineError
from engine.metrics.drawdowns import max_drawdown
from engine.metrics.growth import Maybe, as_returns, sharpe_ratio
from engine.metrics.growth import returns as bar_returns

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BEAR = 0.20  # below the highest close so far: the usual definition of a bear market
WINDOW = 21  # bars of a month


@dataclass(frozen=True)
class Regime:
    """One kind of market: its bars put together; fractions, None where undefined."""

    name: str
    bars: int
    total_return: float
    cagr: Maybe
    sharpe_ratio: Maybe
    max_drawdown: float


def regime_masks(bars: Bars) -> dict[str, Mask]:
    """Say of each return (from bar t to t + 1) in which market it was earned, shape (n − 1,).

    "bear" is a close 20 % or more below the highest so far, "bull" the rest; "high_volatility" a
    standard deviation of the last 21 returns above the median of all such values so far,
    "low_volatility" the rest once there is one.
    """
    close = bars.close
    fall = close / np.maximum.accumulate(close) - 1.0
    bear = fall[:-1] <= -BEAR
    wild, known = _restless(np.log(close[1:] / close[:-1]))
    return {
        "bull": ~bear,
        "bear": bear,
        "high_volatility": wild & known,
        "low_volatility": ~wild & known,
    }


def regime_results(bars: Bars, equity: npt.ArrayLike) -> list[Regime]:
    """Measure an account separately in each kind of market.

    Parameters
    ----------
    bars : Bars, n bars
        The market that is judged.
    equity : array_like, shape (n,)
        The account at each close.
    """
    worth = np.asarray(equity, dtype=np.float64)
    if len(worth) != len(bars):
        raise EngineError(f"An account of {len(worth)} bars does not go with {len(bars)} bars.")
    if len(bars) < 2:
        return []
    r = bar_returns(worth)
    return [
        _regime(name, as_returns(r[mask]), bars.periods_per_year)
        for name, mask in regime_masks(bars).items()
    ]


def _regime(name: str, r: Floats, periods: float) -> Regime:
    if len(r) == 0:
        return Regime(name, 0, 0.0, None, None, 0.0)
    growth = np.concatenate(([1.0], np.cumprod(1.0 + r)))
    last = max(float(growth[-1]), 0.0)
    return Regime(
        name,
        len(r),
        last - 1.0,
        last ** (periods / len(r)) - 1.0,
        sharpe_ratio(r, periods),
        max_drawdown(growth),
    )


def _restless(r: Floats) -> tuple[Mask, Mask]:
    """Whether the last month was wilder than usual, known at the start of each return."""
    n = len(r)
    wild, known = np.zeros(n, bool), np.zeros(n, bool)
    if n <= WINDOW:
        return wild, known
    spread = np.lib.stride_tricks.sliding_window_view(r, WINDOW).std(axis=1, ddof=1)[:-1]
    usual = _median_so_far(spread)
    wild[WINDOW:], known[WINDOW:] = spread > usual, True
    return wild, known


def _median_so_far(values: Floats) -> Floats:
    """The median of all values up to each one, kept in a sorted list."""
    from bisect import insort

    seen: list[float] = []
    out = np.empty(len(values))
    for i, value in enumerate(values.tolist()):
        insort(seen, value)
        middle = len(seen) // 2
        out[i] = seen[middle] if len(seen) % 2 else (seen[middle - 1] + seen[middle]) / 2.0
    return out
