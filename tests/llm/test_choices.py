"""What may be settled instead of an assumption, and what is no possible value."""

from dataclasses import replace

import pytest

from llm import Choice, Draft, Refusal
from llm.choices import controls_of, settled, shown
from llm.translator import Translator
from tests.llm.worlds import CONTEXT, read

IDEA = "Buy when RSI is oversold and sell when it is overbought."


@pytest.mark.parametrize(
    ("key", "given", "value"),
    [
        ("rsi.numbers", ["7"], [7.0]),
        ("rsi.numbers", 7, [7.0]),
        ("macd.numbers", [10, 20, 5], [10.0, 20.0, 5.0]),
        ("bbands.numbers", ["20", "2.5"], [20.0, 2.5]),
        ("pair.numbers", [200, 50], [50.0, 200.0]),
        ("average.kind", ["ema"], "ema"),
        ("exit.days", ["10"], 10),
        ("exit.days", [""], None),
        ("exit.days", None, None),
        ("oversold.level", "20", 20.0),
        ("big drop.level", "5", 5.0),
        ("exit.move.up", ["in one day"], "in one day"),
        ("settings.start", ["2008-01-31"], "2008-01-31"),
    ],
)
def test_possible_values_become_what_the_reader_takes(key, given, value):
    assert settled(key, given) == value


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("rsi.numbers", ["0"]),
        ("exit.move.down", ["in one week"]),
        ("rsi.numbers", ["2.5"]),
        ("rsi.numbers", ["many"]),
        ("rsi.numbers", [1, 2]),
        ("rsi.numbers", ["nan"]),
        ("rsi.numbers", [True]),
        ("rsi.numbers", [{}]),
        ("rsi.numbers", ["1e400"]),
        ("rsi.numbers", [10_000]),
        ("pair.numbers", [50, 50]),
        ("average.kind", ["hull"]),
        ("average.kind", []),
        ("average.kind", [["ema"]]),
        ("exit.days", ["-1"]),
        ("exit.days", ["2.5"]),
        ("oversold.level", "1e9"),
        ("settings.start", "soon"),
        ("settings.start", []),
        ("astrology.numbers", [1]),
        ("nonsense", 1),
        ("oversold.numbers", [1]),
        ("", 1),
    ],
)
def test_what_is_none_is_said_in_a_sentence(key, given):
    with pytest.raises(ValueError, match=r"\.$"):
        settled(key, given)


def test_a_reading_uses_what_was_chosen():
    choices = {"rsi.numbers": [7.0], "oversold.level": 20.0}
    draft = Translator().write(IDEA, replace(CONTEXT, extra=choices))
    assert isinstance(draft, Draft)
    assert draft.echo == (
        "Buy SPX when the 7-day RSI is below 20; sell when the 7-day RSI is above 70."
    )


def test_every_choice_of_a_draft_has_controls_and_takes_its_own_value():
    ideas = [
        IDEA,
        "Buy when MACD crosses above its signal line.",
        "Buy when the close is above the 50-day average.",
        "Buy when the fast average crosses above the slow average.",
        "Buy when the close is below the lower Bollinger band.",
        "Buy when RSI(2) is below 10. Since the financial crisis.",
    ]
    seen = set()
    for idea in ideas:
        for choice in read(idea).choices:
            seen.add(choice.key)
            assert controls_of(choice), choice
            assert shown(choice.key, choice.value)
            settled(choice.key, choice.value)
    assert {"rsi.numbers", "oversold.level", "exit.days", "average.kind", "pair.numbers"} <= seen


def test_a_level_beyond_the_bounds_of_its_indicator_is_refused():
    answer = Translator().write(IDEA, replace(CONTEXT, extra={"oversold.level": 150.0}))
    assert isinstance(answer, Refusal)
    assert "between 0 and 100" in answer.message


def test_no_exit_is_a_number_that_may_be_empty():
    [control] = controls_of(Choice("exit.days", "No exit is given.", None))
    assert (control.value, control.kind) == ("", "number")
    assert shown("exit.days", None) == "held to the end"


def test_what_a_move_is_counted_from_can_be_settled():
    idea = "Buy on Monday, sell when up 5%, down 3% or after 10 days."
    context = replace(CONTEXT, extra={"exit.move.up": "in one day"})

    chosen = Translator().write(idea, context)

    assert "take profit: 5 %" in read(idea).echo
    assert "change over one day is at least 5 %" in chosen.echo
    assert "stop loss: 3 %" in chosen.echo
