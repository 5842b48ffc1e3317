"""The life of a fork server: how it starts, retires, dies, and what it leaves."""

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sandbox import Job, Limits, SandboxClient, SandboxUnavailable
from tests.sandbox.conftest import options, running
from tests.sandbox.scene import descendants, is_alive, processes, until

ROOT = Path(__file__).resolve().parents[2]
QUICK = Limits(wall_seconds=5, memory_mb=256)


def test_the_socket_is_for_its_owner_only(level_a: SandboxClient) -> None:
    about = Path(level_a.path).stat()
    assert stat.S_IMODE(about.st_mode) == 0o600
    assert about.st_uid == os.getuid()


def test_two_starters_at_once_make_one_server(folder: Path) -> None:
    code = f"""
import sys, json; sys.path.insert(0, {str(ROOT)!r})
from sandbox import *
client = SandboxClient.start_or_connect({str(folder / "s")!r},
    options=ServerOptions(preload=(), idle_seconds=0.1))
print(client.server_pid(), flush=True)
sys.stdin.read()
"""
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    pids = {int(starter.stdout.readline()) for starter in starters if starter.stdout}
    assert len(pids) == 1
    for starter in starters:
        starter.communicate()
    assert until(lambda: not is_alive(pids.copy().pop())), "the server outlived its starters"


def test_a_server_ends_when_its_socket_is_removed(folder: Path) -> None:
    client = SandboxClient.start_or_connect(folder / "s", options=options(preload=()))
    pid = client.server_pid()
    (folder / "s").unlink()
    assert until(lambda: not is_alive(pid))
    client.stop()


def test_a_stale_socket_is_replaced_and_another_file_is_not(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(folder / "s"))
    client = SandboxClient.start_or_connect(folder / "s", options=options(preload=()))
    assert client.run(Job(script=b"print(1)"), QUICK).stdout == "1\n"
    client.stop()
    (folder / "t").write_text("precious")
    with pytest.raises(SandboxUnavailable, match="not a socket"):
        SandboxClient.start_or_connect(folder / "t", options=options(preload=()))
    assert (folder / "t").read_text() == "precious"


def test_a_killed_server_is_replaced_and_its_job_not_repeated() -> None:
    with running(preload=("acts",)) as client:
        first = client.server_pid()
        outcome = []
        job = Job(script=b"import time; time.sleep(30)")
        thread = threading.Thread(
            target=lambda: outcome.append(client.run(job, Limits(wall_seconds=60)))
        )
        thread.start()
        assert until(lambda: any(descendants(pid) for pid in descendants(first)))
        scripts = descendants(first)
        os.kill(first, signal.SIGKILL)
        thread.join(10)
        assert [result.status for result in outcome] == ["error:sandbox"]
        assert until(lambda: not any(is_alive(pid) for pid in scripts)), "scripts survived"
        assert client.run(Job(script=b"print(1)"), QUICK).stdout == "1\n"
        assert client.server_pid() != first


def test_a_server_retires_after_its_share_of_jobs() -> None:
    with running(preload=("acts",), recycle_after=4) as client:
        first = client.server_pid()
        results = [client.run(Job(script=b"print(1)"), QUICK) for _ in range(8)]
        assert {result.status for result in results} == {"ok"}
        assert until(lambda: not is_alive(first))


def test_nothing_is_left_after_a_hundred_jobs(level_a: SandboxClient) -> None:
    server = level_a.server_pid()

    def own() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    def servers() -> int:
        return len(list(Path(f"/proc/{server}/fd").iterdir()))

    level_a.run(Job(script=b"print(1)"), QUICK)
    assert until(lambda: not descendants(server))
    before = own(), servers()
    results = level_a.run_many([Job(script=b"print(1)", data=bytes(1 << 16))] * 100, QUICK)
    assert {result.status for result in results} == {"ok"}
    assert until(lambda: not descendants(server))
    assert until(lambda: own() <= before[0] and servers() <= before[1]), (before, own(), servers())
    zombies = [pid for pid, row in processes().items() if row[0] == server and row[2] == "Z"]
    assert zombies == []


def test_level_b_leaves_no_job_directory(level_b: SandboxClient) -> None:
    for script in (b"print(1)", b"import os; os.abort()", b"while True: pass"):
        level_b.run(Job(script=script, data=b"x"), Limits(wall_seconds=0.3))
    assert list(Path("/tmp").glob("alphabench-job-*")) == []


def test_a_server_refuses_a_foreign_environment(folder: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "from sandbox.forkserver import *; refuse_foreign_environment()"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", script, str(ROOT)],
        env={"SECRET_KEY": "x", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
    )
    assert ended.returncode != 0
    assert "foreign environment: SECRET_KEY" in ended.stderr
