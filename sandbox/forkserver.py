"""The fork server: a warm, clean, single-threaded process that every script is forked from.

Started with an explicit environment and without Django, so there is no secret in it to inherit.  It
reads nothing from a connection: accept, fork, close.  What a job says is read in that job's
supervisor, so job N never finds anything of job N-1.
"""

import atexit
import contextlib
import gc
import json
import os
import select
import shutil
import socket
import struct
import sys
import tempfile
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from sandbox import footing, supervisor
from sandbox.ground import JOB_PREFIX, Ground, readable_trees
from sandbox.layers import privileges
from sandbox.memory import use_large_pages
from sandbox.preload import DEFAULT_PRELOAD, preload

# fmt: off
ALLOWED_ENVIRONMENT = frozenset((
    "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE",
    "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
    "NUMBA_CACHE_DIR", "JE_ARROW_MALLOC_CONF", "ARROW_DEFAULT_MEMORY_POOL", "MALLOC_ARENA_MAX",
))
# fmt: on
TICK_SECONDS = 1.0
BACKLOG = 128


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How one fork server is run; travels from the starter as JSON on the command line."""

    socket_path: str
    preload: tuple[str, ...] = DEFAULT_PRELOAD
    paths: tuple[str, ...] = ()
    uid: int = 65534
    client_uid: int | None = None
    max_jobs: int = 2
    recycle_after: int = 1000
    idle_seconds: float = 20.0
    force_level_b: bool = False
    lifeline: int = -1
    ready: int = -1

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        fields = json.loads(text)
        lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
        return cls(**(fields | lists))


class CannotStart(Exception):
    """The fork server refuses to serve; the text goes to the starter."""


def main(arguments: str) -> int:
    settings = Settings.from_json(arguments)
    os.umask(0o077)
    try:
        refuse_foreign_environment()
        listener, marker = listen(settings)
        ground = prepare(settings)
    except (CannotStart, OSError) as error:
        announce(settings, {"error": str(error)})
        return 1
    announce(settings, {"level": ground.level, "reason": ground.reason, "layers": ground.layers})
    ForkServer(settings, ground, listener, marker).run()
    return 0


def announce(settings: Settings, message: dict[str, object]) -> None:
    if settings.ready >= 0:
        with contextlib.suppress(OSError):  # a starter that gave up does not stop the server
            os.write(settings.ready, json.dumps(message).encode() + b"\n")
        os.close(settings.ready)


def refuse_foreign_environment() -> None:
    foreign = sorted(set(os.environ) - ALLOWED_ENVIRONMENT)
    if foreign:
        raise CannotStart(f"started with a foreign environment: {', '.join(foreign)[:200]}")
    if "django" in sys.modules:
        raise CannotStart("started inside a Django process")


def listen(settings: Settings) -> tuple[socket.socket, int]:
    """The listening socket, and a handle on its file that tells when the file has been removed.

    Listening while still root lets clients read from the connection whose server this is.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(settings.socket_path)
    Path(settings.socket_path).chmod(0o600)
    if settings.client_uid is not None and os.geteuid() == 0:
        os.chown(settings.socket_path, settings.client_uid, -1, follow_symlinks=False)
    marker = os.open(settings.socket_path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    listener.listen(BACKLOG)
    return listener, marker


def prepare(settings: Settings) -> Ground:
    bare = footing.bare_ground(readable_trees(preload(settings.preload, settings.paths)))
    threads = bare.status_of("self", "Threads")["Threads"]
    if threads != 1:
        raise CannotStart(f"{threads} threads are running after the imports; forking needs one")
    sweep()
    take = footing.taker(bare, settings.uid)
    levels = ("B",) if settings.force_level_b else footing.BEST_FIRST
    report, failures = footing.examine_levels(levels, take)
    if report is None:
        privileges.give_up_root(settings.uid)
        return Ground(**dict(vars(bare), reason=" ".join(failures)))
    reason = " ".join(failures)
    return Ground(**dict(vars(take(report.level)), layers=report.layers, reason=reason))


def sweep() -> None:
    """Remove job directories of level B whose supervisor was killed before it could."""
    for path in Path(tempfile.gettempdir()).glob(f"{JOB_PREFIX}*"):
        pid = path.name.removeprefix(JOB_PREFIX).partition("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)


class ForkServer:
    """Accepts at most `max_jobs` at a time; the kernel's backlog is the queue, first come first."""

    def __init__(
        self, settings: Settings, ground: Ground, listener: socket.socket, marker: int
    ) -> None:
        self.settings = settings
        self.ground = ground
        self.listener = listener
        self.marker = marker
        self.lifeline: int | None = settings.lifeline if settings.lifeline >= 0 else None
        self.running: dict[int, int] = {}  # pidfd -> pid
        self.jobs = 0
        self.retiring = False
        self.last_job = time.monotonic()
        allowed = {0, os.getuid()}
        if settings.client_uid is not None:
            allowed.add(settings.client_uid)
        if (starter := self._owner_of_socket()) is not None:
            allowed.add(starter)
        self.allowed_uids = allowed

    def _owner_of_socket(self) -> int | None:
        with contextlib.suppress(OSError):
            return os.fstat(self.marker).st_uid
        return None

    def run(self) -> None:
        cast(Any, atexit)._clear()  # libraries' farewells are this process's, not each script's
        gc.collect()
        use_large_pages(self.ground.proc)
        gc.freeze()  # keeps the collector from touching, and so copying, shared pages
        while not self.finished():
            self.step()

    def finished(self) -> bool:
        orphaned = self.settings.lifeline >= 0 and self.lifeline is None
        if orphaned and self.settings.idle_seconds == 0:
            return True  # a service's own server: what still runs dies with us
        if self.running:
            return False
        if self.retiring or os.fstat(self.marker).st_nlink == 0:
            return True
        return orphaned and time.monotonic() - self.last_job > self.settings.idle_seconds

    def step(self) -> None:
        watched: list[Any] = list(self.running)
        if len(self.running) < self.settings.max_jobs and not self.retiring:
            watched.append(self.listener)
        if self.lifeline is not None:
            watched.append(self.lifeline)
        ready, _, _ = select.select(watched, [], [], TICK_SECONDS)
        for item in ready:
            if item is self.listener:
                self.accept()
            elif item == self.lifeline:
                self.lifeline = None  # nobody writes to it: readable means the starter is gone
            elif isinstance(item, int):
                self.reap(item)

    def accept(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            if not self.is_allowed(connection):
                return
            try:
                pid = os.fork()
            except OSError as error:
                # No memory or process to spare just now: the client asks again, nothing is lost.
                print(f"cannot fork: {error}", file=sys.stderr, flush=True)
                return
            if pid == 0:
                self.become_supervisor(connection)
        self.running[os.pidfd_open(pid)] = pid
        self.jobs += 1
        self.last_job = time.monotonic()
        # A server that proved nothing refuses one job; the next client has a fresh one try again.
        if self.jobs >= self.settings.recycle_after or self.ground.level == "N":
            self.retire()

    def is_allowed(self, connection: socket.socket) -> bool:
        size = struct.calcsize("=iII")
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        return struct.unpack("=iII", credentials)[1] in self.allowed_uids

    def become_supervisor(self, connection: socket.socket) -> None:
        code = supervisor.ANOMALY
        try:
            keep = {0, 1, 2, connection.fileno(), self.ground.proc}
            close_all_but(keep)
            code = supervisor.serve(connection, self.ground)
        except BaseException:
            traceback.print_exc()
        os._exit(code)

    def reap(self, ending: int) -> None:
        pid = self.running.pop(ending)
        os.close(ending)
        _, status = os.waitpid(pid, 0)
        self.last_job = time.monotonic()
        if status != 0:
            print(f"supervisor {pid} ended with {status}", file=sys.stderr, flush=True)
            self.retire()

    def retire(self) -> None:
        """Take nothing new, let what runs finish; whoever connects next starts a fresh server."""
        if not self.retiring:
            self.retiring = True
            self.listener.close()


def close_all_but(keep: set[int]) -> None:
    last = 2
    for descriptor in sorted(keep):
        if descriptor > last:
            os.closerange(last + 1, descriptor)
        last = max(last, descriptor)
    os.closerange(last + 1, last + 4096)


if __name__ == "__main__":
    # Started by hand or by a service: that process stays what it is, the server is its child.
    from sandbox.commands import main as command_line

    sys.exit(command_line(["serve", *sys.argv[1:]]))
