"""The whole site for a test: the real `manage.py serve`, on a free port, in a fresh folder."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from django.conf import settings

from alphabench.serve.children import start_child

ROLES = ("valkey", "web", "sandbox", "worker", "beat")


class Stack:
    """A running site: `with Stack() as stack: get(stack.url)`.

    Embedded unless `database_url` and `redis_url` say otherwise. Nothing of it outlives the block.
    """

    def __init__(
        self,
        *,
        port: int | None = None,
        database_url: str = "",
        redis_url: str = "",
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        arguments: tuple[str, ...] = (),
        patience: float = 120.0,
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.own_folder = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="alphabench-stack-"))
        self.redis_url = redis_url
        self.environment = self._environment(database_url, redis_url, environment or {})
        self.arguments = arguments
        self.patience = patience
        self.supervisor: subprocess.Popen[bytes] | None = None

    def _environment(
        self, database_url: str, redis_url: str, more: Mapping[str, str]
    ) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ALPHABENCH_", "TEST_", "PYTEST_"))
        }
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "alphabench.settings",
            "ALPHABENCH_VAR": str(self.folder),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            **more,
        }

    # From start to end

    def __enter__(self) -> "Stack":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            print(self.logs())
        self.discard()

    def start(self, *, wait: bool = True) -> "Stack":
        """Start the site and, unless told otherwise, wait until all of it is up."""
        # What an earlier start left behind must not look like this one's.
        shutil.rmtree(self.folder / "log", ignore_errors=True)
        (self.folder / "serve.json").unlink(missing_ok=True)
        with self.console.open("wb") as out:
            self.supervisor = start_child(
                self.command("serve", "--port", str(self.port), *self.arguments),
                log=out,
                environment=self.environment,
                folder=settings.BASE_DIR,
                death_signal=signal.SIGTERM,
            )
        if wait:
            self.wait_until_ready()
        return self

    def stop(self) -> int:
        """End the site as Ctrl-C does and return its exit code; twice is fine."""
        if self.supervisor is None:
            return 0
        if self.supervisor.poll() is None:
            self.supervisor.send_signal(signal.SIGINT)
            try:
                self.supervisor.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.supervisor.kill()
                self.supervisor.wait()
        return self.supervisor.returncode

    def discard(self) -> None:
        """End the site and take its folder away, unless the test brought the folder."""
        self.stop()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *words: str) -> list[str]:
        """Return the command line of one management command of this site."""
        return [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]

    def manage(self, *words: str, timeout: float = 120.0) -> "subprocess.CompletedProcess[str]":
        """Run one management command on this site's data."""
        return subprocess.run(
            self.command(*words),
            env=self.environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    # Looking at it

    @property
    def console(self) -> Path:
        """What the person at the terminal would see."""
        return self.folder / "console.txt"

    def logs(self) -> str:
        """Return everything said so far: the console, then each role's log."""
        paths = [self.console, *sorted((self.folder / "log").glob("*.log"))]
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-6000:]}"
            for path in paths
            if path.exists()
        )

    def pids(self) -> dict[str, int]:
        """Return the process of each role that runs now."""
        return dict(self._state().get("children", {}))

    def _state(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.folder / "serve.json").read_text()))
        except FileNotFoundError:
            return {}

    def processes(self) -> set[int]:
        """Return the supervisor and every process below it, pool workers and scripts included."""
        assert self.supervisor is not None
        return descendants(self.supervisor.pid)

    # Waiting and breaking

    def wait_until_ready(self) -> None:
        """Wait for the line that says ready, and for every role behind the pages."""
        wanted = {role for role in ROLES if role != "valkey" or not self.redis_url}
        if "--no-beat" in self.arguments:
            wanted.discard("beat")
        self.wait_for(lambda: "is ready at" in self.console.read_text(), "the page")
        self.wait_for(lambda: wanted <= set(self.pids()), f"all of {sorted(wanted)}")
        log = self.folder / "log" / "worker.log"
        ready = re.compile(r"alphabench@\S+ ready")
        self.wait_for(lambda: log.exists() and ready.search(log.read_text()), "the worker")

    def wait_for(self, condition: Any, what: str) -> None:
        """Wait until something holds; when it never does, say what the site said."""
        deadline = time.monotonic() + self.patience
        while not condition():
            assert self.supervisor is not None
            if self.supervisor.poll() is not None:
                raise AssertionError(f"The site ended while waiting for {what}.\n{self.logs()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"Waited in vain for {what}.\n{self.logs()}")
            time.sleep(0.05)

    def kill(self, role: str, number: int = signal.SIGKILL) -> int:
        """Kill one role's process as a crash would, and return who it was."""
        pid = self.pids()[role]
        os.kill(pid, number)
        return pid

    def wait_for_new(self, role: str, old: int) -> int:
        """Wait until the role runs in another process than `old`."""
        self.wait_for(lambda: self.pids().get(role, old) != old, f"a new {role}")
        return self.pids()[role]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> set[int]:
    """Return a process and everything it started, directly or not."""
    found = {pid}
    for thread in (Path("/proc") / str(pid) / "task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in thread.read_text().split():
                found |= descendants(int(child))
    return found


def alive(pids: set[int]) -> set[int]:
    """Return those that still run; a zombie has ended."""
    return {pid for pid in pids if _state_letter(pid) not in ("", "Z", "X")}


def _state_letter(pid: int) -> str:
    try:
        text = (Path("/proc") / str(pid) / "stat").read_text()
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[0]


def wait_until_gone(pids: set[int], seconds: float) -> set[int]:
    """Wait until none of these runs any more; return those that still do."""
    deadline = time.monotonic() + seconds
    while (left := alive(pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Return one running site for the whole session; a test that breaks it makes its own."""
    with Stack() as running:
        yield running
