"""Starts fork servers: one at a time per socket, with an environment made from nothing."""

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from sandbox.job import SandboxUnavailable

START_SECONDS = 120.0
LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes

BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from sandbox.forkserver import main; sys.exit(main(sys.argv[2]))"
)


def clean_environment() -> dict[str, str]:
    """Nothing of ours but the compiler's cache; threads in the parent would forbid forking."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "NUMBA_NUM_THREADS": str(os.cpu_count() or 1),
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        # Else each thread may reserve 64 MB of address space, by chance, and a job's is limited.
        "MALLOC_ARENA_MAX": "1",
    }
    if cache := os.environ.get("NUMBA_CACHE_DIR"):
        environment["NUMBA_CACHE_DIR"] = cache
    return environment


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """How a fork server is started; `None` leaves a choice to the fork server's own default."""

    python: str = sys.executable
    preload: tuple[str, ...] | None = None
    paths: tuple[str, ...] = ()
    uid: int = 65534
    client_uid: int | None = None
    max_jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    recycle_after: int = 1000
    idle_seconds: float = 20.0
    force_level_b: bool = False

    def settings(self, socket_path: str, lifeline: int, ready: int) -> str:
        chosen = {name: value for name, value in vars(self).items() if value is not None}
        chosen.pop("python")
        chosen.update(socket_path=socket_path, lifeline=lifeline, ready=ready)
        return json.dumps(chosen)


@dataclass
class StartedServer:
    """A fork server that this process started, and the pipe whose end tells it we are gone."""

    running: subprocess.Popen[bytes]
    lifeline: int
    level: str
    reason: str
    layers: tuple[str, ...]

    def stop(self) -> None:
        """Kill the server, and with it every supervisor and script; collect it."""
        if self.running.poll() is None:
            self.running.send_signal(signal.SIGTERM)
            try:
                self.running.wait(5)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()
        if self.lifeline >= 0:
            os.close(self.lifeline)
            self.lifeline = -1


def refuse_other_systems() -> None:
    if sys.platform != "linux":
        raise SandboxUnavailable(
            f"Scripts run only on Linux (this is {sys.platform}): the sandbox is made of Linux "
            "kernel features. Run the application in a Linux container or virtual machine."
        )


def checked_socket_path(path: str | os.PathLike[str]) -> str:
    text = str(Path(path).absolute())
    if len(text.encode()) > LONGEST_SOCKET_PATH:
        raise SandboxUnavailable(f"The socket path is longer than {LONGEST_SOCKET_PATH}: {text}")
    return text


def connect(path: str) -> socket.socket:
    """A connection to a fork server of ours; `OSError` when none answers."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(5)
        connection.connect(path)
        _, uid = peer(connection)
        if uid not in (0, os.getuid()):
            raise PermissionError(f"the socket belongs to uid {uid}")
    except BaseException:
        connection.close()
        raise
    return connection


def peer(connection: socket.socket) -> tuple[int, int]:
    """Process id and uid of the fork server behind a connection, by the kernel's word."""
    size = struct.calcsize("=iII")
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    pid, uid, _ = struct.unpack("=iII", credentials)
    return pid, uid


def answers(path: str) -> bool:
    try:
        connect(path).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def start_lock(path: str) -> Iterator[None]:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(f"{path}.lock", flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def start_unless_running(path: str, options: ServerOptions) -> StartedServer | None:
    """`None` when one answers already; two callers at once start one server."""
    refuse_other_systems()
    if answers(path):
        return None
    Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with start_lock(path):
        if answers(path):
            return None
        remove_stale_socket(path)
        return start(path, options)


def remove_stale_socket(path: str) -> None:
    try:
        about = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(about.st_mode):
        raise SandboxUnavailable(f"{path} is in the way: it is not a socket")
    Path(path).unlink()


def start(path: str, options: ServerOptions) -> StartedServer:
    lifeline_read, lifeline_write = os.pipe()
    ready_read, ready_write = os.pipe()
    root = str(Path(__file__).resolve().parent.parent)
    settings = options.settings(path, lifeline_read, ready_write)
    log = os.open(
        f"{path}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
    )
    try:
        running = subprocess.Popen(
            [options.python, "-I", "-c", BOOT, root, settings],
            env=clean_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(lifeline_read, ready_write),
            start_new_session=True,
        )
    except OSError as error:
        os.close(lifeline_write)
        os.close(ready_read)
        raise SandboxUnavailable(f"The fork server cannot be started: {error}") from error
    finally:
        for descriptor in (lifeline_read, ready_write, log):
            os.close(descriptor)
    return wait_until_ready(running, ready_read, lifeline_write, path)


def wait_until_ready(
    running: subprocess.Popen[bytes], ready: int, lifeline: int, path: str
) -> StartedServer:
    server = StartedServer(running, lifeline, "N", "", ())
    message = read_line(ready, time.monotonic() + START_SECONDS)
    os.close(ready)
    if not message or "error" in message:
        server.stop()
        why = message.get("error") or f"it ended before it was ready; see {path}.log"
        raise SandboxUnavailable(f"The fork server did not start: {why}")
    layers = message["layers"]
    assert isinstance(layers, list)
    return replace(
        server,
        level=str(message["level"]),
        reason=str(message["reason"]),
        layers=tuple(map(str, layers)),
    )


def read_line(descriptor: int, deadline: float) -> dict[str, object]:
    line = b""
    while not line.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return {"error": "it was not ready in time"}
        if not (chunk := os.read(descriptor, 4096)):
            return {}
        line += chunk
    message = json.loads(line)
    assert isinstance(message, dict)
    return message


def end_server_at(connection: socket.socket) -> None:
    """Kill the fork server behind a connection; its supervisors and scripts die with it."""
    pid, _ = peer(connection)
    with contextlib.suppress(OSError):
        handle = os.pidfd_open(pid)
        try:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)
