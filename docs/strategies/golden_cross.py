"""Hold while the 50-day average is above the 200-day average."""

from engine import Signals, run, ta

PARAMS = {"fast": 50, "slow": 200}


def signals(bars, fast, slow):
    quick, calm = ta.sma(bars, fast), ta.sma(bars, slow)
    return Signals(
        enter=ta.crosses_above(quick, calm),
        exit=ta.crosses_below(quick, calm),
    )


if __name__ == "__main__":
    run(signals, PARAMS)
