"""The walls tried from inside, in every job, before the first byte of its script is read.

The self-test of the fork server (`sandbox.probe`) tries far more, once; this takes a fraction of a
millisecond and is about this process: that each layer was really put on here.
"""

import os
import resource
import socket
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from sandbox.layers import kernel

SIGCHLD = 17
MOST_DESCRIPTORS = 64


class NotWalledIn(OSError):
    """Something forbidden was possible; the text names the layer."""


def verify(limits: Mapping[int, tuple[int, int]], *, private: bool, first_free: int) -> None:
    """Raise `NotWalledIn` when a forbidden act is not refused."""
    for layer, what, act in (
        ("seccomp", "starting a process", _fork),
        ("seccomp", "opening a socket", lambda: socket.socket().close()),
        ("seccomp", "signalling another process", lambda: os.kill(os.getpid() + 1, 0)),
        ("capabilities", "becoming root", lambda: os.setuid(0)),
        ("landlock", "listing the root directory", lambda: next(Path("/").iterdir())),
        ("landlock", "writing beside the interpreter", partial(_create, sys.prefix)),
        ("rlimits", "raising a limit", partial(_raise_limit, limits)),
    ):
        _must_fail(layer, what, act)
    if 0 in os.getresuid():
        raise NotWalledIn("capabilities: a script must not run as uid 0")
    _check_limits(limits)
    _check_descriptors(first_free)
    if private:
        _check_private_world()


def _must_fail(layer: str, what: str, act: Callable[[], object]) -> None:
    try:
        act()
    except OSError:
        return
    raise NotWalledIn(f"{layer}: {what} was not refused")


def _fork() -> None:
    # Not os.fork(): hooks of libraries would run first.
    if kernel.syscall("clone", SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)


def _create(folder: str) -> None:
    path = f"{folder}/.alphabench-self-test"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    Path(path).unlink()


def _raise_limit(limits: Mapping[int, tuple[int, int]]) -> None:
    soft, hard = limits[resource.RLIMIT_NOFILE]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft + 1, hard + 1))
    except ValueError as error:  # how Python words a refusal
        raise OSError(str(error)) from error


def _check_limits(limits: Mapping[int, tuple[int, int]]) -> None:
    for which, (_, hard) in limits.items():
        if resource.getrlimit(which)[1] not in range(hard + 1):
            raise NotWalledIn(f"rlimits: limit {which} is not what was set")


def _check_descriptors(first_free: int) -> None:
    for descriptor in range(first_free, MOST_DESCRIPTORS):
        _must_fail("no_new_privs", "an inherited descriptor", partial(os.fstat, descriptor))


def _check_private_world() -> None:
    if os.getpid() != 1 or os.getppid() != 0:
        raise NotWalledIn("namespaces: other processes can be seen")
    _must_fail("namespaces", "seeing /proc", partial(os.stat, "/proc"))
