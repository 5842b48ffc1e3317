"""Buy a fall of half a percent while the week has two more days; never hold over a weekend."""

from engine import Signals, run, ta

PARAMS = {"fall": -0.005}


def signals(bars, fall):
    left = ta.trading_days_left_in_week(bars)
    return Signals(
        enter=(ta.change(bars.close) < fall) & (left >= 2),
        exit=left == 1,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
