"""Strategies that walk: `on_bar(ctx)` is called at every close and cannot see further."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.bars import Bars
from engine.decisions import (
    ENTER,
    ENTER_SHORT,
    EVERY_BAR,
    EXIT,
    EXIT_SHORT,
    LEVELS,
    Decisions,
    checked_settings,
)
from engine.errors import EngineError
from engine.past import Past
from engine.signals import (
    Floats,
    Leg,
    SignalsError,
    as_holding,
    as_legs,
    check_amounts,
    check_level,
)

ORDERS = tuple(name for name in LEVELS if name != "exit_size")


class StrategyError(EngineError):
    """A strategy class is not written as the contract asks."""


@dataclass(frozen=True, slots=True)
class Position:
    """What is held at the close of the current bar; false when flat.

    Attributes
    ----------
    side : int
        1 long, -1 short, 0 flat.
    entry_price : float
        Fill price, averaged over the units held.
    bars_held : int
        Bars since the oldest entry.
    entries : int
        Entries held (more than one with `max_entries`).
    highest, lowest : float
        Highest high and lowest low since the oldest entry, its bar included.
    """

    side: int = 0
    entry_price: float = float("nan")
    bars_held: int = 0
    entries: int = 0
    highest: float = float("nan")
    lowest: float = float("nan")

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


FLAT = Position()


class Strategy(ABC):
    """Base of strategies that decide bar by bar.

    Subclass it, give parameters as class attributes or in PARAMS, and write `on_bar`. The
    attributes below mean what they mean in `Signals`. The compiled step that keeps the books also
    tells `ctx.position`, here for an account without costs.
    """

    max_bars: int | None = None
    reverse: bool = False
    trail_intrabar: bool = False
    sizing: str = "equity"
    entry_expiry: int = 1
    max_entries: int = 1
    legs: Sequence[Leg] = ()
    breakeven_after_target: bool = False
    cooldown: int = 0
    trail_from: str = "close"

    def __init__(self, **params: object) -> None:
        for name, value in params.items():
            setattr(self, name, value)

    def on_start(self, ctx: "Context") -> None:  # noqa: B027 - a hook, not a duty
        """Called once before the first bar; ctx.bars is empty."""

    @abstractmethod
    def on_bar(self, ctx: "Context") -> None:
        """Called at every close; use ctx.buy(), ctx.sell_short() and ctx.close()."""


class Context:
    """What a strategy sees and can do at one close."""

    def __init__(self, past: Past, account: Any) -> None:
        self._past = past
        self._account = account
        self._bars: Bars | None = None
        self._position: Position | None = FLAT
        self._order: dict[str, float] = {}
        self._flags = 0
        self._settings: dict[str, Any] = {}
        self._limit: int | None = None

    @property
    def bars(self) -> Bars:
        """The bars up to now; nothing behind them can be reached."""
        if self._bars is None:
            self._bars = self._past.bars()
        return self._bars

    @property
    def position(self) -> Position:
        """What is held at this close."""
        if self._position is None:
            side, price, entry_bar, entries = self._account.look()
            if not side:
                return FLAT
            begin, end = int(entry_bar), len(self._past)
            highest, lowest = self._past.range_since(begin)
            held = end - 1 - begin
            self._position = Position(int(side), price, held, int(entries), highest, lowest)
        return self._position

    @property
    def closed(self) -> tuple[float, ...]:
        """Returns of the trades closed so far, profit over the notional at entry."""
        found: tuple[float, ...] = self._account.closed
        return found

    def buy(self, **levels: float | None) -> None:
        """Enter long from the next bar on; levels as in `Signals`."""
        self._enter(ENTER, levels)

    def sell_short(self, **levels: float | None) -> None:
        """Enter short from the next bar on; levels as in `Signals`."""
        self._enter(ENTER_SHORT, levels)

    def close(self, size: float = 1.0) -> None:
        """Leave at the next open: everything, or this share of every lot."""
        check_level("exit_size", np.array([float(size)]))
        check_amounts("exit_size", np.array([float(size)]), np.ones(1, bool), 1.0)
        self._flags |= EXIT | EXIT_SHORT
        self._order["exit_size"] = float(size)

    def trail(self, *, distance: float | None = None, level: float | None = None) -> None:
        """Set the trailing distance or level from this close on; NaN for none."""
        for name, value in (("trailing_distance", distance), ("trailing_level", level)):
            if value is not None:
                check_level(name, np.array([float(value)]))
                self._order[name] = float(value)

    def _enter(self, flag: int, levels: Mapping[str, float | None]) -> None:
        limit = as_holding(self._settings["max_bars"] or None)
        order = dict.fromkeys(EVERY_BAR, float("nan")) | {"size": 1.0}
        for name, value in levels.items():
            if value is None:
                continue
            if name == "max_bars":
                limit = as_holding(int(value))
            elif name in ORDERS:
                check_level(name, np.array([float(value)]))
                order[name] = float(value)
            else:
                raise SignalsError(f"An order has no {name!r}; it knows {', '.join(ORDERS)}.")
        fraction = self._settings["sizing"] in ("equity", "risk")
        size = np.array([order["size"]])
        check_amounts("size", size, np.ones(1, bool), 1.0 if fraction else np.inf)
        if self._limit is not None and limit != self._limit:
            raise StrategyError("max_bars must be the same for every order of a strategy.")
        self._limit = limit
        exit_size = self._order.get("exit_size")
        self._order = order if exit_size is None else order | {"exit_size": exit_size}
        self._flags |= flag


def decide(strategy: Strategy, bars: Bars) -> Decisions:
    """Let a strategy walk over the bars and collect its decisions.

    Raises
    ------
    StrategyError
        When orders of one run ask for different holding limits.
    """
    from engine.kernel.walks import WalkingAccount  # numba is heavy

    n = len(bars)
    past, account = Past(bars), WalkingAccount(bars)
    context = Context(past, account)
    strategy.on_start(context)
    context._settings = settings = checked_settings(strategy, has_distance=True)
    account.start(Decisions(np.zeros(n, np.uint8), **settings))
    notes = _Notes(n)
    for t in range(n):
        account.live(t)
        past.reveal(t)
        context._bars = context._position = None
        strategy.on_bar(context)
        if context._flags or context._order:
            notes.write(t, context._flags, context._order)
            account.ask(context._flags, context._order, context._limit or 0)
            context._flags, context._order = 0, {}
        account.decide(t)
    levels = notes.levels()
    settings["max_bars"] = context._limit or 0
    settings["legs"] = as_legs(strategy.legs, "target_distance" in levels)
    return Decisions(notes.flags, levels, **settings)


class _Notes:
    """What a strategy asked for, bar by bar."""

    def __init__(self, n: int) -> None:
        self.flags = np.zeros(n, np.uint8)
        self._asked: dict[str, tuple[list[int], list[float]]] = {}

    def write(self, t: int, flags: int, order: Mapping[str, float]) -> None:
        self.flags[t] = flags
        for name, value in order.items():
            bars, values = self._asked.setdefault(name, ([], []))
            bars.append(t)
            values.append(value)

    def levels(self) -> dict[str, Floats]:
        """The columns that say something, sizes of 1 left out."""
        found = {}
        for name in LEVELS:
            bars, values = self._asked.get(name, ([], []))
            known = [value for value in values if value == value]
            if not known or (name in ("size", "exit_size") and set(known) == {1.0}):
                continue
            column = np.full(len(self.flags), np.nan)
            column[bars] = values
            if name in EVERY_BAR:  # goes on until it is changed
                column[bars[0] :] = np.repeat(values, np.diff([*bars, len(column)]))
            found[name] = column
        return found
