"""The maintained npm server `@copilotkit/aimock`, so that our client is not tested only against
our own reading of the protocol. Real HTTP, answers by fixtures in JSON.

`scripts/setup dev` installs it by `npm ci` from the lockfile beside; where Node is missing, the
tests that need it say so and are skipped.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("aimock")
COMMAND = FOLDER / "node_modules" / ".bin" / "llmock"
START_SECONDS = 20.0


def why_not() -> str:
    """Why the server cannot run here; empty when it can."""
    return "" if shutil.which("node") else "Node is not installed: no second test server"


class AimockServer:
    """A running server for these fixtures; a context manager."""

    def __init__(self, fixtures: list[dict[str, Any]], folder: Path) -> None:
        if not COMMAND.exists():
            raise RuntimeError("The second test server is not installed: run scripts/setup dev")
        path = folder / "fixtures.json"
        path.write_text(json.dumps({"fixtures": fixtures}))
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}/v1"
        self._words = [
            "node", str(COMMAND.resolve()), "--port", str(self._port), "--fixtures", str(path),
            "--strict", "--validate-on-load", "--log-level", "warn",
        ]  # fmt: skip
        self._log = folder / "aimock.log"
        self._running: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> AimockServer:
        with self._log.open("wb") as log:
            self._running = subprocess.Popen(self._words, stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._running.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise RuntimeError(self._log.read_text())
            time.sleep(0.02)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._running is not None:
            self._running.terminate()
            self._running.wait(timeout=10)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/models", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
