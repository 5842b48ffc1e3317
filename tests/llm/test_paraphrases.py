"""Ideas said in other words are the same idea, or are refused; never another one."""

from collections import Counter

from llm import Draft
from llm.translator import Translator
from tests.llm.paraphrases import Said, paraphrases
from tests.llm.worlds import CONTEXT


def outcome(said: Said) -> str:
    plain, other = Translator().write(said.plain, CONTEXT), Translator().write(said.text, CONTEXT)
    assert isinstance(plain, Draft), said.plain
    if not isinstance(other, Draft):
        return "refused"
    kept = {"assumptions", "settings"}
    first, second = plain.specification, other.specification
    assert first is not None and second is not None
    same = first.model_dump(exclude=kept) == second.model_dump(exclude=kept)
    return "same" if same else "other"


def test_other_words_in_another_order_are_the_same_idea() -> None:
    counts = Counter(outcome(said) for said in paraphrases(150))

    assert counts["other"] == 0
    assert counts["same"] >= 0.97 * 150


def test_a_typing_error_is_mended_or_refused_and_never_another_idea() -> None:
    counts = Counter(outcome(said) for said in paraphrases(100, seed=11, errors=1.0))

    assert counts["other"] == 0
    assert counts["same"] >= 0.9 * 100
