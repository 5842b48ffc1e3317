"""Runs small cases with the peers; lives in their environment and imports nothing of ours.

A list of cases comes in as JSON, the trades of each go out: entry bar and price, exit bar and
price; an exit of None says that the trade is still open.
"""

import json
import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd

Case = dict[str, Any]
Trades = list[list[Any]]


def frame(case: Case) -> pd.DataFrame:
    days = pd.date_range("2024-01-01", periods=len(case["bars"]))
    names = ["Open", "High", "Low", "Close"]
    return pd.DataFrame(case["bars"], columns=names, index=days, dtype=float).assign(Volume=1.0)


def flags(case: Case, name: str, later: int = 0) -> Any:
    out = np.zeros(len(case["bars"]), bool)
    out[[bar + later for bar in case.get(name, [])]] = True
    return out


def with_backtesting(case: Case) -> Trades:
    from backtesting import Backtest, Strategy

    class Script(Strategy):
        def init(self) -> None:
            window = case.get("above_average")
            if window:
                self.average = self.I(lambda c: c.rolling(window).mean(), self.data.Close.s)

        def next(self) -> None:
            bar = len(self.data) - 1
            wanted = bar in case.get("enter", [])
            if "above_average" in case:
                wanted = self.data.Close[-1] > self.average[-1] and not self.position
            if wanted:
                levels = {"sl": case.get("stop"), "tp": case.get("target")}
                self.buy(stop=case.get("entry_stop"), **levels)
            if bar in case.get("exit", []):
                self.position.close()

    test = Backtest(frame(case), Script, cash=1_000, finalize_trades=True)
    trades = test.run()._trades
    last = len(case["bars"]) - 1
    rows = trades[["EntryBar", "EntryPrice", "ExitBar", "ExitPrice"]].to_numpy().tolist()
    # It closes what is open at the end at the last close.
    return [row if row[2] < last else [*row[:2], None, None] for row in rows]


def with_vectorbt(case: Case) -> Trades:
    import vectorbt

    data = frame(case)
    # A signal acts on its own bar there, so it is given one bar later, to fill at the open.
    portfolio = vectorbt.Portfolio.from_signals(
        data.Close,
        flags(case, "enter", 1),
        flags(case, "exit", 1),
        price=data.Open,
        open=data.Open,
        high=data.High,
        low=data.Low,
        sl_stop=1 - case["stop"] / 10 if "stop" in case else np.nan,
        tp_stop=case["target"] / 10 - 1 if "target" in case else np.nan,
        init_cash=1_000.0,
        freq="1D",
    )
    rows = portfolio.trades.records.to_dict("records")
    return [
        [row["entry_idx"], row["entry_price"], *(
            (row["exit_idx"], row["exit_price"]) if row["status"] else (None, None)
        )]
        for row in rows
    ]  # fmt: skip


def with_backtrader(case: Case) -> Trades:
    import backtrader

    fills: list[list[Any]] = []

    class Script(backtrader.Strategy):
        def next(self) -> None:
            bar = len(self) - 1
            if bar in case.get("enter", []):
                if "stop" in case:
                    market = backtrader.Order.Market
                    levels = {"stopprice": case["stop"], "limitprice": case.get("target", 1e6)}
                    self.buy_bracket(exectype=market, **levels)
                else:
                    self.buy()
            if bar in case.get("exit", []):
                self.close()

        def notify_order(self, order: Any) -> None:
            if order.status == order.Completed:
                fills.append([len(self) - 1, order.executed.price])

    brain = backtrader.Cerebro(stdstats=False)
    brain.addstrategy(Script)
    brain.adddata(backtrader.feeds.PandasData(dataname=frame(case)))
    brain.broker.setcash(1_000.0)
    brain.addsizer(backtrader.sizers.AllInSizer)
    brain.run()
    if len(fills) % 2:
        fills.append([None, None])
    return [fills[at] + fills[at + 1] for at in range(0, len(fills), 2)]


def with_raptorbt(case: Case) -> Trades:
    import raptorbt

    data = frame(case)
    config = raptorbt.BacktestConfig(initial_capital=1_000.0, fees=0.0, fill_timing="next_bar_open")
    if "stop" in case:
        config.set_fixed_stop(1 - case["stop"] / 10)
    if "target" in case:
        config.set_fixed_target(case["target"] / 10 - 1)
    columns = [data[name].to_numpy() for name in data.columns]
    times = data.index.to_numpy().astype("datetime64[ns]").astype("int64")
    found = raptorbt.run_single_backtest(
        times, *columns, flags(case, "enter"), flags(case, "exit"), 1, 1.0, "X", config
    )
    return [
        [t.entry_idx, t.entry_price, None, None]
        if t.exit_reason == "EndOfData"
        else [t.entry_idx, t.entry_price, t.exit_idx, t.exit_price]
        for t in found.trades()
    ]


PEERS = {
    "backtesting.py": with_backtesting,
    "vectorbt": with_vectorbt,
    "backtrader": with_backtrader,
    "raptorbt": with_raptorbt,
}

if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    answers = [PEERS[case["peer"]](case) for case in json.load(sys.stdin)]
    json.dump(answers, sys.stdout, default=float)
