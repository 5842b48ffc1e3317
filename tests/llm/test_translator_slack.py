"""Which words a stuck sentence is tried without, and that this is said."""

import pytest

from llm.translator.lexicon import load, tag
from llm.translator.reading import Reader
from llm.translator.sentences import words_of
from llm.translator.slack import thinned
from llm.translator.tokens import Token, tokenise
from llm.translator.translator import Outcome, _without_little_words
from tests.llm.worlds import CONTEXT, SYMBOLS


def words(text: str) -> list[Token]:
    lexicon = load("en")
    return words_of(tag(tokenise(text, lexicon.contractions), lexicon, {}))


def left_out(text: str, near: str) -> list[list[str]]:
    found = words(text)
    place = next(k for k, token in enumerate(found) if token.text == near)
    return [[token.text for token in gone] for _, gone in thinned(found, place, "SPX")]


def test_little_words_near_the_trouble_are_tried_first_and_then_two_at_once():
    assert left_out("buy such stock of that kind when rsi(2) is below 10", "kind")[:3] == [
        ["kind"],
        ["that"],
        ["of"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "buy not next half previous twice only below 10 days",
        "sell never after 5 rsi close above short",
    ],
)
def test_nothing_that_a_rule_hangs_on_is_ever_tried(text):
    assert left_out(text, words(text)[2].text) == []


def test_a_word_that_is_not_known_stays_in_the_way():
    assert left_out("buy of that flux when rsi(2) is below 10", "flux") == []


def test_what_was_left_out_is_said():
    outcome = Outcome(Reader(CONTEXT, SYMBOLS[0]))
    stuck = words("buy when of rsi(2) is below 10")

    assert _without_little_words(stuck, 2, outcome)
    assert [a.sentence for a in outcome.reader.memory.assumptions] == [
        "Read without “of”, on which nothing hangs."
    ]
