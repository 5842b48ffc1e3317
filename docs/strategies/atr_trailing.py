"""Buy a new 50-day high; a stop 3 ATR below the highest price works inside the day."""

from engine import Signals, run, ta

PARAMS = {"days": 50, "atr_days": 14, "width": 3.0}


def signals(bars, days, atr_days, width):
    ceiling = ta.previous(ta.highest(bars.high, days))
    return Signals(
        enter=bars.close > ceiling,
        trailing_distance=width * ta.atr(bars, atr_days),
        trail_intrabar=True,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
