"""Trade the first symbol by its averages, but buy only while the second is in an uptrend."""

import numpy as np

from engine import Weights, run, ta

PARAMS = {"fast": 20, "slow": 100, "trend": 200}


def signals(panel, fast, slow, trend):
    traded, light = panel.bars[0], panel.bars[1]
    quick, calm = ta.sma(traded, fast), ta.sma(traded, slow)
    buy = (quick > calm) & (light.close > ta.sma(light, trend))
    sell = quick < calm

    target = np.full(panel.close.shape, np.nan)
    held = False
    for t in np.flatnonzero(buy | sell):
        if buy[t] != held:
            held = bool(buy[t])
            target[t] = 0.0
            target[t, 0] = 1.0 if held else 0.0
    return Weights(target)


if __name__ == "__main__":
    run(signals, PARAMS)
