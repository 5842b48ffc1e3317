"""A store in this process, with a clock that only the test moves."""

from __future__ import annotations

import threading
from typing import Any


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


class MemoryStore:
    """`llm.gateway.Store` over a dictionary."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.RLock()

    def get(self, key: str) -> Any:
        with self._lock:
            ends, value = self.kept.get(key, (0.0, None))
            return value if ends > self.clock() else None

    def set(self, key: str, value: Any, timeout: int) -> None:
        with self._lock:
            self.kept[key] = (self.clock() + timeout, value)

    def add(self, key: str, value: Any, timeout: int) -> bool:
        with self._lock:
            if self.get(key) is not None:
                return False
            self.set(key, value, timeout)
            return True

    def incr(self, key: str) -> int:
        with self._lock:
            if self.get(key) is None:
                raise ValueError(key)
            ends, value = self.kept[key]
            self.kept[key] = (ends, value + 1)
            return int(value) + 1

    def delete(self, key: str) -> None:
        with self._lock:
            self.kept.pop(key, None)
