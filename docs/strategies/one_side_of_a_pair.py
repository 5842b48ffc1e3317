"""Buy the first symbol while log(A/B) is cheap: in below a z-score of -2, out above 0."""

import numpy as np

from engine import Weights, run, ta

PARAMS = {"days": 60, "cheap": -2.0, "fair": 0.0}


def signals(panel, days, cheap, fair):
    first, second = panel.bars[0], panel.bars[1]
    score = ta.zscore(np.log(first.close / second.close), days)

    target = np.full(panel.close.shape, np.nan)
    held = False
    for t in np.flatnonzero((score < cheap) | (score > fair)):
        if (score[t] < cheap) != held:
            held = not held
            target[t] = 0.0
            target[t, 0] = 1.0 if held else 0.0
    return Weights(target)


if __name__ == "__main__":
    run(signals, PARAMS)
