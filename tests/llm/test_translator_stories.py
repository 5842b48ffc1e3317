"""Remarks about people are set apart; what binds a rule never is, in whatever words."""

from __future__ import annotations

import pytest

from llm import Refusal
from llm.translator import Translator
from tests.llm.worlds import CONTEXT

_RULE = "Buy when RSI(14) is below 30. Sell when RSI(14) is above 70."
_TALK = (
    "My friend tells me buying dips is stupid, I tell her it isn't, and there is a dinner on it.",
    "She's buying if I'm right.",
    "A colleague and I have been arguing about whether buying weakness works, so let's settle it.",
    "There's an older lady in my club who has beaten most of us, and she only looks at two lines.",
    "Hello, I drive a truck for a living so I only look at prices in the evening.",
    "I bought my first stock in 1998 and lost most of it two years later.",
    "Last summer I sold everything in a panic and have regretted it ever since.",
    "I have tried a dozen systems from the internet and none of them kept me happy.",
    "Thanks a lot in advance for your time, and greetings from Norway!",
    "I paid 2,000 dollars for a course that taught me this.",
    "Our investment club meets on the first Tuesday of every month.",
    "I am 63 years old and want to sleep at night.",
    "The loser pays for the pizza.",
    "Let's settle this once and for all.",
    "I promised my daughter to stop guessing.",
)
_BINDING = (
    "My neighbour always takes half off early.",
    "My teacher allows one trade per week.",
    "She is never in the market over earnings.",
    "For her, an uptrend is needed as well.",
    "My cousin prefers the exponential kind.",
    "My grandfather used closing prices of the week.",
    "He gives it a few days to work.",
    "He hates buying after a rally.",
    "He insists that the trend is up.",
    "My neighbour is against holding through the night.",
    "He avoids choppy weeks.",
    "She skips Mondays.",
    "He does it with borrowed money.",
    "My uncle only does this in winter.",
    "After a month I get bored.",
    "In 2008 he sold everything when it crossed the average.",
    "My dad says we should not be in the market in summer.",
    "Somebody taught me to wait for confirmation.",
)


@pytest.mark.parametrize("talk", _TALK)
def test_a_remark_changes_nothing_and_is_listed(talk: str) -> None:
    told = Translator().write(f"{talk} {_RULE}", CONTEXT)
    plain = Translator().write(_RULE, CONTEXT)
    assert not isinstance(told, Refusal)
    assert not isinstance(plain, Refusal)
    assert told.echo == plain.echo
    assert any(said.startswith("Not used") for said in told.assumptions)


@pytest.mark.parametrize("remark", _BINDING)
def test_what_binds_is_never_set_apart(remark: str) -> None:
    told = Translator().write(f"{remark} {_RULE}", CONTEXT)
    assert isinstance(told, Refusal) or not any(
        said.startswith("Not used") for said in told.assumptions
    )
