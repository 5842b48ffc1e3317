"""The sandbox's public face: give it jobs, get results."""

import os
import socket
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sandbox import host, starter
from sandbox.job import LEVELS, Job, SandboxResult, SandboxUnavailable
from sandbox.limits import Limits
from sandbox.starter import ServerOptions, StartedServer

ATTEMPTS = 3
RETRY_SECONDS = 0.2


class SandboxClient:
    """Runs jobs through the fork server behind one Unix socket.

    Holds no connection, so it can be shared by threads and survives a fork.  A client made by
    `start_or_connect` replaces a fork server that retired or misbehaved; one made by `connect` only
    reports it.
    """

    def __init__(self, path: str, *, min_level: str, options: ServerOptions | None) -> None:
        if min_level not in LEVELS or min_level == "N":
            raise ValueError(f"min_level is A or B, not {min_level!r}")
        self.path = path
        self.min_level = min_level
        self._options = options
        self._server: StartedServer | None = None
        self._starter_pid = os.getpid()

    @classmethod
    def start_or_connect(
        cls,
        socket_path: str | os.PathLike[str],
        *,
        min_level: str = "A",
        options: ServerOptions | None = None,
    ) -> "SandboxClient":
        """Connect, starting a fork server when none answers; raises `SandboxUnavailable`.

        `SANDBOX_FORCE_LEVEL_B=1` in the environment leaves the namespaces out (tests of level B).
        """
        starter.refuse_other_systems()
        chosen = options or ServerOptions()
        if os.environ.get("SANDBOX_FORCE_LEVEL_B") == "1":
            chosen = replace(chosen, force_level_b=True)
        client = cls(starter.checked_socket_path(socket_path), min_level=min_level, options=chosen)
        client._ensure_server()
        return client

    @classmethod
    def connect(
        cls, socket_path: str | os.PathLike[str], *, min_level: str = "A"
    ) -> "SandboxClient":
        """Connect to a running fork server; raises `SandboxUnavailable` when none answers."""
        starter.refuse_other_systems()
        path = starter.checked_socket_path(socket_path)
        if not starter.answers(path):
            raise SandboxUnavailable(f"No sandbox answers at {path}; start one (sandbox_serve).")
        return cls(path, min_level=min_level, options=None)

    def run(
        self,
        job: Job,
        limits: Limits | None = None,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> SandboxResult:
        """Run one job to its end.  Never raises for what the script does.

        `cancelled` is asked about ten times a second; when it says yes the script is killed.
        """
        limits = limits or Limits()
        problem = ""
        for attempt in range(ATTEMPTS):
            time.sleep(attempt * RETRY_SECONDS)
            try:
                connection = self._connection()
            except (OSError, SandboxUnavailable) as error:
                problem = str(error)
                continue
            with connection:
                try:
                    return host.exchange(
                        connection, job, limits, least_level=self.min_level, cancelled=cancelled
                    )
                except host.NotStarted as error:
                    problem = str(error)  # no line of the script was run: safe to try again
                except host.Anomaly as error:
                    starter.end_server_at(connection)
                    return SandboxResult(status="error:sandbox", reason=str(error))
        return SandboxResult(status="error:sandbox", reason=f"no sandbox took the job: {problem}")

    def run_many(
        self,
        jobs: Iterable[Job],
        limits: Limits | None = None,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[SandboxResult]:
        """Run jobs side by side, at most one per CPU; results in the order of the jobs."""
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            return list(pool.map(lambda job: self.run(job, limits, cancelled=cancelled), jobs))

    def server_pid(self) -> int:
        with starter.connect(self.path) as connection:
            return starter.peer(connection)[0]

    def stop(self) -> None:
        """End the fork server if this process started it, and every job with it."""
        if self._server is not None and self._starter_pid == os.getpid():
            self._server.stop()
            self._server = None

    def _connection(self) -> socket.socket:
        try:
            return starter.connect(self.path)
        except OSError:
            if self._options is None:
                raise
        self._ensure_server()
        return starter.connect(self.path)

    def _ensure_server(self) -> None:
        assert self._options is not None
        started = starter.start_unless_running(self.path, self._options)
        if started is not None:
            self.stop()  # collects the one before, which has ended
            self._server, self._starter_pid = started, os.getpid()
