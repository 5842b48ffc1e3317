"""No figure typed by a model reaches a report."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.gateway.figures import (
    fill_placeholders,
    flatten,
    format_fact,
    problems_of,
    typed_by_hand,
)

FACTS: dict[str, object] = {
    "version": 1,
    "title": "RSI(14) dips",
    "dataset": {"name": "S&P 500", "bars": 5031, "adjusted": False},
    "settings": {"initial_capital": 10_000.0, "commission": 0.0005},
    "verdict": {"word": "Cannot tell", "evidence": 0.78, "parts": [{"text": "It earned "}]},
    "metrics": {
        "total_return": 0.4123,
        "max_drawdown": -0.2041,
        "sharpe_ratio": 0.5512,
        "omega_ratio": None,
        "final_equity": 14123.456,
    },
    "trade_metrics": {"trades": 41, "win_rate": 0.66},
    "costs": {"charged": 214.5, "commission": 200.0, "break_even_commission": 0.00047},
    "trades": [{"pnl": 1.0}],
    "months": [{"year": 2009}],
    "provenance": {"dataset_hash": "abc"},
}

PROSE = """## What happened

The rules earned {{metrics.total_return}} on {{dataset.name}}, with a fall of
{{ metrics.max_drawdown }} on the way (a Sharpe ratio of **{{metrics.sharpe_ratio}}**).

- After {{trade_metrics.trades}} trades the account held {{metrics.final_equity}}.
"""


def test_honest_prose_passes() -> None:
    assert problems_of(PROSE, FACTS) == []


def test_placeholders_become_figures_with_sign_and_unit() -> None:
    text = fill_placeholders(PROSE, FACTS)
    assert "earned 41.2 % on S&P 500" in text
    assert "a fall of\n-20.4 %" in text
    assert "ratio of **0.5512**)" in text
    assert "After 41 trades the account held 14,123.46." in text
    assert "{" not in text


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("settings.commission", "0.050 %"),
        ("costs.commission", "200.00"),
        ("costs.break_even_commission", "0.047 %"),
        ("settings.initial_capital", "10,000.00"),
        ("trade_metrics.win_rate", "66.0 %"),
        ("metrics.omega_ratio", "undefined"),
        ("dataset.adjusted", "no"),
        ("dataset.bars", "5031"),
        ("verdict.word", "Cannot tell"),
    ],
)
def test_each_fact_is_shown_in_its_unit(key: str, shown: str) -> None:
    known = flatten(FACTS)
    assert format_fact(key, known[key]) == shown


def test_lists_and_identifiers_cannot_be_named() -> None:
    known = flatten(FACTS)
    assert not [k for k in known if k.startswith(("trades", "months", "provenance", "version"))]


def test_an_unknown_key_is_reported_and_never_shown_as_a_number() -> None:
    text = "It earned {{metrics.sortino}}."
    assert problems_of(text, FACTS) == ["unknown keys: metrics.sortino"]
    assert fill_placeholders(text, FACTS) == "It earned undefined."


def test_facts_are_filled_in_once_so_a_title_cannot_smuggle_a_placeholder() -> None:
    facts = {**FACTS, "title": "{{metrics.final_equity}}"}
    assert fill_placeholders("{{title}}", facts) == "{{metrics.final_equity}}"


@pytest.mark.parametrize(
    "text",
    [
        "It gained 12 %.",
        "It gained .5 points.",
        "A Sharpe of 1,2.",
        "Gained ١٢ percent.",
        "Gained １２ percent.",
        "It lost ½ of it.",
        "Risk up by m² or Ⅻ.",
        "It doubled the money.",
        "Twelve trades only.",
        "About a hundred trades.",
        "Since 2009 it fell.",
        "1. First, the costs.",
        "It used RSI2.",
        "one in ³",
    ],
)
def test_figures_in_any_script_or_in_words_are_found(text: str) -> None:
    assert typed_by_hand(text)
    assert problems_of(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "a gain of -{{metrics.max_drawdown}}",
        "minus {{metrics.total_return}}",
        "${{metrics.final_equity}}",
        "€ {{metrics.final_equity}}",
        "{{metrics.total_return}} %",
        "{{metrics.total_return}}%",
        "{{metrics.sharpe_ratio}} percent",
        "{{metrics.final_equity}}k",
        "{{metrics.final_equity}} million",
        "{{metrics.sharpe_ratio}}{{metrics.sharpe_ratio}}".replace("}}{{", "}}.{{"),
        "{{metrics.sharpe_ratio}} x",
        "~{{metrics.sharpe_ratio}}",
    ],
)
def test_what_would_alter_a_value_next_to_its_braces_is_found(text: str) -> None:
    assert any("sign or a unit" in p for p in problems_of(text, FACTS))


@pytest.mark.parametrize(
    "text",
    [
        "{metrics.cagr}",
        "{{metrics.total_return}",
        "{{{metrics.total_return}}}",
        "{{metrics total}}",
        "![chart](x)",
        "[more](https://evil.example)",
        "<b>bold</b>",
        "see www.example.com",
    ],
)
def test_broken_braces_links_and_html_are_found(text: str) -> None:
    assert problems_of(text, FACTS)


NUMBERS = st.one_of(
    st.integers(0, 10**6).map(str),
    st.floats(0, 1e6).map(lambda x: f"{x:.2f}"),
    st.floats(0, 1).map(lambda x: f"{x:.1%}"),
    st.floats(1, 1e6).map(lambda x: f"{x:.3e}"),
    st.integers(10**3, 10**9).map(lambda n: f"{n:,}".replace(",", " ")),
    st.integers(0, 99).map(lambda n: str(n).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))),
    st.sampled_from(["¼", "⅔", "Ⅳ", "①", "twenty", "Nineteen", "three-fold", "thousands"]),
)


@settings(max_examples=400, deadline=None)
@given(figure=NUMBERS, seed=st.integers(0, 10**9))
def test_a_wrong_figure_anywhere_in_honest_prose_is_always_found(figure: str, seed: int) -> None:
    words = PROSE.split(" ")
    words.insert(random.Random(seed).randrange(len(words) + 1), figure)
    assert problems_of(" ".join(words), FACTS)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(flatten(FACTS))), st.integers(0, 3))
def test_a_key_that_is_off_by_a_letter_is_always_found(key: str, where: int) -> None:
    wrong = f"{key[:where]}q{key[where:]}"
    assert problems_of(f"It was {{{{{wrong}}}}} then.", FACTS)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_judged_and_filled(text: str) -> None:
    problems_of(text, FACTS)
    fill_placeholders(text, FACTS)
