"""Every limit, hit by a real script: the status, which limit it was, and the sentence about it."""

import pytest

from sandbox import Job, Limits, SandboxClient, SandboxResult, status_sentence

LIMITS = Limits(
    wall_seconds=3, memory_mb=128, open_files=32, file_mb=1, disk_mb=4, inodes=64, threads=8,
    stream_bytes=1 << 14, result_bytes=1 << 14,
)  # fmt: skip
HIT = [
    ("while True: pass", "killed:timeout", "wall", "time limit of 3 s"),
    ("L = []\nwhile True: L.append(bytearray(1 << 20))", "killed:memory", "memory", "128 MB"),
    ("bytearray(1 << 35)", "killed:memory", "memory", "128 MB"),
    ("L = []\nwhile True: L.append(open('/dev/null'))", "error", "open files", "32 files open"),
    ("open('f', 'wb').write(bytes(2 << 20))", "error", "file size", "beyond 1 MB"),
    (
        "for n in range(9):\n    with open(f'f{n}', 'wb') as f: f.write(bytes(1 << 20))",
        "error",
        "disk",
        "scratch space of 4 MB",
    ),
    ("for n in range(99): open(f'f{n}', 'w').close()", "error", "disk", "64 files"),
    (
        "import threading, time\n"
        "for _ in range(99): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
        "error",
        "processes",
        "at most 8 threads",
    ),
    ("import os\nos.fork()", "error", "processes", "one process"),
    ("import subprocess\nsubprocess.run(['true'])", "error", "processes", "no subprocess"),
    (
        "from multiprocessing import Process\nProcess(target=print).start()",
        "error",
        "processes",
        "no multiprocessing",
    ),
    (
        "import socket\nsocket.create_connection(('127.0.0.1', 80))",
        "error",
        "network",
        "no network",
    ),
    ("while True: print('x' * 99)", "output-truncated", "stdout", "printed more than 16 kB"),
    (
        "import sys\nwhile True: sys.stderr.write('x' * 99)",
        "output-truncated",
        "stderr",
        "16 kB of messages",
    ),
]


@pytest.mark.parametrize(("source", "status", "limit", "words"), HIT)
def test_a_limit_has_its_own_name_and_sentence(
    level_a: SandboxClient, source: str, status: str, limit: str, words: str
) -> None:
    result = level_a.run(Job(script=source.encode()), LIMITS)
    assert (result.status, result.limit) == (status, limit), result.stderr
    assert words in status_sentence(result, LIMITS)


def test_processor_time_of_all_threads_is_its_own_limit(level_a: SandboxClient) -> None:
    limits = Limits(wall_seconds=4, cpus=1, memory_mb=128)
    source = (
        b"import hashlib, threading\n"
        b"def go():\n    while True: hashlib.sha256(bytes(1 << 22))\n"
        b"for _ in range(4): threading.Thread(target=go).start()\n"
    )
    result = level_a.run(Job(script=source), Limits(wall_seconds=20, cpus=1, memory_mb=128))
    slower = status_sentence(SandboxResult(status="killed:timeout", limit="cpu"), limits)
    assert result.status == "killed:timeout"
    assert result.limit in ("cpu", "wall")  # a machine with one processor meets both at once
    assert "5 s of processor time" in slower


def test_a_result_that_is_too_large_is_told_from_printed_text(level_a: SandboxClient) -> None:
    result = level_a.run(Job(script=b"", entry="acts:flood"), LIMITS)
    assert (result.status, result.limit) == ("output-truncated", "result")
    assert "result is larger than 16 kB" in status_sentence(result, LIMITS)


def test_an_error_that_is_no_limit_has_none(level_a: SandboxClient) -> None:
    for source in (b"1 / 0", b"open('/etc/shadow')", b"raise SystemExit(3)"):
        result = level_a.run(Job(script=source), LIMITS)
        assert (result.status, result.limit) == ("error", ""), result.stderr


def test_a_script_can_only_lie_about_its_own_failure(level_a: SandboxClient) -> None:
    result = level_a.run(Job(script=b"import os\nos.write(3, b'O')\nos._exit(0)"), LIMITS)
    assert (result.status, result.limit) == ("ok", "")
    result = level_a.run(Job(script=b"import os\nos.write(3, b'O')\nos._exit(1)"), LIMITS)
    assert (result.status, result.limit) == ("error", "open files")


def test_every_allowed_thread_starts_however_they_are_scheduled(level_a: SandboxClient) -> None:
    """Threads that allocate at once once took their address space from each other, by chance."""
    source = (
        b"import threading\n"
        b"def go():\n    while True: bytearray(100_000)\n"
        b"for _ in range(31): threading.Thread(target=go, daemon=True).start()\n"
        b"print(threading.active_count())\n"
    )
    limits = Limits(wall_seconds=20, memory_mb=128, threads=32)
    for _ in range(10):
        result = level_a.run(Job(script=source), limits)
        assert result.stdout == "32\n", (result.status, result.stderr)
