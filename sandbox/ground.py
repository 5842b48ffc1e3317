"""What the fork server prepared once and every job stands on."""

import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

MANDATORY = ("no_new_privs", "capabilities", "seccomp", "landlock", "rlimits", "supervisor")
PRIVATE_WORLD = "namespaces"
JOB_PREFIX = "alphabench-job-"


@dataclass(frozen=True)
class Ground:
    """Level, layers and resources that a supervisor finds when it is forked.

    `proc` is an open directory of the host's /proc; the script's process never gets it.
    """

    level: str
    reason: str
    layers: tuple[str, ...]
    readable: tuple[str, ...]
    proc: int
    syscall_filter: bytes | None = None

    def status_of(self, pid: int | str, *names: str) -> dict[str, int]:
        """Chosen lines of /proc/<pid>/status as integers (kB where the kernel says kB)."""
        opened = os.open(f"{pid}/status", os.O_RDONLY, dir_fd=self.proc)
        try:
            text = os.read(opened, 8192).decode("ascii", "replace")
        finally:
            os.close(opened)
        found = dict.fromkeys(names, 0)
        for line in text.splitlines():
            name, _, value = line.partition(":")
            if name in found:
                found[name] = int(value.split()[0])
        return found

    def anonymous_kb(self, pid: int | str) -> int:
        return sum(self.status_of(pid, "RssAnon", "RssShmem").values())


def readable_trees(more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What a script may read: interpreter, installed packages, system libraries, time zones."""
    candidates = (
        sys.prefix,
        sysconfig.get_paths()["stdlib"],
        sysconfig.get_paths()["platstdlib"],
        f"{sys.base_prefix}/lib" if sys.base_prefix != "/usr" else "/usr/lib",
        "/usr/lib",
        "/usr/lib64",
        "/usr/local/lib",
        "/usr/share/zoneinfo",
        *more,
    )
    found = {str(Path(path).resolve()) for path in candidates if Path(path).is_dir()}
    named = {path for path in candidates if Path(path).is_dir()}
    return tuple(sorted(found | named))
