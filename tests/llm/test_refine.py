"""Changes in words to ideas that were read: what changes, and what is refused and why."""

from functools import cache

import pytest

from llm.provider import Refusal
from llm.specification import StrategySpec, difference, write_script
from llm.translator import Translator
from llm.translator.refine import Refined, Step, refine, replay
from tests.llm.refinements import CHANGES, IDEAS, REFUSALS
from tests.llm.worlds import CONTEXT, read


@cache
def refined(idea: str, words: str) -> Refined:
    """The idea after a change that must be understood."""
    draft = read(IDEAS.get(idea, idea))
    found = refine(draft.specification, words, CONTEXT, choices=draft.choices)
    assert isinstance(found, Refined), found
    return found


@pytest.mark.parametrize(("idea", "words", "changes"), CHANGES)
def test_a_change_changes_this_and_nothing_else(idea, words, changes):
    assert [change.sentence for change in refined(idea, words).changes] == changes


@pytest.mark.parametrize(("idea", "words", "_changes"), CHANGES)
def test_what_is_changed_is_a_whole_specification_with_a_script(idea, words, _changes):
    spec = refined(idea, words).spec
    assert StrategySpec.model_validate_json(spec.model_dump_json()) == spec
    compile(write_script(spec), "strategy.py", "exec")


@pytest.mark.parametrize(("idea", "words", "code", "part"), REFUSALS)
def test_what_cannot_be_applied_is_refused_with_the_reason(idea, words, code, part):
    draft = read(IDEAS[idea])
    found = refine(draft.specification, words, CONTEXT, choices=draft.choices)
    assert isinstance(found, Refusal), found
    assert (found.code, part in found.message) == (code, True), found.message


def test_what_was_assumed_goes_when_it_is_said():
    before = read(IDEAS["open"])
    assert {choice.key for choice in before.choices} == {
        "rsi.numbers", "oversold.level", "exit.days"
    }  # fmt: skip
    after = refined("open", "use RSI(7) instead")
    assert {choice.key for choice in after.choices} == {"oversold.level", "exit.days"}
    assert not any("No period" in sentence for sentence in after.spec.assumptions)
    assert refined("open", "hold 10 days").spec.assumptions == before.assumptions[:-1]


def test_undo_goes_back_one_change_at_a_time():
    draft = read(IDEAS["rsi"])
    base = Step(draft.specification, tuple(draft.choices))
    words = ["use a 3 % stop instead", "same but on NASDAQ", "undo", "undo"]
    steps = replay(base, words, CONTEXT)
    assert not isinstance(steps, Refusal)
    told = [(step.spec.symbol, step.spec.stop_loss) for step in steps]
    assert told == [
        ("SPX", 0.05), ("SPX", 0.03), ("IXIC", 0.03), ("SPX", 0.03), ("SPX", 0.05)
    ]  # fmt: skip
    again = replay(base, ["undo"], CONTEXT)
    assert isinstance(again, Refusal)
    assert "nothing to undo" in again.message


def test_a_chain_of_changes_stops_at_the_one_that_is_refused():
    draft = read(IDEAS["rsi"])
    found = replay(Step(draft.specification), ["stop 3 %", "stop 3 %"], CONTEXT)
    assert isinstance(found, Refusal)
    assert "change nothing" in found.message


def test_a_refined_idea_reads_as_if_it_had_been_said_so():
    told = "Buy when RSI(14) is below 25 and sell when it is above 70. Stop loss 3 %."
    spec = refined("Buy when RSI(14) is below 25 and sell when it is above 70.", "3 % stop").spec
    said = Translator().write(told, CONTEXT).specification
    assert difference(said, spec) == []
    assert write_script(said) == write_script(spec)


@pytest.mark.parametrize("words", ["", "   ", "x" * 401, "\x00", "🙂", "-- ; --", "'; drop table"])
def test_odd_words_are_refused_and_never_an_error(words):
    draft = read(IDEAS["rsi"])
    assert isinstance(refine(draft.specification, words, CONTEXT), Refusal)
