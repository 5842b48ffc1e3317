"""Scripts as people and the translator write them."""

SMA_CROSS = '''"""Buy when the fast average crosses above the slow one, sell when below."""

from engine import Signals, run, ta

PARAMS = {"fast": 20, "slow": 50}


def signals(bars, fast, slow):
    quick, calm = ta.sma(bars.close, fast), ta.sma(bars.close, slow)
    return Signals(
        enter=ta.crosses_above(quick, calm),
        exit=ta.crosses_below(quick, calm),
    )


if __name__ == "__main__":
    run(signals, PARAMS)
'''

SMA_CROSS_WALKING = '''"""The same, bar by bar."""

from engine import Strategy, run, ta

PARAMS = {"fast": 20, "slow": 50}


class Cross(Strategy):
    def on_bar(self, ctx):
        if len(ctx.bars) < 2:
            return
        recent = ctx.bars.close[-(self.slow + 1):]
        quick, calm = ta.sma(recent, self.fast), ta.sma(recent, self.slow)
        if quick[-2] <= calm[-2] and quick[-1] > calm[-1] and not ctx.position:
            ctx.buy()
        elif quick[-2] >= calm[-2] and quick[-1] < calm[-1] and ctx.position.is_long:
            ctx.close()


if __name__ == "__main__":
    run(Cross, PARAMS)
'''

PEEKING = '''"""Buy before a rise."""

import numpy as np

from engine import Signals

PARAMS = {}


def signals(bars):
    tomorrow = np.append(bars.close[1:], bars.close[-1])
    return Signals(enter=tomorrow > bars.close, exit=tomorrow < bars.close)
'''

PEEKING_AT_THE_WHOLE = '''"""Buy below the average of the whole series."""

from engine import Signals

PARAMS = {}


def signals(bars):
    cheap = bars.close < bars.close.mean()
    return Signals(enter=cheap, exit=~cheap)
'''

PEEKING_IN_STOPS = '''"""The stop knows the lowest price to come."""

import numpy as np

from engine import Signals, ta

PARAMS = {}


def signals(bars):
    coming = np.minimum.accumulate(bars.low[::-1])[::-1]
    return Signals(
        enter=ta.crosses_above(bars.close, ta.sma(bars, 20)),
        stop_distance=np.maximum(0.0, bars.close - coming),
    )
'''

COUNTING_FROM_THE_END = '''"""Does nothing but look at how many bars there are."""

import numpy as np

from engine import Signals

PARAMS = {}


def signals(bars):
    enter = np.zeros(len(bars), bool)
    enter[len(bars) // 2] = True
    return Signals(enter=enter)
'''
