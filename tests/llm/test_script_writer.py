"""The script as a reader and the contract see it."""

import ast

from engine.harness import decisions_of, load
from llm.specification import StrategySpec, parameters, write_script
from tests.llm.worlds import read, spx

IDEA = (
    "Buy when the 20-day SMA crosses above the 60-day SMA and RSI(10) is below 70. Sell when the "
    "20-day SMA crosses below the 60-day SMA. Stop loss 7%."
)


def test_a_script_has_docstring_params_signals_and_a_main_line():
    tree = ast.parse(read(IDEA).script)

    assert "20-day simple moving average" in (ast.get_docstring(tree) or "")
    assert [n.targets[0].id for n in tree.body if isinstance(n, ast.Assign)] == ["PARAMS"]
    assert [n.name for n in tree.body if isinstance(n, ast.FunctionDef)] == ["signals"]
    assert "run(signals, PARAMS)" in ast.unparse(tree.body[-1])


def test_a_script_imports_the_engine_and_nothing_unneeded():
    imports = [n for n in ast.walk(ast.parse(read(IDEA).script)) if isinstance(n, ast.ImportFrom)]

    assert [(n.module, [a.name for a in n.names]) for n in imports] == [
        ("engine", ["Signals", "run", "ta"])
    ]


def test_every_number_of_the_idea_is_a_parameter_with_a_speaking_name():
    params = read(IDEA).params

    assert params == {
        "fast_sma_period": 20,
        "slow_sma_period": 60,
        "rsi_period": 10,
        "entry_rsi_below": 70,
        "stop_loss": 0.07,
    }


def test_parameters_can_be_swept_without_touching_the_script():
    module = load(read(IDEA).script)

    loose = decisions_of(module, spx(), {"entry_rsi_below": 90})
    tight = decisions_of(module, spx(), {"entry_rsi_below": 40})

    assert loose.flags.any()
    assert (loose.flags != tight.flags).any()


def test_lines_stay_readable():
    assert max(len(line) for line in read(IDEA).script.splitlines()) <= 100


def test_a_specification_survives_json():
    spec = read(IDEA).specification

    again = StrategySpec.model_validate_json(spec.model_dump_json())

    assert again == spec
    assert write_script(again) == write_script(spec)
    assert parameters(again) == parameters(spec)


def test_the_lookback_covers_the_longest_indicator():
    assert read(IDEA).lookback_bars >= 60
