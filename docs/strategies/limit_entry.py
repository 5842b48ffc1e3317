"""In an uptrend, bid 1 % below the close for three days; sell after five."""

from engine import Signals, run, ta

PARAMS = {"trend": 100, "below": 0.01, "days": 3, "hold": 5}


def signals(bars, trend, below, days, hold):
    up = bars.close > ta.sma(bars, trend)
    return Signals(
        enter=up,
        entry_limit=bars.close * (1 - below),
        entry_expiry=days,
        max_bars=hold,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
