"""Files: only named trees can be read, only the job's own directory can be written."""

import ctypes
import os
import stat

from sandbox.layers import kernel

# Truncation is only covered from ABI 3 (Linux 6.2) on; without it a read-only file can be emptied.
LEAST_ABI = 3

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
TRUNCATE = 1 << 14

READ = READ_FILE | READ_DIR
# No EXECUTE, no devices, sockets, fifos or links, no REFER (moving between trees), no IOCTL_DEV.
WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | TRUNCATE
ON_A_FILE = WRITE_FILE | READ_FILE | TRUNCATE

RULE_PATH_BENEATH = 1


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    get_version = 1
    return kernel.syscall("landlock_create_ruleset", None, 0, get_version)


def restrict(readable: tuple[str, ...], writable: tuple[str, ...]) -> None:
    abi = version()
    if abi < LEAST_ABI:
        raise OSError(f"Landlock ABI {abi} is older than {LEAST_ABI}")
    handled = (1 << (16 if abi >= 5 else 15)) - 1
    # TCP bind and connect from ABI 4; abstract sockets and signals to outsiders from ABI 6.
    attributes = _Ruleset(handled, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = kernel.syscall("landlock_create_ruleset", ctypes.byref(attributes), size, 0)
    try:
        for path in readable:
            _allow(ruleset, path, READ & handled)
        for path in writable:
            _allow(ruleset, path, WRITE & handled)
        kernel.syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there (or not reachable) needs no permission
    try:
        if not stat.S_ISDIR(os.fstat(parent).st_mode):
            access &= ON_A_FILE
        rule = _PathBeneath(access, parent)
        kernel.syscall("landlock_add_rule", ruleset, RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(parent)
