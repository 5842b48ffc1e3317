"""The only place where money is computed: bars and decisions in, books out."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.decisions import LEVELS, Decisions
from engine.errors import EngineError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SimulationConfig:
    """What a run costs and starts with.

    Parameters
    ----------
    initial_cash : float
        Money before the first bar, above 0.
    commission : float
        Fraction of notional per fill, commission and half the spread together (0.0005 = 0.05 %).
    slippage : float
        Fraction by which every fill is worse than the price that triggered it.
    """

    initial_cash: float = 10_000.0
    commission: float = 0.0005
    slippage: float = 0.0

    def __post_init__(self) -> None:
        """Refuse settings that no account could have."""
        if not (np.isfinite(self.initial_cash) and self.initial_cash > 0):
            raise EngineError(f"The initial capital must be above 0, not {self.initial_cash}.")
        for name in ("commission", "slippage"):
            value = getattr(self, name)
            if not 0 <= value < 1:
                raise EngineError(f"{name} is a fraction from 0 to below 1, not {value}.")


@dataclass(frozen=True)
class Trade:
    """One round trip; times are aware UTC, money is in the currency of the prices.

    `return_` is `pnl` over the notional at entry; `costs` are commission and slippage of both
    fills. An open trade is marked at the last close and has paid its entry only.
    """

    symbol: str
    side: str
    entry_bar: int
    exit_bar: int
    entry_time: datetime
    exit_time: datetime
    entry_price: float
    exit_price: float
    quantity: float
    pnl: float
    return_: float
    costs: float
    exit_reason: str
    open_at_end: bool

    @property
    def bars_held(self) -> int:
        """Bars from the entry bar to the exit bar; 0 for in and out on one bar."""
        return self.exit_bar - self.entry_bar


@dataclass(frozen=True)
class Costs:
    """What trading cost in money."""

    commission: float
    slippage: float

    @property
    def charged(self) -> float:
        """Commission and slippage together."""
        return self.commission + self.slippage


@dataclass(frozen=True, eq=False)
class Books:
    """Everything that follows from bars and decisions.

    Attributes
    ----------
    trades : tuple of Trade
        In order of exit; the last one may be open.
    equity, position, cash : ndarray of float64, shape (n,)
        At each close: account value, signed units held, money.
    costs : Costs
    config : SimulationConfig
    """

    trades: tuple[Trade, ...]
    equity: Floats
    position: Floats
    cash: Floats
    costs: Costs
    config: SimulationConfig


def simulate(bars: Bars, decisions: Decisions, config: SimulationConfig | None = None) -> Books:
    """Fill the decisions on the bars by the rules of docs/engine.md and keep the books.

    Raises
    ------
    EngineError
        When the decisions are not for these bars.
    """
    from engine import kernel  # numba is heavy and only simulating needs it

    config = config or SimulationConfig()
    n = len(bars)
    if len(decisions) != n:
        raise EngineError(f"The decisions are for {len(decisions)} bars, the data have {n}.")
    orders = kernel.order_rows(
        [decisions.flags.astype(np.float64), *(decisions.level(name) for name in LEVELS)],
        decisions.max_bars,
        decisions.reverse,
        decisions.trail_intrabar,
    )
    prices = np.column_stack([bars.open, bars.high, bars.low, bars.close])
    state = kernel.new_state(config.initial_cash, config.commission, config.slippage)
    rows = np.empty((n + kernel.MOST_EXITS_A_BAR, kernel.TRADE_FIELDS))
    equity, position, cash = np.empty(n), np.empty(n), np.empty(n)
    count = kernel.batch(state, prices, orders, rows, equity, position, cash)
    trades = [_trade(bars, row) for row in rows[:count].tolist()]
    if position[-1]:
        trades.append(_trade(bars, _open_row(state, bars)))
    costs = Costs(float(state[kernel.CHARGED_COMMISSION]), float(state[kernel.CHARGED_SLIPPAGE]))
    return Books(tuple(trades), equity, position, cash, costs, config)


def _open_row(state: Floats, bars: Bars) -> list[float]:
    """Trade row of the position held at the end, marked at the last close (rule 9)."""
    from engine import kernel

    side, held = float(state[kernel.SIDE]), float(abs(state[kernel.QUANTITY]))
    entry, last = float(state[kernel.ENTRY_PRICE]), float(bars.close[-1])
    pnl = side * held * (last - entry) - float(state[kernel.ENTRY_FEE])
    costs = float(state[kernel.ENTRY_COSTS])
    entry_bar, end = float(state[kernel.ENTRY_BAR]), float(kernel.BY_END)
    return [side, entry_bar, len(bars) - 1, entry, last, held, pnl, costs, end]


def _trade(bars: Bars, row: list[float]) -> Trade:
    from engine import kernel

    side, entry_bar, exit_bar, entry, leave, held, pnl, costs, reason = row
    return Trade(
        symbol=bars.symbol,
        side="long" if side > 0 else "short",
        entry_bar=int(entry_bar),
        exit_bar=int(exit_bar),
        entry_time=_moment(bars, int(entry_bar)),
        exit_time=_moment(bars, int(exit_bar)),
        entry_price=entry,
        exit_price=leave,
        quantity=held,
        pnl=pnl,
        return_=pnl / (held * entry),
        costs=costs,
        exit_reason=kernel.REASONS[int(reason)],
        open_at_end=reason == kernel.BY_END,
    )


def _moment(bars: Bars, row: int) -> datetime:
    return datetime.fromtimestamp(int(bars.time[row].astype(np.int64)), tz=UTC)
