"""Put 100 into the market on the last day of every month and never sell."""

from engine import Signals, run, ta

PARAMS = {"money": 100.0}


def signals(bars, money):
    return Signals(
        enter=ta.month_end(bars),
        sizing="cash",
        size=money,
        max_entries=1000,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
