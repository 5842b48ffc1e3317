"""The only place where money is computed: bars and decisions in, books out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.decisions import Decisions
from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.portfolio.panel import Panel
    from engine.portfolio.weights import Weights

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SimulationConfig:
    """What a run costs and starts with (rules 12, 18 and 23 of docs/engine.md).

    Parameters
    ----------
    initial_cash : float
        Money before the first bar, above 0.
    commission : float
        Fraction of notional per fill, commission and half the spread together (0.0005 = 0.05 %).
    slippage : float
        Fraction by which every fill is worse than the price that triggered it.
    half_spread : float
        Fraction of notional per fill, booked as spread.
    fee_per_unit, fixed_fee, minimum_fee : float
        Money per unit, per fill, and at least per fill.
    tiers : sequence of (float, float)
        (from notional, commission), rising from 0; replaces `commission`.
    slippage_atr : float
        Share of the ATR(14) of the bar before by which every fill is worse, too.
    borrow_rate, cash_rate : float
        Fractions a year: paid on shorts, earned on idle money.
    whole_units : bool
        Round units down.
    """

    initial_cash: float = 10_000.0
    commission: float = 0.0005
    slippage: float = 0.0
    half_spread: float = 0.0
    fee_per_unit: float = 0.0
    fixed_fee: float = 0.0
    minimum_fee: float = 0.0
    tiers: tuple[tuple[float, float], ...] = ()
    slippage_atr: float = 0.0
    borrow_rate: float = 0.0
    cash_rate: float = 0.0
    whole_units: bool = False

    def __post_init__(self) -> None:
        """Refuse settings that no account could have."""
        if not (_is_number(self.initial_cash) and 0 < self.initial_cash < np.inf):
            raise EngineError(f"The initial capital must be above 0, not {self.initial_cash}.")
        for name in ("commission", "slippage", "half_spread", "borrow_rate", "cash_rate"):
            value = getattr(self, name)
            if not (_is_number(value) and 0 <= value < 1):
                raise EngineError(f"{name} is a fraction from 0 to below 1, not {value}.")
        for name in ("fee_per_unit", "fixed_fee", "minimum_fee", "slippage_atr"):
            value = getattr(self, name)
            if not (_is_number(value) and 0 <= value < np.inf):
                raise EngineError(f"{name} must be 0 or more, not {value}.")
        object.__setattr__(self, "tiers", _tiers(self.tiers))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number)


def _tiers(tiers: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    try:
        found = tuple((float(start), float(commission)) for start, commission in tiers)
    except (TypeError, ValueError) as error:
        raise EngineError("tiers is a list of (from notional, commission).") from error
    starts = [start for start, _ in found]
    if found and (starts[0] != 0 or any(a >= b for a, b in pairwise(starts))):
        raise EngineError("tiers start at a notional of 0 and rise from there.")
    if not all(0 <= commission < 1 for _, commission in found) or not np.isfinite(starts).all():
        raise EngineError("The commission of a tier is a fraction from 0 to below 1.")
    return found


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
    """What trading cost in money, and what idle money earned (`interest`).

    `commission` includes fees per unit, fixed and minimum fees.
    """

    commission: float
    slippage: float
    spread: float = 0.0
    borrow: float = 0.0
    interest: float = 0.0

    @property
    def charged(self) -> float:
        """Everything paid: commission, slippage, spread and borrowing."""
        return self.commission + self.slippage + self.spread + self.borrow


@dataclass(frozen=True, eq=False)
class Books:
    """Everything that follows from bars and decisions.

    Attributes
    ----------
    bars : Bars
    trade_table : ndarray of float64, shape (m, 10)
        One trade a row: side, entry and exit bar, entry and exit price, units, profit, costs,
        reason (number in `engine.kernel.REASONS`), lot. `trades` tells the same in words.
    equity, position, cash : ndarray of float64, shape (n,)
        At each close: account value, signed units held, money.
    costs : Costs
    config : SimulationConfig
    """

    bars: Bars
    trade_table: Floats
    equity: Floats
    position: Floats
    cash: Floats
    costs: Costs
    config: SimulationConfig

    @cached_property
    def trades(self) -> tuple[Trade, ...]:
        """The trades in order of exit, the oldest lot first; those open at the end come last."""
        return _trades(self.bars, self.trade_table)


def simulate(
    bars: "Bars | Panel", decisions: "Decisions | Weights", config: SimulationConfig | None = None
) -> Books:
    """Fill the decisions by the rules of docs/engine.md and keep the books.

    Bars go with Decisions, a panel of several symbols with Weights.

    Raises
    ------
    EngineError
        When the decisions are not for these bars.
    """
    from engine.kernel.runs import Account  # numba is heavy and only simulating needs it

    if not isinstance(bars, Bars):
        from engine.portfolio.simulator import simulate_portfolio

        if isinstance(decisions, Decisions):
            raise EngineError("These decisions are for one symbol, the panel has several.")
        return simulate_portfolio(bars, decisions, config)
    if not isinstance(decisions, Decisions):
        raise EngineError("These weights are for several symbols, the bars are those of one.")
    config = config or SimulationConfig()
    return Account(bars, config).books(decisions)


def _trades(bars: Bars, table: Floats) -> tuple[Trade, ...]:
    from engine.kernel import REASONS

    seconds = bars.time.astype(np.int64)
    entered, left = (seconds[table[:, column].astype(np.int64)].tolist() for column in (1, 2))
    return tuple(
        trade_of(row, bars.symbol, began, ended, REASONS)
        for row, began, ended in zip(table.tolist(), entered, left, strict=True)
    )


def trade_of(
    row: list[float], symbol: str, entered: int, left: int, reasons: Sequence[str]
) -> Trade:
    """Read a row of the kernel's trade table; times in seconds since 1970."""
    side, entry_bar, exit_bar, entry, leave, held, pnl, costs, reason = row[:9]
    return Trade(
        symbol=symbol,
        side="long" if side > 0 else "short",
        entry_bar=int(entry_bar),
        exit_bar=int(exit_bar),
        entry_time=datetime.fromtimestamp(entered, UTC),
        exit_time=datetime.fromtimestamp(left, UTC),
        entry_price=entry,
        exit_price=leave,
        quantity=held,
        pnl=pnl,
        return_=pnl / (held * entry),
        costs=costs,
        exit_reason=reasons[int(reason)],
        open_at_end=reasons[int(reason)] == "end",
    )
