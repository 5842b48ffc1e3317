"""Where to cut a history: half where decisions are made, half anywhere."""

import numpy as np

from engine.decisions import Decisions


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
