"""In at the open of Tuesday, out at the open of Friday."""

from engine import Signals, run, ta

PARAMS = {"enter_after": 0, "leave_after": 3}


def signals(bars, enter_after, leave_after):
    day = ta.day_of_week(bars)  # Monday is 0
    return Signals(
        enter=day == enter_after,
        exit=day == leave_after,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
