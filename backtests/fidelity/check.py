"""A script on all scenes of its specification: which it fails, on which bar, and how."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backtests.errors import RunFailed, ScriptFault
from backtests.fidelity.captions import why
from backtests.fidelity.outcomes import Fill, Outcome, outcome_of
from backtests.fidelity.scenes import Fidelity, Scene, scene_at
from engine import EngineError
from engine.several import SUFFIX, pack_worlds, read_answers
from engine.worlds import Intent
from llm.specification import describe
from sandbox import Job, Limits, SandboxClient, status_sentence

ENTRY = "engine.several:main"
MOST_TOLD = 3
_BECAUSE = {
    "stop": " at its stop",
    "target": " at its target",
    "trail": " by its trailing stop",
    "time": " by its time limit",
    "reverse": " to turn round",
}
_VERBS = {"bought": "buy", "sold short": "sell short", "sold": "sell", "covered": "cover"}


@dataclass(frozen=True, eq=False)
class Failure:
    """A scene that a script fails: from which bar on, what the rules do there and what it does.

    `outcome` is None where the script ended with an error.
    """

    scene: Scene
    bar: int
    expected: tuple[Fill, ...]
    did: tuple[Fill, ...]
    sentence: str
    outcome: Outcome | None


def check(
    script: str,
    fidelity: Fidelity,
    *,
    client: SandboxClient,
    limits: Limits,
    params: Mapping[str, object] | None = None,
    cancelled: threading.Event | None = None,
) -> list[Failure]:
    """Run a script on every scene and market, in one process of the sandbox.

    Raises `ScriptFault` when it does not come to an end, `RunFailed` when there is no sandbox.
    """
    worlds = [scene.world for scene in (*fidelity.scenes, *fidelity.probes)]
    if not worlds:
        return []
    job = Job(
        script=script.encode(),
        data=pack_worlds(worlds),
        data_suffix=SUFFIX,
        entry=ENTRY,
        params=params or {},
    )
    result = client.run_many(
        [job], limits, cancelled=None if cancelled is None else cancelled.is_set
    )[0]
    if result.status == "error:sandbox":
        raise RunFailed(f"The sandbox is not available, so nothing was run. {result.reason}")
    if result.status != "ok":
        raise ScriptFault(result.status, status_sentence(result, limits))
    try:
        answers = read_answers(result.result, worlds)
    except EngineError as error:
        raise ScriptFault("contract", str(error)) from error
    return judge(fidelity, answers)


def judge(fidelity: Fidelity, answers: Sequence[Intent | str]) -> list[Failure]:
    """Compare what a script decided in each scene and market with what the rules do."""
    found = []
    every = (*fidelity.scenes, *fidelity.probes)
    for number, (scene, answer) in enumerate(zip(every, answers, strict=True)):
        is_probe = number >= len(fidelity.scenes)
        failure = _compare(fidelity, scene, answer, is_probe=is_probe)
        if failure is not None:
            found.append(failure)
    return found


def told(fidelity: Fidelity, failures: Sequence[Failure]) -> str:
    """The failures as a message for whoever wrote the script, or reads of its end."""
    count = len(fidelity.scenes) + len(fidelity.probes)
    lines = [
        f"The script does not do what the rules say on {len(failures)} of {count} made-up markets.",
        f"The rules: {describe(fidelity.spec)}",
        *dict.fromkeys(failure.sentence for failure in failures[:MOST_TOLD]),
    ]
    return "\n".join(lines)


def _compare(
    fidelity: Fidelity, scene: Scene, answer: Intent | str, *, is_probe: bool
) -> Failure | None:
    if isinstance(answer, str):
        sentence = f"The script fails on valid prices: {answer}"
        return Failure(scene, scene.first, (), (), sentence, None)
    outcome = outcome_of(scene.world, answer, fidelity.cash)
    if scene.outcome.equals(outcome):
        return None
    difference = scene.outcome.first_difference(outcome)
    if difference is None:
        return None
    bar, expected, did = difference
    reason = why(fidelity.spec, scene.world, expected, did)
    sentence = f"{_sentence(scene, bar, expected, did)} {reason}".strip()
    if is_probe or not scene.first <= bar <= scene.last:
        scene = scene_at(fidelity, scene, bar)
    return Failure(scene, bar, tuple(expected), tuple(did), sentence, outcome)


def _sentence(scene: Scene, bar: int, expected: list[Fill], did: list[Fill]) -> str:
    day = str(scene.world.time[bar])[:10]
    return f"On {day} the rules {_acts(expected)}; the script {_acts(did, s=True)}."


def _acts(fills: list[Fill], *, s: bool = False) -> str:
    if not fills:
        return "does nothing" if s else "do nothing"
    return " and ".join(dict.fromkeys(_act(fill, s=s) for fill in fills))


def _act(fill: Fill, *, s: bool) -> str:
    verb = _VERBS[fill.word]
    if s:
        first, _, rest = verb.partition(" ")
        verb = f"{first}s {rest}".strip()
    if np.isnan(fill.price):
        return f"{verb} {fill.symbol} ({fill.units:.1%} of the account)"
    because = "" if fill.opens else _BECAUSE.get(fill.reason, "")
    return f"{verb} {fill.units:,.4g} at {fill.price:,.2f}{because}"
