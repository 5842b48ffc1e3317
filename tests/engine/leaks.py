"""Scripts that look ahead, each in its own way, and scripts that only look as if they did.

A body is what stands in `signals(bars)`; the leaking line is marked. `rises` and `falls` become the
entry and the exit.
"""

LEAKS = {
    "next close": "ahead = np.append(bars.close[1:], np.nan)  # leak\nrises = ahead > bars.close",
    "roll": "ahead = np.roll(bars.close, -1)  # leak\nrises = ahead > bars.close",
    "roll by five": "rises = np.roll(bars.high, -5) > bars.high  # leak",
    "pandas shift": "c = pd.Series(bars.close)\nahead = c.shift(-1)  # leak\nrises = (ahead > c).to_numpy()",
    "pandas shift far": "c = pd.Series(bars.close)\nahead = c.shift(-20)  # leak\nrises = (ahead > 1.03 * c).to_numpy()",
    "pct change back": "c = pd.Series(bars.close)\nahead = c.pct_change(-1)  # leak\nrises = (ahead < 0).to_numpy()",
    "diff back": "c = pd.Series(bars.close)\nahead = c.diff(-3)  # leak\nrises = (ahead < 0).to_numpy()",
    "centred mean": "c = pd.Series(bars.close)\nmean = c.rolling(11, center=True).mean()  # leak\nrises = (c < mean).to_numpy()",
    "centred max": "h = pd.Series(bars.high)\ntop = h.rolling(5, center=True).max()  # leak\nrises = (h == top).to_numpy()",
    "convolve same": "smooth = np.convolve(bars.close, np.ones(9) / 9, mode='same')  # leak\nrises = bars.close < smooth",
    "gradient": "slope = np.gradient(bars.close)  # leak\nrises = slope > 0",
    "whole mean": "level = bars.close.mean()  # leak\nrises = bars.close < level",
    "whole z-score": "z = (bars.close - bars.close.mean()) / bars.close.std()  # leak\nrises = z < -1",
    "whole range": "low, high = bars.close.min(), bars.close.max()  # leak\nrises = (bars.close - low) / (high - low) < 0.3",
    "whole quantile": "cheap = np.quantile(bars.close, 0.2)  # leak\nrises = bars.close < cheap",
    "whole median of returns": "r = np.diff(bars.close, prepend=bars.close[0])\nusual = np.median(r)  # leak\nrises = r > usual",
    "whole rank": "rank = pd.Series(bars.close).rank(pct=True).to_numpy()  # leak\nrises = rank < 0.3",
    "whole volatility": "r = np.diff(np.log(bars.close), prepend=0)\nwild = np.abs(r) > 2 * r.std()  # leak\nrises = wild",
    "last price": "last = bars.close[-1]  # leak\nrises = bars.close < last",
    "last by iloc": "c = pd.Series(bars.close)\nend = c.iloc[-1]  # leak\nrises = (c < 0.8 * end).to_numpy()",
    "best day": "best = int(np.argmax(bars.close))  # leak\nrises = np.arange(len(bars.close)) == best - 50",
    "lowest day": "low = int(bars.low.argmin())  # leak\nrises = np.arange(len(bars.close)) == low",
    "back fill": "m = np.where(ta.day_of_week(bars) == 4, bars.close, np.nan)\nweek = pd.Series(m).bfill().to_numpy()  # leak\nrises = week > bars.close",
    "interpolate": "m = np.where(ta.day_of_week(bars) == 4, bars.close, np.nan)\nline = pd.Series(m).interpolate().to_numpy()  # leak\nrises = line > bars.close",
    "unfinished week": "c = pd.Series(bars.close, index=pd.DatetimeIndex(bars.time))\nweek = c.resample('W').last().reindex(c.index, method='bfill')  # leak\nrises = (week > c).to_numpy()",
    "unfinished month": "c = pd.Series(bars.close, index=pd.DatetimeIndex(bars.time))\nmonth = c.groupby(c.index.to_period('M')).transform('last')  # leak\nrises = (month > c).to_numpy()",
    "month's high": "h = pd.Series(bars.high, index=pd.DatetimeIndex(bars.time))\ntop = h.groupby(h.index.to_period('M')).transform('max')  # leak\nrises = (h < 0.95 * top).to_numpy()",
    "merge forward": "t = pd.DataFrame({'t': bars.time, 'c': bars.close})\nweekly = t.iloc[::5]\nm = pd.merge_asof(t, weekly, on='t', direction='forward')  # leak\nrises = (m['c_y'] > m['c_x']).to_numpy()",
    "merge nearest": "t = pd.DataFrame({'t': bars.time, 'c': bars.close})\nweekly = t.iloc[::7]\nm = pd.merge_asof(t, weekly, on='t', direction='nearest')  # leak\nrises = (m['c_y'] > m['c_x']).to_numpy()",
    "reversed maximum": "coming = np.maximum.accumulate(bars.high[::-1])[::-1]  # leak\nrises = coming > 1.1 * bars.close",
    "reversed average": "back = ta.sma(np.ascontiguousarray(bars.close[::-1]), 10)[::-1]  # leak\nrises = back > bars.close",
    "line fit": "t = np.arange(float(len(bars.close)))\nslope, start = np.polyfit(t, bars.close, 1)  # leak\nrises = bars.close < slope * t + start",
    "spectrum": "f = np.fft.rfft(bars.close)  # leak\nf[20:] = 0\nsmooth = np.fft.irfft(f, len(bars.close))\nrises = bars.close < smooth",
    "count from the end": "left = len(bars.close) - np.arange(len(bars.close))  # leak\nrises = left % 100 == 0",
    "middle of the series": "half = len(bars.close) // 2  # leak\nrises = np.arange(len(bars.close)) == half",
    "next open": "gap = np.append(bars.open[1:], np.nan) - bars.close  # leak\nrises = gap > 0",
    "next low": "worst = np.minimum(bars.low, np.append(bars.low[1:], np.nan))  # leak\nrises = worst > 0.99 * bars.close",
    "loop to tomorrow": "rises = np.zeros(len(bars.close), bool)\nfor t in range(len(bars.close) - 1):\n    rises[t] = bars.close[t + 1] > bars.close[t]  # leak",
    "sorted ranks": "order = np.argsort(np.argsort(bars.close))  # leak\nrises = order < 500",
    "volume of the whole": "busy = bars.volume > 1.5 * bars.volume.mean()  # leak\nrises = busy",
    "future volatility": "r = pd.Series(np.log(bars.close)).diff()\ncoming = r.rolling(10).std().shift(-10)  # leak\nrises = (coming < 0.008).to_numpy()",
    "sum to come": "rest = np.cumsum(bars.volume[::-1])[::-1]  # leak\nrises = rest > 1e12",
    "scaled by the end": "scaled = bars.close / bars.close[-1]  # leak\nrises = scaled < 0.5",
    "one day a month only": "ahead = np.append(bars.close[1:], np.nan)  # leak\nrises = (ahead > bars.close) & ta.month_end(bars)",
    "only in falls": "top = np.maximum.accumulate(bars.close)\nahead = np.append(bars.close[1:], np.nan)  # leak\nrises = (ahead > bars.close) & (bars.close < 0.97 * top)",
}

