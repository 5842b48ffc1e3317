"""How fast a script starts in the sandbox, and whether a server grows over many jobs.

    python benchmarks/sandbox_speed.py [--rounds 30] [--jobs 200] [--level-b]

Prints medians and 95th percentiles in milliseconds (cold interpreter, warm fork), jobs per second,
and the growth of the fork server's memory and descriptors.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sandbox import Job, Limits, SandboxClient, ServerOptions

FIRST_LINE = b"import numpy, pandas; print('here', flush=True)"
TINY = b"""
import sys, pandas
frame = pandas.read_csv(sys.argv[1])
print(frame.close.rolling(10).mean().sum())
"""
SMALLEST = b"import sys\nprint(sum(map(len, open(sys.argv[1]))))"
ROWS = 2000
DATA = b"date,close\n" + b"".join(b"%d,%d.5\n" % (n, n % 97) for n in range(ROWS))
LIMITS = Limits(wall_seconds=20, memory_mb=512)


def milliseconds(action: Callable[[], float], rounds: int) -> tuple[float, float]:
    values = sorted(action() * 1000 for _ in range(rounds))
    return statistics.median(values), values[min(int(0.95 * rounds), rounds - 1)]


def cold(script: bytes) -> float:
    with tempfile.NamedTemporaryFile(suffix=".csv") as data:
        data.write(DATA)
        data.flush()
        started = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-c", script.decode(), data.name], stdout=subprocess.PIPE
        ) as running:
            assert running.stdout is not None
            running.stdout.readline()
            first = time.perf_counter() - started
        return first if script is FIRST_LINE else time.perf_counter() - started


def warm(client: SandboxClient, script: bytes) -> float:
    started = time.perf_counter()
    result = client.run(Job(script=script, data=DATA), LIMITS)
    assert result.ok, (result.status, result.reason, result.stderr)
    if script is FIRST_LINE:
        assert result.first_output_s is not None
        return result.first_output_s
    return time.perf_counter() - started


def server_size(pid: int) -> tuple[int, int]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    resident = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return resident, len(list(Path(f"/proc/{pid}/fd").iterdir()))


def report(name: str, figures: tuple[float, float]) -> None:
    print(f"{name:<44} median {figures[0]:7.1f} ms   p95 {figures[1]:7.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--level-b", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ab-speed-") as folder:
        started = time.perf_counter()
        client = SandboxClient.start_or_connect(
            f"{folder}/s",
            min_level="B",
            options=ServerOptions(force_level_b=chosen.level_b, recycle_after=10**6),
        )
        print(f"fork server started and proved in {time.perf_counter() - started:.2f} s")
        try:
            measure(client, chosen.rounds, chosen.jobs)
        finally:
            client.stop()


def measure(client: SandboxClient, rounds: int, jobs: int) -> None:
    print(f"level {client.run(Job(script=TINY, data=DATA), LIMITS).level}")
    report("cold interpreter, first line", milliseconds(lambda: cold(FIRST_LINE), rounds // 3 or 1))
    report("cold interpreter, tiny job", milliseconds(lambda: cold(TINY), rounds // 3 or 1))
    report(
        "sandbox, accepted to first line", milliseconds(lambda: warm(client, FIRST_LINE), rounds)
    )
    report("sandbox, tiny job, whole", milliseconds(lambda: warm(client, TINY), rounds))
    before = server_size(client.server_pid())
    work = [Job(script=SMALLEST, data=DATA)] * jobs
    started = time.perf_counter()
    results = [client.run(job, LIMITS) for job in work]
    in_turn = time.perf_counter()
    results += client.run_many(work, LIMITS)
    at_once = time.perf_counter()
    assert all(result.ok for result in results)
    after = server_size(client.server_pid())
    print(f"{jobs} tiny jobs, one after the other: {jobs / (in_turn - started):.1f} a second")
    print(f"{jobs} tiny jobs, side by side: {jobs / (at_once - in_turn):.1f} a second")
    print(f"growth over them: {after[0] - before[0]} kB resident, {after[1] - before[1]} fds")


if __name__ == "__main__":
    main()
