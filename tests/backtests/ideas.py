"""Ideas and scripts that the tests of this room share."""

RSI_IDEA = (
    "Buy the S&P 500 when RSI(2) drops below 10 while it is above its 200-day average; "
    "sell when it closes above its 5-day average. 2005 to 2018, 0.1 % commission."
)
GOLDEN_CROSS = "Buy when the 50-day SMA crosses above the 200-day SMA, sell when it crosses below."

SCRIPT = '''"""Hold above the 50-day average."""

from engine import Signals, run, ta

PARAMS = {"days": 50}


def signals(bars, days):
    average = ta.sma(bars.close, days)
    return Signals(enter=bars.close > average, exit=bars.close < average)


if __name__ == "__main__":
    run(signals, PARAMS)
'''

PEEKING_SCRIPT = SCRIPT.replace(
    "enter=bars.close > average", "enter=np.append(bars.close[1:] > bars.close[:-1], False)"
).replace("from engine", "import numpy as np\nfrom engine")

BROKEN_SCRIPT = SCRIPT.replace("bars.close < average", "bars.closing < average")

RANDOM_SCRIPT = SCRIPT.replace(
    "enter=bars.close > average", "enter=np.random.default_rng().random(len(bars)) > 0.9"
).replace("from engine", "import numpy as np\nfrom engine")

NEVER_SCRIPT = SCRIPT.replace("enter=bars.close > average", "enter=bars.close < 0")
