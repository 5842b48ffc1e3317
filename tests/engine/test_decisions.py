"""Decisions travel as bytes from code nobody trusts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Decisions, DecisionsError, Signals
from tests.engine.markets import mask


def sample(n: int = 6) -> Decisions:
    return Decisions.from_signals(
        Signals(
            enter=mask(n, 1),
            exit=mask(n, 3),
            stop_loss=0.05,
            trailing_distance=np.linspace(1, 2, n),
            stop_distance=np.where(mask(n, 2), np.nan, 1.0),
            max_bars=7,
            reverse=True,
        ),
        n,
    )


@pytest.mark.parametrize("n", [1, 2, 6])
def test_what_goes_in_comes_out(n: int) -> None:
    signals = Signals(enter=mask(n, 0), stop_loss=0.05, size=np.full(n, 0.5), max_bars=3)
    before = Decisions.from_signals(signals, n)
    after = Decisions.from_bytes(before.to_bytes(), bars=n)
    assert after.to_bytes() == before.to_bytes()
    assert after.flags.tolist() == before.flags.tolist()
    assert (after.max_bars, after.reverse, after.trail_intrabar) == (3, False, False)
    for name in ("stop_loss", "size", "take_profit"):
        assert np.array_equal(after.level(name), before.level(name), equal_nan=True)


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


@pytest.mark.parametrize("bad", [-0.5, 0.0, float("inf"), 2.0])
def test_levels_out_of_range_are_refused_on_the_host_too(bad: float) -> None:
    forged = Decisions(np.zeros(3, np.uint8), {"stop_loss": np.array([bad])})
    with pytest.raises(DecisionsError, match="stop_loss"):
        Decisions.from_bytes(forged.to_bytes(), bars=3)
