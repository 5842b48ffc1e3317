"""What the gateway remembers between processes, as little as it needs of any cache."""

from __future__ import annotations

from typing import Any, Protocol


class Store(Protocol):
    """A shared memory that forgets; timeouts are whole seconds. Django's cache is one."""

    def get(self, key: str) -> Any:
        """The value, or None."""
        ...

    def set(self, key: str, value: Any, timeout: int) -> Any: ...

    def add(self, key: str, value: Any, timeout: int) -> bool:
        """Set only what is not there; True for the one caller that did."""
        ...

    def incr(self, key: str) -> int:
        """One more, atomically; `ValueError` where there is nothing to count on."""
        ...

    def delete(self, key: str) -> Any: ...
