"""Donchian: buy a close above the 20-day high, sell below the 10-day low, stop at 2 ATR."""

from engine import Signals, run, ta

PARAMS = {"high": 20, "low": 10, "atr_days": 20, "width": 2.0}


def signals(bars, high, low, atr_days, width):
    ceiling = ta.previous(ta.highest(bars.high, high))
    floor = ta.previous(ta.lowest(bars.low, low))
    return Signals(
        enter=bars.close > ceiling,
        exit=bars.close < floor,
        stop_distance=width * ta.atr(bars, atr_days),
    )


if __name__ == "__main__":
    run(signals, PARAMS)
