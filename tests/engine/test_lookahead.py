"""The look-ahead gate finds what peeks, and lets through what does not."""

import numpy as np
import pytest

from engine import Bars, Decisions, EngineError, Signals, harness, lookahead
from engine.lookahead import Difference, choose_cuts, first_difference
from tests.engine import scripts
from tests.engine.markets import flat_days, index_bars, mask

BARS = index_bars().head(400)


def decide(source: str, bars: Bars) -> Decisions:
    return harness.decisions_of(harness.load(source), bars)


def peeks(source: str, *, removed: bool) -> Difference | None:
    full = decide(source, BARS)
    for t in choose_cuts(full, len(BARS), 12):
        world = lookahead.truncated(BARS, t)
        if not removed:
            world = lookahead.with_replaced_future(BARS, t, seed=t)
        difference = first_difference(full, decide(source, world), t)
        if difference is not None:
            assert difference.bar <= t
            return difference
    return None


@pytest.mark.parametrize("removed", [True, False])
@pytest.mark.parametrize("source", [scripts.SMA_CROSS, scripts.SMA_CROSS_WALKING])
def test_honest_scripts_pass(source: str, removed: bool) -> None:
    assert peeks(source, removed=removed) is None


@pytest.mark.parametrize(
    ("source", "removed", "fields"),
    [
        (scripts.PEEKING, True, {"enter", "exit"}),
        (scripts.PEEKING, False, {"enter", "exit"}),
        (scripts.PEEKING_AT_THE_WHOLE, True, {"enter", "exit"}),
        (scripts.PEEKING_AT_THE_WHOLE, False, {"enter", "exit"}),
        (scripts.PEEKING_IN_STOPS, False, {"stop_distance"}),
        # What only counts bars is the same in a replaced world: hence both questions.
        (scripts.COUNTING_FROM_THE_END, True, {"enter"}),
    ],
)
def test_peeking_scripts_are_caught_with_the_bar_and_the_value(
    source: str, removed: bool, fields: set[str]
) -> None:
    found = peeks(source, removed=removed)
    assert found is not None and found.field in fields
    assert found.full != found.partial


def test_a_replaced_future_is_a_valid_market_with_the_same_past() -> None:
    for t in (0, 1, 150, len(BARS) - 2, len(BARS) - 1):
        world = lookahead.with_replaced_future(BARS, t, seed=7)
        Bars.from_matrix(world.to_matrix())  # raises for anything that is no market
        assert world.to_matrix()[: t + 1].tobytes() == BARS.to_matrix()[: t + 1].tobytes()
        if t < len(BARS) - 1:
            assert not np.isclose(world.close[t + 1 :], BARS.close[t + 1 :]).any()
        again = lookahead.with_replaced_future(BARS, t, seed=7)
        assert again.to_matrix().tobytes() == world.to_matrix().tobytes()


def test_a_close_only_series_stays_one() -> None:
    bars = Bars.from_columns(BARS.time, close=BARS.close)
    world = lookahead.with_replaced_future(bars, 100, seed=1)
    assert not world.has_range
    assert np.array_equal(world.high, world.close) and np.array_equal(world.open, world.close)


def test_half_of_the_cuts_lie_at_decisions() -> None:
    decisions = decide(scripts.SMA_CROSS, BARS)
    cuts = choose_cuts(decisions, len(BARS), 8, rng_seed=3)
    turning = set(np.flatnonzero(np.diff(decisions.flags.astype(int), prepend=0)).tolist())
    assert len(cuts) == 8 and cuts == sorted(set(cuts))
    assert len(turning & set(cuts)) >= 4
    assert max(cuts) < len(BARS) - 1
    assert choose_cuts(decisions, len(BARS), 8, rng_seed=3) == cuts


def test_cuts_need_a_future_to_change() -> None:
    nothing = Decisions.from_signals(Signals(), 1)
    assert choose_cuts(nothing, 1, 5) == []
    assert choose_cuts(Decisions.from_signals(Signals(), 3), 3, 50) == [0, 1]


def test_stops_count_where_they_are_decisions_only() -> None:
    stops = np.array([0.1, 0.1, 0.1, 0.1])
    other = np.array([0.1, 0.2, 0.1, 0.1])
    at_entry = mask(4, 1)
    for enter, expected in ((at_entry, Difference(1, "stop_loss", 0.1, 0.2)), (mask(4, 2), None)):
        full = Decisions.from_signals(Signals(enter=enter, stop_loss=stops), 4)
        partial = Decisions.from_signals(Signals(enter=enter, stop_loss=other), 4)
        assert first_difference(full, partial, 3) == expected


def test_a_changed_setting_is_a_changed_decision() -> None:
    full = Decisions.from_signals(Signals(max_bars=5), 4)
    partial = Decisions.from_signals(Signals(max_bars=6), 4)
    assert first_difference(full, partial, 3) == Difference(0, "max_bars", 5, 6)


def test_cuts_outside_the_bars_are_refused() -> None:
    bars = flat_days(1, 2, 3)
    for t in (-1, 3):
        with pytest.raises(EngineError, match="not one of the 3 bars"):
            lookahead.truncated(bars, t)
    short = Decisions.from_signals(Signals(), 2)
    with pytest.raises(EngineError, match="no decisions for bar 2"):
        first_difference(Decisions.from_signals(Signals(), 3), short, 2)
