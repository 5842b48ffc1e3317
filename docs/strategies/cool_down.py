"""Buy dips with a 3 % stop, and wait ten days after every exit."""

from engine import Signals, run, ta

PARAMS = {"days": 2, "low": 5, "out": 5, "wait": 10}


def signals(bars, days, low, out, wait):
    return Signals(
        enter=ta.rsi(bars, days) < low,
        exit=bars.close > ta.sma(bars, out),
        stop_loss=0.03,
        cooldown=wait,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
