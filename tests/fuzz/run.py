"""Coverage-guided fuzzing of everything that reads what a script left: `make fuzz`.

    python -m tests.fuzz.run [--minutes 10] [--only NAME]

Atheris (libFuzzer) is put in var/fuzz on first use. What finds a new path is kept in var/fuzz as
well; `--keep` copies the small ones into tests/fuzz/corpus, which the tests replay at every run.
"""

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.fuzz.kept import add, kept_of
from tests.fuzz.targets import MOST, TARGETS, seeds

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "var" / "fuzz"
ATHERIS = "atheris==3.0.0"
LARGEST_KEPT, MOST_KEPT = 2048, 400
PROGRAM = """
import sys
sys.path[:0] = [sys.argv.pop(1), sys.argv.pop(1)]
import atheris
with atheris.instrument_imports(include=["sandbox", "engine", "json"]):
    from tests.fuzz.targets import TARGETS
target = TARGETS[sys.argv.pop(1)]
atheris.Setup(sys.argv, lambda data: target(data))
atheris.Fuzz()
"""


def main() -> int:
    """Fuzz every target, two at a time; the exit code is that of the worst."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="of the clock, over all")
    parser.add_argument("--only", choices=sorted(TARGETS))
    parser.add_argument("--keep", action="store_true", help="copy to tests/fuzz/corpus")
    chosen = parser.parse_args()
    library = install()
    names = [chosen.only] if chosen.only else list(TARGETS)
    at_once = min(len(names), os.cpu_count() or 1)
    seconds = max(1, int(60 * chosen.minutes * at_once / len(names)))
    worst = 0
    for start in range(0, len(names), at_once):
        running = [
            (name, fuzz(name, library, f"-max_total_time={seconds}", str(found(name))))
            for name in names[start : start + at_once]
        ]
        for name, process in running:
            worst = max(worst, abs(process.wait()))
            print(f"{name:<16} {last_words(name)}", flush=True)
    if chosen.keep:
        for name in names:
            keep(name)
    return worst


def install() -> Path:
    """Atheris, beside the project and not among its requirements."""
    library = PLACE / "library"
    if not library.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(library)]
        subprocess.run([*pip, ATHERIS], check=True)
    return library


def found(name: str) -> Path:
    """The growing corpus of a target, begun with its seeds and what is kept."""
    folder = PLACE / name
    folder.mkdir(parents=True, exist_ok=True)
    for body in (*seeds(name), *kept_of(name)):
        (folder / hashlib.sha1(body).hexdigest()).write_bytes(body)
    return folder


def fuzz(name: str, library: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start libFuzzer on a target; what it says goes to var/fuzz/NAME.log."""
    log = (PLACE / f"{name}.log").open("wb")
    words = [sys.executable, "-c", PROGRAM, str(library), str(ROOT), name, f"-max_len={MOST}"]
    crashes = f"-artifact_prefix={PLACE}/{name}-"
    return subprocess.Popen(
        [*words, crashes, "-rss_limit_mb=4096", "-timeout=10", *options],
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
    )


def last_words(name: str) -> str:
    """The line that says how much was tried."""
    said = (PLACE / f"{name}.log").read_text(errors="replace").splitlines()
    return next((line for line in reversed(said) if line.startswith(("Done", "SUMMARY"))), "?")


def keep(name: str) -> None:
    """Add the smallest of the inputs that reached something new to those the tests replay."""
    bodies = [path.read_bytes() for path in (PLACE / name).iterdir()]
    small = sorted((body for body in bodies if len(body) <= LARGEST_KEPT), key=len)
    add(name, small[:MOST_KEPT])


if __name__ == "__main__":
    sys.exit(main())
