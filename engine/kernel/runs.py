"""Runs of one account over one set of bars: the Python side of the compiled loops."""

import numpy as np

from engine.bars import Bars
from engine.decisions import Decisions
from engine.errors import EngineError
from engine.kernel import layout
from engine.kernel.inputs import columns_of, prices_of, rules_of
from engine.kernel.layout import TRADE_FIELDS, Floats, exits_a_bar, new_bar, new_lots, new_state
from engine.kernel.loops import batch
from engine.kernel.scores import summarise
from engine.simulator import Books, Costs, SimulationConfig

FIRST_ROOM = 256  # trades before the table grows


class Account:
    """An account ready to run decisions on bars; its tables are used again by every run."""

    def __init__(self, bars: Bars, config: SimulationConfig) -> None:
        self.bars, self.config = bars, config
        self.prices = prices_of(bars, config)
        self.table = np.empty((FIRST_ROOM, TRADE_FIELDS))
        self.state = new_state(config.initial_cash)
        self.lots = np.empty((0, layout.LOT_FIELDS))

    def run(self, decisions: Decisions, books: Floats) -> int:
        """Fill the decisions and write the books; returns the number of exits."""
        n = len(self.bars)
        if len(decisions) != n:
            raise EngineError(f"The decisions are for {len(decisions)} bars, the data have {n}.")
        rules = rules_of(decisions, self.config)
        levels, places, order = columns_of(decisions)
        self.state = new_state(self.config.initial_cash)
        self.lots = new_lots(rules)
        flags, bar = np.ascontiguousarray(decisions.flags), new_bar()
        count = 0
        while True:
            count = batch(
                self.state, self.lots, self.prices, flags, levels, places, order, rules,
                self.table, count, books, bar,
            )  # fmt: skip
            if self.state[layout.BAR] >= n:
                return int(count)
            self._grow()

    def books(self, decisions: Decisions) -> Books:
        """Run the decisions and keep everything."""
        books = np.empty((3, len(self.bars)))
        count = self.run(decisions, books)
        trades = np.concatenate((self.table[:count], self._open_trades()))
        costs = Costs(*self.state[layout.PAID_COMMISSION : layout.EARNED + 1].tolist())
        return Books(self.bars, trades, books[0], books[1], books[2], costs, self.config)

    def score(self, decisions: Decisions, books: Floats, returns: Floats, score: Floats) -> None:
        """Run the decisions and keep four numbers: see `engine.kernel.scores`, and the trades."""
        count = self.run(decisions, books)
        summarise(books, returns, score)
        score[3] = count + self.state[layout.LOTS]

    def _grow(self) -> None:
        room = 2 * len(self.table) + exits_a_bar(self.lots)
        table = np.empty((room, TRADE_FIELDS))
        table[: len(self.table)] = self.table
        self.table = table

    def _open_trades(self) -> Floats:
        """Trade rows of the lots held at the end, marked at the last close (rule 9)."""
        side, last = self.state[layout.SIDE], self.bars.close[-1]
        rows = []
        for lot in self.lots[: int(self.state[layout.LOTS])]:
            units, fill, borrow = lot[layout.L_UNITS], lot[layout.L_FILL], lot[layout.L_BORROW]
            pnl = side * units * (last - fill) - lot[layout.L_FEE] - borrow
            costs = lot[layout.L_COSTS] + borrow
            begin, end = lot[layout.L_ENTRY_BAR], len(self.bars) - 1
            number, reason = lot[layout.L_NUMBER], layout.BY_END
            rows.append((side, begin, end, fill, last, units, pnl, costs, reason, number))
        return np.array(rows).reshape(len(rows), TRADE_FIELDS)
