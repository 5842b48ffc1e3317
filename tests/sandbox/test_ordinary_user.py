"""The same walls without root: everything in these tests runs as an ordinary user."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.conftest import short_folder

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534

# The interpreter may live below a home that only root may enter: show it at the same place in a
# mount namespace of our own, then stop being root.
BECOME_NOBODY = """
set -e
base=$1; folder=$2; shift 2
top=/$(echo "$base" | cut -d/ -f2)
if [ "$(stat -c %a "$top" | tail -c 2)" = 0 ]; then
    mkdir "$folder/base"
    mount --bind "$base" "$folder/base"
    mount -t tmpfs -o mode=755 none "$top"
    mkdir -p "$base"
    mount --bind "$folder/base" "$base"
fi
exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
"""
SCRIPT = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from sandbox import Job, Limits, SandboxClient, ServerOptions
level, path = sys.argv[2], sys.argv[3]
options = ServerOptions(preload=("numpy",), force_level_b=level == "B", idle_seconds=0)
client = SandboxClient.start_or_connect(path, min_level=level, options=options)
outcomes = []
for source in json.loads(sys.argv[4]):
    result = client.run(Job(script=source.encode(), data=b"data"), Limits(wall_seconds=5))
    outcomes.append([result.status, result.level, result.stdout, result.stderr[-300:]])
client.stop()
print(json.dumps({"uid": os.getuid(), "outcomes": outcomes}))
"""
SOURCES = [
    "import numpy, sys; print(open(sys.argv[1]).read(), int(numpy.arange(4).sum()))",
    "import os\nprint(os.fork())",
    "import socket\nprint(socket.socket())",
    "import sys\nprint(open(sys.argv[1], 'r+'))",
    "import os\nprint(os.utime({victim!r}))",
    "print(open({victim!r}).read())",
    "import os\nprint(os.kill({pid}, 0))",
    "import os\nprint(os.getuid()); print(os.setuid(0))",
    "print(len(bytearray(1 << 33)))",
]


def run_as_nobody(level: str, victim: Path, sources: list[str], folder: Path) -> dict[str, object]:
    arguments = [sys.executable, "-c", SCRIPT, str(ROOT), level, f"{folder}/s", json.dumps(sources)]
    if os.getuid() == 0:
        shell = ["sh", "-c", BECOME_NOBODY, "sh", sys.base_prefix, f"{folder}/root"]
        arguments = ["unshare", "--mount", *shell, *arguments]
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=60, cwd="/")
    assert ended.returncode == 0, ended.stderr
    outcome = json.loads(ended.stdout)
    assert isinstance(outcome, dict)
    return outcome


@pytest.mark.parametrize("level", ["A", "B"])
def test_an_ordinary_user_has_the_same_walls(level: str) -> None:
    with short_folder() as folder:
        victim = folder / "victim"
        victim.write_text("untouched")
        (folder / "root").mkdir()
        if os.getuid() == 0:
            for path in (folder, victim):
                os.chown(path, NOBODY, NOBODY)
        before = victim.stat()
        sources = [s.format(victim=str(victim), pid=os.getpid()) for s in SOURCES]
        outcome = run_as_nobody(level, victim, sources, folder)
        after = victim.stat()
    assert outcome["uid"] != 0
    first, *others = outcome["outcomes"]
    assert first[:3] == ["ok", level, "data 6\n"]
    for source, (status, _, stdout, stderr) in zip(sources[1:], others, strict=True):
        assert status in ("error", "killed:memory"), (source, status, stdout)
        assert "Error" in stderr, source
        assert "untouched" not in stdout
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)
