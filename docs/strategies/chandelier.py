"""Le Beau: leave when the close is 3 ATR below the highest high since entry."""

from engine import Signals, run, ta

PARAMS = {"days": 20, "atr_days": 22, "width": 3.0}


def signals(bars, days, atr_days, width):
    ceiling = ta.previous(ta.highest(bars.high, days))
    return Signals(
        enter=bars.close > ceiling,
        trailing_distance=width * ta.atr(bars, atr_days),
        trail_from="high",
    )


if __name__ == "__main__":
    run(signals, PARAMS)
