"""What a result hangs on: the same decisions dearer, later, without the best, or begun later.

Nothing is estimated: every answer is a whole new run of the account.
"""

from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt

from engine.decisions import EXIT, EXIT_SHORT, Decisions
from engine.errors import EngineError
from engine.simulator import Books, SimulationConfig, simulate
from engine.worlds import Intent, World

# What the account pays; what idle money earns is no cost.
RATES = ("commission", "slippage", "half_spread", "borrow_rate")
MONEY = ("fee_per_unit", "fixed_fee", "minimum_fee", "slippage_atr")
# Columns of `Books.trade_table`.
SIDE, ENTRY_BAR, EXIT_BAR, PROFIT, REASON = 0, 1, 2, 6, 8


class FragilityError(EngineError):
    """A change that cannot be made; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def fragile(
    bars: World,
    decisions: Intent,
    config: SimulationConfig | None = None,
    *,
    cost_factor: float = 1.0,
    delay: int = 0,
    without_best: int = 0,
    start: date | str | None = None,
) -> Books:
    """Run the decisions again under changed circumstances.

    Parameters
    ----------
    bars : Bars, n bars
    decisions : Decisions, for the same n bars
    config : SimulationConfig, optional
    cost_factor : float
        All costs times this: commission and its tiers, slippage, spread, fees and borrowing.
    delay : int
        Bars by which every decision is taken later.
    without_best : int
        The trades with the highest profit, as many as this, are left out: see `without_trades`.
        They are the best of the run under all other changes.
    start : date or str, optional
        The account opens flat at the first bar from this day on. Decisions keep the history they
        were made from; what was decided before that bar does not count.

    Returns
    -------
    Books
        Of the bars from `start` on.

    Raises
    ------
    FragilityError
        When a change is impossible; `field` is the name of the parameter.
    """
    account = dearer(config or SimulationConfig(), cost_factor)
    if delay < 0:
        raise FragilityError("delay", f"A delay is 0 bars or more, not {delay}.")
    if without_best < 0:
        raise FragilityError("without_best", f"0 trades or more, not {without_best}.")
    if delay:
        decisions = decisions.delayed(delay)
    if start is not None:
        first = first_bar_from(bars, start)
        bars, decisions = bars.after(first), decisions.after(first)
    books = simulate(bars, decisions, account)
    if not without_best:
        return books
    if not isinstance(decisions, Decisions):
        raise FragilityError(
            "without_best",
            "With several symbols a trade cannot be left out: the others would get its money.",
        )
    return simulate(bars, without_trades(decisions, books, without_best), account)


def dearer(config: SimulationConfig, factor: float) -> SimulationConfig:
    """Return the account with every cost times `factor` (0 or more)."""
    if not (np.isfinite(factor) and factor >= 0):
        raise FragilityError("cost_factor", f"A factor is 0 or more, not {factor}.")
    if factor == 1.0:
        return config
    changes = {name: factor * getattr(config, name) for name in (*RATES, *MONEY)}
    tiers = tuple((begin, factor * commission) for begin, commission in config.tiers)
    try:
        return replace(config, **changes, tiers=tiers)
    except EngineError as error:
        raise FragilityError("cost_factor", f"At {factor:g} times the costs: {error}") from error


def first_bar_from(bars: World, day: date | str) -> int:
    """Return the number of the first bar on or after a day; two bars at least must follow."""
    try:
        wanted = np.datetime64(day, "D")
    except ValueError as error:
        raise FragilityError("start", f"“{day}” is no day; write it as 2005-01-31.") from error
    first = int(np.searchsorted(bars.time.astype("datetime64[D]"), wanted, "left"))
    if np.isnat(wanted) or first > len(bars) - 2:
        raise FragilityError("start", f"There are no two bars from {day} on.")
    return first


def without_trades(decisions: Decisions, books: Books, count: int) -> Decisions:
    """Return the decisions without the `count` most profitable trades of these books.

    Entry signals that could fill from a trade's entry to its exit do not count, so the account
    takes no new position in that time. The signal that turned it around (`reverse`) belongs to
    the trade after it and counts; where its own signal turned another trade around, that one
    still leaves, at the same open. Of trades with equal profit the earlier is the better one.
    """
    from engine.kernel import REASONS

    table = books.trade_table
    chosen = np.argsort(-table[:, PROFIT], kind="stable")[:count]
    reversed_, ended = REASONS.index("reverse"), REASONS.index("end")
    entries = np.unique(table[:, ENTRY_BAR].astype(np.int64))
    windows, leaving = [], []
    turned = table[:, REASON] == reversed_
    for row in table[chosen]:
        entry, leave, reason = int(row[ENTRY_BAR]), int(row[EXIT_BAR]), int(row[REASON])
        last = leave if reason == ended else leave - 1 - (reason == reversed_)
        windows.append((_earliest_signal(decisions, entries, entry), last))
        if np.any(turned & (table[:, EXIT_BAR] == entry)):
            leaving.append((entry - 1, EXIT_SHORT if row[SIDE] > 0 else EXIT))
    return _with_exits(decisions.without_entries(windows), leaving)


def _with_exits(decisions: Decisions, exits: list[tuple[int, int]]) -> Decisions:
    """Add exit signals (bar, flag) that close everything of their side."""
    if not exits:
        return decisions
    flags, levels = decisions.flags.copy(), dict(decisions.levels)
    if "exit_size" in levels:
        levels["exit_size"] = decisions.level("exit_size").copy()
    for bar, flag in exits:
        flags[bar] |= flag
        if "exit_size" in levels:
            levels["exit_size"][bar] = 1.0
    return replace(decisions, flags=flags, levels=levels)


def _earliest_signal(decisions: Decisions, entries: npt.NDArray[np.int64], bar: int) -> int:
    """The first bar whose order could still fill at `bar` (rule 17).

    An order signalled at b works on b + 1 … b + entry_expiry; there is one order at a time, so a
    fill in between has used up all earlier ones.
    """
    waits = "entry_limit" in decisions.levels or "entry_stop" in decisions.levels
    if not waits:
        return bar - 1
    place = int(np.searchsorted(entries, bar, "left"))
    after_fill = int(entries[place - 1]) if place else 0
    reach = bar - decisions.entry_expiry if decisions.entry_expiry else 0
    return max(after_fill, reach)
