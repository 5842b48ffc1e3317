"""Buy daily dips only while the last finished week closed above its 40-week average."""

from engine import Signals, run, ta

PARAMS = {"weeks": 40, "days": 2, "low": 10, "out": 5}


def signals(bars, weeks, days, low, out):
    weekly = ta.weekly(bars)
    above = ta.align(weekly, weekly.close > ta.sma(weekly.close, weeks), bars)
    return Signals(
        enter=(above == 1) & (ta.rsi(bars, days) < low),
        exit=bars.close > ta.sma(bars, out),
    )


if __name__ == "__main__":
    run(signals, PARAMS)
