"""The WebSocket side of a run: everything after the number the client last saw, then live."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from typing import Any, ClassVar
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from runs.follow import PAGE, Message, follower, leave
from runs.models import Run

NOT_FOUND = 4404


class EventConsumer(AsyncJsonWebsocketConsumer, ABC):  # type: ignore[misc]
    """`ws/…/<run_id>?after=N`: replays events after N, then follows.

    Concrete consumers say which run a connection may see, by the same rule as the page.
    """

    run_model: ClassVar[type[Run]]

    @abstractmethod
    def visible_run(self, run_id: str) -> Run | None:
        """Return the run when this connection may see it. Called in a thread."""

    async def connect(self) -> None:
        run_id = str(self.scope["url_route"]["kwargs"]["run_id"])
        self.run: Run | None = await database_sync_to_async(self.visible_run)(run_id)
        # Accept first: a close code before acceptance never reaches a browser.
        await self.accept()
        if self.run is None:
            await self.close(NOT_FOUND)
            return
        self.queue: asyncio.Queue[Message] = asyncio.Queue()
        if self.channel_layer is not None:
            with contextlib.suppress(Exception):  # no broker: the follower polls
                await self.channel_layer.group_add(self.run.group, self.channel_name)
        self.sender = asyncio.create_task(self._send_queue())
        follower(self.run.group, self._read).subscribe(self.queue, self._after())

    async def disconnect(self, code: int) -> None:
        if self.run is None or not hasattr(self, "sender"):
            return
        leave(self.run.group, self.queue)
        self.sender.cancel()
        if self.channel_layer is not None:
            with contextlib.suppress(Exception):
                await self.channel_layer.group_discard(self.run.group, self.channel_name)

    async def run_news(self, message: dict[str, Any]) -> None:
        """Somebody announced events of this run."""
        if self.run is not None:
            follower(self.run.group, self._read).wake()

    async def _send_queue(self) -> None:
        while True:
            await self.send_json(await self.queue.get())

    def _after(self) -> int:
        query = parse_qs(self.scope.get("query_string", b"").decode("ascii", "replace"))
        text = query.get("after", ["0"])[-1]
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def _read(self, after: int) -> list[Message]:
        if self.run is None:
            return []
        # Which run an event belongs to is the concrete model's field.
        wanted: dict[str, Any] = {"run": self.run, "sequence__gt": after}
        events = self.run.event_model._default_manager.filter(**wanted)
        return [event.as_message() for event in events.order_by("sequence")[:PAGE]]
