"""Random markets, signals and accounts that use every rule at once, for tests of invariants."""

from typing import Any

import numpy as np

from engine import Bars, Decisions, Leg, Signals, SimulationConfig


def random_bars(rng: np.random.Generator, n: int) -> Bars:
    """Days with gaps, flat bars and jumps; prices in eighths meet levels exactly."""
    steps = rng.choice([0.0, 0.0, 0.25, -0.25, 0.5, -0.5, 1.0, -1.0, 4.0, -4.0], n)
    close = np.maximum(8.0, 50.0 + np.cumsum(steps))
    opened = np.maximum(8.0, np.r_[50.0, close[:-1]] + rng.choice([0, 0, 0, 1, -1, 3, -3], n))
    high = np.maximum(opened, close) + rng.choice([0.0, 0.5, 1.0, 3.0], n)
    low = np.maximum(0.5, np.minimum(opened, close) - rng.choice([0.0, 0.5, 1.0, 3.0], n))
    days = np.cumsum(rng.choice([1, 1, 1, 3], n)) * np.timedelta64(86_400, "s")
    time = np.datetime64("2020-01-01T00:00:00", "s") + days
    return Bars.from_columns(time, opened, high, low, close, symbol="MADE")


def random_signals(rng: np.random.Generator, bars: Bars) -> Signals:
    """Signals with any combination of what an order can say."""
    n = len(bars)

    def maybe(values: Any, share: float = 0.3) -> Any:
        if rng.random() > share:
            return None
        if rng.random() < 0.3:
            return float(rng.choice(values))
        column = rng.choice(np.asarray(values, float), n)
        column[rng.random(n) < 0.3] = np.nan
        return column

    def near(side: float) -> Any:
        return None if rng.random() > 0.3 else np.maximum(0.5, bars.close - side)

    sizing = str(rng.choice(["equity", "equity", "cash", "units", "risk"]))
    sizes = {"equity": [1.0, 0.5, 0.25], "cash": [2_000.0, 500.0], "units": [10.0, 2.5],
             "risk": [0.02, 0.1]}  # fmt: skip
    shares = rng.permutation([0.5, 0.25, 0.25])[: rng.integers(0, 4)]
    kinds = ("take_profit", "target_multiple", "target_distance")
    legs = [Leg(float(s), **{str(rng.choice(kinds)): 0.05 + rng.random()}) for s in shares]
    needs = any(leg.target_distance is not None for leg in legs)
    often = rng.choice([0.05, 0.3])
    return Signals(
        enter=rng.random(n) < often,
        exit=rng.random(n) < often / 2,
        enter_short=rng.random(n) < often if rng.random() < 0.6 else None,
        exit_short=rng.random(n) < often / 2,
        stop_loss=0.05 if sizing == "risk" else maybe([0.02, 0.05, 0.1]),
        take_profit=maybe([0.02, 0.05, 0.1]),
        stop_distance=maybe([1.0, 2.0, 4.0]),
        target_distance=rng.choice([1.0, 3.0], n) if needs else maybe([1.0, 2.0, 4.0]),
        stop_level=near(2.0) if rng.random() < 0.2 else None,
        target_level=near(-2.0) if rng.random() < 0.2 else None,
        target_multiple=maybe([1.0, 2.0]),
        trailing_stop=maybe([0.02, 0.05]),
        trailing_distance=maybe([1.0, 2.0]),
        trailing_level=near(3.0) if rng.random() < 0.3 else None,
        trail_intrabar=bool(rng.random() < 0.4),
        trail_from="high" if rng.random() < 0.5 else "close",
        breakeven=maybe([0.01, 0.03]),
        breakeven_multiple=maybe([0.5, 1.0]),
        max_bars=int(rng.integers(1, 8)) if rng.random() < 0.3 else None,
        reverse=bool(rng.random() < 0.4),
        entry_limit=near(float(rng.choice([0.5, -0.5, 1.0]))),
        entry_stop=near(float(rng.choice([0.5, -0.5, -1.0]))),
        entry_expiry=int(rng.choice([0, 1, 3])),
        sizing=sizing,  # type: ignore[arg-type]
        size=rng.choice(sizes[sizing], n),
        max_entries=int(rng.choice([1, 1, 2, 4])),
        legs=legs,
        breakeven_after_target=bool(rng.random() < 0.5),
        exit_size=rng.choice([1.0, 0.5, 0.3], n) if rng.random() < 0.4 else None,
        cooldown=int(rng.choice([0, 0, 2, 5])),
    )


def random_account(rng: np.random.Generator) -> SimulationConfig:
    """An account with any combination of costs."""

    def maybe(value: float) -> float:
        return value if rng.random() < 0.3 else 0.0

    return SimulationConfig(
        initial_cash=10_000.0,
        commission=float(rng.choice([0.0, 0.001])),
        slippage=maybe(0.0005),
        half_spread=maybe(0.0002),
        fee_per_unit=maybe(0.005),
        fixed_fee=maybe(1.0),
        minimum_fee=maybe(5.0),
        tiers=((0, 0.002), (1_000, 0.001), (5_000, 0.0005)) if rng.random() < 0.3 else (),
        slippage_atr=maybe(0.05),
        borrow_rate=maybe(0.05),
        cash_rate=maybe(0.03),
        whole_units=bool(rng.random() < 0.3),
    )


def random_case(seed: int) -> tuple[Bars, Decisions, SimulationConfig]:
    rng = np.random.default_rng(seed)
    bars = random_bars(rng, int(rng.integers(2, 120)))
    return bars, Decisions.from_signals(random_signals(rng, bars), len(bars)), random_account(rng)
