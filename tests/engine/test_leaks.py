"""Scripts that look ahead are caught, with their line; scripts that do not are left alone."""

import functools

import pytest

from engine import Bars, lookahead
from engine.harness import decisions_of, load
from engine.lookahead import Culprit, locate, tracing
from tests.engine import leaks, walking_leaks
from tests.engine.leaks import marked_line
from tests.engine.markets import index_bars

CUTS = 12
LEAKS = {name: leaks.script(body) for name, body in leaks.LEAKS.items()}
LEAKS |= {
    f"walking: {name}": walking_leaks.script(body) for name, body in walking_leaks.LEAKS.items()
}
CLEAN = {name: leaks.script(body) for name, body in leaks.CLEAN.items()}
CLEAN |= {
    f"walking: {name}": walking_leaks.script(body) for name, body in walking_leaks.CLEAN.items()
}
RIGHT_LINES = 0.9


@functools.cache
def market() -> Bars:
    return index_bars().after(3300)


def worlds_of(bars: Bars, cut: int) -> tuple[Bars, Bars]:
    return (
        lookahead.truncated(bars, cut),
        lookahead.with_replaced_future(bars, cut, seed=cut),
    )


def caught(source: str) -> tuple[lookahead.Difference, int, Bars] | None:
    """The first difference, the cut and the world that showed it."""
    bars, module = market(), load(source)
    full = decisions_of(module, bars)
    for cut in lookahead.choose_cuts(full, len(bars), CUTS, rng_seed=3):
        for world in worlds_of(bars, cut):
            try:
                other = decisions_of(module, world)
            except Exception:  # a script that needs the future may fail without it
                return lookahead.Difference(cut, "error", 0.0, 1.0), cut, world
            difference = lookahead.first_difference(full, other, cut)
            if difference is not None:
                return difference, cut, world
    return None


def record(folder, source: str, world: Bars, cut: int) -> bytes:
    file = folder / "bars.csv"
    file.write_text(world.to_csv())
    return tracing.main(source, str(file), {"cut": cut, "params": {}})


def culprit(folder, source: str, cut: int, world: Bars) -> Culprit | None:
    return locate(source, record(folder, source, market(), cut), record(folder, source, world, cut))


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_is_caught(name: str) -> None:
    assert caught(LEAKS[name]) is not None


def test_most_leaks_are_traced_to_their_line_with_a_proposal(tmp_path) -> None:
    right, proposed, wrong = 0, 0, []
    for name, source in LEAKS.items():
        found = caught(source)
        assert found is not None
        named = culprit(tmp_path, source, *found[1:])
        if named is not None and named.line == marked_line(source):
            right += 1
            proposed += bool(named.kind)
        else:
            wrong.append((name, named))
    assert right >= RIGHT_LINES * len(LEAKS), wrong
    assert proposed >= RIGHT_LINES * len(LEAKS)


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_script_is_left_alone(name: str) -> None:
    assert caught(CLEAN[name]) is None


def test_there_are_enough_of_both() -> None:
    assert len(LEAKS) >= 40 and len(CLEAN) >= 40
