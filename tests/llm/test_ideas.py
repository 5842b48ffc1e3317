"""Some two thousand ideas of our own: how each is told back, or why it is refused.

Each echo was read by a person and agrees with the idea. A line that changes is a reading that
changed: look at it, then write it anew.
"""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from llm import Refusal
from llm.translator import Translator
from tests.llm import examples
from tests.llm.worlds import CONTEXT

IDEAS = [
    orjson.loads(line) for line in Path(__file__).with_name("ideas.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("known", IDEAS, ids=[known["idea"][:60] for known in IDEAS])
def test_an_idea_is_told_back_as_it_was_meant(known):
    context = replace(CONTEXT, default_symbol=known["symbol"])

    answer = Translator().write(known["idea"], context)

    if isinstance(answer, Refusal):
        assert {"refused": answer.code} == {"refused": known.get("refused")}
    else:
        assert answer.echo == known.get("echo")


def test_the_page_of_examples_is_true():
    page = Path(__file__).parents[2] / "docs/translated.md"

    assert page.read_text() == examples.text()
