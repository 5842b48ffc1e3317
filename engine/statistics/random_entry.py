"""Would random days have done as well? The same trades, moved to random places."""

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.errors import EngineError
from engine.simulator import Books, Trade

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CHUNK = 2_000_000  # cells of the draws-by-trades table held at once
# The same trades in other places multiply to the same total only up to rounding.
SAME = 1e-12


def random_entries(bars: Bars, books: Books, draws: int = 1000, seed: int = 0) -> float | None:
    """Share of random entries that did at least as well as the trades of the books.

    Each draw takes the same number of trades with the same sides, holding times and shares of
    equity, shuffles them and puts them on random bars without overlap; they pay the same costs.
    The strategy's own trades are valued by the same rule (in at the open of the entry bar, out
    at the open of the exit bar), so stops inside a bar favour neither side. The strategy counts
    as one of the draws: (k + 1) / (draws + 1).

    Returns
    -------
    float or None
        None where there is no trade to move.
    """
    if not books.trades:
        return None
    own = _own_total(bars, books)
    totals = random_totals(bars, books, draws, seed)
    return float((np.sum(totals >= own - SAME) + 1) / (draws + 1))


def random_totals(bars: Bars, books: Books, draws: int, seed: int) -> Floats:
    """Return the log growth of each random draw, shape (draws,); -inf for a total loss."""
    if draws < 1:
        raise EngineError("At least one draw is needed.")
    trades = books.trades
    lengths = _lengths(bars, trades)
    tags = _weights(books)
    rng = np.random.default_rng(seed)
    rows = max(1, CHUNK // max(1, len(trades)))
    parts = [
        _draw(bars, books, lengths, tags, min(rows, draws - done), rng)
        for done in range(0, draws, rows)
    ]
    return np.concatenate(parts)


def _draw(
    bars: Bars, books: Books, lengths: Ints, weights: Floats, draws: int, rng: np.random.Generator
) -> Floats:
    order = rng.permuted(np.tile(np.arange(len(lengths)), (draws, 1)), axis=1)
    held = lengths[order]
    # Bar 0 can only signal; what the trades leave free is dealt out before and between them.
    free = max(0, len(bars) - 1 - int(lengths.sum()))
    gaps = np.sort(rng.integers(0, free + 1, size=order.shape), axis=1)
    entry = 1 + gaps + np.cumsum(held, axis=1) - held
    return _log_growth(bars, books, entry, entry + held, weights[order])


def _lengths(bars: Bars, trades: tuple[Trade, ...]) -> Ints:
    """Bars from open to open: within one bar counts as one, an open trade lasts to the end."""
    n = len(bars)
    ends = [n if trade.open_at_end else trade.exit_bar for trade in trades]
    entries = [trade.entry_bar for trade in trades]
    return np.asarray(np.maximum(1, np.array(ends) - np.array(entries)), dtype=np.int64)


def _own_total(bars: Bars, books: Books) -> float:
    entry = np.array([[trade.entry_bar for trade in books.trades]], dtype=np.int64)
    leave = entry + _lengths(bars, books.trades)[None, :]
    return float(_log_growth(bars, books, entry, leave, _weights(books)[None, :])[0])


def _log_growth(bars: Bars, books: Books, entry: Ints, leave: Ints, weights: Floats) -> Floats:
    """Sum of log growth over trades from open to open; the last bar ends at its close."""
    opens = np.append(bars.open, bars.close[-1])
    n = len(bars)
    change = opens[np.minimum(leave, n)] / opens[np.minimum(entry, n - 1)] - 1.0
    toll = 2.0 * (books.config.commission + books.config.slippage)
    growth = 1.0 + weights * change - np.abs(weights) * toll
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.maximum(growth, 0.0)).sum(axis=1))


def _weights(books: Books) -> Floats:
    """Signed share of equity that each trade held at its entry."""
    return np.array([_weight(books, trade) for trade in books.trades])


def _weight(books: Books, trade: Trade) -> float:
    before = float(books.equity[max(0, trade.entry_bar - 1)])
    share = trade.quantity * trade.entry_price / before if before > 0 else 0.0
    return min(1.0, share) * (1.0 if trade.side == "long" else -1.0)
