"""Made-up panels with weights and accounts."""

import numpy as np
from hypothesis import strategies as st

from engine import SimulationConfig
from engine.portfolio import Panel, Weights
from tests.engine.markets import scene

PRICES = st.integers(4, 400).map(lambda price: price / 4)
WEIGHT = st.sampled_from([0.0, 0.25, 0.5, -0.25, -0.5])


@st.composite
def markets(draw: st.DrawFn) -> tuple[Panel, Weights, SimulationConfig]:
    n, k = draw(st.integers(2, 25)), draw(st.integers(2, 4))
    bars = []
    for number in range(k):
        rows = []
        for _ in range(n):
            four = [draw(PRICES) for _ in range(4)]
            rows.append((four[0], max(four), min(four), four[3]))
        bars.append(scene(*rows, symbol=f"S{number}"))
    table = np.full((n, k), np.nan)
    for t in range(n):
        if draw(st.booleans()):
            row = np.array([draw(WEIGHT) for _ in range(k)])
            table[t] = row / max(1.0, np.abs(row).sum())
    return Panel.of(bars), Weights(table), draw(accounts())


@st.composite
def accounts(draw: st.DrawFn) -> SimulationConfig:
    return SimulationConfig(
        commission=draw(st.sampled_from([0.0, 0.001])),
        slippage=draw(st.sampled_from([0.0, 0.002])),
        half_spread=draw(st.sampled_from([0.0, 0.001])),
        fixed_fee=draw(st.sampled_from([0.0, 1.0])),
        fee_per_unit=draw(st.sampled_from([0.0, 0.01])),
        minimum_fee=draw(st.sampled_from([0.0, 5.0])),
        borrow_rate=draw(st.sampled_from([0.0, 0.05])),
        cash_rate=draw(st.sampled_from([0.0, 0.03])),
        whole_units=draw(st.booleans()),
    )
