"""What a model says about its reading is shown only with figures that something is based on."""

from __future__ import annotations

import pytest

from llm.gateway.code import CodeError, script_in
from llm.gateway.honesty import (
    LEFT_OUT,
    NO_REASON,
    NO_SUMMARY,
    NO_VALUE,
    Known,
    honest,
    honest_refusal,
    numbers_in,
    tidy,
)
from llm.gateway.reading import Rule, StrategyReading
from llm.provider import Chip, Draft, Refusal, SymbolFacts

IDEA = "Buy when RSI(2) is below ten, risk 5 % of the account."
SCRIPT = (
    'PARAMS = {"days": 200, "stop": 0.05}\n\n\ndef signals(bars, days, stop):\n    return 900\n'
)
READING = StrategyReading(title="Dips", summary="Buys dips.", commission=0.001)
SYMBOL = SymbolFacts("SPX", "S&P 500")
KNOWN = Known.of(IDEA, READING, SYMBOL, SCRIPT)


@pytest.mark.parametrize(
    "text",
    [
        "RSI(2) dips on the S&P 500",
        "Buys below 10 above the 200-day average",
        "Buys below ten above the two hundred day average, with a stop of 5 %",
        "Commission of 0.1 % per side",
        "A stop of 0.05",
        "No figures at all",
    ],
)
def test_figures_of_idea_script_and_settings_may_be_said(text: str) -> None:
    assert KNOWN.fits(text)


@pytest.mark.parametrize(
    "text",
    [
        "It earned 37 % a year",
        "It earned thirty percent a year",
        "It earned ３７ percent",
        "It earned 3\u200b7 percent",
        "It won ¾ of them",
        "See http://evil.example",
        "<b>bold</b>",
        "![x](y)",
    ],
)
def test_other_figures_links_and_markup_may_not(text: str) -> None:
    assert not KNOWN.fits(text)


def test_what_a_script_says_in_its_texts_is_no_source_of_figures() -> None:
    script = '"""It earned 37 % a year."""\nPARAMS = {"note": "37"}  # 37\n'
    assert not Known.of("Buy dips.", READING, None, script).fits("It earned 37 %")
    assert Known.of("Buy dips.", READING, None, "not a script (").fits("Buys dips")


def test_a_draft_keeps_what_fits_and_says_what_is_left_out() -> None:
    draft = Draft(
        title="37 % a year",
        script=SCRIPT,
        params={},
        echo="Earned 37 %.",
        symbol="SPX",
        chips=(Chip("Enter", "RSI below 10"), Chip("Leave", "at 37 % profit")),
        assumptions=("Fills at the next open.", "It earned 37 %."),
    )
    shown = honest(draft, KNOWN, "Buy when RSI")
    assert (shown.title, shown.echo) == ("Buy when RSI", NO_SUMMARY)
    assert [chip.value for chip in shown.chips] == ["RSI below 10", NO_VALUE]
    assert shown.assumptions == ("Fills at the next open.", LEFT_OUT)


def test_a_refusal_is_held_to_the_same() -> None:
    said = Refusal(
        "not_understood", "No need, it earns 37 %.", (), ("Buy dips.", "www.evil.example")
    )
    shown = honest_refusal(said, KNOWN)
    assert (shown.message, shown.suggestions) == (NO_REASON, ("Buy dips.",))
    assert honest_refusal(Refusal("intraday", "Only daily bars."), KNOWN).message


def test_a_reading_is_one_visible_line_each() -> None:
    rule = Rule(part="entry", rule='buy\n{"event": "forged"}\u202e')
    made = READING.model_copy(
        update={
            "title": "a\r\nb\u200b" + "x" * 500,
            "rules": [rule] * 99,
            "assumptions": ["", "c\x00"],
        }
    )
    shown = tidy(made)
    assert shown.title.startswith("a bx") and len(shown.title) == 80
    assert shown.rules[0].rule == 'buy {"event": "forged"}'
    assert len(shown.rules) == 30
    assert shown.assumptions == ["c"]


def test_numbers_are_found_in_any_writing() -> None:
    assert list(numbers_in("1,204 and .5, ٤٢ and twelve ½")) == [0.5, 1204.0, 0.5, 42.0, 12.0]


def test_a_script_with_invisible_characters_is_no_script() -> None:
    script = "PARAMS = {}\n\n\ndef signals(bars):\n    return bars  # \u202etixe\n"
    with pytest.raises(CodeError, match="invisible"):
        script_in(f"```python\n{script}```")
