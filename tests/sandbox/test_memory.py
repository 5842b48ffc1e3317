"""Large pages change how memory is laid out, and nothing that is in it."""

import os

import numpy as np

from sandbox.memory import LARGE, use_large_pages


def test_memory_in_large_pages_holds_what_it_held() -> None:
    table = np.arange(4 * LARGE // 8, dtype=np.int64)
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    joined = use_large_pages(proc)
    os.close(proc)
    assert joined % LARGE == 0
    assert int(table.sum()) == len(table) * (len(table) - 1) // 2
