"""The walls tried in every job: a wall that is down stops the job before its script is read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A server whose self-test believes in everything, so that only the job's own test can notice.
CREDULOUS = """
import json, os, sys, tempfile
sys.path.insert(0, sys.argv[1])
from sandbox import footing, probe
from sandbox.ground import readable_trees
from sandbox.job import Job
from sandbox.limits import Limits
bare = footing.bare_ground(readable_trees())
ground = footing.taker(bare, 65534)(sys.argv[2])
exec(sys.argv[3])
result = probe._run(ground, Job(script=b"print('ran')"), Limits(wall_seconds=3, memory_mb=128))
print(json.dumps([result.status, result.stdout, result.reason]))
"""
DOWN = {
    "seccomp": "from sandbox.layers import seccomp as m; m.install = lambda program: None",
    "landlock": "from sandbox.layers import landlock as m; m.restrict = lambda *paths: None",
    "rlimits": "from sandbox.layers import rlimits as m; m.apply = lambda limits: None",
    "no_new_privs": "from sandbox import child as m; old = m.arrange_descriptors\n"
    "def leaky(*a): old(*a); m.os.dup2(0, 9)\nm.arrange_descriptors = leaky",
    "namespaces": "from sandbox.layers import namespaces as m\n"
    "old, kernel = m.enter_job, m.kernel\n"
    "def enter(proc, **options):\n"
    "    m.NEW_PID = 0\n    old(proc, **options)\n"
    "m.enter_job = enter",
}


def run(level: str, sabotage: str) -> tuple[str, str, str]:
    ended = subprocess.run(
        [sys.executable, "-I", "-c", CREDULOUS, str(ROOT), level, sabotage],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin"},
    )
    status, stdout, reason = json.loads(ended.stdout)
    return status, stdout, reason


@pytest.mark.parametrize("level", ["A", "B"])
def test_the_job_runs_where_every_wall_stands(level: str) -> None:
    assert run(level, "")[:2] == ("ok", "ran\n")


@pytest.mark.parametrize(
    ("level", "layer"),
    [(level, layer) for level in "AB" for layer in DOWN if (level, layer) != ("B", "namespaces")],
)
def test_a_wall_that_is_down_is_noticed_by_the_job_itself(level: str, layer: str) -> None:
    status, stdout, reason = run(level, DOWN[layer])
    assert (status, stdout) == ("error:sandbox", "")
    assert f"NotWalledIn: {layer}: " in reason
