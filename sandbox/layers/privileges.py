"""Rights of the process itself: no uid 0, no capability, none to be gained."""

import ctypes
import os
import struct

from sandbox.layers import kernel

CAPABILITY_VERSION_3 = 0x20080522


def give_up_root(uid: int) -> None:
    """Become `uid` for good; only root can and must do this."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def drop_all() -> None:
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    _drop_bounding_set()
    header = ctypes.create_string_buffer(struct.pack("=Ii", CAPABILITY_VERSION_3, 0), 8)
    kernel.syscall("capset", header, ctypes.create_string_buffer(24))
    _verify(header)


def _drop_bounding_set() -> None:
    """Needs CAP_SETPCAP; without it no_new_privs alone keeps the bounding set out of reach."""
    capability = 0
    while kernel.libc.prctl(kernel.PR_CAPBSET_READ, capability, 0, 0, 0) >= 0:
        if kernel.libc.prctl(kernel.PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            return
        capability += 1


def _verify(header: ctypes.Array[ctypes.c_char]) -> None:
    held = ctypes.create_string_buffer(24)
    kernel.syscall("capget", header, held)
    if any(held.raw):
        raise OSError("capabilities are left after dropping them")
    if kernel.prctl(kernel.PR_GET_NO_NEW_PRIVS) != 1:
        raise OSError("no_new_privs is not set")
    if 0 in os.getresuid():
        raise OSError("a script must not run as uid 0")
