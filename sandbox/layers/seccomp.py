"""System calls: an allow-list, everything else answers EPERM, foreign call tables kill.

The filter is assembled by hand (classic BPF, `linux/filter.h`) so that nothing has to be installed.
"""

import ctypes
import errno
import struct

from sandbox.layers import kernel
from sandbox.layers.syscalls import ALLOWED

Instruction = tuple[int, int, int, int]

LOAD, JUMP_EQUAL, JUMP_NOT_BELOW, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
ALLOW = 0x7FFF0000
KILL = 0x80000000
DENY = 0x00050000 | errno.EPERM
MISSING = 0x00050000 | errno.ENOSYS
UNSUPPORTED = 0x00050000 | errno.EOPNOTSUPP

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "arm64": 0xC00000B7}
X32_BIT = 0x40000000

# clone's flags: every CLONE_NEW* bit and CLONE_THREAD; only CLONE_THREAD may be set.
CLONE_MASK = 0x7E030000
CLONE_THREAD = 0x00010000

# No F_SETOWN, F_SETSIG (a signal to another process without kill), leases or pipe sizes.
FCNTL_COMMANDS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)
# TCGETS (isatty), FIONREAD, FIOCLEX, FIONCLEX, FIONBIO
IOCTL_COMMANDS = (0x5401, 0x541B, 0x5451, 0x5450, 0x5421)
# PR_SET_NAME, PR_GET_NAME, PR_SET_VMA
PRCTL_OPTIONS = (15, 16, 0x53564D41)


def argument(index: int, *, high: bool = False) -> Instruction:
    """Load one half of a call's argument (`struct seccomp_data`, little endian)."""
    return (LOAD, 0, 0, 16 + 8 * index + (4 if high else 0))


def one_of(index: int, values: tuple[int, ...]) -> list[Instruction]:
    body = [argument(index)]
    for value in values:
        body += [(JUMP_EQUAL, 0, 1, value), (RETURN, 0, 0, ALLOW)]
    return body


def conditional_rules(own_pid: int) -> dict[str, list[Instruction]]:
    """Calls that are allowed with some arguments only.

    `clone3` hides its flags behind a pointer, so it answers ENOSYS and libc falls back to `clone`.
    """
    reading_own_limit = [
        argument(0),
        (JUMP_EQUAL, 0, 5, 0),
        argument(2),
        (JUMP_EQUAL, 0, 3, 0),
        argument(2, high=True),
        (JUMP_EQUAL, 0, 1, 0),
        (RETURN, 0, 0, ALLOW),
    ]
    threads_only = [
        argument(0),
        (AND, 0, 0, CLONE_MASK),
        (JUMP_EQUAL, 0, 1, CLONE_THREAD),
        (RETURN, 0, 0, ALLOW),
    ]
    return {
        "clone": threads_only,
        "clone3": [(RETURN, 0, 0, MISSING)],
        # "No extended attributes here" is an answer that shutil.copy2 can live with.
        "listxattr": [(RETURN, 0, 0, UNSUPPORTED)],
        "llistxattr": [(RETURN, 0, 0, UNSUPPORTED)],
        "sched_setaffinity": one_of(0, (0,)),
        "kill": one_of(0, (own_pid,)),
        "tgkill": one_of(0, (own_pid,)),
        "fcntl": one_of(1, FCNTL_COMMANDS),
        "ioctl": one_of(1, IOCTL_COMMANDS),
        "prctl": one_of(0, PRCTL_OPTIONS),
        "prlimit64": reading_own_limit,
    }


# Without a private root these reach files by path that Landlock does not guard against them.
NEEDS_PRIVATE_ROOT = frozenset({"utimensat", "chmod", "fchmod", "fchmodat"})


def assemble(
    own_pid: int, machine: str, numbers: dict[str, int], *, private_root: bool = True
) -> list[Instruction]:
    program: list[Instruction] = [
        (LOAD, 0, 0, 4),
        (JUMP_EQUAL, 1, 0, ARCHITECTURES[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
        (JUMP_NOT_BELOW, 0, 1, X32_BIT),
        (RETURN, 0, 0, KILL),
    ]
    for name in ALLOWED:
        if name in numbers and (private_root or name not in NEEDS_PRIVATE_ROOT):
            program += [(JUMP_EQUAL, 0, 1, numbers[name]), (RETURN, 0, 0, ALLOW)]
    for name, body in conditional_rules(own_pid).items():
        program.append((JUMP_EQUAL, 0, len(body) + 1, numbers[name]))
        program += [*body, (RETURN, 0, 0, DENY)]
    program.append((RETURN, 0, 0, DENY))
    return program


def compile_filter(own_pid: int, *, private_root: bool) -> bytes:
    numbers = kernel.syscall_numbers()
    program = assemble(own_pid, kernel.MACHINE, numbers, private_root=private_root)
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


def install(program: bytes) -> None:
    """Install for all threads (TSYNC); from here on this thread cannot loosen it."""
    body = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(body))
    set_filter, all_threads = 1, 1
    kernel.syscall("seccomp", set_filter, all_threads, ctypes.create_string_buffer(header))
