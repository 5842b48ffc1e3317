"""Every line of a generated script has a sentence, and the sentence stands at its line."""

import ast

import pytest

from llm.specification import StrategySpec, explain, write_script
from llm.specification.nodes import AllOf, Calendar, Compare, Indicator, Number, Price
from tests.llm.worlds import read

IDEAS = [
    "Buy when RSI(14) is below 30 and sell when it is above 70. Stop loss 5 %, take profit 10 %.",
    "Buy when the 20-day SMA crosses above the 60-day SMA, sell when it crosses below.",
    "Buy and hold the S&P 500.",
    "Buy when the close is above the upper Bollinger band; sell when it is below the middle band.",
    "Buy when the close is above its 200-day average and RSI(2) is below 10 and volume is above "
    "its 20-day average; sell when the close crosses above the 5-day average. Stop 2 ATR(14), "
    "trailing stop 8 %, time limit 10 days.",
    "Short the S&P 500 when RSI(2) is above 90; cover when it is below 50. Stop loss 3 %.",
    "Buy on Mondays, sell on Fridays.",
    "Buy after three down days in a row; hold for 5 days.",
    "Buy when MACD crosses above its signal line and sell when it crosses below. "
    "Risk 1 % of equity per trade. Stop 2 ATR.",
    "Every month hold SPX or IXIC, whichever has the highest 12-month return.",
    "Buy the S&P 500 when the NASDAQ closes above 2000, sell when it closes below 1500.",
    "Buy when the weekly RSI(14) is above 50; sell when it is below 40.",
    "Buy when RSI(14) crosses above 30; sell when it crosses below 70. After an exit, pause for "
    "5 days.",
]


def code_lines(script: str) -> set[int]:
    """The lines of PARAMS and of every function, without blank ones."""
    found: set[int] = set()
    for node in ast.parse(script).body:
        if isinstance(node, ast.Assign | ast.FunctionDef):
            found |= set(range(node.lineno, (node.end_lineno or 0) + 1))
    texts = dict(enumerate(script.splitlines(), 1))
    return {number for number in found if texts[number].strip()}


@pytest.mark.parametrize("idea", IDEAS)
def test_every_line_of_code_is_explained(idea):
    spec = read(idea).specification
    script = write_script(spec)
    told = {one.line: one.sentence for one in explain(spec)}

    missing = [script.splitlines()[k - 1] for k in sorted(code_lines(script) - set(told))]
    assert missing == []
    assert all(sentence.strip() for sentence in told.values())


@pytest.mark.parametrize("idea", IDEAS)
def test_explanations_stand_at_lines_that_hold_something(idea):
    draft = read(idea)
    lines = draft.script.splitlines()
    numbers = [one.line for one in explain(draft.specification)]

    assert numbers == sorted(set(numbers))
    assert all(lines[number - 1].strip() for number in numbers)


def test_a_sentence_stands_at_its_line():
    spec = read(IDEAS[0]).specification
    lines = write_script(spec).splitlines()
    told = {lines[one.line - 1].strip(): one.sentence for one in explain(spec)}

    assert told["enter = rsi < entry_rsi_below"] == "Buy when the 14-day RSI is below 30."
    assert told['"rsi_period": 14,'] == "The period of the 14-day RSI."
    assert told['"stop_loss": 0.05,'] == "Stop loss: 5 % from the entry."
    assert told["PARAMS = {"].startswith("Every number of the idea")
    assert told['if __name__ == "__main__":'] == "Only when the file is run by itself:"


def test_what_is_handed_over_in_one_line_says_its_protections():
    spec = read("Buy when RSI(14) is below 30. Stop loss 5 %.").specification
    lines = write_script(spec).splitlines()
    told = {lines[one.line - 1].strip(): one.sentence for one in explain(spec)}

    [sentence] = [why for line, why in told.items() if line.startswith("return Signals(")]
    assert sentence == "Hand the decisions to the engine, which keeps the books; stop loss: 5 %."


def test_every_option_of_a_specification_is_told():
    rsi = Indicator(name="rsi", numbers=(14,), source=Price())
    entry = AllOf(
        conditions=(
            Compare(left=rsi, operator="<", right=Number(value=30)),
            Calendar(unit="month", values=(1, 2)),
        )
    )
    spec = StrategySpec(
        symbol="SPX",
        long_entry=entry,
        short_entry=Compare(left=rsi, operator=">", right=Number(value=80)),
        reverse=True,
        stop_loss=0.05,
        target_multiple=2,
        breakeven=0.02,
        trail_intrabar=True,
        hold_bars=10,
        cooldown=3,
        exit_size=0.5,
        entry_limit=Price(field="low"),
        entry_expiry=5,
        sizing="risk",
        size=0.01,
        max_entries=3,
    )
    script = write_script(spec)
    told = {script.splitlines()[one.line - 1].strip(): one.sentence for one in explain(spec)}

    assert told["max_entries=3,"] == "At most 3 entries are open at once."
    assert told["size=size,"] == "Size: a hit stop costs 1 % of equity."
    assert told["entry_expiry=5,"] == "The entry waits 5 trading days."
    assert not code_lines(script) - {one.line for one in explain(spec)}
