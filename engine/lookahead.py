"""The look-ahead gate: a decision must not depend on bars after its own.

Two questions find what the other misses: are the decisions up to bar t the same when the bars
after t are gone, and when others stand in their place? This module only chooses cuts, makes the
worlds and compares; running the script in them is the host's business.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.decisions import ENTER, ENTER_SHORT, MASKS, Decisions
from engine.errors import EngineError

Floats = npt.NDArray[np.float64]

# Levels are compared like prices: rounding is not foresight.
CLOSE_ENOUGH = 1e-9
WIDEST_DRIFT = 10.0  # of the logarithm of a made-up price from where it started


@dataclass(frozen=True)
class Difference:
    """The first decision that changed: on which bar, what, and from which value to which."""

    bar: int
    field: str
    full: bool | float
    partial: bool | float


def choose_cuts(decisions: Decisions, n_bars: int, k: int, rng_seed: int = 0) -> list[int]:
    """Choose up to k bars after which the world will be changed, in order.

    Half lie where the decisions change (there a peek shows), the rest anywhere. The last bar is
    never a cut: nothing lies behind it.
    """
    if n_bars < 2 or k < 1:
        return []
    rng = np.random.default_rng(rng_seed)
    flags = decisions.flags[: n_bars - 1].astype(np.int16)
    turning = np.flatnonzero(np.diff(flags, prepend=np.int16(0)))
    chosen = set(rng.permutation(turning)[: (k + 1) // 2].tolist())
    others = (bar for bar in rng.permutation(n_bars - 1).tolist() if bar not in chosen)
    for bar in others:
        if len(chosen) >= k:
            break
        chosen.add(bar)
    return sorted(chosen)


def truncated(bars: Bars, t: int) -> Bars:
    """Return the bars up to and including t."""
    return bars.head(_cut(bars, t) + 1)


def with_replaced_future(bars: Bars, t: int, seed: int) -> Bars:
    """Return the bars with everything after t made up, at the same times.

    Each later bar repeats the shape of a random bar, half of them upside down, from wherever the
    made-up price then stands; volumes are drawn from the whole series and scaled. The result is
    a valid market that shares nothing with the real future.
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


def first_difference(full: Decisions, partial: Decisions, t: int) -> Difference | None:
    """Compare two runs up to and including bar t; None when every decision is the same.

    Levels count where they are decisions: on bars with an entry, and for trailing distances on
    every bar.
    """
    if len(partial) < t + 1 or len(full) < t + 1:
        raise EngineError(f"There are no decisions for bar {t} to compare.")
    found = _global_difference(full, partial) or _flag_difference(full, partial, t)
    for name in sorted({*full.levels, *partial.levels}):
        level = _level_difference(name, full, partial, t)
        if level is not None and (found is None or level.bar < found.bar):
            found = level
    return found


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


def _global_difference(full: Decisions, partial: Decisions) -> Difference | None:
    for name in ("max_bars", "reverse", "trail_intrabar"):
        values = getattr(full, name), getattr(partial, name)
        if values[0] != values[1]:
            return Difference(0, name, *values)
    return None


def _flag_difference(full: Decisions, partial: Decisions, t: int) -> Difference | None:
    changed = full.flags[: t + 1] ^ partial.flags[: t + 1]
    if not changed.any():
        return None
    bar = int(np.argmax(changed != 0))
    name, bit = next((name, bit) for name, bit in MASKS.items() if changed[bar] & bit)
    return Difference(bar, name, bool(full.flags[bar] & bit), bool(partial.flags[bar] & bit))


def _level_difference(name: str, full: Decisions, partial: Decisions, t: int) -> Difference | None:
    one, other = full.level(name)[: t + 1], partial.level(name)[: t + 1]
    same = np.isclose(one, other, rtol=CLOSE_ENOUGH, atol=0.0, equal_nan=True)
    matters = np.ones(t + 1, bool)
    if name != "trailing_distance":
        matters = (full.flags[: t + 1] & (ENTER | ENTER_SHORT)) > 0
    changed = ~same & matters
    if not changed.any():
        return None
    bar = int(np.argmax(changed))
    return Difference(bar, name, float(one[bar]), float(other[bar]))
