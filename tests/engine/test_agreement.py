"""Two sets of decisions for the same bars: where they differ, and what each would do."""

import numpy as np

from engine import Decisions, Signals, SimulationConfig, simulate
from engine.agreement import acts, decided, differing_bars, differing_settings, same_trades
from engine.portfolio import Weights
from tests.engine.markets import flat_days


def decide(n, enter=(), leave=(), **more):
    masks = {"enter": np.zeros(n, bool), "exit": np.zeros(n, bool)}
    masks["enter"][list(enter)] = masks["exit"][list(leave)] = True
    return Decisions.from_signals(Signals(**masks, **more), n)


def test_equal_decisions_differ_nowhere():
    one, other = decide(9, [1, 4], [3, 6]), decide(9, [1, 4], [3, 6])
    assert differing_bars(one, other).tolist() == []
    assert differing_settings(one, other) == []
    assert decided(one) == 4


def test_a_day_with_another_signal_is_named_with_what_each_would_do():
    one, other = decide(9, [1], [6]), decide(9, [2], [6])
    assert differing_bars(one, other).tolist() == [1, 2]
    assert acts(one, other, 1) == ("buy", "nothing")
    assert acts(one, other, 6) == ("sell", "sell")


def test_a_stop_counts_on_the_days_that_read_it():
    one, other = decide(9, [1, 4], [6], stop_loss=0.05), decide(9, [1, 4], [6], stop_loss=0.1)
    assert differing_bars(one, other).tolist() == [1, 4]
    assert acts(one, other, 4) == ("buy (stop loss 0.05)", "buy (stop loss 0.1)")


def test_a_holding_limit_is_a_setting_of_the_whole_run():
    one, other = decide(9, [1], [6], max_bars=3), decide(9, [1], [6])
    [setting] = differing_settings(one, other)
    assert (setting.name, setting.one, setting.other) == ("max_bars", "3", "0")


def test_signals_without_effect_leave_the_trades_alone():
    bars = flat_days(*range(10, 19))
    config = SimulationConfig()
    once = simulate(bars, decide(9, [1], [6]), config)
    again = simulate(bars, decide(9, [1, 2, 3], [6]), config)
    later = simulate(bars, decide(9, [2], [6]), config)
    assert same_trades(once, again)
    assert not same_trades(once, later)


def test_weights_of_several_symbols_are_compared_row_by_row():
    table = np.full((4, 2), np.nan)
    table[1] = (0.5, 0.5)
    other = table.copy()
    other[1] = (1.0, 0.0)
    one, two = Weights(table, ("A", "B")), Weights(other, ("A", "B"))
    assert differing_bars(one, two).tolist() == [1]
    assert acts(one, two, 1) == ("hold A 0.5, B 0.5", "hold A 1")
    assert acts(one, two, 0) == ("nothing", "nothing")
