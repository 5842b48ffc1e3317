"""The kernel against the decimal simulator on thousands of made-up markets.

ENGINE_EXAMPLES sets how many; the default keeps the suite quick.
"""

import os
from decimal import Decimal

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Bars, Decisions, Signals, SimulationConfig, simulate
from tests.engine.reference_simulator import SlowBooks, simulate_slowly

EXAMPLES = int(os.environ.get("ENGINE_EXAMPLES", "150"))
MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="ENGINE_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)


# Whole prices and levels in eighths meet exactly, in floats as in decimals: stops touched to the
# cent, targets opened on, both in one bar. Odd fractions come from the second kind of market.
@st.composite
def markets(draw: st.DrawFn) -> Bars:
    n = draw(st.integers(2, 24))
    whole = draw(st.booleans())
    price = draw(st.integers(40, 120))
    rows = []
    for _ in range(n):
        gap = draw(st.sampled_from([0, 0, 0, -1, 1, 2, -3, 8, -8]))
        move = draw(st.sampled_from([0, 0, 1, -1, 2, -2, 5, -5]))
        up, down = draw(st.integers(0, 6)), draw(st.integers(0, 6))
        opened = max(8, price + gap)
        close = max(8, opened + move)
        rows.append((opened, max(opened, close) + up, max(1, min(opened, close) - down), close))
        price = close
    table = np.array(rows, float)
    if not whole:
        table *= draw(st.floats(0.01, 50.0))
    time = np.datetime64("2024-01-01T00:00:00", "s") + np.arange(n) * np.timedelta64(86_400, "s")
    return Bars.from_columns(time, *table.T, symbol="MADE")


def masks(n: int) -> st.SearchStrategy[np.ndarray]:
    rare = st.sampled_from([False, False, True])
    return st.lists(rare, min_size=n, max_size=n).map(np.array)


def levels(n: int, values: list[float]) -> st.SearchStrategy[object]:
    nan = float("nan")
    one = st.sampled_from([*values, nan])
    return st.one_of(
        st.none(),
        st.sampled_from(values),
        st.lists(one, min_size=n, max_size=n).map(lambda found: np.array(found, float)),
    )


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Bars, Signals, SimulationConfig]:
    bars = draw(markets())
    n = len(bars)
    quarter = float(bars.close[0]) / 32
    signals = Signals(
        enter=draw(masks(n)),
        exit=draw(masks(n)),
        enter_short=draw(st.none() | masks(n)),
        exit_short=draw(st.none() | masks(n)),
        stop_loss=draw(levels(n, [0.03125, 0.125, 0.05])),
        take_profit=draw(levels(n, [0.0625, 0.25, 0.03])),
        stop_distance=draw(levels(n, [0.0, quarter, 4 * quarter])),
        target_distance=draw(levels(n, [quarter, 6 * quarter])),
        stop_level=draw(st.none() | levels(n, [30 * quarter, 34 * quarter])),
        target_level=draw(st.none() | levels(n, [33 * quarter, 40 * quarter])),
        target_multiple=draw(st.none() | levels(n, [0.5, 2.0])),
        trailing_stop=draw(levels(n, [0.0625, 0.125])),
        trailing_distance=draw(levels(n, [quarter, 3 * quarter])),
        max_bars=draw(st.none() | st.integers(1, 6)),
        reverse=draw(st.booleans()),
        size=draw(st.sampled_from([1.0, 1.0, 0.5, 0.125])),
        trail_intrabar=draw(st.booleans()),
    )
    commission = draw(st.sampled_from([0.0, 0.0005, 0.01]))
    slippage = draw(st.sampled_from([0.0, 0.0, 0.0009765625, 0.0625]))
    return bars, signals, SimulationConfig(10_000.0, commission, slippage)


def on_an_edge(bars: Bars, signals: Signals, config: SimulationConfig) -> bool:
    """Does a level lie on a price so closely that float rounding may decide the trade?

    Then neither simulator is wrong: nudging the levels by a few last digits changes the outcome.
    """
    shapes = set()
    for nudge in (-4e-15, 0.0, 4e-15):
        table = bars.to_matrix()
        table[:, 1:5] *= 1 + nudge * np.array([1, -1, 1, -1])
        table[:, 2] = table[:, 1:5].max(axis=1)
        table[:, 3] = table[:, 1:5].min(axis=1)
        slow = slowly(Bars.from_matrix(table), signals, config)
        shapes.add(tuple((t.entry_bar, t.exit_bar, t.exit_reason) for t in slow.trades))
    return len(shapes) > 1


