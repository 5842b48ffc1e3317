"""How long the site takes to start, a command to begin, and a report's page to be served.

Run with `python -m benchmarks.site_speed`. Starts a site of its own twice in one temporary folder:
the first start migrates and imports the data, the second finds everything done.
"""

import os
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

# The stack asks the settings where the project lies.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alphabench.settings")

from benchmarks.idea_to_report import IDEAS, Visitor
from tests.stack import Stack

PAGES = 40
STARTS = 5


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        first, stack = timed(lambda: Stack(folder=Path(folder)).start(wait=False))
        stack.wait_for(lambda: answers(stack.url), "the first page")
        print(f"first start, empty folder, to the first page  {time.perf_counter() - first:6.2f} s")
        stack.stop()
        later, stack = timed(lambda: Stack(folder=Path(folder)).start(wait=False))
        stack.wait_for(lambda: answers(stack.url), "the first page")
        print(f"later start, to the first page                {time.perf_counter() - later:6.2f} s")
        stack.wait_until_ready()
        print_pages(stack)
        seconds = [command(stack) for _ in range(STARTS)]
        print(
            f"manage.py check, median of {STARTS}                  "
            f"{statistics.median(seconds):6.2f} s"
        )
        stack.stop()


def timed(start: Callable[[], Stack]) -> tuple[float, Stack]:
    """The moment before, and what was started."""
    return time.perf_counter(), start()


def answers(url: str) -> bool:
    """Whether the home page is there."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def print_pages(stack: Stack) -> None:
    """A finished report's page, as its visitor gets it."""
    visitor = Visitor(stack.url)
    visitor.test(IDEAS[0])
    report = visitor.call("/api/reports")["results"][0]["links"]["page"]
    seconds = []
    for _ in range(PAGES):
        before = time.perf_counter()
        with visitor.opener.open(stack.url + report, timeout=30) as answer:
            size = len(answer.read())
        seconds.append(time.perf_counter() - before)
    ordered = sorted(seconds[1:])
    print(
        f"report page, {size / 1000:.0f} kB, whole answer            "
        f"median {statistics.median(ordered) * 1000:.0f} ms   "
        f"p95 {ordered[int(0.95 * len(ordered))] * 1000:.0f} ms   "
        f"first {seconds[0] * 1000:.0f} ms"
    )


def command(stack: Stack) -> float:
    """Seconds for a command that does next to nothing."""
    before = time.perf_counter()
    subprocess.run(stack.command("check"), env=stack.environment, check=True, capture_output=True)
    return time.perf_counter() - before


if __name__ == "__main__":
    main()
