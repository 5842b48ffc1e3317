"""Sell short a close below the 50-day low; cover above the 20-day high."""

from engine import Signals, run, ta

PARAMS = {"low": 50, "high": 20}


def signals(bars, low, high):
    floor = ta.previous(ta.lowest(bars.low, low))
    ceiling = ta.previous(ta.highest(bars.high, high))
    return Signals(
        enter_short=bars.close < floor,
        exit_short=bars.close > ceiling,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
