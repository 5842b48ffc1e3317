"""Risk 1 % of equity a trade: the distance to a 3 ATR stop says how many units."""

from engine import Signals, run, ta

PARAMS = {"days": 55, "atr_days": 14, "width": 3.0, "risk": 0.01}


def signals(bars, days, atr_days, width, risk):
    ceiling = ta.previous(ta.highest(bars.high, days))
    return Signals(
        enter=bars.close > ceiling,
        exit=bars.close < ta.sma(bars, days),
        stop_distance=width * ta.atr(bars, atr_days),
        sizing="risk",
        size=risk,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
