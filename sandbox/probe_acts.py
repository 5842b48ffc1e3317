"""The forbidden acts; runs inside the sandbox as the self-test's script."""

import contextlib
import ctypes
import json
import mmap
import os
import resource
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

FIRST_UNKNOWN_FD = 5
Act = tuple[str, str, Callable[[], object]]


def attempt_everything(source: str, data_path: str, params: dict[str, Any]) -> bytes:
    """Returns JSON pairs (layer, act) of everything that was *not* refused."""
    breaches = [(layer, name) for layer, name, act in all_acts(data_path, params) if succeeds(act)]
    return json.dumps(breaches).encode()


def succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except (OSError, MemoryError, RuntimeError):
        return False
    return True


def all_acts(data_path: str, params: dict[str, Any]) -> Iterator[Act]:
    yield from file_acts(data_path, params)
    yield from call_acts(params)
    yield from limit_acts(params)
    yield "capabilities", "becoming uid 0", lambda: os.setuid(0)
    yield "no_new_privs", "inheriting a descriptor", inherited_descriptor
    if params["private"]:
        yield from world_acts(params)


def file_acts(data_path: str, params: dict[str, Any]) -> Iterator[Act]:
    for path in params["canaries"]:
        yield "landlock", f"reading {path}", partial(read, path)
        yield "landlock", f"emptying {path}", partial(os.truncate, path, 0)
        yield "landlock", f"writing beside {path}", partial(touch, f"{path}2")
    yield "landlock", "changing the data", lambda: os.truncate(data_path, 1)
    yield "landlock", "listing /etc", lambda: next(Path("/etc").iterdir())


def call_acts(params: dict[str, Any]) -> Iterator[Act]:
    yield "seccomp", "opening a socket", lambda: socket.socket()
    yield "seccomp", "forking", fork
    yield "seccomp", "executing", lambda: os.execv("/bin/true", ["true"])
    yield "seccomp", "signalling", lambda: os.kill(params["outsider"], 0)
    yield "seccomp", "memfd_create", lambda: os.memfd_create("x")
    yield "seccomp", "ptrace", ptrace


def limit_acts(params: dict[str, Any]) -> Iterator[Act]:
    yield "rlimits", "opening many files", lambda: open_many(params["open_files"])
    # Twice the share plus half a gigabyte: also above the slack for address space.
    size = (params["memory_mb"] * 2 + 512) << 20
    yield "rlimits", "reserving too much memory", lambda: mmap.mmap(-1, size)
    yield "rlimits", "core dumps", lambda: fail_if(resource.getrlimit(resource.RLIMIT_CORE)[1] == 0)


def world_acts(params: dict[str, Any]) -> Iterator[Act]:
    for path in ("/proc/self/status", "/etc", "/home", params["canaries"][0]):
        yield "namespaces", f"seeing {path}", partial(os.stat, path)
    yield "namespaces", "seeing another pid", lambda: fail_if(os.getpid() == 1)
    yield "namespaces", "writing to the root", lambda: Path("/probe").mkdir()


def read(path: str) -> None:
    Path(path).read_bytes()


def touch(path: str) -> None:
    Path(path).touch()


def fail_if(condition: bool) -> None:
    if condition:
        raise OSError("refused")


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def open_many(limit: int) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(limit + 1):
            stack.enter_context(Path("/dev/null").open("rb"))


def ptrace() -> None:
    attach, outsider = 16, 1
    library = ctypes.CDLL(None, use_errno=True)
    fail_if(library.ptrace(attach, outsider, None, None) < 0)


def inherited_descriptor() -> None:
    for descriptor in range(FIRST_UNKNOWN_FD, 256):
        with contextlib.suppress(OSError):
            os.fstat(descriptor)
            return
    raise OSError("none")
