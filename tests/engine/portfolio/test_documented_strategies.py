"""The scripts of docs/strategies that trade several symbols, on thirty years of real stocks."""

import functools
from pathlib import Path

import numpy as np
import pytest

from engine import contract
from engine.harness import decisions_of, load
from engine.portfolio import Panel, PortfolioBooks, Weights, simulate_portfolio, worlds
from tests.engine.portfolio.stocks import panel

FOLDER = Path(__file__).parents[3] / "docs" / "strategies"
SYMBOLS = {
    "dual_momentum": ("AAPL", "MSFT", "XOM"),
    "rotation": ("AAPL", "MSFT"),
    "traffic_light": ("AAPL", "MSFT"),
    "one_side_of_a_pair": ("KO", "PEP"),
    "pairs_spread": ("KO", "PEP"),
    "equal_weight": ("AAPL", "JNJ", "XOM", "WMT"),
    "risk_parity": ("AAPL", "JNJ", "XOM", "WMT"),
    "sixty_forty": ("JNJ", "PG"),
}


def source(name: str) -> str:
    return (FOLDER / f"{name}.py").read_text()


def decided(name: str, world: Panel) -> Weights:
    return decisions_of(load(source(name)), world)


@functools.cache
def books_of(name: str) -> PortfolioBooks:
    world = panel(*SYMBOLS[name])
    return simulate_portfolio(world, decided(name, world))


@pytest.mark.parametrize("name", SYMBOLS)
def test_it_keeps_the_contract_and_trades(name: str) -> None:
    assert contract.check(source(name)) == []
    assert books_of(name).trades
    assert np.isfinite(books_of(name).equity).all()


@pytest.mark.parametrize("name", SYMBOLS)
def test_it_does_not_look_ahead(name: str) -> None:
    world = panel(*SYMBOLS[name])
    full = decided(name, world)
    for cut in worlds.choose_cuts(full, len(world), 4, rng_seed=5):
        for other in (
            worlds.truncated(world, cut),
            worlds.with_replaced_future(world, cut, seed=cut),
        ):
            assert worlds.first_difference(full, decided(name, other), cut) is None


def test_momentum_holds_one_stock_or_cash() -> None:
    held = (books_of("dual_momentum").units != 0).sum(axis=1)
    assert set(held.tolist()) == {0, 1}


def test_a_pair_is_as_short_as_it_is_long() -> None:
    books = books_of("pairs_spread")
    assert {trade.side for trade in books.trades} == {"long", "short"}
    gross = np.abs(books.weights).sum(axis=1)
    net = np.abs(books.weights.sum(axis=1))
    assert gross.max() < 1.5 and np.median(net[gross > 0]) < 0.1


def test_equal_weights_stay_near_each_other() -> None:
    weights = books_of("equal_weight").weights[200:]
    assert weights.min() > 0.1 and weights.max() < 0.5


def test_the_calmer_stock_gets_more() -> None:
    books = books_of("risk_parity")
    mean = books.weights[200:].mean(axis=0)
    assert mean[1] > 1.5 * mean[0]  # JNJ beside AAPL
    assert np.abs(books.weights).sum(axis=1).max() <= 1 + 1e-9


def test_sixty_forty_is_sixty_forty() -> None:
    weights = books_of("sixty_forty").weights[5:]
    assert np.abs(weights[:, 0] - 0.6).max() < 0.2
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(weights)), abs=0.01)
