"""Runs a command as a machine or container would that forbids some system calls.

    python -m tests.sandbox.without unshare,mount,pivot_root -- python manage.py check

A real filter of the kernel, inherited by everything below; `prctl:22` forbids one option of prctl.
"""

import ctypes
import errno
import os
import struct
import sys

from sandbox.layers import kernel

# What Docker's default profile refuses a container without CAP_SYS_ADMIN.
CONTAINER = "unshare,mount,umount2,pivot_root"
MISSING = {
    "namespaces": CONTAINER,
    "landlock": "landlock_create_ruleset",
    "seccomp": "seccomp",
    "capabilities": "capset",
    "no_new_privs": "prctl:38",
    "rlimits": "prlimit64",
}
# The sandbox has no use for these by number; x86_64 and aarch64.
NUMBERS = {"unshare": (272, 97), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41)}
UNKNOWN = frozenset({"landlock_create_ruleset"})  # an older kernel does not know these
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERROR = 0x7FFF0000, 0x00050000
NEW_LIMIT = 16 + 8 * 2  # the low half of the third argument


def program(names: list[str]) -> bytes:
    numbers = {name: pair[kernel.MACHINE != "x86_64"] for name, pair in NUMBERS.items()}
    numbers |= kernel.syscall_numbers()
    lines: list[tuple[int, int, int, int]] = []
    for name in names:
        call, _, option = name.partition(":")
        answer = (RETURN, 0, 0, ERROR | (errno.ENOSYS if call in UNKNOWN else errno.EPERM))
        body = [answer]
        if option:
            body = [(LOAD, 0, 0, 16), (EQUAL, 0, 1, int(option)), answer]
        if call == "prlimit64":  # reading one's limits stays possible
            body = [(LOAD, 0, 0, NEW_LIMIT), (EQUAL, 1, 0, 0), answer]
        lines += [(LOAD, 0, 0, 0), (EQUAL, 0, len(body), numbers[call]), *body]
    lines.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def forbid(names: list[str]) -> None:
    code = program(names)
    body = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(body))
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.syscall("seccomp", 1, 0, ctypes.create_string_buffer(header))


def main() -> None:
    names, _, *command = sys.argv[1:]
    forbid(names.split(","))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
