"""Decisions travel as bytes from code nobody trusts."""

import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Decisions, DecisionsError, EngineError, Leg, Signals, SignalsError, simulate
from engine.decisions import LEVELS, SETTINGS, unpack_many
from engine.packing import pack_many
from tests.engine.everything import random_case
from tests.engine.markets import flat_days, mask


def sample(n: int = 6) -> Decisions:
    return Decisions.from_signals(
        Signals(
            enter=mask(n, 1),
            exit=mask(n, 3),
            stop_loss=0.05,
            trailing_distance=np.linspace(1, 2, n),
            stop_distance=np.where(mask(n, 2), np.nan, 1.0),
            target_distance=np.where(mask(n, 1), 2.0, np.nan),
            legs=[Leg(0.5, take_profit=0.1), Leg(0.25, target_distance=2.0)],
            max_bars=7,
            reverse=True,
            entry_expiry=3,
            trail_from="high",
        ),
        n,
    )


def same(one: Decisions, other: Decisions) -> bool:
    return (
        one.flags.tolist() == other.flags.tolist()
        and all(getattr(one, name) == getattr(other, name) for name in SETTINGS)
        and all(np.array_equal(one.level(k), other.level(k), equal_nan=True) for k in LEVELS)
    )


@pytest.mark.parametrize("n", [4, 6, 500])
def test_what_goes_in_comes_out(n: int) -> None:
    assert same(Decisions.from_bytes(sample(n).to_bytes(), bars=n), sample(n))


def test_every_kind_of_decision_comes_out_as_it_went_in() -> None:
    for seed in range(200):
        before = random_case(seed)[1]
        after = Decisions.from_bytes(before.to_bytes(), bars=len(before))
        assert same(before, after) and after.to_bytes() == before.to_bytes()


def test_rare_signals_take_little_room() -> None:
    n = 100_000
    signals = Signals(
        enter=mask(n, 5), exit=mask(n, 9), stop_level=np.where(mask(n, 5), 3.0, np.nan)
    )
    assert len(Decisions.from_signals(signals, n).to_bytes()) < 100


def test_decisions_for_another_number_of_bars_are_refused() -> None:
    with pytest.raises(DecisionsError, match="for 6 bars, the data have 7"):
        Decisions.from_bytes(sample().to_bytes(), bars=7)


def test_every_truncation_is_refused() -> None:
    data = sample().to_bytes()
    for length in range(len(data)):
        with pytest.raises(DecisionsError):
            Decisions.from_bytes(data[:length], bars=6)
    with pytest.raises(DecisionsError, match="1 bytes follow"):
        Decisions.from_bytes(data + b"x", bars=6)


def test_no_changed_byte_is_read_as_something_else_than_it_says() -> None:
    data = sample().to_bytes()
    for at in range(len(data)):
        for value in (0, 1, 0x7F, 0xFF):
            changed = bytearray(data)
            changed[at] = value
            try:
                found = Decisions.from_bytes(bytes(changed), bars=6)
            except DecisionsError:
                continue
            assert found.to_bytes() == bytes(changed)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 50))
def test_random_bytes_raise_nothing_but_our_error(noise: bytes, at: int) -> None:
    data = bytearray(sample().to_bytes())
    data[at : at + len(noise)] = noise
    for candidate in (noise, bytes(data)):
        try:
            found = Decisions.from_bytes(candidate, bars=6)
        except DecisionsError:
            continue
        assert len(found) == 6 and found.flags.max() <= 15
        simulate(flat_days(*[10.0] * 6), found)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        *(("stop_loss", value) for value in (-0.5, 0.0, float("inf"), 2.0)),
        ("entry_limit", 0.0),
        ("exit_size", 1.5),
        ("breakeven", -0.1),
        ("trailing_level", -1.0),
        ("size", 0.0),
    ],
)
def test_levels_out_of_range_are_refused_on_the_host_too(name: str, bad: float) -> None:
    forged = Decisions(np.zeros(3, np.uint8), {name: np.array([bad])})
    with pytest.raises(DecisionsError, match=name):
        Decisions.from_bytes(forged.to_bytes(), bars=3)


@pytest.mark.parametrize(
    "forged",
    [
        {"max_entries": 0},
        {"max_entries": 1_001},
        {"entry_expiry": 2_000_000},
        {"cooldown": 2_000_000},
        {"levels": {"size": np.full(3, np.nan)}},
        {"levels": {"size": np.array([1.5])}},
        {"levels": {"size": np.array([1.5])}, "sizing": "risk"},
    ],
)
def test_settings_out_of_range_are_refused_on_the_host_too(forged: dict[str, object]) -> None:
    base = Decisions(np.array([1, 2, 3], np.uint8))
    with pytest.raises(DecisionsError):
        Decisions.from_bytes(replace(base, **forged).to_bytes(), bars=3)  # type: ignore[arg-type]


def test_a_size_may_be_missing_where_nothing_is_entered() -> None:
    size = np.array([np.nan, 0.5, np.nan])
    found = Decisions.from_signals(Signals(enter=mask(3, 1), size=size), 3)
    assert same(Decisions.from_bytes(found.to_bytes(), 3), found)
    with pytest.raises(SignalsError, match="it is NaN on bar 2"):
        Decisions.from_signals(Signals(enter=mask(3, 2), size=size), 3)


def test_a_sweep_packs_decisions_that_trade_alike() -> None:
    bars, first, config = random_case(7)
    several = [first, first.delayed(2), first.without_entries([(0, 9)]), first.thinned()]
    data = pack_many(several)
    found = unpack_many(data, len(bars))
    assert len(found) == len(several)
    for before, after in zip(several, found, strict=True):
        table = simulate(bars, before, config).trade_table
        assert np.array_equal(simulate(bars, after, config).trade_table, table)
    assert unpack_many(pack_many([]), len(bars)) == []
    for length in range(0, len(data), 7):
        with pytest.raises(DecisionsError):
            unpack_many(data[:length], len(bars))
    with pytest.raises(DecisionsError, match="not the decisions of a sweep"):
        unpack_many(data, len(bars) + 1)
    with pytest.raises(DecisionsError, match="cut short"):
        unpack_many(struct.pack("<8sHII", b"ABDECMNY", 2, 6, 90_000), 6)


def test_a_delay_moves_every_decision_and_its_levels() -> None:
    later = sample().delayed(2)
    assert later.flags.tolist() == [0, 0, *sample().flags[:4].tolist()]
    assert later.level("target_distance")[3] == 2.0
    assert later.level("stop_loss").tolist() == [0.05] * 6
    assert not sample().delayed(99).flags.any()
    with pytest.raises(EngineError, match="0 bars or more"):
        sample().delayed(-1)


def test_windows_without_entries_keep_the_exits() -> None:
    flags = np.array([3, 1, 4, 8, 5, 1], np.uint8)
    cut = Decisions(flags).without_entries([(0, 1), (4, 4)])
    assert cut.flags.tolist() == [2, 0, 4, 8, 0, 1]


def test_a_later_start_cuts_bars_and_decisions_alike() -> None:
    bars, decisions, config = random_case(4)
    begun = decisions.after(20)
    assert len(begun) == len(bars.after(20)) == len(bars) - 20
    assert begun.level("size").tolist() == decisions.level("size")[20:].tolist()
    simulate(bars.after(20), begun, config)
    for bad in (-1, len(bars)):
        with pytest.raises(EngineError, match="is not one of"):
            decisions.after(bad)
        with pytest.raises(EngineError, match="is not one of"):
            bars.after(bad)
