"""Books of a small scene, kept by the kernel and checked against the slow simulator."""

from engine import Bars, Books, Decisions, Signals, SimulationConfig, simulate
from tests.engine.reference import difference, simulate_slowly

FREE = SimulationConfig(1_000.0, commission=0.0)


def books_of(bars: Bars, config: SimulationConfig = FREE, **columns: object) -> Books:
    signals = Signals(**columns)  # type: ignore[arg-type]
    books = simulate(bars, Decisions.from_signals(signals, len(bars)), config)
    assert not difference(books, simulate_slowly(bars, signals, config))
    return books


def told(books: Books) -> list[tuple[str, int, float, int, float, str]]:
    return [
        (t.side, t.entry_bar, t.entry_price, t.exit_bar, t.exit_price, t.exit_reason)
        for t in books.trades
    ]


def units(books: Books) -> list[float]:
    return [trade.quantity for trade in books.trades]
