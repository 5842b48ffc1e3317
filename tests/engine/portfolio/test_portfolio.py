"""Several symbols in one account: equal to one symbol where there is one, and no money appears."""

import numpy as np
import pytest
from hypothesis import given, settings

from engine import Decisions, EngineError, Signals, SimulationConfig, simulate, ta
from engine.portfolio import (
    Panel,
    PanelError,
    Weights,
    WeightsError,
    equal_weights,
    rotated_share,
    simulate_portfolio,
    worlds,
)
from tests.engine.markets import index_bars, scene
from tests.engine.portfolio.markets import markets

ACCOUNTS = [
    SimulationConfig(),
    SimulationConfig(commission=0.0),
    SimulationConfig(slippage=0.001, half_spread=0.0002, fixed_fee=1.0, fee_per_unit=0.01),
    SimulationConfig(minimum_fee=5.0, slippage_atr=0.05, cash_rate=0.03),
    SimulationConfig(tiers=((0, 0.002), (9_000, 0.001))),
    SimulationConfig(whole_units=True),
]


def indices() -> Panel:
    return Panel.of([index_bars("sp500"), index_bars("nasdaq")])


@pytest.mark.parametrize("account", ACCOUNTS)
def test_one_symbol_of_two_is_the_account_of_one(account: SimulationConfig) -> None:
    panel = indices()
    fast, slow = ta.sma(panel["sp500"], 20), ta.sma(panel["sp500"], 50)
    enter, leave = ta.crosses_above(fast, slow), ta.crosses_below(fast, slow)
    target = np.full((len(panel), 2), np.nan)
    target[enter], target[leave] = [1, 0], [0, 0]
    ours = simulate_portfolio(panel, Weights(target), account)
    signals = Decisions.from_signals(Signals(enter=enter, exit=leave), len(panel))
    alone = simulate(index_bars("sp500"), signals, account)
    assert ours.equity == pytest.approx(alone.equity, rel=1e-9)
    assert [(t.entry_bar, t.exit_bar, t.symbol) for t in ours.trades] == [
        (t.entry_bar, t.exit_bar, "sp500") for t in alone.trades
    ]


def test_sales_pay_for_purchases_and_costs_scale_what_is_bought() -> None:
    one = scene((10, 10, 10, 10), (10, 10, 10, 10), (20, 20, 20, 20), symbol="A")
    two = scene((10, 10, 10, 10), (10, 10, 10, 10), (10, 10, 10, 10), symbol="B")
    weights = Weights([[1, 0], [0, 1], [np.nan, np.nan]])
    books = simulate_portfolio(Panel.of([one, two]), weights, SimulationConfig(1000.0, 0.01))
    bought = 1000 / 10.1
    assert books.units[1].tolist() == pytest.approx([bought, 0])
    sold = bought * 20 * 0.99
    assert books.units[2].tolist() == pytest.approx([0, sold / 10.1])
    assert books.cash[2] == pytest.approx(0, abs=1e-9)


def test_lots_leave_first_in_first_out() -> None:
    one = scene(*[(price,) * 4 for price in (10, 10, 20, 20, 20)], symbol="A")
    two = scene(*[(10,) * 4] * 5, symbol="B")
    rows = [[0.5, 0], [0.9, 0], [0.3, 0], [np.nan] * 2, [np.nan] * 2]
    books = simulate_portfolio(Panel.of([one, two]), Weights(rows), SimulationConfig(1000.0, 0.0))
    first, second, rest = books.trades
    assert (first.entry_price, first.quantity, first.exit_bar) == (10, pytest.approx(45), 3)
    assert first.open_at_end is False and second.open_at_end and rest.open_at_end
    assert second.quantity + rest.quantity == pytest.approx(22.5)


def test_a_flip_from_long_to_short_is_one_order() -> None:
    one = scene(*[(10,) * 4] * 4, symbol="A")
    two = scene(*[(10,) * 4] * 4, symbol="B")
    rows = [[0.5, 0], [-0.5, 0], [0, 0], [np.nan] * 2]
    account = SimulationConfig(1000.0, 0.0, fixed_fee=1.0)
    books = simulate_portfolio(Panel.of([one, two]), Weights(rows), account)
    assert [trade.side for trade in books.trades] == ["long", "short"]
    assert books.costs.commission == 3.0


@settings(max_examples=200, deadline=None, derandomize=True)
@given(markets())
def test_no_money_appears(market: tuple[Panel, Weights, SimulationConfig]) -> None:
    panel, weights, account = market
    books = simulate_portfolio(panel, weights, account)
    held = (books.units * panel.close).sum(axis=1)
    size = max(1.0, float(np.abs(books.equity).max()))
    assert books.cash + held == pytest.approx(books.equity, abs=1e-9 * size)
    profit = sum(trade.pnl for trade in books.trades) + books.costs.interest
    assert profit == pytest.approx(books.equity[-1] - account.initial_cash, abs=1e-8 * size)
    assert sum(trade.costs for trade in books.trades) == pytest.approx(
        books.costs.charged, abs=1e-8 * size
    )


