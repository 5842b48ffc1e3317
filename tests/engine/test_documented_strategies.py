"""Every script of docs/strategies on twenty years of the S&P 500, and what each one promises."""

import functools
import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from engine import Bars, Books, Decisions, SimulationConfig, contract, lookahead, simulate
from engine.harness import decisions_of, load
from tests.engine.markets import index_bars

FOLDER = Path(__file__).parents[2] / "docs" / "strategies"
# Those of several symbols are tested in tests/engine/portfolio.
SEVERAL_SYMBOLS = {
    path.stem
    for path in FOLDER.glob("*.py")
    if "Weights" in path.read_text() or "ctx.rebalance" in path.read_text()
}
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in SEVERAL_SYMBOLS)


@functools.cache
def decided(name: str) -> Decisions:
    return decisions_of(load((FOLDER / f"{name}.py").read_text()), index_bars())


@functools.cache
def books_of(name: str) -> Books:
    return simulate(index_bars(), decided(name), SimulationConfig(10_000.0))


def closed(books: Books) -> list:
    return [trade for trade in books.trades if not trade.open_at_end]


def before_costs(books: Books) -> list[float]:
    return [
        (1 if trade.side == "long" else -1) * (trade.exit_price / trade.entry_price - 1)
        for trade in closed(books)
    ]


def reasons(books: Books) -> set[str]:
    return {trade.exit_reason for trade in books.trades}


def most_at_once(books: Books) -> int:
    """The most lots that were open at one close."""
    change = np.zeros(len(books.equity) + 1, int)
    for trade in books.trades:
        change[trade.entry_bar] += 1
        change[len(books.equity) if trade.open_at_end else trade.exit_bar] -= 1
    return int(np.cumsum(change).max())


def share_at_entry(bars: Bars, books: Books) -> list[float]:
    return [
        trade.quantity * trade.entry_price / books.equity[trade.entry_bar - 1]
        for trade in books.trades
    ]


def month(moment: datetime) -> int:
    return moment.astimezone(UTC).month


def _trades_both_sides(bars: Bars, books: Books) -> None:
    sides = [trade.side for trade in books.trades]
    assert {*sides} == {"long", "short"}
    assert all(one != other for one, other in itertools.pairwise(sides))
    held = books.position[books.trades[0].entry_bar :]
    assert (held != 0).all()


def _buys_once(bars: Bars, books: Books) -> None:
    (trade,) = books.trades
    assert (trade.entry_bar, trade.open_at_end) == (1, True)
    assert books.equity[-1] == pytest.approx(10_000 / 1.0005 / bars.open[1] * bars.close[-1])


def _is_short(bars: Bars, books: Books) -> None:
    assert {trade.side for trade in books.trades} == {"short"}


def _half_in(bars: Bars, books: Books) -> None:
    assert share_at_entry(bars, books) == pytest.approx([0.5] * len(books.trades), rel=0.03)


def _same_money(bars: Bars, books: Books) -> None:
    spent = [trade.quantity * trade.entry_price * 1.0005 for trade in books.trades]
    assert spent == pytest.approx([2000.0] * len(spent))


def _loses_one_percent_at_the_stop(bars: Bars, books: Books) -> None:
    stopped = [
        t for t in closed(books) if t.exit_reason == "stop" and t.exit_price < bars.open[t.exit_bar]
    ]
    assert len(stopped) >= 5
    for trade in stopped:
        before = books.equity[trade.entry_bar - 1]
        assert -trade.pnl / before == pytest.approx(0.01, abs=0.004)


def _is_smaller_when_wild(bars: Bars, books: Books) -> None:
    shares = share_at_entry(bars, books)
    assert max(shares) <= 1.0 + 1e-9 and min(shares) < 0.6


def _starts_with_a_tenth(bars: Bars, books: Books) -> None:
    shares = share_at_entry(bars, books)
    assert shares[0] == pytest.approx(0.1, rel=0.02)
    assert len({round(share, 3) for share in shares[25:]}) > 5


def _pays_no_more_than_the_bid(bars: Bars, books: Books) -> None:
    limits = decided("limit_entry").level("entry_limit")
    for trade in books.trades:
        assert trade.entry_price <= np.nanmax(limits[max(0, trade.entry_bar - 3) : trade.entry_bar])
        assert trade.entry_price >= bars.low[trade.entry_bar]


def _buys_through_the_high(bars: Bars, books: Books) -> None:
    for trade in books.trades:
        assert trade.entry_price >= bars.high[trade.entry_bar - 2 : trade.entry_bar].min()
        assert trade.entry_price <= bars.high[trade.entry_bar]


def _stops_and_targets(bars: Bars, books: Books) -> None:
    assert {"stop", "target"} <= reasons(books)
    gains = before_costs(books)
    at_stop = [gain for gain in gains if abs(gain + 0.02) < 1e-9]
    at_target = [gain for gain in gains if abs(gain - 0.04) < 1e-9]
    assert len(at_stop) > 20 and len(at_target) > 20


