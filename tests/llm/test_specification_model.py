"""The specification refuses what cannot be tested, and says of itself what it is."""

import pytest
from pydantic import ValidationError

from llm.specification import StrategySpec, chips, describe
from llm.specification.indicators import INDICATORS
from llm.specification.nodes import Compare, Indicator, Number, Price
from llm.specification.walk import scale_of, warm_up

RSI = Indicator(name="rsi", numbers=(14,), source=Price())
ENTRY = Compare(left=RSI, operator="<", right=Number(value=30))


def test_a_strategy_without_entry_is_refused():
    with pytest.raises(ValidationError, match="at least one entry"):
        StrategySpec(symbol="SPX")


@pytest.mark.parametrize(
    "values",
    [
        {"stop_loss": 0},
        {"stop_loss": 1.5},
        {"take_profit": -0.1},
        {"hold_bars": 0},
        {"size": 2},
        {"version": 1},
        {"mood": "good"},
    ],
)
def test_impossible_values_are_refused(values):
    with pytest.raises(ValidationError):
        StrategySpec(symbol="SPX", long_entry=ENTRY, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"name": "astrology", "numbers": (14,)},
        {"name": "rsi", "numbers": (14, 3), "source": Price()},
        {"name": "rsi", "numbers": (14,)},
        {"name": "bbands", "numbers": (20, 2), "source": Price(), "output": "sideways"},
    ],
)
def test_indicators_are_checked_against_the_list(values):
    with pytest.raises(ValidationError):
        Indicator(**values)


def test_the_json_schema_names_every_part():
    schema = StrategySpec.model_json_schema()

    assert schema["properties"]["version"]["const"] == 2
    assert {"Compare", "Cross", "Indicator", "AllOf"} <= set(schema["$defs"])


def test_echo_and_chips_come_from_the_specification():
    spec = StrategySpec(symbol="SPX", long_entry=ENTRY, stop_loss=0.05, hold_bars=10)

    assert describe(spec) == (
        "Buy SPX when the 14-day RSI is below 30; stop loss: 5 %; time limit: 10 trading days."
    )
    assert [chip.label for chip in chips(spec)] == ["Symbol", "Buy", "Stop loss", "Time limit"]


def test_scales_tell_prices_from_levels():
    average = Indicator(name="sma", numbers=(20,), source=Price())

    assert scale_of(average) == "price"
    assert scale_of(RSI) == "percent"
    assert scale_of(Indicator(name="sma", numbers=(5,), source=RSI)) == "percent"


def test_warm_up_adds_along_the_chain():
    assert warm_up(Indicator(name="sma", numbers=(10,), source=RSI)) == 24


def test_every_indicator_can_be_computed_by_a_script():
    from engine.harness import decisions_of, load
    from llm.specification import write_script
    from tests.llm.worlds import spx

    for name, info in INDICATORS.items():
        node = Indicator(
            name=name,
            numbers=tuple(default for _, default in info.parameters),
            output=info.outputs[0] if info.outputs else "",
            source=Price() if info.reads_series else None,
        )
        entry = Compare(left=node, operator=">", right=Number(value=-1e18))
        script = write_script(StrategySpec(symbol="SPX", long_entry=entry))
        assert decisions_of(load(script), spx()).flags.any(), name
