"""Buy a new 100-day closing high; leave 8 % below the highest close since."""

from engine import Signals, run, ta

PARAMS = {"days": 100, "trail": 0.08}


def signals(bars, days, trail):
    ceiling = ta.previous(ta.highest(bars.close, days))
    return Signals(
        enter=bars.close > ceiling,
        trailing_stop=trail,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
