"""An environment of their own for the backtesters that we measure ourselves against.

They are no dependency of the project: what `peers.txt` pins is installed under `var/benchmarks/`,
once for every change of that file, and nothing else reads it.
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = Path(__file__).with_name("peers.txt")


def environment() -> Path | None:
    """Return the Python of that environment, made if need be; print why and None if not."""
    mark = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    home = ROOT / "var" / "benchmarks" / f"peers-{mark}"
    python, done = home / "bin" / "python", home / "installed"
    if done.exists():
        return python
    venv.create(home, with_pip=True, clear=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode:
        print(f"The peers could not be installed: {found.stderr.strip().splitlines()[-1]}")
        return None
    done.touch()
    return python
