"""How fast one backtest is, beside backtesting.py on the same bars in the same process.

An SMA 20/50 cross on 5,031 daily bars: ours from indicators to every metric of a report, theirs
`Backtest.run()`, which does the same. Run: ``python -m benchmarks.engine_speed``.
"""

import csv
import gzip
import importlib.util
import io
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from engine import Bars, Decisions, Signals, SimulationConfig, simulate, ta
from engine.metrics import summarize, trade_summary

CASH, COMMISSION = 1_000_000.0, 0.001
OUR_ROUNDS, THEIR_ROUNDS = 200, 10


def index_bars() -> Bars:
    """The S&P 500, 1999 to 2018, from the file that ships with arch."""
    spec = importlib.util.find_spec("arch")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("The prices come with the package arch, which is not installed.")
    path = Path(spec.submodule_search_locations[0]) / "data" / "sp500" / "sp500.csv.gz"
    with gzip.open(path) as packed:
        rows = list(csv.DictReader(io.TextIOWrapper(packed)))
    parts = [row["Date"].split("/") for row in rows]
    days = [f"{year}-{int(month):02}-{int(day):02}" for month, day, year in parts]
    names = ("Open", "High", "Low", "Close", "Volume")
    columns = [[float(row[name]) for row in rows] for name in names]
    return Bars.from_columns(days, *columns, symbol="SPX")


def ours(bars: Bars) -> float:
    """Indicators, decisions, books, metrics; returns the final equity."""
    fast, slow = ta.sma(bars, 20), ta.sma(bars, 50)
    signals = Signals(enter=ta.crosses_above(fast, slow), exit=ta.crosses_below(fast, slow))
    decisions = Decisions.from_signals(signals, len(bars))
    books = simulate(bars, decisions, SimulationConfig(CASH, COMMISSION))
    summarize(books, bars)
    trade_summary(books.trades)
    return float(books.equity[-1])


def theirs(bars: Bars) -> Callable[[], float]:
    """The same strategy for backtesting.py."""
    import talib
    from backtesting import Backtest, Strategy

    class Cross(Strategy):
        def init(self) -> None:
            self.fast = self.I(talib.SMA, self.data.Close, 20)
            self.slow = self.I(talib.SMA, self.data.Close, 50)

        def next(self) -> None:
            was = self.fast[-2] - self.slow[-2]
            now = self.fast[-1] - self.slow[-1]
            if was <= 0 < now and not self.position:
                self.buy()
            elif was >= 0 > now and self.position:
                self.position.close()

    frame = bars.frame.tz_localize(None).rename(columns=str.title)
    test = Backtest(frame, Cross, cash=CASH, commission=COMMISSION)

    def run() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the last trade stays open, as it should
            return float(test.run()["Equity Final [$]"])

    return run


def timed(function: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Median seconds of a round, and the result."""
    result = function()
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds), result


def main() -> None:
    """Print both times and their ratio."""
    bars = index_bars()
    our_time, our_equity = timed(lambda: ours(bars), OUR_ROUNDS)
    their_time, their_equity = timed(theirs(bars), THEIR_ROUNDS)
    print(f"SMA 20/50 cross, {len(bars):,} bars, all metrics, median of a run")
    print(f"alphabench      {our_time * 1e3:8.2f} ms   final equity {our_equity:,.2f}")
    print(f"backtesting.py  {their_time * 1e3:8.2f} ms   final equity {their_equity:,.2f}")
    print(f"ratio           {their_time / our_time:8.1f} x")


if __name__ == "__main__":
    main()