@settings(max_examples=100, deadline=None, derandomize=True)
@given(markets())
def test_both_travel_as_bytes_and_back(market: tuple[Panel, Weights, SimulationConfig]) -> None:
    panel, weights, _ = market
    again = Panel.from_bytes(panel.to_bytes())
    assert again.symbols == panel.symbols
    assert again.close.tobytes() == panel.close.tobytes()
    assert Panel.from_csv(panel.to_csv()).to_bytes() == panel.to_bytes()
    n, k = len(panel), len(panel.symbols)
    packed = Weights.from_bytes(weights.to_bytes(), n, k)
    assert packed.table.tobytes() == weights.checked(n, k).table.tobytes()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[0.5], [0.5]], "shape"),
        ([[0.5, np.nan], [0.5, 0.5]], "bar 0 are partly NaN"),
        ([[0.5, 0.5], [np.inf, 0]], "bar 1 hold an infinite"),
        ([[0.5, 0.5], [0.7, -0.5]], "bar 1 add up to 1.2"),
        ([["a", "b"], ["c", "d"]], "numbers"),
    ],
)
def test_wrong_weights_are_named(rows: list, said: str) -> None:
    with pytest.raises(WeightsError, match=said):
        Weights(rows).checked(2, 2)


def test_wrong_panels_are_named() -> None:
    bars = index_bars()
    with pytest.raises(PanelError, match="2 to"):
        Panel.of([bars])
    with pytest.raises(PanelError, match="twice"):
        Panel.of([bars, bars])
    other = scene((1, 1, 1, 1), symbol="X")
    with pytest.raises(PanelError, match="no day in common"):
        Panel.of([bars, other])
    with pytest.raises(PanelError, match="has no 'X'"):
        indices()["X"]


@pytest.mark.parametrize("data", [b"", b"ABWEIGHT", b"ABWEIGHT" + bytes(40), b"x" * 100])
def test_foreign_bytes_are_no_weights(data: bytes) -> None:
    with pytest.raises(WeightsError):
        Weights.from_bytes(data, 3, 2)


@pytest.mark.parametrize("data", [b"", b"ABPANEL1", b"ABPANEL1" + bytes(12), b"x" * 100])
def test_foreign_bytes_are_no_panel(data: bytes) -> None:
    with pytest.raises(PanelError):
        Panel.from_bytes(data)


def test_a_bit_more_or_less_is_refused() -> None:
    packed = equal_weights(indices()).to_bytes()
    n = len(indices())
    for wrong in (packed[:-1], packed + b"\0"):
        with pytest.raises(WeightsError):
            Weights.from_bytes(wrong, n, 2)


def test_decisions_of_one_do_not_go_with_several() -> None:
    panel, bars = indices(), index_bars()
    one = Decisions.from_signals(Signals(), len(bars))
    with pytest.raises(EngineError, match="one symbol"):
        simulate(panel, one)
    with pytest.raises(EngineError, match="several symbols"):
        simulate(bars, equal_weights(panel))


def test_days_that_one_symbol_lacks_are_counted() -> None:
    bars = index_bars("nasdaq")
    assert Panel.of([index_bars(), bars.after(10)]).dropped == 10


def test_a_peeking_weight_is_found() -> None:
    panel = indices()
    close = panel.close

    def peek(world: Panel) -> Weights:
        target = np.full(world.close.shape, np.nan)
        best = np.argmax(world.close[-1] / world.close[0])
        target[::50] = 0.0
        target[::50, best] = 1.0
        return Weights(target, world.symbols).checked(len(world), 2)

    full, found = peek(panel), []
    for cut in worlds.choose_cuts(full, len(close), 12):
        for world in (
            worlds.truncated(panel, cut),
            worlds.with_replaced_future(panel, cut, seed=cut),
        ):
            found.append(worlds.first_difference(full, peek(world), cut))
    named = [difference for difference in found if difference is not None]
    assert named and named[0].field.startswith("weight of ")


def test_timing_that_knows_the_way_beats_its_rotations() -> None:
    panel = indices()
    rises = np.append(panel.close[2:, 0] > panel.close[1:-1, 0], [False, False])
    target = np.zeros((len(panel), 2))
    target[rises, 0] = 1.0
    books = simulate_portfolio(panel, Weights(target), SimulationConfig(commission=0.0))
    share = rotated_share(books)
    assert share is not None and share < 0.01
    assert (
        rotated_share(simulate_portfolio(panel, Weights(np.full((len(panel), 2), np.nan)))) is None
    )
