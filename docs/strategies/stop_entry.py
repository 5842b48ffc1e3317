"""Buy through the high of an inside day with a stop order good for two days; stop at its low."""

from engine import Signals, run, ta

PARAMS = {"days": 2, "hold": 10}


def signals(bars, days, hold):
    inside = (bars.high < ta.previous(bars.high)) & (bars.low > ta.previous(bars.low))
    return Signals(
        enter=inside,
        entry_stop=bars.high,
        entry_expiry=days,
        stop_level=bars.low,
        max_bars=hold,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
