import json

import pytest

from sandbox import Job, Limits, SandboxClient, SandboxResult
from tests.sandbox.cases import CASES, PRELUDE, Case
from tests.sandbox.scene import Scene, descendants

DATA = b"date,close\n2020-01-01,1.0\n"
# Level B has no private root: nothing can be written there, and file sizes are limited to zero.
GRACE = 10.0


def run(client: SandboxClient, scene: Scene, case: Case) -> SandboxResult:
    source = PRELUDE.replace("{words!r}", repr(json.dumps(scene.words()))) + case.source
    limits = Limits(wall_seconds=case.wall, memory_mb=case.memory_mb)
    return client.run(Job(script=source.encode(), data=DATA), limits)


def check(client: SandboxClient, scene: Scene, case: Case) -> None:
    below = client.server_pid()
    result = run(client, scene, case)
    assert result.status in case.statuses, (result.status, result.reason, result.stderr[-500:])
    assert result.stdout.startswith("started\n"), "the script did not run"
    text = result.stdout + result.stderr
    assert [line for line in text.splitlines() if line.startswith("BREACH")] == []
    assert scene.secret not in text
    assert result.wall_s < case.wall + GRACE
    assert len(result.stdout) <= 1 << 20
    assert len(result.stderr) <= 1 << 20
    assert result.peak_mb <= case.memory_mb * 1.3
    assert client.server_pid() == below, "the fork server died"
    # Our own look at the pid leaves a supervisor that is just ending; a script would be below one.
    assert not any(descendants(pid) for pid in descendants(below)), "a script survived"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_level_a_contains_a_script_that_tries_to(
    case: Case, level_a: SandboxClient, scene: Scene
) -> None:
    check(level_a, scene, case)


# What needs a private root to be seen as refused: /proc and writable directories.
ONLY_LEVEL_A = {"fill the disk with one file", "fill the disk with many files"}


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.wall == 5.0 and case.name not in ONLY_LEVEL_A],
    ids=lambda case: case.name,
)
def test_level_b_contains_a_script_that_tries_to(
    case: Case, level_b: SandboxClient, scene: Scene
) -> None:
    check(level_b, scene, case)