def _comes_out_even(bars: Bars, books: Books) -> None:
    assert sum(abs(gain) < 1e-9 for gain in before_costs(books)) >= 10


def _trails(bars: Bars, books: Books) -> None:
    assert "trail" in reasons(books)


def _holds_four_days(bars: Bars, books: Books) -> None:
    assert {trade.bars_held for trade in closed(books)} == {4}


def _sells_in_thirds(bars: Bars, books: Books) -> None:
    by_entry: dict[int, list] = {}
    for trade in books.trades:
        by_entry.setdefault(trade.entry_bar, []).append(trade)
    assert all(len(lots) == 3 for lots in by_entry.values())
    first = next(iter(by_entry.values()))
    assert [lot.quantity for lot in first] == pytest.approx([first[0].quantity] * 3)
    assert {"target", "stop", "trail"} <= reasons(books)


def _sells_halves(bars: Bars, books: Books) -> None:
    entries = [trade.entry_bar for trade in books.trades]
    assert len(entries) > len(set(entries))


def _pauses(bars: Bars, books: Books) -> None:
    trades = books.trades
    for before, after in itertools.pairwise(trades):
        assert after.entry_bar - before.exit_bar > 10


def _is_in_at_the_turn(bars: Bars, books: Books) -> None:
    assert len(books.trades) >= 235
    for trade in closed(books):
        assert trade.bars_held <= 5
        assert month(trade.entry_time) != month(trade.exit_time)


def _tuesday_to_friday(bars: Bars, books: Books) -> None:
    assert sum(trade.entry_time.weekday() == 1 for trade in books.trades) > 0.85 * len(books.trades)


def _winters(bars: Bars, books: Books) -> None:
    assert {month(trade.entry_time) for trade in books.trades} == {11}
    assert {month(trade.exit_time) for trade in closed(books)} == {5}


def _is_flat_over_weekends(bars: Bars, books: Books) -> None:
    days = bars.time.astype("datetime64[D]")
    long_gap = np.diff(days).astype(int) >= 3
    held = days[:-1][long_gap & (books.position[:-1] != 0)]
    # The exchange closed at short notice on Friday, 11 June 2004: nobody could have known.
    assert held.astype(str).tolist() == ["2004-06-10"]


def _follows_months(bars: Bars, books: Books) -> None:
    for trade in books.trades:
        assert bars.time[trade.entry_bar].astype("datetime64[M]") != bars.time[
            trade.entry_bar - 1
        ].astype("datetime64[M]")


def _buys_every_month(bars: Bars, books: Books) -> None:
    assert 75 <= len(books.trades) <= 101
    assert all(trade.open_at_end for trade in books.trades)
    assert books.cash[-1] < 100.0


def _four_lots(bars: Bars, books: Books) -> None:
    assert most_at_once(books) == 4


CLAIMS: dict[str, Callable[[Bars, Books], None]] = {
    "buy_and_hold": _buys_once,
    "short_breakdown": _is_short,
    "stop_and_reverse": _trades_both_sides,
    "turtle_pyramid": _four_lots,
    "partial_size": _half_in,
    "fixed_cash": _same_money,
    "percent_risk": _loses_one_percent_at_the_stop,
    "volatility_target": _is_smaller_when_wild,
    "kelly_fraction": _starts_with_a_tenth,
    "limit_entry": _pays_no_more_than_the_bid,
    "stop_entry": _buys_through_the_high,
    "stop_and_target": _stops_and_targets,
    "breakeven": _comes_out_even,
    "percentage_trailing": _trails,
    "atr_trailing": _trails,
    "chandelier": _trails,
    "moving_stop": _trails,
    "time_stop": _holds_four_days,
    "scale_out": _sells_in_thirds,
    "scale_out_by_signal": _sells_halves,
    "cool_down": _pauses,
    "turn_of_month": _is_in_at_the_turn,
    "day_of_week": _tuesday_to_friday,
    "halloween": _winters,
    "out_by_the_week_end": _is_flat_over_weekends,
    "monthly_average": _follows_months,
    "dollar_cost_averaging": _buys_every_month,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_keeps_the_contract_and_trades(name: str) -> None:
    source = (FOLDER / f"{name}.py").read_text()
    assert contract.check(source) == []
    books = books_of(name)
    assert books.trades
    assert np.isfinite(books.equity).all()


@pytest.mark.parametrize("name", CLAIMS)
def test_it_does_what_it_says(name: str) -> None:
    CLAIMS[name](index_bars(), books_of(name))


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_does_not_look_ahead(name: str) -> None:
    bars, full = index_bars(), decided(name)
    module = load((FOLDER / f"{name}.py").read_text())
    for cut in lookahead.choose_cuts(full, len(bars), 4, rng_seed=7):
        for world in (
            lookahead.truncated(bars, cut),
            lookahead.with_replaced_future(bars, cut, seed=cut),
        ):
            assert lookahead.first_difference(full, decisions_of(module, world), cut) is None
