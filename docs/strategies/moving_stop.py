"""Wilder: enter when price crosses the parabolic SAR, which then is the stop of each day."""

import numpy as np

from engine import Signals, run, ta

PARAMS = {"step": 0.02, "most": 0.2}


def signals(bars, step, most):
    sar = ta.sar(bars, step, most)
    return Signals(
        enter=ta.crosses_above(bars.close, sar),
        trailing_level=np.where(sar < bars.close, sar, np.nan),
        exit=bars.close < sar,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
