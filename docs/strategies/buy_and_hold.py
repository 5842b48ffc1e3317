"""Buy on the first day and never sell."""

import numpy as np

from engine import Signals, run

PARAMS = {}


def signals(bars):
    days = np.arange(len(bars))
    return Signals(
        enter=days == 0,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
