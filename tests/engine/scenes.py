"""Made-up markets, decisions and accounts for hypothesis, with every field of the engine.

Half of the markets lie on a grid: whole prices times a power of two, levels and fractions in binary
eighths. Floats hold them exactly, so stops touched to the cent, targets opened on and both in one
bar are no matter of rounding. The other half has odd prices and odd levels that meet nowhere, so
there, too, rounding never decides a trade. ENGINE_EXAMPLES says how many are tried; the default
keeps the suite quick.
"""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from engine import Bars, Leg, Signals, SimulationConfig

MANY = settings(
    max_examples=int(os.environ.get("ENGINE_EXAMPLES", "150")),
    deadline=None,
    derandomize="ENGINE_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NAN = float("nan")
ODD = 1.0371
GAPS = (0, 0, 0, 0, -1, 1, 2, -3, 8, -8, "half", "double")
MOVES = (0, 0, 0, 1, -1, 2, -2, 5, -5, 12)
REACHES = (0, 0, 1, 2, 6)
STEPS = (86_400, 86_400, 86_400, 259_200, 3_600, 864_000)
FLAGS = (0, 0, 0, 0, 0, 1, 1, 1, 4, 2, 8, 5, 3, 10, 15)


@dataclass
class Scene:
    """One made-up run; `exact` says that floats hold every price and level of it."""

    bars: Bars
    signals: Signals
    config: SimulationConfig
    exact: bool


def chosen(draw: st.DrawFn, values: Any, n: int) -> list[Any]:
    return draw(st.lists(st.sampled_from(values), min_size=n, max_size=n))


def sometimes(draw: st.DrawFn, odds: int = 3) -> bool:
    return draw(st.sampled_from([True] + [False] * (odds - 1)))


@st.composite
def markets(draw: st.DrawFn, exact: bool) -> tuple[Bars, float]:
    """Bars, and the money that one step of the grid is."""
    n = draw(st.one_of(st.integers(2, 24), st.integers(2, 80)))
    gaps, moves = chosen(draw, GAPS, n), chosen(draw, MOVES, n)
    ups, downs = chosen(draw, REACHES, n), chosen(draw, REACHES, n)
    still = draw(st.integers(0, n)) if sometimes(draw, 4) else 0
    price = draw(st.integers(40, 120))
    rows = []
    for t, (gap, move, up, down) in enumerate(zip(gaps, moves, ups, downs, strict=True)):
        if t < still:
            rows.append((price,) * 4)
            continue
        jump = {"half": -(price // 2), "double": price}.get(gap, gap)
        opened = min(max(8, price + jump), 100_000)
        close = max(8, opened + move)
        rows.append((opened, max(opened, close) + up, max(1, min(opened, close) - down), close))
        price = close
    unit = 2.0 ** draw(st.sampled_from([0, 0, 0, -26, -8, 6, 23]))
    if not exact:
        unit *= draw(st.floats(0.5, 2.0))
    seconds = np.cumsum(chosen(draw, STEPS, n)).astype("timedelta64[s]")
    volume = chosen(draw, (0.0, 1.0, 1e9), n)
    time = np.datetime64("2024-01-01T00:00:00", "s") + seconds
    return Bars.from_columns(time, *(np.array(rows, float) * unit).T, volume, symbol="MADE"), unit


def column(draw: st.DrawFn, n: int, values: list[float], odds: int = 3) -> Any:
    """No column, a constant, or a value (or none) on every bar."""
    if not sometimes(draw, odds):
        return None
    if draw(st.booleans()):
        return draw(st.sampled_from(values))
    return np.array(chosen(draw, [*values, NAN], n), float)


def near(draw: st.DrawFn, bars: Bars, unit: float, offsets: list[int], odds: int) -> Any:
    """Absolute prices around the closes; none on some bars."""
    if not sometimes(draw, odds):
        return None
    steps = np.array(chosen(draw, [*offsets, NAN], len(bars)), float)
    return np.maximum(bars.close + steps * unit, unit)


def masks(draw: st.DrawFn, n: int) -> dict[str, Any]:
    flags = np.array(chosen(draw, FLAGS, n))
    names = ("enter", "exit", "enter_short", "exit_short")
    return {name: flags & (1 << bit) > 0 for bit, name in enumerate(names)}


def protection(draw: st.DrawFn, bars: Bars, unit: float, odd: float) -> dict[str, Any]:
    """Stops and targets; every kind has its own power of the odd factor, so none tie by chance."""

    def some(power: int, values: list[float], odds: int = 4) -> Any:
        return column(draw, len(bars), [value * odd**power for value in values], odds)

    def price(power: int, offsets: list[int]) -> Any:
        return near(draw, bars, unit * odd**power, offsets, 5)

    return {
        "stop_loss": some(1, [0.03125, 0.125, 0.5], 3),
        "take_profit": some(2, [0.0625, 0.25, 1.0]),
        "stop_distance": some(3, [0.0, unit, 4 * unit, 20 * unit], 3),
        "target_distance": some(4, [unit, 6 * unit, 30 * unit]),
        "stop_level": price(5, [-10, -3, 0, 3, 10]),
        "target_level": price(6, [-9, -1, 1, 9, 20]),
        "target_multiple": some(7, [0.5, 2.0]),
        "trailing_stop": some(8, [0.0625, 0.125, 0.5]),
        "trailing_distance": some(9, [unit, 3 * unit, 12 * unit]),
        "trailing_level": price(10, [-10, -3, 0, 3, 10]),
        "breakeven": some(11, [0.03125, 0.125]),
        "breakeven_multiple": some(12, [0.5, 1.0, 2.0]),
        "max_bars": draw(st.sampled_from([None, None, None, 1, 2, 5])),
        "trail_intrabar": draw(st.booleans()),
        "trail_from": draw(st.sampled_from(["close", "high"])),
    }


def entering(draw: st.DrawFn, bars: Bars, unit: float, odd: float) -> dict[str, Any]:
    sizing = draw(st.sampled_from(["equity", "equity", "cash", "units", "risk"]))
    some = 10_000.0 / float(bars.close[0])
    amounts = {
        "equity": [1.0, 1.0, 0.5, 0.125],
        "cash": [500.0, 3_000.0, 20_000.0],
        "units": [some / 8, some / 2, some * 3],
        "risk": [0.015625, 0.0625, 1.0],
    }[sizing]
    n = len(bars)
    size = draw(st.sampled_from(amounts))
    return {
        "sizing": sizing,
        "size": np.array(chosen(draw, amounts, n)) if draw(st.booleans()) else size,
        "entry_limit": near(draw, bars, unit * odd**-1, [-8, -2, 0, 1, 5], 4),
        "entry_stop": near(draw, bars, unit * odd**-2, [-5, -1, 0, 2, 8], 4),
        "entry_expiry": draw(st.sampled_from([1, 1, 2, 4, 0])),
        "max_entries": draw(st.sampled_from([1, 1, 2, 3, 5])),
        "reverse": draw(st.booleans()),
        "legs": draw(st.sampled_from(legs(odd))),
        "breakeven_after_target": draw(st.booleans()),
        "exit_size": np.array(chosen(draw, [0.25, 0.5, 1.0], n)) if sometimes(draw) else None,
        "cooldown": draw(st.sampled_from([0, 0, 0, 1, 3, 6])),
    }


def legs(odd: float) -> list[list[Leg]]:
    return [
        [],
        [],
        [],
        [Leg(0.5, take_profit=0.0625 * odd)],
        [Leg(0.5, target_multiple=1.0 * odd), Leg(0.5, target_multiple=2.0 * odd)],
        [Leg(0.25, take_profit=0.03125 * odd), Leg(0.75, target_multiple=0.5 * odd)],
        [Leg(0.125, target_distance=1.0), Leg(0.25, take_profit=0.125 * odd)],
    ]


def accounts(draw: st.DrawFn, exact: bool) -> SimulationConfig:
    def one(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    plain = draw(st.booleans())
    slippage = one(0.0, 0.0, 0.0009765625, 0.0625) if exact else one(0.0, 0.00137, 0.0713)
    if plain:
        return SimulationConfig(10_000.0, one(0.0, 0.0005, 0.01), slippage)
    return SimulationConfig(
        10_000.0,
        commission=one(0.0, 0.0005, 0.01),
        slippage=slippage,
        half_spread=one(0.0, 0.0, 0.0003),
        fee_per_unit=one(0.0, 0.0, 0.005),
        fixed_fee=one(0.0, 0.0, 1.7),
        minimum_fee=one(0.0, 0.0, 3.1, 150.0),
        tiers=one((), (), ((0.0, 0.01), (3_137.3, 0.002), (9_711.9, 0.0005))),
        slippage_atr=0.0 if exact else one(0.0, 0.05, 0.7),
        borrow_rate=one(0.0, 0.0, 0.03, 0.9),
        cash_rate=one(0.0, 0.0, 0.02, 0.5),
        whole_units=one(False, False, True),
    )


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    exact = draw(st.booleans())
    odd = 1.0 if exact else ODD
    bars, unit = draw(markets(exact))
    levels = protection(draw, bars, unit, odd)
    entry = entering(draw, bars, unit, odd)
    counted = any(leg.target_distance is not None for leg in entry["legs"])
    if counted and levels["target_distance"] is None:
        levels["target_distance"] = 5 * unit * odd
    signals = Signals(**masks(draw, len(bars)), **levels, **entry)
    return Scene(bars, signals, accounts(draw, exact), exact)
