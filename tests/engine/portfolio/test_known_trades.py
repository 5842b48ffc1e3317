"""Three ideas with two stocks each, whose trades were worked out by an independent simulator."""

import json
from pathlib import Path

import pytest

from engine.harness import decisions_of, load
from engine.portfolio import simulate_portfolio
from tests.engine.portfolio.stocks import panel

KNOWN = json.loads((Path(__file__).parent / "known_trades.json").read_text())
SCRIPTS = Path(__file__).parents[3] / "docs" / "strategies"
CASES = {
    "rotate-aapl-msft": ("rotation", ("AAPL", "MSFT")),
    "ko-vs-pep": ("one_side_of_a_pair", ("KO", "PEP")),
    "market-filter": ("traffic_light", ("AAPL", "MSFT")),
}


@pytest.mark.parametrize("name", CASES)
def test_every_trade_is_the_known_one(name: str) -> None:
    script, symbols = CASES[name]
    world = panel(*symbols)
    weights = decisions_of(load((SCRIPTS / f"{script}.py").read_text()), world)
    ours = [
        [
            trade.symbol,
            str(trade.entry_time.date()),
            str(trade.exit_time.date()),
            round(trade.entry_price, 3),
            round(trade.exit_price, 3),
            trade.open_at_end,
        ]
        for trade in simulate_portfolio(world, weights).trades
    ]
    assert ours == KNOWN[name]
