"""Following a run's events inside one server process: one reader a run, however many sockets.

A follower reads the event table when somebody announces news, and every `POLL_SECONDS` anyway,
so a lost announcement or a restarted broker delays an event but never hides it.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async

POLL_SECONDS = 2.0
PAGE = 500

Message = dict[str, Any]
Reader = Callable[[int], list[Message]]


class Follower:
    """Reads the events of one run after a growing number and hands them to its sockets."""

    def __init__(self, read: Reader) -> None:
        self._read = database_sync_to_async(read)
        self._subscribers: dict[asyncio.Queue[Message], int] = {}
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def subscribe(self, queue: asyncio.Queue[Message], after: int) -> None:
        """Give `queue` every event after `after`, backlog first."""
        self._subscribers[queue] = after
        self.wake()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow())

    def unsubscribe(self, queue: asyncio.Queue[Message]) -> bool:
        """Forget `queue`; True when nobody is left."""
        self._subscribers.pop(queue, None)
        if not self._subscribers and self._task is not None:
            self._task.cancel()
            self._task = None
        return not self._subscribers

    def wake(self) -> None:
        """Something was announced: look at the table now."""
        self._news.set()

    async def _follow(self) -> None:
        while True:
            self._news.clear()
            while await self._deliver():
                pass
            try:
                await asyncio.wait_for(self._news.wait(), POLL_SECONDS)
            except TimeoutError:
                continue

    async def _deliver(self) -> bool:
        """Read one page for the socket furthest behind; True when there may be more."""
        if not self._subscribers:
            return False
        messages: list[Message] = await self._read(min(self._subscribers.values()))
        for queue, seen in list(self._subscribers.items()):
            for message in messages:
                if message["sequence"] > seen:
                    queue.put_nowait(message)
                    seen = message["sequence"]
            if queue in self._subscribers:
                self._subscribers[queue] = seen
        return len(messages) == PAGE


_followers: dict[tuple[int, str], Follower] = {}


def follower(group: str, read: Reader) -> Follower:
    """The follower of `group` in this event loop."""
    # Tests run several loops in one process; tasks must not outlive or leave theirs.
    key = (id(asyncio.get_running_loop()), group)
    if key not in _followers:
        _followers[key] = Follower(read)
    return _followers[key]


def leave(group: str, queue: asyncio.Queue[Message]) -> None:
    """Unsubscribe `queue`, and forget a follower nobody listens to."""
    key = (id(asyncio.get_running_loop()), group)
    if key in _followers and _followers[key].unsubscribe(queue):
        del _followers[key]
