"""Trend following sized for 10 % volatility a year, never more than all of the equity."""

import numpy as np

from engine import Signals, run, ta

PARAMS = {"days": 200, "window": 20, "target": 0.10}


def signals(bars, days, window, target):
    average = ta.sma(bars, days)
    volatility = ta.realized_volatility(bars, window)
    share = np.nan_to_num(np.minimum(1.0, target / volatility), nan=1.0)
    return Signals(
        enter=ta.crosses_above(bars.close, average),
        exit=ta.crosses_below(bars.close, average),
        size=share,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
