"""Two hundred worthless strategies, each the best of 36 on its own random walk, are called luck."""

import numpy as np

from tests.engine.noise import random_walk, tuned

MARKETS = 200


def test_tuned_noise_is_called_luck() -> None:
    found = [tuned(random_walk(seed), seed % 3) for seed in range(MARKETS)]
    assert {one.tried for one in found} == {36}
    # They do look good: this is what a page without the correction would show.
    assert np.mean([one.sharpe_ratio for one in found]) > 0.4
    likely = sum(one.level == "likely" for one in found)
    assert likely <= 0.05 * MARKETS, likely


def test_a_rising_market_makes_no_timing() -> None:
    found = [tuned(random_walk(seed, drift=0.0004), seed % 3) for seed in range(60)]
    assert sum(one.level == "likely" for one in found) <= 3


def test_a_market_that_turns_back_is_recognised() -> None:
    found = [tuned(random_walk(seed, memory=-0.45), 1) for seed in range(20)]
    assert sum(one.level == "likely" for one in found) >= 16
