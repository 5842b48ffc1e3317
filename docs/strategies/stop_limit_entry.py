"""Buy through the 20-day high, but pay at most half an ATR more; 2 ATR stop."""

from engine import Signals, run, ta

PARAMS = {"high": 20, "atr_days": 14, "most": 0.5, "width": 2.0, "out": 10}


def signals(bars, high, atr_days, most, width, out):
    ceiling = ta.highest(bars.high, high)
    reach = ta.atr(bars, atr_days)
    near = bars.close > ceiling - reach
    return Signals(
        enter=near,
        entry_stop=ceiling,
        entry_limit=ceiling + most * reach,
        stop_distance=width * reach,
        exit=bars.close < ta.previous(ta.lowest(bars.low, out)),
    )


if __name__ == "__main__":
    run(signals, PARAMS)
