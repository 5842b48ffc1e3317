"""A completed run of Alice's to sweep, on real data in the real sandbox."""

from datetime import date
from typing import Any

import pytest

SCRIPT = '''"""Hold above the average, if it rises."""

import numpy as np

from engine import Signals, run, ta

PARAMS = {"days": 50, "lag": 1, "mode": "calm"}
RANGES = {"days": (10, 60, 10), "lag": [1, 5, 10]}


def signals(bars, days, lag, mode):
    if days == 13:
        raise ValueError("thirteen is unlucky")
    if mode == "slow":
        sum(range(10_000_000))
    average = ta.sma(bars.close, days)
    before = np.roll(average, lag)
    before[: max(0, lag)] = np.nan
    noise = np.random.default_rng().random(len(bars)) if mode == "random" else 1.0
    rising = np.sign(lag) * (average - before) > 0
    enter = (bars.close > average) & rising & (noise > 0.5)
    return Signals(enter=enter, exit=bars.close < average)


if __name__ == "__main__":
    run(signals, PARAMS)
'''


# Every seed is another strategy that knows nothing: the best of them is the luckiest.
NOISE = '''"""Buy and sell by the throw of dice."""

import numpy as np

from engine import Signals, run

PARAMS = {"seed": 1}
RANGES = {"seed": (1, 60, 1)}


def signals(bars, seed):
    dice = np.random.default_rng(seed).random(len(bars))
    return Signals(enter=dice < 0.05, exit=dice > 0.95, enter_short=dice > 0.95, reverse=True)


if __name__ == "__main__":
    run(signals, PARAMS)
'''


@pytest.fixture
def data(transactional_db: None) -> None:
    """Import the bundled datasets."""
    from market import services

    services.import_bundled()


@pytest.fixture
def run(data: None, alice: Any, settings: Any) -> Any:
    """Return a completed run of a script with three parameters."""
    settings.LOOK_AHEAD_CUTS = 4  # the gate is tested elsewhere; here it only has to be passed
    return completed(alice, SCRIPT)


def completed(owner: Any, script: str, **options: Any) -> Any:
    """Return a completed run of a script of one's own."""
    from accounts.access import Owner
    from backtests import pipeline, services

    found = services.start_backtest(
        owner=Owner(user=owner),
        idea="",
        own_script=script,
        symbol="SPX",
        start=date(2008, 1, 1),
        enqueue=False,
        **options,
    )
    found = pipeline.run_to_end(found)
    assert found.status == "completed", (found.failure_message, found.refusal)
    return found


@pytest.fixture
def start(run: Any, alice: Any) -> Any:
    """Return a function that makes a sweep nobody works on yet."""
    from accounts.access import Owner
    from sweeps import services

    def start(**options: Any) -> Any:
        options.setdefault("enqueue", False)
        return services.start_sweep(owner=Owner(user=alice), run=run, **options)

    return start
