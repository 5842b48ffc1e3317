"""The turtles with risk: 1 % of equity a lot to a 2 ATR stop, up to four lots on new highs."""

from engine import Signals, run, ta

PARAMS = {"high": 20, "low": 10, "atr_days": 20, "width": 2.0, "risk": 0.01, "lots": 4}


def signals(bars, high, low, atr_days, width, risk, lots):
    ceiling = ta.previous(ta.highest(bars.high, high))
    floor = ta.previous(ta.lowest(bars.low, low))
    return Signals(
        enter=bars.close > ceiling,
        exit=bars.close < floor,
        stop_distance=width * ta.atr(bars, atr_days),
        sizing="risk",
        size=risk,
        max_entries=lots,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
