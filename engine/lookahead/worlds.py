"""The worlds a script is tried in: without a future, or with another one."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.errors import EngineError

Floats = npt.NDArray[np.float64]

WIDEST_DRIFT = 10.0  # of the logarithm of a made-up price from where it started
# A made-up future also stands higher or lower by such factors, so that what is measured over the
# whole of the bars moves far.
LEVELS = (1.0, 8.0, 0.125)


def truncated(bars: Bars, t: int) -> Bars:
    """Return the bars up to and including t."""
    return bars.head(_cut(bars, t) + 1)


def with_replaced_future(bars: Bars, t: int, seed: int) -> Bars:
    """Return the bars with everything after t made up, at the same times.

    Each later bar repeats the shape of a random bar, half of them upside down, from wherever the
    made-up price then stands, all of them sometimes much higher or lower; volumes are drawn from
    the whole series and scaled. The result is a valid market that shares nothing with the real
    future.
    """
    n, rng = len(bars), np.random.default_rng(seed)
    later = n - 1 - _cut(bars, t)
    shapes = _shapes(bars)[rng.integers(0, max(1, n - 1), later)]
    upside_down = rng.random(later) < 0.5
    shapes[upside_down] = -shapes[upside_down][:, [0, 2, 1, 3]]
    drift = np.clip(np.cumsum(shapes[:, 3]), -WIDEST_DRIFT, WIDEST_DRIFT)
    before = np.concatenate(([0.0], drift[:-1]))[:, None]
    made = bars.close[t] * np.exp(before + shapes)
    made[:, 3] = bars.close[t] * np.exp(drift)
    if not bars.has_range:
        made[:] = made[:, [3]]
    made *= LEVELS[rng.integers(len(LEVELS))]
    made[:, 1] = made.max(axis=1)
    made[:, 2] = made.min(axis=1)
    volume = rng.permutation(bars.volume)[:later] * rng.uniform(0.5, 2.0, later)
    volumes = np.concatenate((bars.volume[: t + 1], volume))
    opened, high, low, close = (
        np.concatenate((real[: t + 1], made[:, number]))
        for number, real in enumerate((bars.open, bars.high, bars.low, bars.close))
    )
    for column in (opened, high, low, close, volumes):
        column.flags.writeable = False
    return replace(bars, open=opened, high=high, low=low, close=close, volume=volumes)


def _cut(bars: Bars, t: int) -> int:
    if not 0 <= t < len(bars):
        raise EngineError(f"Bar {t} is not one of the {len(bars)} bars.")
    return t


def _shapes(bars: Bars) -> Floats:
    """Logarithms of open, high, low and close over the close before, from bar 1 on."""
    if len(bars) < 2:
        return np.zeros((1, 4))
    prices = np.column_stack([bars.open, bars.high, bars.low, bars.close])
    return np.asarray(np.log(prices[1:]) - np.log(bars.close[:-1, None]))
