"""Self-test: a real job attempts what is forbidden and has to fail at each of it.

Runs before the first script, in a forked process, because reaching a level cannot be undone.
Versions and settings prove nothing; only a refused attempt does.
"""

import json
import os
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox import host, probe_acts, supervisor
from sandbox.ground import MANDATORY, PRIVATE_WORLD, Ground
from sandbox.job import Job, SandboxResult
from sandbox.layers import namespaces
from sandbox.limits import Limits

# Imported here: from inside the sandbox this file may be out of reach.
ACTS = f"{probe_acts.__name__}:{probe_acts.attempt_everything.__name__}"
LIMITS = Limits(wall_seconds=10, memory_mb=256)
SHORT = Limits(wall_seconds=0.05, memory_mb=256)

REMEDIES = {
    "seccomp": "the kernel needs CONFIG_SECCOMP_FILTER and the container must allow seccomp()",
    "landlock": "needs Linux 6.2 or later with landlock among the active security modules "
    "(kernel parameter lsm=landlock,...)",
    "namespaces": "allow unprivileged user namespaces (sysctl user.max_user_namespaces; on Ubuntu "
    "an AppArmor profile or kernel.apparmor_restrict_unprivileged_userns=0; in a container the "
    "unshare, mount and pivot_root calls), or accept level B with SANDBOX_MIN_LEVEL=B",
    "capabilities": "do not run the fork server's scripts as uid 0",
    "no_new_privs": "needs Linux 3.5 or later",
    "rlimits": "the service's own limits are in the way (LimitAS=, LimitNOFILE=)",
    "supervisor": "the supervisor could not stop a script in time; see the fork server's log",
}
# Words in an error message that tell which layer could not be put on.
SYMPTOMS = (
    ("landlock", "landlock"),
    ("seccomp", "seccomp"),
    ("unshare", "namespaces"),
    ("mount", "namespaces"),
    ("pivot_root", "namespaces"),
    ("_map", "namespaces"),
    ("setgroups", "namespaces"),
    ("capset", "capabilities"),
    ("capabilities", "capabilities"),
    ("uid 0", "capabilities"),
    ("no_new_privs", "no_new_privs"),
    ("prctl 38", "no_new_privs"),
    ("limit", "rlimits"),
)


@dataclass(frozen=True)
class Report:
    """What one level's self-test found."""

    level: str
    layers: tuple[str, ...]
    missing: str = ""
    detail: str = ""

    @property
    def passed(self) -> bool:
        return not self.missing

    def sentence(self) -> str:
        return f"Level {self.level}: {self.what_is_missing()}"

    def what_is_missing(self) -> str:
        return (
            f"the layer {self.missing} is missing ({self.detail}): "
            f"{REMEDIES.get(self.missing, 'see the log of the fork server')}."
        )


def wanted_layers(level: str) -> tuple[str, ...]:
    return (*MANDATORY, PRIVATE_WORLD) if level == "A" else MANDATORY


def layer_of(message: str) -> str:
    lowered = message.lower()
    return next((layer for word, layer in SYMPTOMS if word in lowered), "supervisor")


def examine(level: str, take_ground: Callable[[str], Ground]) -> Report:
    """Reach the level in a forked process, run the acts there, and read its report."""
    with tempfile.TemporaryDirectory(prefix="alphabench-probe-") as folder:
        # Open to everyone by its mode bits: only the layers stand between it and the script.
        Path(folder).chmod(0o755)
        canary = Path(folder) / "canary"
        canary.write_text("canary")
        canary.chmod(0o666)
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read_end)
            message = _examine_here(level, take_ground, str(canary))
            os.write(write_end, json.dumps(message).encode()[:4096])
            os._exit(0)
        os.close(write_end)
        with os.fdopen(read_end, "rb") as source:
            raw = source.read()
        os.waitpid(pid, 0)
    try:
        missing, detail = json.loads(raw)
    except ValueError:
        missing, detail = "supervisor", "the self-test died"
    return Report(level, () if missing else wanted_layers(level), missing, detail)


def _examine_here(level: str, take_ground: Callable[[str], Ground], canary: str) -> tuple[str, str]:
    try:
        ground = take_ground(level)
        return _attempt(ground, canary)
    except Exception as error:
        detail = f"{type(error).__name__}: {error}"
        return layer_of(detail), detail


def _attempt(ground: Ground, canary: str) -> tuple[str, str]:
    sys.modules.pop("__main__", None)
    params: dict[str, object] = {
        "canaries": [canary, namespaces.CANARY] if ground.level == "A" else [canary],
        "outsider": os.getpid(),
        "private": ground.level == "A",
        "open_files": LIMITS.open_files,
        "memory_mb": LIMITS.memory_mb,
    }
    result = _run(ground, Job(script=b"", data=b"data", entry=ACTS, params=params), LIMITS)
    if result.status != "ok":
        detail = result.reason or result.stderr.strip()[-300:] or result.status
        return layer_of(detail), detail
    for layer, act in json.loads(result.result):
        return str(layer), f"{act} was not refused"
    sleeper = _run(ground, Job(script=b"while True: pass"), SHORT)
    if sleeper.status != "killed:timeout":
        return "supervisor", f"an endless loop ended as {sleeper.status} {sleeper.reason}"
    return "", ""


def _run(ground: Ground, job: Job, limits: Limits) -> SandboxResult:
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        os._exit(supervisor.serve(theirs, ground))
    theirs.close()
    try:
        with ours:
            return host.exchange(ours, job, limits, least_level="B")
    finally:
        os.waitpid(pid, 0)
