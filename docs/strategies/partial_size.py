"""Half the equity in each dip below the lower Bollinger band, out at the middle."""

from engine import Signals, run, ta

PARAMS = {"days": 20, "width": 2.0, "share": 0.5}


def signals(bars, days, width, share):
    _, middle, lower = ta.bbands(bars, days, width)
    return Signals(
        enter=ta.crosses_below(bars.close, lower),
        exit=bars.close > middle,
        size=share,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
