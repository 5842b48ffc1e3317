"""Large pages for what every job inherits: forking copies tables, and fewer entries copy faster."""

import ctypes
import os
from collections.abc import Iterator

from sandbox.layers import kernel

LARGE = 2 << 20
MADV_HUGEPAGE, MADV_COLLAPSE = 14, 25


def use_large_pages(proc: int) -> int:
    """Join this process's own memory into large pages; returns how many bytes of it.

    Needs Linux 6.1 and costs nothing where it is not to be had. A job that writes to such a page
    copies a small one of it, as before.
    """
    joined = 0
    for start, end in _own_memory(proc):
        first, last = -(-start // LARGE) * LARGE, end // LARGE * LARGE
        if first < last:
            place, size = ctypes.c_void_p(first), ctypes.c_size_t(last - first)
            kernel.libc.madvise(place, size, MADV_HUGEPAGE)
            joined += size.value if kernel.libc.madvise(place, size, MADV_COLLAPSE) == 0 else 0
    return joined


def _own_memory(proc: int) -> Iterator[tuple[int, int]]:
    """Stretches that are writable, private and of no file."""
    opened = os.open("self/maps", os.O_RDONLY, dir_fd=proc)
    with os.fdopen(opened) as maps:
        lines = maps.readlines()
    for line in lines:
        place, rights, _, _, inode, *name = line.split()
        if rights == "rw-p" and inode == "0" and (not name or name[0] == "[heap]"):
            start, _, end = place.partition("-")
            yield int(start, 16), int(end, 16)
