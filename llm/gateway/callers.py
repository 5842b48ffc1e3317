"""What belongs to the caller, used in the caller's thread: there its connections are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llm.gateway.blocking import CallersThread
from llm.gateway.store import Store
from llm.gateway.usage import Budget, Message, Usage


class CallersBudget:
    """A budget asked in the caller's thread."""

    def __init__(self, budget: Budget, caller: CallersThread) -> None:
        self._reserve, self._settle = caller.wrap(budget.reserve), caller.wrap(budget.settle)

    def reserve(self, messages: Sequence[Message], max_tokens: int) -> Any:
        return self._reserve(messages, max_tokens)

    def settle(self, held: Any, usage: Usage | None) -> None:
        self._settle(held, usage)


class CallersStore:
    """A store read and written in the caller's thread."""

    def __init__(self, store: Store, caller: CallersThread) -> None:
        self._get, self._set = caller.wrap(store.get), caller.wrap(store.set)
        self._add, self._incr = caller.wrap(store.add), caller.wrap(store.incr)
        self._delete = caller.wrap(store.delete)

    def get(self, key: str) -> Any:
        return self._get(key)

    def set(self, key: str, value: Any, timeout: int) -> Any:
        return self._set(key, value, timeout)

    def add(self, key: str, value: Any, timeout: int) -> bool:
        return self._add(key, value, timeout)

    def incr(self, key: str) -> int:
        return self._incr(key)

    def delete(self, key: str) -> Any:
        return self._delete(key)
