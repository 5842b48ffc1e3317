"""Right scripts of the planted specifications that the script writer did not write."""

from pathlib import Path

DOCUMENTED = Path(__file__).resolve().parents[2] / "docs" / "strategies"


def documented(name: str, *changes: tuple[str, str]) -> str:
    """A script of docs/strategies, with the numbers of the specification."""
    return changed((DOCUMENTED / f"{name}.py").read_text(), *changes)


def changed(script: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in script, (old, script)
        script = script.replace(old, new)
    return script


def by_hand(
    body: str, params: str = "{}", names: str = "", imports: str = "Signals, run, ta"
) -> str:
    first = f"bars, {names}" if names else "bars"
    return (
        f"import numpy as np\n\nfrom engine import {imports}\n\nPARAMS = {params}\n\n\n"
        f"def signals({first}):\n" + "".join(f"    {line}\n" for line in body.strip().splitlines())
    )


PANDAS = """
frame = bars.frame
quick, calm = frame.close.rolling(50).mean(), frame.close.rolling(200).mean()
over, under = quick > calm, quick < calm
up = over & (quick.shift() <= calm.shift())
down = under & (quick.shift() >= calm.shift())
return Signals(enter=up.to_numpy(), exit=down.to_numpy())
"""
WALKED = '''"""Three lower closes, then out after four days, bar by bar."""

from engine import Strategy, run

PARAMS = {"falls": 3, "hold": 4}


class AfterTheFall(Strategy):
    def on_start(self, ctx):
        self.fallen = 0

    def on_bar(self, ctx):
        if len(ctx.bars) < 2:
            return
        before, now = ctx.bars.close[-2:]
        self.fallen = self.fallen + 1 if now < before else 0
        if self.fallen >= self.falls and not ctx.position:
            ctx.buy(max_bars=self.hold)
'''
TARGET_LEVELS = """
up = ta.crosses_above(bars.close, ta.sma(bars, 20))
return Signals(enter=up, exit=np.zeros(len(bars), bool), stop_loss=0.02, take_profit=0.04)
"""
LOOPED = """
high, low, close = bars.high, bars.low, bars.close
enter, leave = np.zeros(len(close), bool), np.zeros(len(close), bool)
for t in range(20, len(close)):
    enter[t] = close[t] > high[t - 20 : t].max()
for t in range(10, len(close)):
    leave[t] = close[t] < low[t - 10 : t].min()
return Signals(enter=enter, exit=leave, stop_distance=2 * ta.atr(bars, 20))
"""
MOMENTUM_OF_SETS = (
    "best = int(np.argmax(grown[t])) if grown[t].max() >= 0 else -1",
    "best = int(np.argmax(grown[t])) if grown[t].max() >= 0 else -1  # cash",
)

# Right scripts that the script writer did not write.
HAND = {
    "rsi2": [documented("rsi2")],
    "golden_cross": [documented("golden_cross"), by_hand(PANDAS)],
    "stop_and_target": [documented("stop_and_target"), by_hand(TARGET_LEVELS)],
    "three_falls": [documented("time_stop"), WALKED],
    "turtle": [documented("turtle"), by_hand(LOOPED)],
    "short_breakdown": [documented("short_breakdown")],
    "macd_reverse": [documented("stop_and_reverse")],
    "bollinger": [documented("partial_size")],
    "halloween": [documented("halloween")],
    "turn_of_month": [documented("turn_of_month")],
    "tuesday": [],
    "trailing": [documented("percentage_trailing")],
    "atr_trailing": [documented("atr_trailing")],
    "weekly_filter": [documented("weekly_filter")],
    "limit_entry": [documented("limit_entry")],
    "percent_risk": [documented("percent_risk")],
    "cool_down": [documented("cool_down")],
    "breakeven": [documented("breakeven")],
    "monthly_dollars": [documented("dollar_cost_averaging", ("100.0", "500.0"))],
    "momentum": [documented("rotation", MOMENTUM_OF_SETS)],
    "traffic_light": [documented("traffic_light")],
}
