"""The kernel against the decimal simulator on thousands of made-up markets."""

import numpy as np
from hypothesis import given

from engine import Books, Decisions, simulate
from tests.engine.reference import SlowBooks, difference, simulate_slowly
from tests.engine.scenes import MANY, Scene, scenes


def quickly(scene: Scene) -> Books:
    bars = scene.bars
    return simulate(bars, Decisions.from_signals(scene.signals, len(bars)), scene.config)


def slowly(scene: Scene) -> SlowBooks:
    return simulate_slowly(scene.bars, scene.signals, scene.config)


@MANY
@given(scenes())
def test_kernel_and_decimal_simulator_keep_the_same_books(scene: Scene) -> None:
    found = difference(quickly(scene), slowly(scene))
    assert not found, found


@MANY
@given(scenes())
def test_no_trade_breaks_the_laws_of_time(scene: Scene) -> None:
    bars, signals, books = scene.bars, scene.signals, quickly(scene)
    ends = [(trade.open_at_end, trade.exit_bar) for trade in books.trades]
    assert ends == sorted(ends)
    for trade in books.trades:
        assert 1 <= trade.entry_bar <= trade.exit_bar < len(bars)
        asked = np.asarray(signals.enter if trade.side == "long" else signals.enter_short)
        last = signals.entry_expiry or len(bars)
        assert asked[max(0, trade.entry_bar - last) : trade.entry_bar].any(), "nobody asked for it"
        if scene.config.slippage == scene.config.slippage_atr == 0:
            for bar, price in (
                (trade.entry_bar, trade.entry_price),
                (trade.exit_bar, trade.exit_price),
            ):
                assert bars.low[bar] * (1 - 1e-12) <= price <= bars.high[bar] * (1 + 1e-12)


@MANY
@given(scenes())
def test_the_books_up_to_a_bar_do_not_know_the_bars_after_it(scene: Scene) -> None:
    cut = len(scene.bars) // 2 + 1
    signals = scene.signals
    columns = {
        name: value[:cut] if isinstance(value, np.ndarray) else value
        for name, value in vars(signals).items()
    }
    whole = quickly(scene)
    head = quickly(Scene(scene.bars.head(cut), type(signals)(**columns), scene.config, scene.exact))
    assert np.array_equal(whole.equity[:cut], head.equity)
    assert np.array_equal(whole.position[:cut], head.position)
    assert np.array_equal(whole.cash[:cut], head.cash)
