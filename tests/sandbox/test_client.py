import itertools
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sandbox import Job, Limits, SandboxClient, SandboxUnavailable, status_sentence
from sandbox.client import host
from tests.sandbox.conftest import running
from tests.sandbox.scene import descendants, until

ROOT = Path(__file__).resolve().parents[2]
QUICK = Limits(wall_seconds=5, memory_mb=256)


def test_a_script_finds_its_data_and_its_output_directory(level_a: SandboxClient) -> None:
    script = b"""
import os, sys
assert sys.argv[1] == os.environ["DATA_PATH"] and sys.argv[2] == os.environ["OUT_DIR"]
text = open(sys.argv[1]).read()
open(sys.argv[2] + "/copy.csv", "w").write(text * 2)
open("scratch.txt", "w").write("own directory")
print(text, sys.argv[1][-4:], __name__)
"""
    result = level_a.run(Job(script=script, data=b"a,b", data_suffix=".csv"), QUICK)
    assert (result.status, result.exit_code, result.stderr) == ("ok", 0, "")
    assert result.stdout == "a,b .csv __main__\n"
    assert dict(result.files) == {"copy.csv": b"a,ba,b"}
    assert result.level == "A"
    assert set(result.layers) >= {"seccomp", "landlock", "namespaces"}


def test_only_plain_small_well_named_output_files_come_back(level_a: SandboxClient) -> None:
    script = b"""
import os, sys
out = sys.argv[2]
def put(name, size=1):
    try:
        with open(os.path.join(out, name), "wb") as f: f.write(bytes(size))
    except OSError: pass
names = "good.json|.hidden|-rf|a b|new\\nline|tab\\t|../up.json|" + "x" * 65
for name in names.split("|"): put(name)
put("big.json", 9 << 20)
os.mkdir(out + "/folder.json")
for i in range(40): put(f"n{i:02}.csv")
"""
    result = level_a.run(Job(script=script), QUICK)
    assert result.status == "ok"
    assert "good.json" in result.files
    assert len(result.files) == Limits().output_files
    assert all(name == "good.json" or name.startswith("n") for name in result.files)


def test_replacing_the_output_directory_does_not_redirect_the_supervisor(
    level_a: SandboxClient,
) -> None:
    script = b"""
import os
os.rename("out", "elsewhere"); os.mkdir("out"); open("out/planted.json", "w").write("{}")
"""
    result = level_a.run(Job(script=script), QUICK)
    assert (result.status, dict(result.files)) == ("ok", {})


def test_an_entry_function_gets_source_data_and_params(level_a: SandboxClient) -> None:
    job = Job(script=b"source text", data=b"abc", data_suffix=".npy", entry="acts:reverse")
    assert level_a.run(job, QUICK).result == b"cba"
    job = Job(script="größe".encode(), entry="acts:echo", params={"n": 2, "list": [1.5, None]})
    assert json.loads(level_a.run(job, QUICK).result) == {
        "source": "größe",
        "params": {"n": 2, "list": [1.5, None]},
        "has_data": False,
    }


def test_an_entry_function_works_without_a_private_root(level_b: SandboxClient) -> None:
    result = level_b.run(Job(script=b"", data=b"abc", entry="acts:reverse"), QUICK)
    assert (result.status, result.result, result.level) == ("ok", b"cba", "B")
    assert "namespaces" not in result.layers


def test_an_entry_function_keeps_what_the_source_printed(level_a: SandboxClient) -> None:
    source = b"import sys; print('said'); print('moaned', file=sys.stderr); answer = 42"
    result = level_a.run(Job(script=source, entry="acts:run_source"), QUICK)
    assert (result.result, result.stdout, result.stderr) == (b"42", "said\n", "moaned\n")


@pytest.mark.parametrize("entry", ["acts:text", "acts:missing", "missing_module:main"])
def test_a_failing_entry_is_an_error_that_says_why(level_a: SandboxClient, entry: str) -> None:
    result = level_a.run(Job(script=b"", entry=entry), QUICK)
    assert (result.status, result.exit_code) == ("error", 1)
    assert "Error: " in result.stderr
    assert result.result == b""


def test_an_endless_result_is_cut_and_the_script_killed(level_a: SandboxClient) -> None:
    limits = Limits(memory_mb=256, result_bytes=1 << 20)
    result = level_a.run(Job(script=b"", entry="acts:flood"), limits)
    assert result.status == "output-truncated"
    assert len(result.result) == 1 << 20


def test_a_traceback_shows_the_script_and_not_the_sandbox(level_a: SandboxClient) -> None:
    result = level_a.run(Job(script=b"def f():\n    1 / 0\nf()\n"), QUICK)
    assert result.status == "error"
    assert 'File "script.py", line 2, in f' in result.stderr
    assert "1 / 0" in result.stderr
    assert "child.py" not in result.stderr


def test_two_runs_draw_different_random_numbers(level_a: SandboxClient) -> None:
    script = b"import random, numpy; print(random.random(), numpy.random.random())"
    first, second = level_a.run_many([Job(script=script), Job(script=script)], QUICK)
    pairs = list(zip(first.stdout.split(), second.stdout.split(), strict=True))
    assert len(pairs) == 2
    assert all(one != other for one, other in pairs)