def slowly(bars: Bars, signals: Signals, config: SimulationConfig) -> SlowBooks:
    return simulate_slowly(bars, signals, config.initial_cash, config.commission, config.slippage)


def close_to(ours: float, exact: Decimal, scale: float = 1.0) -> bool:
    return abs(ours - float(exact)) <= 1e-9 * max(scale, abs(float(exact)))


@MANY
@given(scenes())
def test_kernel_and_decimal_simulator_keep_the_same_books(
    scene: tuple[Bars, Signals, SimulationConfig],
) -> None:
    bars, signals, config = scene
    slow = slowly(bars, signals, config)
    books = simulate(bars, Decisions.from_signals(signals, len(bars)), config)
    ours = [(t.entry_bar, t.exit_bar, t.side, t.exit_reason) for t in books.trades]
    theirs = [
        (t.entry_bar, t.exit_bar, "long" if t.side > 0 else "short", t.exit_reason)
        for t in slow.trades
    ]
    if ours != theirs and on_an_edge(bars, signals, config):
        return
    assert ours == theirs
    for fast, exact in zip(books.trades, slow.trades, strict=True):
        assert close_to(fast.entry_price, exact.entry_price)
        assert close_to(fast.exit_price, exact.exit_price)
        assert close_to(fast.quantity, exact.quantity)
        assert close_to(fast.pnl, exact.pnl, 1e4)
    assert all(close_to(a, b, 1e4) for a, b in zip(books.equity, slow.equity, strict=True))


@MANY
@given(scenes())
def test_money_is_neither_made_nor_lost_in_the_books(
    scene: tuple[Bars, Signals, SimulationConfig],
) -> None:
    bars, signals, config = scene
    books = simulate(bars, Decisions.from_signals(signals, len(bars)), config)
    gained = books.equity[-1] - config.initial_cash
    assert abs(sum(trade.pnl for trade in books.trades) - gained) < 1e-6 * config.initial_cash
    assert np.allclose(books.equity, books.cash + books.position * bars.close, rtol=1e-12)
    assert abs(sum(trade.costs for trade in books.trades) - books.costs.charged) < 1e-6
    # Between fills only the price moves the account.
    still = np.flatnonzero(books.position[1:] == books.position[:-1]) + 1
    untouched = [t for t in still if not any(t in (x.entry_bar, x.exit_bar) for x in books.trades)]
    for t in untouched:
        drift = books.position[t] * (bars.close[t] - bars.close[t - 1])
        assert abs(books.equity[t] - books.equity[t - 1] - drift) < 1e-6


@MANY
@given(scenes())
def test_no_trade_breaks_the_laws_of_time(scene: tuple[Bars, Signals, SimulationConfig]) -> None:
    bars, signals, config = scene
    books = simulate(bars, Decisions.from_signals(signals, len(bars)), config)
    before = 0
    for trade in books.trades:
        assert 1 <= trade.entry_bar <= trade.exit_bar < len(bars)
        assert trade.entry_bar >= before, "two positions at once"
        before = trade.exit_bar
        side = 1 if trade.side == "long" else -1
        asked = signals.enter if side > 0 else signals.enter_short
        assert asked is not None and asked[trade.entry_bar - 1], "an entry nobody asked for"
        at_the_open = bars.open[trade.entry_bar] * (1 + side * config.slippage)
        assert trade.entry_price == at_the_open
        if config.slippage == 0:
            low, high = bars.low[trade.exit_bar], bars.high[trade.exit_bar]
            assert low * (1 - 1e-12) <= trade.exit_price <= high * (1 + 1e-12)


@MANY
@given(scenes(), st.integers(1, 23))
def test_the_books_up_to_a_bar_do_not_know_the_bars_after_it(
    scene: tuple[Bars, Signals, SimulationConfig], cut: int
) -> None:
    bars, signals, config = scene
    cut = min(cut, len(bars))
    full = Decisions.from_signals(signals, len(bars))
    part = Decisions(
        full.flags[:cut],
        {name: column[:cut] if len(column) > 1 else column for name, column in full.levels.items()},
        full.max_bars,
        full.reverse,
        full.trail_intrabar,
    )
    whole, head = simulate(bars, full, config), simulate(bars.head(cut), part, config)
    assert np.array_equal(whole.equity[:cut], head.equity)
    assert np.array_equal(whole.position[:cut], head.position)
