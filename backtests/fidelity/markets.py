"""Made-up markets: long, valid, real-looking series in which every kind of day occurs.

Deterministic in their seed. Quiet and wild stretches, rises, falls and sideways weeks follow each
other, so that a rule that acts at all acts somewhere in them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backtests.fidelity.demands import Demands
from engine import Bars, Panel, sessions
from engine.worlds import World

Floats = npt.NDArray[np.float64]

# Length of a stretch in bars, and (drift, volatility) of its daily changes.
STRETCH = (12, 90)
REGIMES = (
    (0.0012, 0.008),
    (0.0005, 0.012),
    (-0.0015, 0.014),
    (0.0, 0.006),
    (0.006, 0.012),
    (-0.007, 0.016),
    (-0.004, 0.026),
    (0.0, 0.035),
)
# Prices stay within this factor of where they began.
FARTHEST = 2.5
UNCHANGED, DOJI, ON_THE_EDGE = 0.04, 0.06, 0.12
DIGITS = 2


def market(demands: Demands, symbols: tuple[str, ...], seed: int, wildness: float = 1.0) -> World:
    """Bars of one symbol, or a panel of several that share half of their moves."""
    rng = np.random.default_rng([demands.seed, seed])
    days = trading_days(demands.first_day, demands.bars)
    common = _changes(rng, demands, wildness)
    if len(symbols) == 1:
        return _bars(rng, days, common, demands, symbols[0])
    return Panel.of(
        [
            _bars(rng, days, 0.5 * common + 0.8 * _changes(rng, demands, wildness), demands, name)
            for name in symbols
        ]
    )


def trading_days(first_day: str, count: int) -> npt.NDArray[np.datetime64]:
    """So many sessions of the exchange from a day on."""
    first = int(np.datetime64(first_day, "D").astype(np.int64))
    days = np.arange(first, first + int(count * 1.5) + 20)
    every = np.zeros(len(days), dtype=bool)
    held = sessions.sessions_so_far(days, days, every) == 1
    return days[held][:count].astype("datetime64[D]").astype("datetime64[s]")


def _changes(rng: np.random.Generator, demands: Demands, wildness: float) -> Floats:
    """Daily changes: stretches of their own drift and volatility, over slow waves."""
    n = demands.bars
    drift, spread = np.empty(n), np.empty(n)
    t = 0
    while t < n:
        length = int(rng.integers(*STRETCH))
        drift[t : t + length], spread[t : t + length] = REGIMES[rng.integers(len(REGIMES))]
        t += length
    wave = np.zeros(n)
    for period in (9, 24, *demands.waves):
        size = 0.013 * min(period, 60) ** 0.5
        wave += size * np.sin(2 * np.pi * (np.arange(n) / period + rng.random()))
    changes = drift + spread * rng.standard_t(4, n) * 0.75
    changes = np.clip(changes, -0.2, 0.2) + np.diff(wave, prepend=wave[0])
    return np.clip(wildness * changes, -0.35, 0.35)


def _bars(
    rng: np.random.Generator,
    days: npt.NDArray[np.datetime64],
    changes: Floats,
    demands: Demands,
    symbol: str,
) -> Bars:
    n = len(days)
    close = demands.price * np.exp(_kept_near(changes))
    close = np.round(close, DIGITS)
    for t in np.flatnonzero(rng.random(n) < UNCHANGED):
        # One day alone: longer flat stretches would rest on the rounding of averages.
        if t > 1 and close[t - 1] != close[t - 2]:
            close[t] = close[t - 1]
    before = np.concatenate((close[:1], close[:-1]))
    size = np.abs(changes) + 0.004
    opened = np.round(before * np.exp(rng.normal(0, 0.35, n) * size), DIGITS)
    flat = rng.random(n) < DOJI
    opened[flat] = close[flat]
    above, below = (rng.exponential(0.5, n) * size for _ in range(2))
    above[rng.random(n) < ON_THE_EDGE] = 0
    below[rng.random(n) < ON_THE_EDGE] = 0
    high = np.maximum(np.round(np.maximum(opened, close) * np.exp(above), DIGITS), close)
    low = np.minimum(np.round(np.minimum(opened, close) * np.exp(-below), DIGITS), close)
    high, low = np.maximum(high, opened), np.minimum(low, opened)
    least = 10.0**-DIGITS
    opened, high, low, close = (np.maximum(one, least) for one in (opened, high, low, close))
    busy = rng.lognormal(0, 0.35, n) * (1 + 12 * np.abs(changes))
    volume = np.round(demands.volume * busy)
    return Bars.from_columns(days, opened, high, low, close, volume, symbol=symbol)


def _kept_near(changes: Floats) -> Floats:
    """The running sum, pulled back where it strays too far."""
    total, edge = 0.0, np.log(FARTHEST)
    path = np.empty(len(changes))
    for t, change in enumerate(changes.tolist()):
        pull = 0.1 * (abs(total) - edge) if abs(total) > edge else 0.0
        total += change - pull * (1 if total > 0 else -1)
        path[t] = total
    return path
