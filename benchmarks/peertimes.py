"""Times the peers at our work; lives in their environment and imports nothing of ours.

``python peertimes.py one|million|sweep matrix.npy``: a JSON object of seconds, by peer.
"""

import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

CASH, COMMISSION = 1_000_000.0, 0.001
FEW = 40  # combinations that backtesting.py runs of a sweep, scaled up to all
Work = Callable[[pd.DataFrame, list[tuple[int, int]]], Callable[[], object]]


def frame(path: str) -> pd.DataFrame:
    table = np.load(path)
    index = pd.to_datetime(table[:, 0], unit="s")
    return pd.DataFrame(table[:, 1:], index, ["Open", "High", "Low", "Close", "Volume"])


def with_backtesting(data: pd.DataFrame, windows: list[tuple[int, int]]) -> Callable[[], object]:
    from backtesting import Backtest, Strategy

    class Cross(Strategy):
        windows = (20, 50)

        def init(self) -> None:
            close = self.data.Close.s
            self.fast, self.slow = (
                self.I(lambda n=n: close.rolling(n).mean(), name=str(n)) for n in self.windows
            )

        def next(self) -> None:
            was = self.fast[-2] - self.slow[-2]
            now = self.fast[-1] - self.slow[-1]
            if was <= 0 < now and not self.position:
                self.buy()
            elif was >= 0 > now and self.position:
                self.position.close()

    test = Backtest(data, Cross, cash=CASH, commission=COMMISSION)
    return lambda: [test.run(windows=pair) for pair in windows]


def with_vectorbt(data: pd.DataFrame, windows: list[tuple[int, int]]) -> Callable[[], object]:
    import vectorbt

    def run() -> object:
        fast, slow = zip(*windows, strict=True)
        quick = vectorbt.MA.run(data.Close, list(fast))
        lazy = vectorbt.MA.run(data.Close, list(slow))
        enter, leave = quick.ma_crossed_above(lazy), quick.ma_crossed_below(lazy)
        opens = pd.DataFrame({0: data.Open})[[0] * len(windows)]
        opens.columns = enter.columns if len(windows) > 1 else opens.columns
        portfolio = vectorbt.Portfolio.from_signals(
            data.Close,
            enter.vbt.signals.fshift(1),
            leave.vbt.signals.fshift(1),
            price=data.Open if len(windows) == 1 else opens,
            init_cash=CASH,
            fees=COMMISSION,
            freq="1D",
        )
        return (
            portfolio.total_return(),
            portfolio.sharpe_ratio(),
            portfolio.max_drawdown(),
            portfolio.trades.count(),
        )

    return run


def with_raptorbt(data: pd.DataFrame, windows: list[tuple[int, int]]) -> Callable[[], object]:
    import raptorbt

    config = raptorbt.BacktestConfig(
        initial_capital=CASH, fees=COMMISSION, fill_timing="next_bar_open"
    )
    columns = [np.ascontiguousarray(data[name].to_numpy()) for name in data.columns]
    times = data.index.to_numpy().astype("datetime64[ns]").astype("int64")

    def one(fast: int, slow: int) -> object:
        quick, lazy = raptorbt.sma(columns[3], fast), raptorbt.sma(columns[3], slow)
        above = quick > lazy
        enter, leave = np.zeros(len(above), bool), np.zeros(len(above), bool)
        enter[1:], leave[1:] = above[1:] & ~above[:-1], above[:-1] & ~above[1:]
        found = raptorbt.run_single_backtest(times, *columns, enter, leave, 1, 1.0, "X", config)
        return found.metrics

    return lambda: [one(*pair) for pair in windows]


PEERS: dict[str, Work] = {
    "backtesting.py": with_backtesting,
    "vectorbt": with_vectorbt,
    "raptorbt": with_raptorbt,
}


def seconds(work: Callable[[], object], rounds: int) -> float:
    work()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def measure(task: str, data: pd.DataFrame, windows: list[tuple[int, int]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, prepare in PEERS.items():
        slow = name == "backtesting.py"
        few = windows[:: len(windows) // FEW] if slow and len(windows) > FEW else windows
        try:
            taken = seconds(prepare(data, few), 1 if task != "one" else 5 if slow else 30)
        except Exception as error:  # a peer that fails is a line of the table, not the end of it
            found[name] = f"{type(error).__name__}: {error}"
            continue
        found[name] = taken * len(windows) / len(few)
    return found


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    task, path, pairs = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    json.dump(measure(task, frame(path), [tuple(pair) for pair in pairs]), sys.stdout)
