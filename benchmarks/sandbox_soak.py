"""Whether a fork server grows: 2,000 jobs, well-behaved and not, on one server.

    python -m benchmarks.sandbox_soak [--jobs 2000]

Draws docs/security/soak.svg: memory, descriptors and processes of the server and of this process
over the jobs. Every tenth job crashes, floods, exhausts memory or never ends.
"""

import argparse
import collections
import os
import tempfile
import time
from pathlib import Path

from benchmarks.series import draw
from sandbox import Job, Limits, SandboxClient, ServerOptions

LIMITS = Limits(wall_seconds=0.5, memory_mb=128, stream_bytes=1 << 16)
TINY = b"import sys\nprint(sum(map(len, open(sys.argv[1]))))"
BAD = (
    b"import ctypes; ctypes.string_at(0)",
    b"while True: print('x' * 999)",
    b"L = []\nwhile True: L.append(bytearray(1 << 20))",
    b"while True: pass",
    b"import os\nfor n in range(2000): open(f'f{n}', 'w').close()",
    b"import os\nos.closerange(0, 99)\nos._exit(3)",
)
DATA = b"date,close\n" + b"2020-01-01,1.5\n" * 500
SAMPLES = 40


def status_of(pid: int, name: str) -> int:
    """A line of /proc/PID/status as a number."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def descriptors(pid: int) -> int:
    """How many files a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def children(pid: int) -> int:
    """How many processes a process has, ended ones included."""
    return len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def measure(client: SandboxClient) -> dict[str, float]:
    """Size of the server and of the client, between jobs."""
    pid = client.server_pid()
    until = time.monotonic() + 5
    while children(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return {
        "server, MB": status_of(pid, "VmRSS") / 1024,
        "client, MB": status_of(os.getpid(), "VmRSS") / 1024,
        "server, descriptors": descriptors(pid),
        "client, descriptors": descriptors(os.getpid()),
        "server, processes left": children(pid),
    }


def main() -> None:
    """Run the jobs, print the first and the last measure, draw what lies between."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2000)
    jobs = parser.parse_args().jobs
    endings: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="ab-soak-") as folder:
        client = SandboxClient.start_or_connect(
            f"{folder}/s", options=ServerOptions(recycle_after=10**6)
        )
        try:
            server = client.server_pid()
            for _ in range(20):  # allocators settle
                client.run(Job(script=TINY, data=DATA), LIMITS)
            taken = {0: measure(client)}
            for number in range(1, jobs + 1):
                bad = BAD[number // 10 % len(BAD)] if number % 10 == 0 else TINY
                endings[client.run(Job(script=bad, data=DATA), LIMITS).status] += 1
                if number % max(1, jobs // SAMPLES) == 0:
                    taken[number] = measure(client)
            assert client.server_pid() == server, "the server was replaced"
        finally:
            client.stop()
    print(f"{jobs} jobs: {dict(endings)}")
    first, last = taken[0], taken[max(taken)]
    for name, value in first.items():
        print(f"  {name:<24} {value:8.1f} before, {last[name]:8.1f} after")
    draw("security/soak.svg", "jobs", taken)


if __name__ == "__main__":
    main()
