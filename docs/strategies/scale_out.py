"""A third out at 1 R, a third at 2 R, the rest on the trail; the first moves the stop to entry."""

from engine import Leg, Signals, run, ta

PARAMS = {"days": 20, "atr_days": 14, "width": 2.0}


def signals(bars, days, atr_days, width):
    ceiling = ta.previous(ta.highest(bars.high, days))
    reach = width * ta.atr(bars, atr_days)
    return Signals(
        enter=bars.close > ceiling,
        stop_distance=reach,
        trailing_distance=reach,
        legs=[Leg(1 / 3, target_multiple=1.0), Leg(1 / 3, target_multiple=2.0)],
        breakeven_after_target=True,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
