"""The programs that together are the site, and how each is started."""

import http.client
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

from alphabench.serve import preparation, valkey
from alphabench.serve.errors import ServeError

# `python -m sandbox.commands serve`, but gone a second after us instead of twenty.
SANDBOX_PROGRAM = """
import sys
from sandbox import ServerOptions
from sandbox.commands import serve
sys.exit(serve(sys.argv[1], ServerOptions(idle_seconds=1.0)))
"""


# What is read before the first visitor comes.
IDEA = "Buy when RSI(2) is below 10, sell when it is above 70."


@dataclass(frozen=True, kw_only=True)
class Role:
    """A Role models one program the supervisor keeps alive (or, with `once`, runs to its end)."""

    name: str
    command: list[str]
    environment: Mapping[str, str] | None = None  # None: ours
    pass_fds: tuple[int, ...] = ()
    after: tuple[str, ...] = ()  # roles that come first (see `Seat.lets_others_start`)
    ready: Callable[[], bool] = lambda: True
    essential: bool = False  # without it there is no site: give up when it never becomes ready
    once: bool = False
    outlives: bool = False  # stopped only when everything else has ended
    grace: float = 8.0  # seconds from SIGTERM to SIGKILL
    death_signal: int = signal.SIGKILL


def plan(*, listener: socket.socket, host: str, port: int, workers: int, beat: bool) -> list[Role]:
    """Return every role of this configuration, in the order of starting."""
    roles = [_web(listener, host, port), _sandbox(), _worker(workers)]
    if beat:
        roles.append(_beat())
    if kernels := preparation.kernels_to_warm():
        roles.insert(0, Role(name="kernels", command=kernels, once=True))
    if not settings.REDIS_URL:
        roles.insert(0, _valkey())
    # Nothing waits for a role that this configuration does not have.
    names = {role.name for role in roles}
    return [_waiting_for(role, names) for role in roles]


def _waiting_for(role: Role, names: set[str]) -> Role:
    after = tuple(name for name in role.after if name in names)
    return Role(**{**role.__dict__, "after": after})


def _valkey() -> Role:
    folder = settings.VAR_DIR / "valkey"
    folder.mkdir(exist_ok=True)
    try:
        words = valkey.command(socket_path=settings.VALKEY_SOCKET, folder=folder)
    except FileNotFoundError as error:
        raise ServeError(f"There is no Valkey to start: {error}.") from None
    return Role(
        name="valkey",
        command=words,
        ready=lambda: valkey.answers(settings.VALKEY_SOCKET),
        essential=True,
        outlives=True,
        # It writes its file before it goes; a kill would cut the last record.
        death_signal=signal.SIGTERM,
    )


def _web(listener: socket.socket, host: str, port: int) -> Role:
    return Role(
        name="web",
        command=[
            *_module("daphne"),
            *("--fd", str(listener.fileno())),
            *("--verbosity", "0"),
            # A page that takes longer than this is lost to its reader anyway.
            *("--http-timeout", "120"),
            *("--application-close-timeout", "3"),
            "--no-server-name",
            "alphabench.asgi:application",
        ],
        pass_fds=(listener.fileno(),),
        after=("valkey",),
        ready=lambda: page_answers(port, "/health") and page_answers(port, "/"),
        essential=True,
    )


def _sandbox() -> Role:
    return Role(
        name="sandbox",
        command=[sys.executable, "-c", SANDBOX_PROGRAM, str(settings.SANDBOX_SOCKET)],
        # What runs a stranger's script never held a secret, so it cannot lose one.
        environment=_clean_environment(),
        after=("web", "kernels"),
        ready=lambda: _accepts(settings.SANDBOX_SOCKET),
    )


def _worker(concurrency: int) -> Role:
    return Role(
        name="worker",
        command=[
            *_module("celery"),
            *("--app", "alphabench", "worker"),
            *("--pool", "prefork", "--concurrency", str(concurrency)),
            *("--queues", "celery", "--hostname", "alphabench@%h"),
            *("--loglevel", "INFO"),
            # One node has nobody to gossip with.
            *("--without-gossip", "--without-mingle"),
        ],
        # The page comes first: on two cores everything at once would make it wait.
        after=("valkey", "web", "kernels", "sandbox"),
    )


def _beat() -> Role:
    return Role(
        name="beat",
        command=[
            *_module("celery"),
            *("--app", "alphabench", "beat"),
            *("--scheduler", "django_celery_beat.schedulers:DatabaseScheduler"),
            # The supervisor knows its process; a pid file would outlive a kill and block.
            *("--pidfile", ""),
            *("--loglevel", "WARNING"),
        ],
        after=("valkey", "web"),
    )


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def _clean_environment() -> dict[str, str]:
    """Return what a Python needs to start and nothing else of ours."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "NUMBA_CACHE_DIR", "SANDBOX_FORCE_LEVEL_B")
    values = {name: os.environ[name] for name in kept if name in os.environ}
    return {**values, "PYTHONUNBUFFERED": "1"}


def _accepts(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            connection.connect(str(path))
            return True
    except OSError:
        return False


def _own_name() -> str:
    """Return a host name that this configuration answers to."""
    names = [name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"]
    return names[0] if names else "localhost"


def page_answers(port: int, path: str, host: str = "127.0.0.1", *, seconds: float = 10) -> bool:
    """Tell whether this page answers 200, as its visitor would see it."""
    # In production pages are only served under the site's own name, to a proxy that ended TLS.
    headers = {"Host": _own_name(), "X-Forwarded-Proto": "https"}
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def read_ahead(port: int) -> None:
    """Have an idea read before the first visitor types one.

    The first reading of a process loads the grammar: seconds that nobody should sit through, and
    on a slow machine more than a visitor would wait.
    """
    page_answers(port, f"/?idea={quote(IDEA)}", seconds=120)
