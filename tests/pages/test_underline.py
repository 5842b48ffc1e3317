"""Finding the words of a refusal in the idea."""

from hypothesis import given
from hypothesis import strategies as st

from backtests.underline import underlined


def marked(text: str, words: list[str]) -> list[str]:
    return [part for part, is_marked in underlined(text, words) if is_marked]


def test_words_are_found_whatever_their_case():
    assert marked("Buy the VIBES index", ["vibes"]) == ["VIBES"]


def test_a_word_is_not_found_inside_another():
    assert marked("over the years rs", ["rs"]) == ["rs"]


def test_the_longer_of_two_overlapping_words_is_marked():
    assert marked("full moon tonight", ["moon", "full moon"]) == ["full moon"]


def test_signs_are_taken_as_they_are():
    assert marked("buy when f(x)+ is .*", ["f(x)+", ".*"]) == ["f(x)+", ".*"]


def test_words_that_are_not_there_mark_nothing():
    assert underlined("Buy low", ["", "  ", "high"]) == [("Buy low", False)]


@given(st.text(max_size=200), st.lists(st.text(max_size=10), max_size=5))
def test_no_character_is_lost(text, words):
    assert "".join(part for part, _ in underlined(text, words)) == text
