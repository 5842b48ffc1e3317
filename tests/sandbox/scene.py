"""A neighbourhood for misbehaving scripts: secrets, a victim, listeners, a neighbour process.

Nothing here believes a script: every check looks at the thing itself, from outside.
"""

import contextlib
import hashlib
import os
import secrets
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

SYSTEM_PYTHON = "/usr/bin/python3"
SANDBOX_UID = 65534
NEIGHBOUR = """
import sys
print("here", flush=True)
sys.stdin.read()
"""


def processes() -> dict[int, tuple[int, str, str]]:
    """pid -> (parent, name, state) of everything on this machine."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                text = (entry / "stat").read_text()
                name = text[text.index("(") + 1 : text.rindex(")")]
                state, parent = text[text.rindex(")") + 2 :].split()[:2]
                found[int(entry.name)] = (int(parent), name, state)
    return found


def descendants(root: int) -> set[int]:
    """Living processes below `root`."""
    everything = processes()
    found: set[int] = set()
    todo = [root]
    while todo:
        parent = todo.pop()
        for pid, (its_parent, _, state) in everything.items():
            if its_parent == parent and pid not in found and state != "Z":
                found.add(pid)
                todo.append(pid)
    return found


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether it becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_alive(pid: int) -> bool:
    """Whether a process is there and not only waits to be collected."""
    return processes().get(pid, (0, "", "Z"))[2] != "Z"


class Scene:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)
        self.open_folder = folder / "open"
        self.secret_file = folder / "settings.py"
        self.victim = self.open_folder / "victim.txt"
        self.unix_path = folder / "service.sock"
        self.abstract = f"ab-sbx-{secrets.token_hex(4)}"
        self.stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self.open_folder.mkdir()
        self.open_folder.chmod(0o777)
        self.listeners = [
            self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            self._listen(socket.AF_UNIX, socket.SOCK_STREAM, str(self.unix_path)),
            self._listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self.abstract}"),
        ]
        self.unix_path.chmod(0o777)
        self.tcp_port = self.listeners[0].getsockname()[1]
        self.udp_port = self.listeners[1].getsockname()[1]
        self.neighbour = self._start_neighbour()
        self.neighbour_limits = self._limits_of_neighbour()
        return self

    def __exit__(self, *_: object) -> None:
        self.neighbour.kill()
        self.neighbour.communicate()
        self.stack.close()

    def _listen(self, family: int, kind: int, address: object) -> socket.socket:
        listener = self.stack.enter_context(socket.socket(family, kind))
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen(4)
        return listener

    def _start_neighbour(self) -> subprocess.Popen[bytes]:
        """A process of the very uid that scripts run as: only the layers protect it."""
        python = SYSTEM_PYTHON if Path(SYSTEM_PYTHON).exists() else sys.executable
        as_user = {"user": SANDBOX_UID, "group": SANDBOX_UID} if os.getuid() == 0 else {}
        neighbour = subprocess.Popen(
            [python, "-I", "-c", NEIGHBOUR],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"NEIGHBOUR_SECRET": "unset"},
            cwd="/",
            **as_user,
        )
        assert neighbour.stdout is not None
        assert neighbour.stdout.readline() == b"here\n"
        return neighbour

    def _limits_of_neighbour(self) -> tuple[str, int, set[int]]:
        pid = self.neighbour.pid
        limits = Path(f"/proc/{pid}/limits").read_text()
        return limits, os.getpriority(os.PRIO_PROCESS, pid), os.sched_getaffinity(pid)

    def plant(self) -> None:
        self.secret = f"SECRET{secrets.token_hex(8)}"
        self.secret_file.write_text(f"SECRET_KEY = '{self.secret}'\n")
        self.secret_file.chmod(0o644)
        self.victim.write_text("untouched\n")
        self.victim.chmod(0o666)
        os.environ["AB_TEST_SECRET"] = self.secret
        self.before = self._fingerprint()

    def _fingerprint(self) -> list[tuple[str, int, int, str]]:
        rows = []
        for path in sorted(self.folder.rglob("*")):
            about = path.lstat()
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            digest = hashlib.sha256(content).hexdigest()
            modified = 0 if path.is_dir() else about.st_mtime_ns
            rows.append((str(path), about.st_mode, modified, digest))
        return rows

    def words(self) -> dict[str, object]:
        """What the attacker is assumed to know."""
        return {
            "secret_file": str(self.secret_file),
            "victim": str(self.victim),
            "open_folder": str(self.open_folder),
            "folder": str(self.folder),
            "tcp_port": self.tcp_port,
            "udp_port": self.udp_port,
            "unix_path": str(self.unix_path),
            "abstract": self.abstract,
            "neighbour": self.neighbour.pid,
        }

    def assert_untouched(self) -> None:
        del os.environ["AB_TEST_SECRET"]
        assert self._fingerprint() == self.before, "files outside were changed"
        with selectors.DefaultSelector() as selector:
            for listener in self.listeners:
                selector.register(listener, selectors.EVENT_READ)
            assert selector.select(0) == [], "a listener was reached"
        assert self.neighbour.poll() is None, "the neighbour died"
        assert self._limits_of_neighbour() == self.neighbour_limits