CLEAN = {
    "averages": "rises = ta.sma(bars, 20) > ta.sma(bars, 50)",
    "long average": "rises = bars.close > ta.sma(bars, 400)",
    "exponential": "rises = bars.close > ta.ema(bars, 100)",
    "crossing": "rises = ta.crosses_above(ta.ema(bars, 12), ta.ema(bars, 26))",
    "rsi": "rises = ta.rsi(bars, 2) < 10",
    "bands": "_, _, low = ta.bbands(bars, 20, 2)\nrises = bars.close < low",
    "channel": "rises = bars.close > ta.previous(ta.highest(bars.high, 20))",
    "pandas rolling": "c = pd.Series(bars.close)\nrises = (c > c.rolling(30).mean()).to_numpy()",
    "pandas shift": "c = pd.Series(bars.close)\nrises = (c > c.shift(5)).to_numpy()",
    "numpy roll with care": "before = np.roll(bars.close, 1)\nbefore[0] = np.nan\nrises = bars.close > before",
    "expanding mean": "c = pd.Series(bars.close)\nrises = (c < c.expanding().mean()).to_numpy()",
    "expanding quantile": "c = pd.Series(bars.close)\nrises = (c < c.expanding(50).quantile(0.2)).to_numpy()",
    "running maximum": "top = np.maximum.accumulate(bars.high)\nrises = bars.close < 0.9 * top",
    "running sum": "flow = np.cumsum(np.sign(np.diff(bars.close, prepend=bars.close[0])) * bars.volume)\nrises = flow > ta.sma(flow, 50)",
    "rolling z-score": "z = ta.zscore(bars.close, 60)\nrises = z < -1.5",
    "forward fill": "m = np.where(ta.day_of_week(bars) == 4, bars.close, np.nan)\nweek = pd.Series(m).ffill().to_numpy()\nrises = bars.close > week",
    "merge backward": "t = pd.DataFrame({'t': bars.time, 'c': bars.close})\nm = pd.merge_asof(t, t.iloc[::5], on='t', direction='backward')\nrises = (m['c_x'] > m['c_y']).to_numpy()",
    "weekly bars": "w = ta.weekly(bars)\nrises = ta.align(w, w.close > ta.sma(w.close, 10), bars) == 1",
    "monthly bars": "m = ta.monthly(bars)\nrises = bars.close > ta.align(m, ta.sma(m.close, 10), bars)",
    "month end": "rises = ta.month_end(bars)",
    "turn of the month": "rises = ta.trading_days_left_in_month(bars) == 1",
    "day of the week": "rises = ta.day_of_week(bars) == 0",
    "season": "rises = ta.month(bars) >= 11",
    "three down": "rises = ta.consecutive(ta.change(bars.close) < 0) >= 3",
    "within": "rises = ta.within(ta.rsi(bars, 2) < 5, 3)",
    "state machine": "rises = np.zeros(len(bars), bool)\narmed = False\nfor t in range(1, len(bars)):\n    armed = armed or bars.close[t] < 0.97 * bars.close[t - 1]\n    if armed and bars.close[t] > bars.close[t - 1]:\n        rises[t], armed = True, False",
    "loop over the past": "rises = np.zeros(len(bars), bool)\nfor t in range(50, len(bars)):\n    rises[t] = bars.close[t] > bars.close[t - 50 : t].mean()",
    "first price": "rises = bars.close > 1.1 * bars.close[0]",
    "first year's level": "level = bars.close[:252].mean() if len(bars) > 252 else np.nan\nrises = (np.arange(len(bars)) >= 252) & (bars.close > level)",
    "kalman": "level, gain = np.empty(len(bars)), 0.1\nlevel[0] = bars.close[0]\nfor t in range(1, len(bars)):\n    level[t] = level[t - 1] + gain * (bars.close[t] - level[t - 1])\nrises = bars.close > level",
    "ewm": "c = pd.Series(bars.close)\nrises = (c > c.ewm(span=40).mean()).to_numpy()",
    "causal filter": "k = np.ones(9) / 9\nsmooth = np.convolve(bars.close, k)[: len(bars)]\nrises = (np.arange(len(bars)) > 9) & (bars.close > smooth)",
    "candles": "rises = ta.cdlengulfing(bars) > 0",
    "supertrend": "line, up = ta.supertrend(bars, 10, 3)[:2]\nrises = bars.close > line",
    "percent rank": "c = pd.Series(bars.close)\nrises = (c.rolling(100).rank(pct=True) < 0.1).to_numpy()",
    "volume spike": "rises = bars.volume > 2 * ta.sma(bars.volume.astype(float), 20)",
    "gap": "rises = bars.open < 0.99 * ta.previous(bars.close)",
    "range": "rises = ta.ibs(bars) < 0.1",
    "regression of the past": "c = pd.Series(bars.close)\nt = pd.Series(np.arange(len(bars), dtype=float))\nslope = c.rolling(40).cov(t) / t.rolling(40).var()\nrises = (slope > 0).to_numpy()",
    "confirmed low": "low = pd.Series(bars.low)\nrises = (low.shift(2) == low.rolling(5).min()).to_numpy()",
    "hours that never come": "hour = bars.time.astype('datetime64[h]').astype(int) % 24\nrises = (hour == 0) & (bars.close > ta.sma(bars, 10))",
}


def script(body: str) -> str:
    """The whole file around a body."""
    indented = "\n".join("    " + line for line in body.splitlines())
    return (
        '"""A script of the test."""\n\nimport numpy as np\nimport pandas as pd\n\n'
        "from engine import Signals, ta\n\nPARAMS = {}\n\n\ndef signals(bars):\n"
        f"{indented}\n"
        "    rises = np.asarray(rises, dtype=bool)\n"
        "    return Signals(enter=rises, exit=~rises, max_bars=10)\n"
    )


def marked_line(source: str) -> int:
    """The number of the leaking line."""
    return next(k for k, line in enumerate(source.splitlines(), 1) if "# leak" in line)
