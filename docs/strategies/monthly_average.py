"""Faber: hold while the last close of the month is above its ten-month average."""

from engine import Signals, run, ta

PARAMS = {"months": 10}


def signals(bars, months):
    monthly = ta.monthly(bars)
    average = ta.align(monthly, ta.sma(monthly.close, months), bars)
    last = ta.month_end(bars)
    return Signals(
        enter=last & (bars.close > average),
        exit=last & (bars.close < average),
    )


if __name__ == "__main__":
    run(signals, PARAMS)
