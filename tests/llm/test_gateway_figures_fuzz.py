"""A thousand answers: no figure of a model's reaches a page, and no honest answer is refused."""

from __future__ import annotations

from collections import Counter

import pytest

from llm.gateway.figures import fill_placeholders, flatten, format_fact, problems_of
from tests.llm.prose import KINDS, answers, honest
from tests.llm.test_gateway_figures import FACTS

KEYS = [key for key, value in flatten(FACTS).items() if isinstance(value, int | float)]
COUNT = 1000


def test_of_a_thousand_answers_exactly_the_honest_ones_pass(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown, refused, mistakes = Counter[str](), Counter[str](), []
    for answer in answers(KEYS, COUNT):
        wrong = problems_of(answer.text, FACTS)
        (refused if wrong else shown)[answer.kind] += 1
        if bool(wrong) == answer.honest:
            mistakes.append((answer.kind, wrong, answer.text))
    with capsys.disabled():
        print(f"\n{'kind of answer':<26}{'shown':>7}{'refused':>9}")
        for kind in ("honest", *KINDS):
            print(f"{kind:<26}{shown[kind]:>7}{refused[kind]:>9}")
        print(f"{'all':<26}{shown.total():>7}{refused.total():>9}")
    assert mistakes == []
    assert shown.total() == refused.total() == COUNT // 2


def test_what_is_shown_holds_every_value_and_no_other_figure() -> None:
    import random

    values = {format_fact(key, value) for key, value in flatten(FACTS).items()}
    for seed in range(200):
        text = fill_placeholders(honest(random.Random(seed), KEYS), FACTS)
        for value in sorted(values, key=len, reverse=True):
            text = text.replace(value, "")
        assert not any(character.isdigit() for character in text), text


@pytest.mark.parametrize(
    "text",
    [
        "Once the costs are paid, little is left.",
        "One market is one market; one of the reasons is luck.",
        "The first thing to look at is the cost.",
        "I would not act on it. A mild gain, civil weather.",
        "Le résultat est faible. Das Ergebnis ist schwach. El resultado es débil.",
        "The fall – deeper than holding's – came at the end.",
    ],
)
def test_everyday_words_are_no_figures(text: str) -> None:
    assert problems_of(text, FACTS) == []
