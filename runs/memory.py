"""The shared memory of web servers and workers: Django's cache, and life without it."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.core.cache import cache

log = structlog.get_logger(__name__)

R = TypeVar("R")


class SharedMemory:
    """Django's cache for what is convenient and not needed; while it is away, it is empty.

    The command line works without any server, so what can be done without memory must be.
    """

    def get(self, key: str) -> Any:
        """The value, or None."""
        return self._try(lambda: cache.get(key), None)

    def set(self, key: str, value: Any, timeout: int) -> None:
        """Keep a value for so many seconds."""
        self._try(lambda: cache.set(key, value, timeout), None)

    def add(self, key: str, value: Any, timeout: int) -> bool:
        """Keep a value unless there is one; True for the one caller that did."""
        return bool(self._try(lambda: cache.add(key, value, timeout), True))

    def incr(self, key: str) -> int:
        """One more; `ValueError` where there is nothing to count on."""
        return int(self._try(lambda: cache.incr(key), 1))

    def delete(self, key: str) -> None:
        """Forget a value."""
        self._try(lambda: cache.delete(key), None)

    def _try(self, work: Callable[[], R], otherwise: R) -> R:
        try:
            return work()
        except ValueError:
            raise
        except Exception as error:
            # Whatever the backend raises: redis has a tree of its own, and so have others.
            log.warning("cache_unavailable", reason=type(error).__name__)
            return otherwise
