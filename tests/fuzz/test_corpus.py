"""What fuzzing has found so far, once more at every run of the tests."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.kept import kept_of
from tests.fuzz.targets import TARGETS, seeds


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_kept_breaks_no_promise(name: str) -> None:
    kept = kept_of(name)
    assert kept
    for body in (*seeds(name), *kept):
        TARGETS[name](body)


@pytest.mark.parametrize("name", TARGETS)
def test_a_changed_example_breaks_no_promise(name: str) -> None:
    examples = seeds(name)

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(st.data())
    def change(data: st.DataObject) -> None:
        body = bytearray(data.draw(st.sampled_from(examples)))
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(body) - 1))
            body[place] = data.draw(st.integers(0, 255))
        TARGETS[name](bytes(body))

    change()
