"""Waiting in tests: never for this machine's speed, only for what would take far longer."""

import contextlib
import time
from collections.abc import Iterator


@contextlib.contextmanager
def without_waiting_for(seconds: float) -> Iterator[None]:
    """What happens inside must not sit through something that takes `seconds`.

    Half of it is left to a busy machine, so `seconds` is to be a minute rather than one.
    """
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds / 2
