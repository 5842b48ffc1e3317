"""`manage.py serve`: the whole site with one command."""

import json
import os
import time
from pathlib import Path
from threading import Thread
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from alphabench.serve.errors import ServeError
from alphabench.serve.listener import FolderLock, listen
from alphabench.serve.logs import LogFolder
from alphabench.serve.preparation import prepare
from alphabench.serve.roles import plan, read_ahead
from alphabench.serve.supervisor import Supervisor


class Command(BaseCommand):
    """Serve pages, run backtests and keep everything they need alive until Ctrl-C."""

    help = "Run the whole site: web, worker, beat, sandbox and, without REDIS_URL, Valkey."
    # The web child checks the site anyway, and here every second delays the first page.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Define --host, --port, --workers and --no-beat."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")
        parser.add_argument(
            "--workers", type=int, default=_cpus(), help="backtests at a time (default: CPUs)"
        )
        parser.add_argument(
            "--no-beat", action="store_true", help="leave the schedule to another machine"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until a signal says stop."""
        try:
            self._serve(options["host"], options["port"], options["workers"], options["no_beat"])
        except ServeError as error:
            raise SystemExit(str(error)) from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None

    def _serve(self, host: str, port: int, workers: int, no_beat: bool) -> None:
        begun = time.monotonic()
        lock = FolderLock(settings.VAR_DIR)
        lock.take()
        listener = listen(host, port)
        port = listener.getsockname()[1]  # with --port 0 the kernel chose one
        url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}/"
        lock.note(url)
        if settings.PRODUCTION:
            self.check(databases=["default"])
        prepare(say=self._say)
        connections.close_all()
        roles = plan(listener=listener, host=host, port=port, workers=workers, beat=not no_beat)
        state = settings.VAR_DIR / "serve.json"
        supervisor = Supervisor(
            roles,
            folder=settings.BASE_DIR,
            logs=LogFolder(settings.VAR_DIR / "log"),
            say=self._say,
            changed=lambda pids: _write_state(state, url, pids),
        )

        def ready() -> None:
            self._say(f"alphabench is ready at {url} ({time.monotonic() - begun:.1f} s)")
            self._say(f"Stop with Ctrl-C. Logs: {settings.VAR_DIR / 'log'}")
            Thread(target=read_ahead, args=(port,), daemon=True).start()

        supervisor.run(on_ready=ready)
        self._say("alphabench has stopped.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _cpus() -> int:
    """Return how many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _write_state(path: Path, url: str, pids: dict[str, int]) -> None:
    """Write who runs where, for operators and tests."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"url": url, "pid": os.getpid(), "children": pids}))
    draft.replace(path)
