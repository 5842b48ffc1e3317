"""One script in many small worlds: decided as in each alone, and nothing carried over."""

import pytest

from engine.harness import decisions_of, load
from engine.portfolio import Panel
from engine.several import SeveralError, main, pack_worlds, read_answers
from tests.engine.markets import index_bars

SCRIPT = """
from engine import Signals, ta

PARAMS = {"days": 5}
SEEN = []


def signals(bars, days):
    SEEN.append(len(bars))
    if len(SEEN) > 1:
        raise RuntimeError("carried over")
    if len(bars) == 40:
        raise ValueError("forty")
    return Signals(enter=bars.close > ta.sma(bars, days))
"""


def random_bars(n, seed):
    """Some days of a real index, others for another seed."""
    return index_bars().after(100 * seed).head(n)


def answers(tmp_path, worlds, script=SCRIPT, params=None):
    file = tmp_path / "data.worlds"
    file.write_bytes(pack_worlds(worlds))
    return read_answers(main(script, str(file), params), worlds)


def test_each_world_is_decided_as_alone(tmp_path):
    worlds = [random_bars(n, seed=n // 10) for n in (60, 90)]

    found = answers(tmp_path, worlds, params={"days": 7})

    for world, decided in zip(worlds, found, strict=True):
        alone = decisions_of(load(SCRIPT), world, {"days": 7})
        assert decided.to_bytes() == alone.to_bytes()


def test_a_world_in_which_the_script_fails_does_not_spoil_the_others(tmp_path):
    failed, fine = answers(tmp_path, [random_bars(40, seed=1), random_bars(50, seed=2)])

    assert failed == "ValueError: forty"
    assert len(fine) == 50


def test_panels_travel_too(tmp_path):
    script = (
        "import numpy as np\nfrom engine import Weights\nPARAMS = {}\n\n\n"
        "def signals(panel):\n    return Weights(np.full(panel.close.shape, 0.5))\n"
    )
    panel = Panel.of([named(name) for name in ("A", "B")])

    assert len(answers(tmp_path, [panel], script)[0]) == 30


def named(name):
    from dataclasses import replace

    return replace(random_bars(30, seed=3), symbol=name)


@pytest.mark.parametrize("data", [b"", b"ABWORLDS\x01\x00\x00\x00", b"ABWORLDS\xff\xff\xff\xff"])
def test_bytes_that_are_no_worlds_are_refused(tmp_path, data):
    file = tmp_path / "data.worlds"
    file.write_bytes(data)

    with pytest.raises(SeveralError):
        main(SCRIPT, str(file))
