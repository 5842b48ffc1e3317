"""The supervisor's eye on a running script: time, memory, and what the host wants."""

import os
import select
import socket
import time
from typing import Any

from sandbox import protocol
from sandbox.ground import Ground
from sandbox.limits import SETUP_SECONDS, Limits

POLL_SECONDS = 0.02


class Watch:
    """Waits for a script's end or for a reason to end it.

    The script's time starts when its process says that every layer is on: how long a busy machine
    takes to get there is neither its fault nor its gain.
    """

    def __init__(
        self,
        connection: socket.socket,
        pid: int,
        ready: int,
        limits: Limits,
        ground: Ground,
        base_kb: int,
    ) -> None:
        self.connection = connection
        self.pid = pid
        self.ready = ready
        self.limits = limits
        self.ground = ground
        self.base_kb = base_kb
        self.ending = os.pidfd_open(pid)
        self.started = time.monotonic()
        self.deadline = self.started + SETUP_SECONDS
        self.said = b""
        self.peak_kb = 0
        connection.setblocking(False)

    def until_the_end(self) -> str | None:
        """The reason to kill, or `None` when the script has ended by itself."""
        watched: list[Any] = [self.ending, self.connection, self.ready]
        pause = POLL_SECONDS / 8  # short jobs want to be seen too
        while True:
            events, _, _ = select.select(watched, [], [], pause)
            pause = min(pause * 2, POLL_SECONDS)
            if self.ready in events:
                watched.remove(self.ready)
                self._start()
            if self.ending in events:
                return None
            if self.connection in events:
                return self._host_says()
            if (reason := self._excess()) is not None:
                return reason

    def _start(self) -> None:
        self.said = os.read(self.ready, 4096)
        self.started = time.monotonic()
        self.deadline = self.started + self.limits.wall_seconds

    def _excess(self) -> str | None:
        used = self.ground.anonymous_kb(self.pid) - self.base_kb
        self.peak_kb = max(self.peak_kb, used)
        if used > self.limits.memory_mb << 10:
            return "killed:memory"
        if time.monotonic() > self.deadline:
            return "killed:timeout"
        return None

    def _host_says(self) -> str:
        """`KILL`: the script wrote too much; anything else, above all hanging up, cancels."""
        try:
            said = self.connection.recv(1)
        except OSError:
            said = b""
        return "output-truncated" if said == protocol.KILL else "killed:cancelled"
