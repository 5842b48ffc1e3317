"""In from the end of October to the end of April (Bouman and Jacobsen 2002)."""

from engine import Signals, run, ta

PARAMS = {"enter": 10, "leave": 4}


def signals(bars, enter, leave):
    last = ta.month_end(bars)
    month = ta.month(bars)
    return Signals(
        enter=last & (month == enter),
        exit=last & (month == leave),
    )


if __name__ == "__main__":
    run(signals, PARAMS)
