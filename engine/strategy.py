"""Strategies that walk: `on_bar(ctx)` is called at every close and cannot see further."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.bars import Bars
from engine.decisions import ENTER, ENTER_SHORT, EXIT, EXIT_SHORT, LEVELS, Decisions
from engine.errors import EngineError
from engine.signals import Floats, SignalsError, as_holding, check_level


class StrategyError(EngineError):
    """A strategy class is not written as the contract asks."""


@dataclass(frozen=True)
class Position:
    """What is held at the close of the current bar; false when flat."""

    side: int = 0
    entry_price: float = float("nan")
    bars_held: int = 0

    def __bool__(self) -> bool:
        return self.side != 0

    @property
    def is_long(self) -> bool:
        """True while holding a long position."""
        return self.side > 0

    @property
    def is_short(self) -> bool:
        """True while holding a short position."""
        return self.side < 0


class Strategy:
    """Base of strategies that decide bar by bar.

    Subclass it, give parameters as class attributes or in PARAMS, and write `on_bar`. The same
    compiled step that keeps the books tells `ctx.position`, so both always agree.
    """

    reverse = False

    def __init__(self, **params: object) -> None:
        for name, value in params.items():
            setattr(self, name, value)

    def on_start(self, ctx: "Context") -> None:
        """Called once before the first bar; ctx.bars is empty."""

    def on_bar(self, ctx: "Context") -> None:
        """Called at every close; use ctx.buy(), ctx.sell_short() and ctx.close()."""
        raise NotImplementedError("A Strategy needs on_bar(self, ctx).")


class Context:
    """What a strategy sees and can do at one close."""

    def __init__(self, bars: Bars, reverse: bool) -> None:
        from engine import kernel  # numba is heavy

        self._kernel = kernel
        self._all = bars
        self._prices = np.column_stack([bars.open, bars.high, bars.low, bars.close])
        self._state = kernel.new_state(1.0, 0.0, 0.0)
        self._closed = np.empty((kernel.MOST_EXITS_A_BAR, kernel.TRADE_FIELDS))
        self._reverse = reverse
        self._rows = np.empty((0, kernel.ORDER_FIELDS))
        self._row: Floats = np.empty(kernel.ORDER_FIELDS)
        self._width = float("nan")
        self.bars = bars.head(0)
        self.position = Position()

    def buy(self, **levels: float | None) -> None:
        """Enter long at the next open, if flat then; levels as in `Signals`."""
        self._enter(ENTER, levels)

    def sell_short(self, **levels: float | None) -> None:
        """Enter short at the next open, if flat then; levels as in `Signals`."""
        self._enter(ENTER_SHORT, levels)

    def close(self) -> None:
        """Leave whatever is held at the next open."""
        self._row[0] = int(self._row[0]) | EXIT | EXIT_SHORT

    def _enter(self, flag: int, levels: Mapping[str, float | None]) -> None:
        for name, value in levels.items():
            if value is None:
                continue
            if name == "max_bars":
                self._row[self._kernel.MAX_BARS] = as_holding(int(value))
            elif name in LEVELS:
                check_level(name, np.array([float(value)]))
                self._row[LEVELS.index(name) + 1] = value
            else:
                raise SignalsError(f"An order has no {name!r}; it knows {', '.join(LEVELS)}.")
        self._width = float(self._row[self._kernel.TRAILING_DISTANCE])
        self._row[0] = int(self._row[0]) | flag

    def _live(self, strategy: Strategy) -> Floats:
        """Walk over all bars; returns the order rows."""
        kernel, n = self._kernel, len(self._all)
        self._rows = np.full((n, kernel.ORDER_FIELDS), np.nan)
        strategy.on_start(self)
        for t in range(n):
            self._row = self._rows[t]
            self._row[[0, kernel.SIZE, kernel.MAX_BARS]] = 0.0, 1.0, 0.0
            self._row[[kernel.REVERSE, kernel.INTRABAR]] = self._reverse, 0.0
            # The close of this bar is what the strategy reacts to, so the step has to be taken
            # first on a copy: it shows the position that the fills inside this bar left behind.
            self.position = self._position_at_close(t)
            self.bars = self._all.head(t + 1)
            strategy.on_bar(self)
            if np.isnan(self._row[kernel.TRAILING_DISTANCE]):
                self._row[kernel.TRAILING_DISTANCE] = self._width
            kernel.step(self._state, self._prices[t], self._row, self._closed)
        return self._rows

    def _position_at_close(self, t: int) -> Position:
        kernel = self._kernel
        state = self._state.copy()
        kernel.step(state, self._prices[t], self._row, self._closed)
        if not state[kernel.SIDE]:
            return Position()
        held = t - int(state[kernel.ENTRY_BAR])
        return Position(int(state[kernel.SIDE]), float(state[kernel.ENTRY_PRICE]), held)


def decide(strategy: Strategy, bars: Bars) -> Decisions:
    """Let a strategy walk over the bars and collect its decisions.

    Raises
    ------
    StrategyError
        When orders of one run ask for different holding limits.
    """
    context = Context(bars, bool(strategy.reverse))
    rows = context._live(strategy)
    flags = rows[:, 0].astype(np.uint8)
    kernel = context._kernel
    limits = np.unique(rows[flags & (ENTER | ENTER_SHORT) > 0, kernel.MAX_BARS])
    if len(limits) > 1:
        raise StrategyError("max_bars must be the same for every order of a strategy.")
    levels = {}
    for number, name in enumerate(LEVELS, start=1):
        column = np.ascontiguousarray(rows[:, number])
        empty = np.all(column == 1.0) if name == "size" else np.all(np.isnan(column))
        if not empty:
            levels[name] = column
    return Decisions(flags, levels, int(limits[0]) if len(limits) else 0, bool(strategy.reverse))
