"""Sell half of what is held at each close above an RSI of 70."""

from engine import Signals, run, ta

PARAMS = {"days": 5, "low": 30, "high": 70, "part": 0.5}


def signals(bars, days, low, high, part):
    strength = ta.rsi(bars, days)
    return Signals(
        enter=strength < low,
        exit=ta.crosses_above(strength, high),
        exit_size=part,
        stop_loss=0.08,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
