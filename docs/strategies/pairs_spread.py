"""A pair: short the dear one and buy the cheap one at a z-score of 2, out at half a deviation."""

import numpy as np

from engine import Weights, run, ta

PARAMS = {"days": 60, "enter": 2.0, "leave": 0.5}


def signals(panel, days, enter, leave):
    first, second = panel.bars[0], panel.bars[1]
    score = ta.zscore(np.log(first.close / second.close), days)

    target = np.full(panel.close.shape, np.nan)
    side = 0
    for t in np.flatnonzero(~np.isnan(score)):
        wanted = side
        if side == 0 and abs(score[t]) > enter:
            wanted = -1 if score[t] > 0 else 1
        elif side != 0 and abs(score[t]) < leave:
            wanted = 0
        if wanted != side:
            side = wanted
            target[t] = 0.0
            target[t, :2] = 0.5 * side, -0.5 * side
    return Weights(target)


if __name__ == "__main__":
    run(signals, PARAMS)
