"""At each month end, hold whichever rose most over 126 days; cash when none rose."""

import numpy as np

from engine import Weights, run, ta

PARAMS = {"days": 126}


def signals(panel, days):
    close = panel.close
    grown = np.full(close.shape, np.nan)
    grown[days:] = close[days:] / close[:-days] - 1
    last = ta.month_end(panel.bars[0])

    target = np.full(close.shape, np.nan)
    held = None
    for t in np.flatnonzero(last & ~np.isnan(grown[:, 0])):
        best = int(np.argmax(grown[t])) if grown[t].max() >= 0 else -1
        if best != held:
            target[t] = 0.0
            if best >= 0:
                target[t, best] = 1.0
            held = best
    return Weights(target)


if __name__ == "__main__":
    run(signals, PARAMS)
