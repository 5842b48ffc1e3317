"""Child programs that end with their parent, whatever ends the parent."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1


def _on_parent_death(number: int) -> Callable[[], None] | None:
    """Return what a child calls before exec so that it gets this signal when its parent dies."""
    # Loaded before the fork: a child of a threaded parent must not run the dynamic linker.
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        # The parent may have died between fork and prctl; then nobody would tell us.
        if os.getppid() != parent:
            os._exit(1)

    return ask


def start_child(
    command: Sequence[str],
    *,
    log: IO[bytes] | int,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    pass_fds: Sequence[int] = (),
    death_signal: int = signal.SIGKILL,
) -> "subprocess.Popen[bytes]":
    """Start `command` in a session of its own, with everything it prints going to `log`.

    In its own session a Ctrl-C in the terminal reaches the parent only, which then ends the
    children in order; Celery would take a second one for "stop at once". Must be called from
    the main thread: Linux sends `death_signal` when the starting *thread* ends.
    """
    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=dict(environment) if environment is not None else None,
        cwd=folder,
        pass_fds=tuple(pass_fds),
        start_new_session=True,
        preexec_fn=_on_parent_death(death_signal),
    )


def signal_session(child: "subprocess.Popen[bytes]", number: int) -> None:
    """Send a signal to a child and to everything it started."""
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        child.send_signal(number)
