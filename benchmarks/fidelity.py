"""How many misreadings the scenes catch, how many right scripts they blame, and how long it takes.

Run with `python -m benchmarks.fidelity [--sandbox]`. Right scripts and planted misreadings are
those of `tests/backtests/planted.py`. Without `--sandbox` the scripts run in this process, which is
quicker and comes to the same.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import django

from llm.specification import describe


@dataclass
class Tally:
    """What came of all scripts."""

    caught: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)
    right: int = 0
    blamed: list[tuple[str, str]] = field(default_factory=list)
    building: list[float] = field(default_factory=list)
    checking: list[float] = field(default_factory=list)
    near: int = 0
    near_caught: int = 0

    @property
    def share(self) -> float:
        """Planted misreadings that a scene caught."""
        return self.caught / max(1, self.caught + len(self.missed))


def in_process(script: str, fidelity: object) -> list[object]:
    """Judge a trusted script without the sandbox."""
    from backtests.fidelity.check import judge
    from backtests.fidelity.scenes import Fidelity
    from engine.several import main as answer
    from engine.several import pack_worlds, read_answers

    assert isinstance(fidelity, Fidelity)
    worlds = [scene.world for scene in (*fidelity.scenes, *fidelity.probes)]
    with tempfile.NamedTemporaryFile(suffix=".worlds") as file:
        Path(file.name).write_bytes(pack_worlds(worlds))
        return list(judge(fidelity, read_answers(answer(script, file.name), worlds)))


def in_sandbox(script: str, fidelity: object) -> list[object]:
    """Judge a script as the pipeline does."""
    from backtests.errors import ScriptFault
    from backtests.fidelity.check import check
    from backtests.fidelity.scenes import Fidelity
    from backtests.pipeline.trials import client, limits_of

    assert isinstance(fidelity, Fidelity)
    try:
        return list(check(script, fidelity, client=client(), limits=limits_of(10)))
    except ScriptFault as fault:
        return [fault]


def measure(
    names: list[str] | None = None, judge: Callable[[str, object], list[object]] = in_process
) -> Tally:
    """Every right and every misread script of these specifications, of all without names."""
    from backtests.fidelity.scenes import fidelity_of
    from tests.backtests.planted import misread_scripts, right_scripts
    from tests.backtests.planted_specs import SPECS

    tally = Tally()
    for name, spec in SPECS.items():
        if names is None or name in names:
            started = time.perf_counter()
            fidelity = fidelity_of(spec)
            tally.building.append(time.perf_counter() - started)
            tally.near += fidelity.misread
            tally.near_caught += fidelity.misread - len(fidelity.missed)
    for name, script in right_scripts():
        if names is None or name in names:
            tally.right += 1
            started = time.perf_counter()
            failures = judge(script, fidelity_of(SPECS[name]))
            tally.checking.append(time.perf_counter() - started)
            if failures:
                tally.blamed.append((name, str(getattr(failures[0], "sentence", failures[0]))))
    for name, change, script in misread_scripts():
        if names is None or name in names:
            if judge(script, fidelity_of(SPECS[name])):
                tally.caught += 1
            else:
                tally.missed.append((name, change))
    return tally


def main() -> None:
    """Print the shares and the times."""
    django.setup()
    from tests.backtests.planted_specs import SPECS

    judge = in_sandbox if "--sandbox" in sys.argv[1:] else in_process
    judge_once(judge)
    tally = measure(judge=judge)
    total = tally.caught + len(tally.missed)
    print(f"{len(SPECS)} specifications, {tally.right} right scripts, {total} misread scripts")
    print(f"caught {tally.caught} of {total}: {tally.share:.1%}")
    for name, change in tally.missed:
        print(f"  missed   {name}: {change}")
    print(f"right scripts blamed: {len(tally.blamed)}")
    for name, sentence in tally.blamed:
        print(f"  blamed   {name}: {sentence}  [{describe(SPECS[name])}]")
    print(f"near misreadings told apart: {tally.near_caught} of {tally.near}")
    for what, seconds in (("building", tally.building), ("checking", tally.checking)):
        middle, most = statistics.median(seconds) * 1000, max(seconds) * 1000
        print(f"{what}: {middle:.0f} ms in the middle, {most:.0f} ms at most")


def judge_once(judge: Callable[[str, object], list[object]]) -> None:
    """Load and compile what a worker has loaded and compiled."""
    from backtests.fidelity.scenes import fidelity_of
    from llm.specification import StrategySpec, write_script
    from llm.specification.nodes import Always

    spec = StrategySpec(symbol="SPX", long_entry=Always())
    judge(write_script(spec), fidelity_of(spec))


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alphabench.settings")
    main()
