"""The parts of the supervisor that need no running site."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from alphabench.serve import valkey
from alphabench.serve.children import start_child
from alphabench.serve.errors import ServeError
from alphabench.serve.listener import FolderLock, listen
from alphabench.serve.logs import MAX_BYTES, LogFolder
from alphabench.serve.roles import Role
from alphabench.serve.supervisor import Seat
from tests.stack import wait_until_gone


def test_a_listening_socket_queues_before_anyone_accepts() -> None:
    with listen("127.0.0.1", 0) as listener, socket.socket() as client:
        client.connect(listener.getsockname())


def test_an_unknown_address_is_one_sentence() -> None:
    with pytest.raises(ServeError, match=r"^no\.such\.host\.invalid:80 is not an address"):
        listen("no.such.host.invalid", 80)


def test_only_one_lock_a_folder(tmp_path: Path) -> None:
    first = FolderLock(tmp_path)
    first.take()
    first.note("http://127.0.0.1:1/")
    with pytest.raises(ServeError, match=f"process {os.getpid()}"):
        FolderLock(tmp_path).take()


def test_a_first_crash_is_mended_at_once_and_later_ones_with_a_growing_pause() -> None:
    seat = Seat(Role(name="web", command=[]))
    pauses = []
    for seat.failures in range(1, 9):
        pauses.append(seat.pause())
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert pauses[-1] == 10


def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; "
        "from alphabench.serve.children import start_child; "
        "child = start_child([sys.executable, '-c', 'import time; time.sleep(600)'], log=-3); "
        f"Path({str(tmp_path / 'pid')!r}).write_text(str(child.pid)); time.sleep(600)"
    )
    parent = start_child([sys.executable, "-c", program], log=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    assert wait_until_gone({int((tmp_path / "pid").read_text())}, 5) == set()


def test_a_log_that_grew_too_large_is_set_aside_under_its_writer(tmp_path: Path) -> None:
    logs = LogFolder(tmp_path)
    with logs.open("web") as writer:
        writer.write(b"x" * (MAX_BYTES + 1))
        writer.flush()
        logs.rotate()
        writer.write(b"later\n")
    assert logs.path("web").read_bytes() == b"later\n"
    assert (tmp_path / "web.log.1").stat().st_size == MAX_BYTES + 1


def test_valkey_says_no_more_rather_than_forgetting_queued_work(tmp_path: Path) -> None:
    words = valkey.command(socket_path=tmp_path / "s", folder=tmp_path)
    assert words[words.index("--maxmemory-policy") + 1] == "noeviction"
    assert words[words.index("--appendonly") + 1] == "yes"
    assert words[words.index("--port") + 1] == "0"


def test_an_essential_role_that_never_starts_ends_the_attempt_with_its_last_words(
    tmp_path: Path,
) -> None:
    # Signals belong to the main thread, so this runs in a program of its own.
    program = f"""
from pathlib import Path
from alphabench.serve.errors import ServeError
from alphabench.serve.logs import LogFolder
from alphabench.serve.roles import Role
from alphabench.serve.supervisor import Supervisor
import sys
role = Role(name="web", command=[sys.executable, "-c", "print('no such table'); exit(3)"],
            ready=lambda: False, essential=True)
folder = Path({str(tmp_path)!r})
try:
    Supervisor([role], folder=folder, logs=LogFolder(folder), say=print,
               changed=lambda pids: None).run(on_ready=lambda: None)
except ServeError as error:
    print("GAVE UP", error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert "GAVE UP web does not start (ended with exit code 3)" in done.stdout
    assert done.stdout.rstrip().endswith("no such table")


def test_the_supervisor_stops_in_order_and_lets_valkey_go_last(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from alphabench.serve.logs import LogFolder
from alphabench.serve.roles import Role
from alphabench.serve.supervisor import Supervisor
folder = Path({str(tmp_path)!r})
sleeper = '''
import signal, sys, time
def end(*_):
    time.sleep(float(sys.argv[2]))
    with open({str(tmp_path / "ends")!r}, "a") as file: file.write(sys.argv[1] + chr(10))
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
open({str(tmp_path)!r} + "/up-" + sys.argv[1], "w").close()
time.sleep(600)
'''
def role(name, pause, **more):
    return Role(name=name, command=[sys.executable, "-c", sleeper, name, pause],
                ready=(folder / f"up-{{name}}").exists, **more)
roles = [role("valkey", "0", outlives=True), role("web", "0.5")]
Supervisor(roles, folder=folder, logs=LogFolder(folder), say=print,
           changed=lambda pids: None).run(on_ready=lambda: print("ready", flush=True))
"""
    running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    watchdog = threading.Timer(60, running.kill)
    watchdog.start()
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    while not (tmp_path / "up-valkey").exists():
        time.sleep(0.02)
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=30) == 0
    watchdog.cancel()
    assert (tmp_path / "ends").read_text().split() == ["web", "valkey"]
