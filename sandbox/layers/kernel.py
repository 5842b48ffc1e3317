"""Calls into libc that Python 3.11 does not offer, with errors turned into `OSError`."""

import ctypes
import os
import platform

from sandbox.layers.syscalls import AARCH64, X86_64

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

MACHINE = platform.machine()

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2


def syscall_numbers() -> dict[str, int]:
    """The numbers of this machine; an unknown machine has no sandbox rather than a wrong one."""
    if MACHINE == "x86_64":
        return X86_64
    if MACHINE in ("aarch64", "arm64"):
        return AARCH64
    raise OSError(f"no system call table for {MACHINE}; x86_64 and aarch64 are supported")


def checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(name: str, *arguments: object) -> int:
    number = ctypes.c_long(syscall_numbers()[name])
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return checked(libc.syscall(number, *converted), name)


def prctl(option: int, *arguments: int) -> int:
    padded = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    return checked(libc.prctl(ctypes.c_int(option), *padded), f"prctl {option}")


def unshare(flags: int) -> None:
    checked(libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(
    source: str, target: str, kind: str | None, flags: int, options: str | None = None
) -> None:
    checked(
        libc.mount(
            source.encode(),
            target.encode(),
            None if kind is None else kind.encode(),
            ctypes.c_ulong(flags),
            None if options is None else options.encode(),
        ),
        f"mount {target}",
    )


def unmount(target: str) -> None:
    checked(libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")
