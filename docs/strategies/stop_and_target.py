"""Buy a cross above the 20-day average; lose 2 % or gain 4 %, whichever comes first."""

from engine import Signals, run, ta

PARAMS = {"days": 20, "stop": 0.02, "target": 0.04}


def signals(bars, days, stop, target):
    return Signals(
        enter=ta.crosses_above(bars.close, ta.sma(bars, days)),
        stop_loss=stop,
        take_profit=target,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
