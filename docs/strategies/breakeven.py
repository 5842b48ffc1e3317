"""As stop and target, but once 2 % are gained the stop moves to the entry price."""

from engine import Signals, run, ta

PARAMS = {"days": 20, "stop": 0.02, "target": 0.06, "gained": 0.02}


def signals(bars, days, stop, target, gained):
    return Signals(
        enter=ta.crosses_above(bars.close, ta.sma(bars, days)),
        stop_loss=stop,
        take_profit=target,
        breakeven=gained,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
