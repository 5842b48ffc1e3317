"""Resource limits of the script's own process, which is the only one it can have."""

import os
import resource
from collections.abc import Mapping

MEBIBYTE = 1 << 20

# Reserving address space is not using memory (thread stacks, arenas): an eighth more, so that the
# supervisor's watch on memory really in use decides first and gives the clearer status.
ADDRESS_SPACE_SLACK = 1.125


def table(
    *,
    base_kb: int,
    memory_mb: int,
    cpu_seconds: int,
    file_mb: int,
    open_files: int,
    threads: int,
) -> dict[int, tuple[int, int]]:
    address_space = (base_kb << 10) + int(memory_mb * ADDRESS_SPACE_SLACK) * MEBIBYTE
    return {
        resource.RLIMIT_AS: (address_space, address_space),
        # One second between SIGXCPU and SIGKILL.
        resource.RLIMIT_CPU: (cpu_seconds, cpu_seconds + 1),
        resource.RLIMIT_NPROC: (threads, threads),
        resource.RLIMIT_FSIZE: (file_mb * MEBIBYTE, file_mb * MEBIBYTE),
        resource.RLIMIT_NOFILE: (open_files, open_files),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_STACK: (8 * MEBIBYTE, 8 * MEBIBYTE),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
    }


def apply(limits: Mapping[int, tuple[int, int]]) -> None:
    for which, (soft, hard) in limits.items():
        ceiling = resource.getrlimit(which)[1]
        if ceiling != resource.RLIM_INFINITY:
            # Ours may be the looser one; a hard limit can only go down.
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(which, (soft, hard))


def tasks_of(uid: int, proc: int) -> int:
    """Threads this uid already runs: RLIMIT_NPROC counts them all outside a user namespace."""
    total = 0
    for name in os.listdir(proc):
        if name.isdigit():
            try:
                if os.stat(name, dir_fd=proc).st_uid == uid:
                    total += os.stat(f"{name}/task", dir_fd=proc).st_nlink - 2
            except OSError:
                continue  # gone meanwhile
    return total
