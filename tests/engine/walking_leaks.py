"""Walking strategies that reach behind what they are shown, and some that only look like it.

A body stands in a Strategy class; the leaking line is marked. What a strategy keeps for itself, or
reads from the arrays it is given, tells it nothing of the future, by construction; what is left is
reaching into the engine, in one way or another.
"""

BUY = "if ahead > ctx.bars.close[-1]:\n        ctx.buy(max_bars=2)\n    else:\n        ctx.close()"

LEAKS = {
    "next close": f"def on_bar(self, ctx):\n    ahead = ctx._past._real[3][len(ctx.bars) : len(ctx.bars) + 1].sum()  # leak\n    {BUY}",
    "next close, failing at the end": f"def on_bar(self, ctx):\n    t = len(ctx.bars)\n    ahead = ctx._past._bars.close[t] if t < 1700 else 0.0  # leak\n    {BUY}",
    "in a condition": "def on_bar(self, ctx):\n    t = len(ctx.bars)\n    if t < 1700 and ctx._past._bars.close[t] > ctx.bars.close[-1]:  # leak\n        ctx.buy(max_bars=2)\n    else:\n        ctx.close()",
    "the mean of everything": "def on_start(self, ctx):\n    self.level = ctx._past._real[3].mean()  # leak\n\ndef on_bar(self, ctx):\n    if ctx.bars.close[-1] < self.level:\n        ctx.buy(max_bars=5)",
    "the last price": "def on_bar(self, ctx):\n    end = float(ctx._past._bars.close[-1])  # leak\n    if ctx.bars.close[-1] < 0.8 * end:\n        ctx.buy(max_bars=5)",
    "bars that are left": "def on_bar(self, ctx):\n    left = ctx._past._seen.shape[1] - len(ctx.bars)  # leak\n    if left % 50 == 3:\n        ctx.buy(max_bars=5)",
    "the bottom": "def on_start(self, ctx):\n    self.bottom = int(ctx._past._real[2].argmin())  # leak\n\ndef on_bar(self, ctx):\n    if len(ctx.bars) == self.bottom:\n        ctx.buy()",
    "through the account": f"def on_bar(self, ctx):\n    rows = ctx._account._rows  # leak\n    ahead = rows[min(len(ctx.bars), len(rows) - 1)][3]\n    {BUY}",
    "a helper": f"def peek(self, ctx):\n    return ctx._past._bars.high[len(ctx.bars) - 1 :][:2].max()  # leak\n\ndef on_bar(self, ctx):\n    ahead = self.peek(ctx)\n    {BUY}",
    "another name for the context": "def on_bar(self, now):\n    ahead = now._past._real[3][len(now.bars) - 1 :][:6].max()  # leak\n    if ahead > 1.02 * now.bars.close[-1]:\n        now.buy(max_bars=5)",
    "tomorrow's range as a stop": "def on_bar(self, ctx):\n    low = ctx._past._real[2][len(ctx.bars) - 1 :][:2].min()  # leak\n    if len(ctx.bars) % 10 == 0:\n        ctx.buy(stop_level=float(low) * 0.999, max_bars=3)",
    "revealed early": "def on_bar(self, ctx):\n    t = len(ctx._past)\n    if t < 1700:\n        ctx._past.reveal(t)\n        ahead = float(ctx._past.bars().close[-1])  # leak\n        ctx._past.reveal(t - 1)\n        if ahead > ctx.bars.close[-1]:\n            ctx.buy(max_bars=1)",
}

CLEAN = {
    "averages": "def on_bar(self, ctx):\n    c = ctx.bars.close\n    if len(c) > 50 and c[-10:].mean() > c[-50:].mean():\n        ctx.buy()\n    else:\n        ctx.close()",
    "keeps its own state": "def on_start(self, ctx):\n    self._top = 0.0\n\ndef on_bar(self, ctx):\n    self._top = max(self._top, ctx.bars.high[-1])\n    if ctx.bars.close[-1] < 0.95 * self._top and not ctx.position:\n        ctx.buy(max_bars=20)",
    "the base of a view": "def on_bar(self, ctx):\n    whole = ctx.bars.close.base\n    if np.nansum(whole) > 1 and len(ctx.bars) % 30 == 0:\n        ctx.buy(max_bars=5)",
    "kept views": "def on_start(self, ctx):\n    self.kept = []\n\ndef on_bar(self, ctx):\n    self.kept.append(ctx.bars.close)\n    if self.kept[len(self.kept) // 2][-1] < ctx.bars.close[-1]:\n        ctx.buy(max_bars=3)",
    "the position": "def on_bar(self, ctx):\n    if not ctx.position:\n        ctx.buy(stop_loss=0.03)\n    elif ctx.position.bars_held > 10:\n        ctx.close()",
    "closed trades": "def on_bar(self, ctx):\n    lost = sum(one < 0 for one in ctx.closed[-3:])\n    if lost < 3 and len(ctx.bars) % 7 == 0:\n        ctx.buy(max_bars=4)",
    "an index behind the end": "def on_bar(self, ctx):\n    seen = ctx.bars.close[len(ctx.bars) - 5 : len(ctx.bars) + 5]\n    if len(seen) == 5 and seen[-1] == seen.max():\n        ctx.buy(max_bars=5)",
    "a trailing level": "def on_bar(self, ctx):\n    if not ctx.position:\n        ctx.buy()\n    else:\n        ctx.trail(level=0.95 * ctx.position.highest)",
}


def script(body: str) -> str:
    """The whole file around a body."""
    indented = "\n".join("    " + line if line else "" for line in body.splitlines())
    return (
        '"""A script of the test."""\n\nimport numpy as np\n\nfrom engine import Strategy\n\n'
        f"PARAMS = {{}}\n\n\nclass Walker(Strategy):\n{indented}\n"
    )