def test_threads_pandas_and_late_imports_work(level_a: SandboxClient) -> None:
    script = b"""
import sys
from concurrent.futures import ThreadPoolExecutor
import pandas as pd
import xml.dom.minidom, wave, numba
frame = pd.read_csv(sys.argv[1])
with ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(lambda n: int(frame.a.rolling(n).sum().iloc[-1]), (1, 2))))
@numba.njit
def twice(x):
    return 2 * x
print(twice(21))
"""
    limits = Limits(wall_seconds=30, memory_mb=512)
    result = level_a.run(Job(script=script, data=b"a\n1\n2\n"), limits)
    assert (result.status, result.stdout) == ("ok", "5\n42\n"), result.stderr


def test_results_come_in_the_order_of_the_jobs(level_a: SandboxClient) -> None:
    jobs = [
        Job(script=f"import time; time.sleep({0.1 if n % 3 == 0 else 0}); print({n})".encode())
        for n in range(12)
    ]
    results = level_a.run_many(jobs, QUICK)
    assert [result.stdout for result in results] == [f"{n}\n" for n in range(12)]


def test_no_more_jobs_run_at_once_than_allowed() -> None:
    with running(max_jobs=1) as client:
        script = b"import time; print(time.monotonic()); time.sleep(0.2); print(time.monotonic())"
        threads = []
        spans = []

        def go() -> None:
            result = client.run(Job(script=script), QUICK)
            spans.append(tuple(map(float, result.stdout.split())))

        for _ in range(3):
            threads.append(threading.Thread(target=go))
            threads[-1].start()
        for thread in threads:
            thread.join()
    spans.sort()
    assert len(spans) == 3
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))


def test_cancelling_kills_the_script(level_a: SandboxClient) -> None:
    started = time.monotonic()
    result = level_a.run(
        Job(script=b"while True: pass"),
        Limits(wall_seconds=30),
        cancelled=lambda: time.monotonic() - started > 0.3,
    )
    assert result.status == "killed:cancelled"
    assert time.monotonic() - started < 15


def test_a_host_that_hangs_up_cancels_its_job(level_a: SandboxClient) -> None:
    code = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from sandbox import *
client = SandboxClient.connect({level_a.path!r})
client.run(Job(script=b"while True: pass"), Limits(wall_seconds=60))
"""
    server = level_a.server_pid()
    host_process = subprocess.Popen([sys.executable, "-c", code])
    assert until(lambda: any(descendants(pid) for pid in descendants(server)))
    host_process.kill()
    host_process.wait()
    assert until(lambda: not descendants(server))


def test_a_level_below_the_minimum_runs_nothing(level_b: SandboxClient) -> None:
    demanding = SandboxClient.connect(level_b.path, min_level="A")
    result = demanding.run(Job(script=b"print('ran')"), QUICK)
    assert (result.status, result.stdout, result.exit_code) == ("error:sandbox", "", None)
    assert "level A is required" in result.reason
    assert "level A is required" in status_sentence(result, QUICK)
    # Refusing is not misbehaving: the server goes on.
    assert level_b.run(Job(script=b"print('ran')"), QUICK).stdout == "ran\n"


def test_a_stranger_behind_the_socket_is_an_anomaly(folder: Path) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with pytest.raises(host.Anomaly):
            host.exchange(ours, Job(script=b""), QUICK, least_level="A")


def test_a_socket_path_that_is_too_long_is_refused() -> None:
    with pytest.raises(SandboxUnavailable, match="longer than"):
        SandboxClient.start_or_connect("/tmp/" + "x" * 120)


def test_no_server_is_a_sentence(folder: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="No sandbox answers"):
        SandboxClient.connect(folder / "nothing")


def test_other_systems_are_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxUnavailable, match="only on Linux"):
        SandboxClient.start_or_connect(folder / "s")


@pytest.mark.parametrize(
    "changes",
    [
        {"wall_seconds": 0},
        {"memory_mb": -1},
        {"wall_seconds": float("nan")},
        {"threads": True},
        {"wall_seconds": 1e9},
    ],
)
def test_senseless_limits_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Limits(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"script": bytes((1 << 20) + 1)},
        {"data_suffix": "/../x"},
        {"entry": "os:system;x"},
        {"entry": "no_function"},
    ],
)
def test_senseless_jobs_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Job(**({"script": b""} | changes))


def test_a_tiny_time_limit_is_a_timeout_and_not_a_broken_sandbox(level_a: SandboxClient) -> None:
    limits = Limits(wall_seconds=0.001, memory_mb=256)
    results = level_a.run_many([Job(script=b"while True: pass")] * 6, limits)
    assert [result.status for result in results] == ["killed:timeout"] * 6


def test_cancelling_before_the_script_starts_is_no_anomaly(level_a: SandboxClient) -> None:
    server = level_a.server_pid()
    results = [
        level_a.run(Job(script=b"while True: pass"), QUICK, cancelled=lambda: True)
        for _ in range(5)
    ]
    assert [result.status for result in results] == ["killed:cancelled"] * 5
    assert level_a.server_pid() == server


def test_everyday_file_work_is_possible_in_the_scratch_directory(level_a: SandboxClient) -> None:
    script = b"""
import gzip, os, shutil, sqlite3, sys, tempfile
shutil.copy2(sys.argv[1], "copy.csv")
os.chmod("copy.csv", 0o600)
with tempfile.TemporaryDirectory() as folder:
    with gzip.open(folder + "/x.gz", "wb") as packed: packed.write(b"x")
base = sqlite3.connect("base.db")
base.execute("create table t (a)")
base.execute("insert into t values (1)")
base.commit()
print(base.execute("select a from t").fetchall(), open("copy.csv").read())
"""
    result = level_a.run(Job(script=script, data=b"a,b"), QUICK)
    assert (result.status, result.stdout) == ("ok", "[(1,)] a,b\n"), result.stderr
