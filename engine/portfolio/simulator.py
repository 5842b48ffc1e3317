"""The books of several symbols: a panel and weights in, one account out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.portfolio.panel import Panel
from engine.portfolio.weights import Weights
from engine.simulator import Books, Costs, SimulationConfig, Trade, trade_of

Floats = npt.NDArray[np.float64]

ACCOUNT_WITHOUT_COSTS = SimulationConfig(initial_cash=1.0, commission=0.0)


@dataclass(frozen=True, eq=False)
class PortfolioBooks(Books):
    """Books of several symbols.

    As `Books`, with `bars` the panel's clock, `position` the gross exposure in units of that
    clock (so that position × close is money), and a symbol's number as the last column of
    `trade_table`.

    Attributes
    ----------
    panel : Panel
    units : ndarray of float64, shape (n, k)
        Signed units of each symbol at each close.
    """

    panel: Panel
    units: Floats

    @property
    def weights(self) -> Floats:
        """Share of equity in each symbol at each close, shape (n, k); 0 once nothing is left."""
        alive = self.equity > 0
        out = np.zeros(self.units.shape)
        held = self.units * self.panel.close
        out[alive] = held[alive] / self.equity[alive, None]
        return out

    @cached_property
    def trades(self) -> tuple[Trade, ...]:
        """The trades in order of exit; those open at the end come last."""
        from engine.kernel import REASONS

        seconds = self.panel.time.astype(np.int64).tolist()
        return tuple(
            trade_of(
                row, self.panel.symbols[int(row[-1])], seconds[int(row[1])], seconds[int(row[2])],
                REASONS,
            )
            for row in self.trade_table.tolist()
        )  # fmt: skip


def simulate_portfolio(
    panel: Panel, weights: Weights, config: SimulationConfig | None = None
) -> PortfolioBooks:
    """Trade a panel to target weights by the rules of docs/engine.md and keep the books.

    Raises
    ------
    EngineError
        When the weights are not for this panel.
    """

    config = config or SimulationConfig()
    n, k = len(panel), len(panel.symbols)
    targets = weights.checked(n, k).table
    ledger = Ledger(panel, config, most_orders=len(weights.decided()))
    equity, cash, units = np.empty(n), np.empty(n), np.empty((n, k))
    count = ledger.run(np.array(targets), equity, cash, units)
    gross = np.abs(units * panel.close).sum(axis=1)
    return PortfolioBooks(
        bars=panel.clock,
        trade_table=np.concatenate((ledger.closed[:count], ledger.open_trades())),
        equity=equity,
        position=gross / panel.clock.close,
        cash=cash,
        costs=ledger.costs(),
        config=config,
        panel=panel,
        units=units,
    )


class Ledger:
    """One account over one panel: the tables of the compiled kernel, for a run or a walk."""

    def __init__(self, panel: Panel, config: SimulationConfig, most_orders: int) -> None:
        from engine.kernel import rebalancing  # numba is heavy

        self._kernel, self._panel = rebalancing, panel
        k, rows = len(panel.symbols), most_orders + 1
        self.account = np.zeros(rebalancing.ACCOUNT_FIELDS)
        self.account[[rebalancing.MONEY, rebalancing.WORTH]] = config.initial_cash
        self.lots = np.zeros((k, rows + 1, rebalancing.PORTFOLIO_LOT_FIELDS))
        self.queue = np.zeros((k, 2), dtype=np.int64)
        self.closed = np.zeros((2 * rows * k + k, rebalancing.PORTFOLIO_TRADE_FIELDS))
        self._orders, self._count = np.empty(k), 0
        self._opens, self._closes = np.array(panel.open), np.array(panel.close)
        self._rules = _rules(config)
        self._atr, self._years = _time_and_range(panel, config)

    def run(self, targets: Floats, equity: Floats, cash: Floats, units: Floats) -> int:
        """Live through all bars; returns the number of closed trades."""
        return int(
            self._kernel.run_portfolio(
                self.account, self.lots, self.queue, self._rules, self._opens, self._closes,
                self._atr, self._years, targets, self._orders, self.closed, equity, cash, units,
            )
        )  # fmt: skip

    def live(self, t: int, target: Floats | None) -> Floats:
        """Live through bar t with the weights decided before it; returns the weights held."""
        if target is not None and not np.isnan(target[0]):
            self._count = self._kernel.rebalance(
                self.account, self.lots, self.queue, self._rules, self._opens[t], self._atr[t],
                target, self._orders, t, self.closed, self._count,
            )  # fmt: skip
        held = [
            self._kernel.held_units(self.lots, self.queue, symbol)
            for symbol in range(len(self._panel.symbols))
        ]
        money = np.array(held) * self._closes[t]
        worth = float(self.account[self._kernel.MONEY] + money.sum())
        return money / worth if worth > 0 else np.zeros(len(money))

    def costs(self) -> Costs:
        """What was charged and earned."""
        first, last = self._kernel.FEES, self._kernel.INTEREST + 1
        return Costs(*self.account[first:last].tolist())

    def open_trades(self) -> Floats:
        """Trade rows of what is held at the end."""
        return _open_trades(self._panel, self.lots, self.queue)


def equal_weights(panel: Panel) -> Weights:
    """Every symbol alike on the first bar, and never touched again."""
    target = np.full((len(panel), len(panel.symbols)), np.nan)
    target[0] = 1.0 / len(panel.symbols)
    return Weights(target)


def _rules(config: SimulationConfig) -> Floats:
    from engine.decisions import Decisions
    from engine.kernel.inputs import rules_of

    return rules_of(Decisions(np.zeros(0, np.uint8)), config)


def _time_and_range(panel: Panel, config: SimulationConfig) -> tuple[Floats, Floats]:
    """ATR of the bar before, shape (n, k), and years since it, shape (n,)."""
    from engine.kernel.inputs import prices_of

    n, k = len(panel), len(panel.symbols)
    tables = [prices_of(one, config) for one in panel.bars]
    if len(tables[0]) == 4:
        return np.full((n, k), np.nan), np.zeros(n)
    return np.column_stack([table[4] for table in tables]), np.ascontiguousarray(tables[0][5])


def _open_trades(panel: Panel, lots: Floats, queue: npt.NDArray[np.int64]) -> Floats:
    """Trade rows of what is held at the end, marked at the last close (rule 9)."""
    from engine.kernel import layout
    from engine.kernel import rebalancing as kernel

    rows: list[tuple[float, ...]] = []
    for symbol, (first, last) in enumerate(queue.tolist()):
        price = float(panel.bars[symbol].close[-1])
        for lot in lots[symbol, first:last]:
            side, held = np.sign(lot[kernel.UNITS]), abs(lot[kernel.UNITS])
            profit = side * held * (price - lot[kernel.PAID]) - lot[kernel.FEE]
            rows.append(
                (
                    side,
                    lot[kernel.BEGAN],
                    len(panel) - 1,
                    lot[kernel.PAID],
                    price,
                    held,
                    profit - lot[kernel.BORROW],
                    lot[kernel.COST] + lot[kernel.BORROW],
                    layout.BY_END,
                    0,
                    symbol,
                )
            )
    return np.array(rows, dtype=np.float64).reshape(len(rows), kernel.PORTFOLIO_TRADE_FIELDS)
