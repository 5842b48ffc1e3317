"""Weights as one over volatility, put right at each month end (equal risk without correlations)."""

import numpy as np

from engine import Weights, run, ta

PARAMS = {"days": 63}


def signals(panel, days):
    last = ta.month_end(panel.bars[0])
    wild = np.column_stack([ta.realized_volatility(one, days) for one in panel.bars])
    share = 1 / wild
    share /= share.sum(axis=1, keepdims=True)

    target = np.full(panel.close.shape, np.nan)
    ready = last & np.isfinite(share).all(axis=1)
    target[ready] = share[ready]
    return Weights(target)


if __name__ == "__main__":
    run(signals, PARAMS)
