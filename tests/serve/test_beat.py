"""Beat ends between two looks at its schedule, however long one of them takes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from celery.beat import Scheduler
from django.conf import settings

LOOKS = 1.5  # seconds

pytestmark = pytest.mark.timeout(120)


class Slow(Scheduler):
    """Looks at its schedule for a while, and would swallow whatever is raised meanwhile."""

    def tick(self, *_: object, **__: object) -> float:
        told = Path(os.environ["TOLD"])
        told.write_text("looking")
        until = time.monotonic() + LOOKS
        while time.monotonic() < until:
            try:
                time.sleep(0.01)
            except BaseException:  # what a failed query in the middle of it comes to
                told.write_text("disturbed")
                raise RuntimeError from None
        told.write_text("looked")
        return 60.0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_within_a_look_ends_beat_after_it(number: int, tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = [sys.executable, "-m", "celery", "--app", "alphabench", "beat", "--pidfile", ""]
    beat = subprocess.Popen(
        [*command, "--scheduler", "tests.serve.test_beat:Slow"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "TOLD": str(told), "ALPHABENCH_VAR": str(tmp_path)},
    )
    try:
        while not told.exists() and beat.poll() is None:
            time.sleep(0.01)
        beat.send_signal(number)

        assert beat.wait(timeout=60) == 0
        assert told.read_text() == "looked"
    finally:
        beat.kill()
