"""Each layer by itself: the assembled filter, and that the self-test notices a missing one."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import probe
from sandbox.layers import seccomp
from sandbox.layers.syscalls import AARCH64, ALLOWED, X86_64

ROOT = Path(__file__).resolve().parents[2]
ALLOW, KILL = seccomp.ALLOW, seccomp.KILL
DENY = 0x00050000 | errno.EPERM
MACHINES = {"x86_64": X86_64, "aarch64": AARCH64}


def verdict(
    machine: str,
    number: int,
    *arguments: int,
    architecture: int | None = None,
    private: bool = True,
) -> int:
    """What the kernel would answer: the filter, interpreted instruction by instruction."""
    words = {0: number, 4: architecture or seccomp.ARCHITECTURES[machine]}
    for index in range(6):
        value = arguments[index] if index < len(arguments) else 0
        words[16 + 8 * index] = value & 0xFFFFFFFF
        words[20 + 8 * index] = value >> 32 & 0xFFFFFFFF
    program = seccomp.assemble(77, machine, MACHINES[machine], private_root=private)
    accumulator = at = 0
    while True:
        code, if_true, if_false, constant = program[at]
        at += 1
        if code == seccomp.LOAD:
            accumulator = words[constant]
        elif code == seccomp.AND:
            accumulator &= constant
        elif code == seccomp.JUMP_EQUAL:
            at += if_true if accumulator == constant else if_false
        elif code == seccomp.JUMP_NOT_BELOW:
            at += if_true if accumulator >= constant else if_false
        else:
            assert code == seccomp.RETURN
            return constant


@pytest.mark.parametrize("machine", MACHINES)
def test_only_named_calls_are_allowed(machine: str) -> None:
    numbers = MACHINES[machine]
    allowed = {numbers[name] for name in ALLOWED if name in numbers}
    conditional = {numbers[name] for name in seccomp.conditional_rules(77)}
    for number in range(600):
        if number not in conditional:
            assert verdict(machine, number) == (ALLOW if number in allowed else DENY), number


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("clone", (0x3D0F00,), ALLOW),
        ("clone", (17,), DENY),
        ("clone", (0x3D0F00 | 0x10000000,), DENY),
        ("clone", (0x3D0F00 | 0x20000,), DENY),
        ("clone3", (), seccomp.MISSING),
        ("kill", (77, 9), ALLOW),
        ("kill", (78, 9), DENY),
        ("kill", (0xFFFFFFFF, 9), DENY),
        ("kill", (0, 9), DENY),
        ("tgkill", (77, 5, 9), ALLOW),
        ("tgkill", (1, 5, 9), DENY),
        ("fcntl", (1, 3), ALLOW),
        ("fcntl", (1, 8, 1), DENY),
        ("fcntl", (1, 1031, 1), DENY),
        ("ioctl", (1, 0x5401), ALLOW),
        ("ioctl", (1, 0x5412), DENY),
        ("prctl", (15,), ALLOW),
        ("prctl", (38,), DENY),
        ("prlimit64", (0, 7, 0, 1 << 40), ALLOW),
        ("prlimit64", (0, 7, 1 << 40, 0), DENY),
        ("prlimit64", (0, 7, 1, 0), DENY),
        ("prlimit64", (5, 7, 0, 1), DENY),
        ("sched_setaffinity", (0,), ALLOW),
        ("sched_setaffinity", (5,), DENY),
    ],
)
def test_some_calls_depend_on_their_arguments(
    machine: str, name: str, arguments: tuple[int, ...], expected: int
) -> None:
    assert verdict(machine, MACHINES[machine][name], *arguments) == expected


@pytest.mark.parametrize("machine", MACHINES)
def test_foreign_call_tables_kill(machine: str) -> None:
    i386 = 0x40000003
    assert verdict(machine, 20, architecture=i386) == KILL
    assert verdict(machine, 0x40000000 + 39) == KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_level_b_cannot_touch_times_and_modes(machine: str) -> None:
    for name in seccomp.NEEDS_PRIVATE_ROOT:
        if name in MACHINES[machine]:
            assert verdict(machine, MACHINES[machine][name], private=False) == DENY


SABOTAGE = {
    "seccomp": "from sandbox.layers import seccomp as m; m.install = lambda program: None",
    "landlock": "from sandbox.layers import landlock as m; m.restrict = lambda *paths: None",
    "rlimits": "from sandbox.layers import rlimits as m; m.apply = lambda limits: None",
    "no_new_privs": "from sandbox import child as m; old = m.arrange_descriptors\n"
    "def leaky(*a): old(*a); m.os.dup2(0, 9)\nm.arrange_descriptors = leaky",
    "namespaces": "from sandbox.layers import kernel as m\n"
    "def unshare(flags): raise OSError(1, 'unshare: Operation not permitted')\n"
    "m.unshare = unshare",
}
EXAMINE = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
exec(sys.argv[3])
from sandbox import footing, probe
from sandbox.ground import readable_trees
bare = footing.bare_ground(readable_trees())
report = probe.examine(sys.argv[2], footing.taker(bare, 65534))
print(json.dumps([report.missing, report.sentence()]))
"""


def examine(level: str, sabotage: str) -> tuple[str, str]:
    ended = subprocess.run(
        [sys.executable, "-I", "-c", EXAMINE, str(ROOT), level, sabotage],
        capture_output=True,
        text=True,
        timeout=30,
        env={"PATH": "/usr/bin"},
    )
    missing, sentence = json.loads(ended.stdout)
    return missing, sentence


@pytest.mark.parametrize("level", ["A", "B"])
def test_the_self_test_passes_when_nothing_is_missing(level: str) -> None:
    assert examine(level, "")[0] == ""


@pytest.mark.parametrize("layer", ["seccomp", "landlock", "rlimits", "no_new_privs", "namespaces"])
def test_the_self_test_notices_a_layer_that_was_not_put_on(layer: str) -> None:
    missing, sentence = examine("A", SABOTAGE[layer])
    assert missing == layer
    assert probe.REMEDIES[layer] in sentence


def test_a_layer_that_cannot_be_put_on_stops_the_job() -> None:
    sabotage = (
        "from sandbox.layers import landlock as m\n"
        "def restrict(*paths): raise OSError('Landlock ABI 1 is older than 3')\n"
        "m.restrict = restrict"
    )
    missing, sentence = examine("B", sabotage)
    assert missing == "landlock"
    assert "Landlock ABI 1" in sentence
    assert "lsm=landlock" in sentence
