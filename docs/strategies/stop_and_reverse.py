"""Long when the MACD crosses above its signal, short when it crosses below; always in."""

from engine import Signals, run, ta

PARAMS = {"fast": 12, "slow": 26, "smooth": 9}


def signals(bars, fast, slow, smooth):
    line, signal, _ = ta.macd(bars, fast, slow, smooth)
    return Signals(
        enter=ta.crosses_above(line, signal),
        enter_short=ta.crosses_below(line, signal),
        reverse=True,
    )


if __name__ == "__main__":
    run(signals, PARAMS)
