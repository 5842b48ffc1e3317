"""Put the same 2,000 into every three-day fall; out after the first higher close."""

from engine import Signals, run, ta

PARAMS = {"falls": 3, "money": 2000.0}


def signals(bars, falls, money):
    down = ta.change(bars.close) < 0
    up = ta.change(bars.close) > 0
    return Signals(
        enter=ta.consecutive(down) >= falls,
        exit=up,
        sizing="cash",
        size=money,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
