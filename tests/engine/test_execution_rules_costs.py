"""Rule 23 of docs/engine.md: what an account pays besides, and what idle money earns."""

import numpy as np
import pytest

from engine import Bars, SimulationConfig
from tests.engine.markets import flat_days, mask, scene
from tests.engine.rules import books_of, units

ROUND_TRIP = {"enter": mask(4, 0), "exit": mask(4, 1), "sizing": "units", "size": 40.0}
TENS = flat_days(10, 10, 10, 10)


@pytest.mark.parametrize(
    ("fees", "commission", "spread"),
    [
        ({"commission": 0.01}, 4.0, 0.0),
        ({"fee_per_unit": 0.125}, 5.0, 0.0),
        ({"fixed_fee": 1.5}, 1.5, 0.0),
        ({"commission": 0.01, "fee_per_unit": 0.125, "fixed_fee": 1.5}, 10.5, 0.0),
        ({"commission": 0.01, "minimum_fee": 3.0}, 4.0, 0.0),
        ({"commission": 0.01, "minimum_fee": 7.0}, 7.0, 0.0),
        ({"minimum_fee": 7.0, "half_spread": 0.005}, 7.0, 2.0),
        ({"tiers": ((0, 0.02), (400, 0.01), (500, 0.005))}, 4.0, 0.0),
        ({"tiers": ((0, 0.02), (400.5, 0.01))}, 8.0, 0.0),
    ],
)
def test_the_fee_of_a_fill(fees: dict[str, object], commission: float, spread: float) -> None:
    # 40 units at 10: a notional of 400, twice.
    config = SimulationConfig(1_000.0, **{"commission": 0.0, **fees})  # type: ignore[arg-type]
    books = books_of(TENS, config, **ROUND_TRIP)
    assert books.costs.commission == pytest.approx(2 * commission)
    assert books.costs.spread == pytest.approx(2 * spread)
    assert books.equity[-1] == pytest.approx(1_000 - 2 * (commission + spread))
    assert books.trades[0].costs == pytest.approx(2 * (commission + spread))


@pytest.mark.parametrize(
    ("fees", "bought"),
    [
        ({"fixed_fee": 100.0}, 90.0),
        ({"fee_per_unit": 2.5}, 80.0),
        ({"minimum_fee": 200.0, "commission": 0.01}, 80.0),
        ({"half_spread": 0.25}, 80.0),
        ({"fixed_fee": 1_000.0}, 0.0),
        ({"tiers": ((0, 0.25), (900, 0.0))}, 100.0),
        ({"tiers": ((0, 0.6), (900, 0.25))}, 62.5),  # 1,000 buy 800 at 0.25: that is the first tier
    ],
)
def test_all_the_equity_pays_the_fee_as_well(fees: dict[str, object], bought: float) -> None:
    config = SimulationConfig(1_000.0, **{"commission": 0.0, **fees})  # type: ignore[arg-type]
    books = books_of(TENS, config, enter=mask(4, 0))
    assert sum(units(books)) == pytest.approx(bought)
    if bought:
        assert books.cash[-1] == pytest.approx(0.0, abs=1e-9)


def test_slippage_in_ranges_waits_for_fourteen_true_ranges() -> None:
    # Every day ranges over 2 and opens and closes at 10; the range is known from bar 14 on.
    bars = scene(*[(10, 11, 9, 10)] * 18)
    config = SimulationConfig(1_000.0, commission=0.0, slippage_atr=0.25)
    books = books_of(bars, config, enter=mask(18, 13), exit=mask(18, 15), size=0.5)
    assert (books.trades[0].entry_price, books.trades[0].exit_price) == pytest.approx((10.0, 9.5))
    assert books.costs.slippage == pytest.approx(50 * 0.5)


def test_no_fill_is_below_zero_and_nothing_is_entered_at_zero() -> None:
    bars = scene(*[(10, 11, 9, 10)] * 18)
    config = SimulationConfig(1_000.0, commission=0.0, slippage_atr=6.0)
    assert not books_of(bars, config, enter_short=mask(18, 15)).trades
    sold = books_of(bars, config, enter=mask(18, 12), exit=mask(18, 15))
    assert sold.trades[0].exit_price == 0.0
    assert sold.equity[-1] == pytest.approx(0.0)


def test_a_short_pays_for_borrowing_by_the_close_before_and_the_days_between() -> None:
    day = np.datetime64("2024-01-01", "s") + np.array([0, 1, 4, 5]) * np.timedelta64(86_400, "s")
    close = [10.0, 10.0, 20.0, 20.0]
    bars = Bars.from_columns(day, close, close, close, close, [1] * 4)
    config = SimulationConfig(1_000.0, commission=0.0, borrow_rate=0.365)
    books = books_of(bars, config, enter_short=mask(4, 0), sizing="units", size=10.0)
    # 10 units at 10 for three days, then at 20 for one: 0.001 a day.
    assert books.costs.borrow == pytest.approx(0.3 + 0.2)
    assert books.trades[0].pnl == pytest.approx(-100.5)
    assert books.trades[0].costs == pytest.approx(0.5)
    assert books_of(bars, config, enter=mask(4, 0)).costs.borrow == 0.0


def test_idle_money_earns_and_what_is_held_does_not() -> None:
    config = SimulationConfig(1_000.0, commission=0.0, cash_rate=0.365)
    idle = books_of(TENS, config)
    assert idle.costs.interest == pytest.approx(1_000 * (1.001**3 - 1))
    assert idle.equity[-1] == pytest.approx(1_000 * 1.001**3)
    held = books_of(TENS, config, enter=mask(4, 0), size=0.25)
    # 1,000 for a day; 1,001 less a quarter for two more, with what they earn.
    assert held.costs.interest == pytest.approx(1.0 + 0.75075 + 0.75150075)
    short = books_of(TENS, config, enter_short=mask(4, 0), size=0.25)
    assert short.costs.interest == pytest.approx(held.costs.interest)
    assert sum(trade.pnl for trade in held.trades) == pytest.approx(0.0)


def test_costs_charged_are_everything_paid() -> None:
    config = SimulationConfig(
        1_000.0, commission=0.01, slippage=0.125, half_spread=0.005, borrow_rate=0.365
    )
    books = books_of(TENS, config, enter_short=mask(4, 0), exit_short=mask(4, 1), size=0.25)
    costs = books.costs
    assert costs.charged == costs.commission + costs.slippage + costs.spread + costs.borrow
    assert costs.charged == pytest.approx(books.trades[0].costs)
    assert costs.charged == pytest.approx(1_000 - books.equity[-1])


def test_a_number_of_units_pays_the_commission_of_what_it_is_rounded_to() -> None:
    # 1 % of 10,450 over a stop 5 away is 20.9 units at 10, of which 20 are bought: 200, not 209.
    config = SimulationConfig(
        10_450.0, commission=0.0, whole_units=True, tiers=((0, 0.02), (205, 0.001))
    )
    books = books_of(
        TENS, config, **ROUND_TRIP | {"size": 0.01, "sizing": "risk", "stop_loss": 0.5}
    )
    assert sum(units(books)) == 20
    assert books.costs.commission == pytest.approx(2 * 200 * 0.02)
