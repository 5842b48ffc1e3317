"""Dual momentum: each month the better of the last year, and cash when it lost (Antonacci 2014)."""

import numpy as np

from engine import Weights, run, ta

PARAMS = {"months": 12}


def signals(panel, months):
    days = 21 * months
    close = panel.close
    grown = np.full(close.shape, np.nan)
    grown[days:] = close[days:] / close[:-days] - 1
    last = ta.month_end(panel.bars[0])

    target = np.full(close.shape, np.nan)
    for t in np.flatnonzero(last & ~np.isnan(grown[:, 0])):
        best = np.argmax(grown[t])
        target[t] = 0.0
        target[t, best] = 1.0 if grown[t, best] > 0 else 0.0
    return Weights(target)


if __name__ == "__main__":
    run(signals, PARAMS)
