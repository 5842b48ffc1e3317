"""Connors: buy a two-day RSI below 10 above the 200-day average, sell above the 5-day average."""

from engine import Signals, run, ta

PARAMS = {"days": 2, "low": 10, "trend": 200, "out": 5}


def signals(bars, days, low, trend, out):
    dip = ta.rsi(bars, days) < low
    return Signals(
        enter=dip & (bars.close > ta.sma(bars, trend)),
        exit=bars.close > ta.sma(bars, out),
    )


if __name__ == "__main__":
    run(signals, PARAMS)
