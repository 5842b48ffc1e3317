"""Hold from the last trading day of a month to the third of the next (Ariel 1987)."""

from engine import Signals, run, ta

PARAMS = {"before": 1, "after": 3}


def signals(bars, before, after):
    left = ta.trading_days_left_in_month(bars)
    day = ta.trading_day_of_month(bars)
    return Signals(
        enter=left == before,
        exit=day == after,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
