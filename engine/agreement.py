"""Whether two scripts that claim the same idea decide the same, bar by bar."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.decisions import ENTRIES, EVERY_BAR, EXITS, MASKS, SETTINGS, Decisions
from engine.lookahead.compare import CLOSE_ENOUGH
from engine.portfolio.weights import Weights
from engine.simulator import Books, Trade
from engine.worlds import Intent

Bars = npt.NDArray[np.intp]

ACTS = {"enter": "buy", "exit": "sell", "enter_short": "sell short", "exit_short": "cover"}


@dataclass(frozen=True)
class Setting:
    """What holds for the whole of two runs and differs between them."""

    name: str
    one: str
    other: str


def decided(intent: Intent) -> int:
    """On how many bars something is decided."""
    bars = intent.decided() if isinstance(intent, Weights) else np.flatnonzero(intent.flags)
    return len(bars)


def differing_bars(one: Intent, other: Intent) -> Bars:
    """The bars on which two runs over the same bars decide otherwise, in order.

    Levels (a stop, a size) count on the bars that read them, as in `engine.lookahead`.
    """
    if isinstance(one, Weights) and isinstance(other, Weights):
        same = np.isclose(one.table, other.table, rtol=CLOSE_ENOUGH, atol=1e-12, equal_nan=True)
        return np.flatnonzero(~same.all(axis=1))
    assert isinstance(one, Decisions) and isinstance(other, Decisions)
    changed = one.flags != other.flags
    for name in _levels(one, other):
        changed |= _level_changed(name, one, other)
    return np.flatnonzero(changed)


def differing_settings(one: Intent, other: Intent) -> list[Setting]:
    """What is set once for all bars and differs, a holding limit for instance."""
    if not (isinstance(one, Decisions) and isinstance(other, Decisions)):
        return []
    pairs = ((name, getattr(one, name), getattr(other, name)) for name in SETTINGS)
    return [Setting(name, _plain(a), _plain(b)) for name, a, b in pairs if a != b]


def acts(one: Intent, other: Intent, bar: int) -> tuple[str, str]:
    """What each would do at the close of a bar, with the levels on which they differ."""
    if isinstance(one, Weights) and isinstance(other, Weights):
        return _weights(one, bar), _weights(other, bar)
    assert isinstance(one, Decisions) and isinstance(other, Decisions)
    names = [name for name in _levels(one, other) if _level_changed(name, one, other)[bar]]
    return _act(one, bar, names), _act(other, bar, names)


def same_trades(one: Books, other: Books) -> bool:
    """Whether two books hold the same trades, to rounding."""
    if len(one.trades) != len(other.trades):
        return False
    return all(
        _where(a) == _where(b) and np.allclose(_figures(a), _figures(b))
        for a, b in zip(one.trades, other.trades, strict=True)
    )


def _where(trade: Trade) -> tuple[object, ...]:
    return trade.symbol, trade.side, trade.entry_time, trade.exit_time


def _figures(trade: Trade) -> tuple[float, float, float]:
    return trade.entry_price, trade.exit_price, trade.quantity


def _levels(one: Decisions, other: Decisions) -> list[str]:
    return sorted({*one.levels, *other.levels})


def _level_changed(name: str, one: Decisions, other: Decisions) -> npt.NDArray[np.bool_]:
    changed: npt.NDArray[np.bool_] = ~np.isclose(
        one.level(name), other.level(name), rtol=CLOSE_ENOUGH, atol=0.0, equal_nan=True
    )
    if name in EVERY_BAR:
        return changed
    read = EXITS if name == "exit_size" else ENTRIES
    return changed & (((one.flags | other.flags) & read) > 0)


def _act(decisions: Decisions, bar: int, names: list[str]) -> str:
    said = [ACTS[name] for name, bit in MASKS.items() if decisions.flags[bar] & bit]
    levels = [f"{_readable(name)} {decisions.level(name)[bar]:g}" for name in names]
    text = " and ".join(said) or "nothing"
    return f"{text} ({', '.join(levels)})" if said and levels else text


def _weights(weights: Weights, bar: int) -> str:
    row = weights.table[bar]
    if np.isnan(row).all():
        return "nothing"
    held = [
        f"{weights.symbols[n] if weights.symbols else f'symbol {n + 1}'} {share:g}"
        for n, share in enumerate(row.tolist())
        if share
    ]
    return f"hold {', '.join(held)}" if held else "hold nothing"


def _readable(name: str) -> str:
    return name.replace("_", " ")


def _plain(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
