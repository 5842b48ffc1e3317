"""Buy after three lower closes in a row and leave after four days, whatever happens."""

from engine import Signals, run, ta

PARAMS = {"falls": 3, "hold": 4}


def signals(bars, falls, hold):
    down = ta.change(bars.close) < 0
    return Signals(
        enter=ta.consecutive(down) >= falls,
        max_bars=hold,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
