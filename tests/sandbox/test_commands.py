import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sandbox import Job, Limits, SandboxClient, SandboxResult, commands, status_sentence
from tests.sandbox.scene import descendants, processes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text(
        "import sys\nprint(open(sys.argv[1]).read())\n"
        "open(sys.argv[2] + '/r.json', 'w').write('{}')"
    )
    (tmp_path / "bars.csv").write_text("a,b")
    return path


def test_a_script_file_runs_through_a_server_that_is_there(
    level_a: SandboxClient, script: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    outcome = commands.run_script_file(
        str(script), str(tmp_path / "bars.csv"), str(out), socket_path=level_a.path
    )
    assert (outcome["status"], outcome["stdout"], outcome["files"]) == ("ok", "a,b\n", ["r.json"])
    assert (out / "r.json").read_text() == "{}"
    json.dumps(outcome, allow_nan=False)


def test_without_a_server_the_command_starts_one_and_leaves_none(
    script: Path, folder: Path, tmp_path: Path
) -> None:
    words = ["--script", script, "--data", tmp_path / "bars.csv", "--out", tmp_path / "o", "--json"]
    ended = subprocess.run(
        [sys.executable, "-m", "sandbox.commands", "run", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    outcome = json.loads(ended.stdout.splitlines()[-1])
    assert (outcome["status"], outcome["exit_code"], outcome["stdout"]) == ("ok", 0, "a,b\n")
    assert {"wall_s", "peak_mb", "layers", "stderr"} <= set(outcome)
    assert list(folder.iterdir()) == []
    # Its socket lay in our folder, so a server that stayed behind would show the name.
    assert not any(str(folder).encode() in words_of(pid) for pid in processes())


def words_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_script_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    outcome = commands.run_script_file(str(tmp_path / "none.py"), None, None)
    assert outcome["status"] == "error:sandbox"
    assert "none.py" in str(outcome["sentence"])


def test_text_for_a_terminal_has_no_control_characters() -> None:
    outcome = {"stdout": "\x1b[31mred\u202e\n", "stderr": "", "sentence": "Done."}
    assert commands.show(outcome, as_line=False) == "\ufffd[31mred\ufffd\n\nDone."


def test_a_service_runs_until_told_to_stop_and_leaves_nothing(folder: Path) -> None:
    service = subprocess.Popen(
        [sys.executable, "-m", "sandbox.forkserver", "--socket", str(folder / "s")],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "SECRET_KEY": "must not matter"},
    )
    assert service.stdout is not None
    assert service.stdout.readline().startswith(b"sandbox ready: pid ")
    client = SandboxClient.connect(folder / "s")
    below = descendants(service.pid)
    assert client.server_pid() in below
    assert b"must not matter" not in Path(f"/proc/{client.server_pid()}/environ").read_bytes()
    service.send_signal(signal.SIGTERM)
    assert service.wait(10) == 0
    service.stdout.close()
    assert not any(Path(f"/proc/{pid}").exists() for pid in below)
    assert not (folder / "s").exists()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("ok", "finished"),
        ("error", "exit code 3"),
        ("killed:timeout", "5 s"),
        ("killed:memory", "512 MB"),
        ("killed:signal:11", "signal 11"),
        ("output-truncated", "1024 kB"),
        ("killed:cancelled", "cancelled"),
        ("error:sandbox", "the layer landlock"),
    ],
)
def test_every_status_is_a_sentence(status: str, words: str) -> None:
    result = SandboxResult(status=status, exit_code=3, reason="the layer landlock is missing.")
    sentence = status_sentence(result, Limits())
    assert words in sentence
    assert sentence.endswith(".")


def test_a_killed_service_takes_its_server_and_running_scripts_along(folder: Path) -> None:
    service = subprocess.Popen(
        [sys.executable, "-m", "sandbox.forkserver", "--socket", str(folder / "s")],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert service.stdout is not None
    assert service.stdout.readline().startswith(b"sandbox ready: pid ")
    client = SandboxClient.connect(folder / "s")
    job = Job(script=b"while True: pass")
    waiting = threading.Thread(target=lambda: client.run(job, Limits(wall_seconds=60)))
    waiting.start()
    server = client.server_pid()
    deadline = time.monotonic() + 10
    while not any(descendants(pid) for pid in descendants(server)):
        assert time.monotonic() < deadline, "the script never started"
        time.sleep(0.02)
    below = descendants(service.pid)
    service.kill()
    service.wait()
    service.stdout.close()
    waiting.join(10)
    assert not waiting.is_alive()
    while any(processes().get(pid, (0, "", "Z"))[2] != "Z" for pid in below):
        assert time.monotonic() < deadline + 5, "something survived"
        time.sleep(0.02)
