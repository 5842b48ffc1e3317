"""The two things only one server may hold: the address, and the data folder."""

import errno
import fcntl
import json
import os
import socket
from pathlib import Path
from typing import IO

from alphabench.serve.errors import ServeError


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket that outlives any web child.

    Connections that arrive while the web child restarts wait in its queue.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, OverflowError):
        raise ServeError(f"{host}:{port} is not an address this machine knows.") from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise ServeError(_sentence(error, host, port)) from None
    listener.listen(1024)
    return listener


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is already in use by another program. "
            f"Choose another one: make run PORT={port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the system. Choose another one: make run PORT=8000"
    return f"Cannot listen on {host}:{port}: {error.strerror}."


class FolderLock:
    """Held as long as a server works in this folder; the kernel lets go when it dies."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "serve.lock"
        self.file: IO[str] | None = None

    def take(self) -> None:
        """Take the folder, or say who has it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        self.file = os.fdopen(descriptor, "r+")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServeError(self._sentence()) from None

    def note(self, url: str) -> None:
        """Write down who holds the folder, for the second one to read."""
        assert self.file is not None
        self.file.seek(0)
        self.file.truncate()
        json.dump({"pid": os.getpid(), "url": url}, self.file)
        self.file.flush()

    def _sentence(self) -> str:
        try:
            holder = json.loads(self.path.read_text())
        except ValueError:
            return "alphabench is already starting in this folder."
        return (
            f"alphabench is already running here: {holder['url']} (process {holder['pid']}). "
            f"To stop it: kill {holder['pid']}"
        )
