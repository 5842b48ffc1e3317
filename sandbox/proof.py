"""What this machine gives, found by trying: the self-test alone, in a process of its own.

For who installs the site (`manage.py check`, `python -m sandbox.commands prove`); the fork server
proves itself again when it starts.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox import starter
from sandbox.job import SandboxUnavailable, meets

PROOF_SECONDS = 60.0
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from sandbox.footing import prove; sys.exit(prove())"
)


@dataclass(frozen=True)
class Proof:
    """The level that was reached, and a sentence for each better one that was not."""

    level: str
    layers: tuple[str, ...]
    reasons: tuple[str, ...]

    def problem(self, least: str) -> str:
        """Why nothing would run here if `least` were demanded; empty where it would."""
        if meets(self.level, least):
            return ""
        return f"Sandbox unavailable. {' '.join(self.reasons)}".strip()


def prove() -> Proof:
    """Try every layer; never raises, a machine without a sandbox is an answer as well."""
    try:
        starter.refuse_other_systems()
        root = str(Path(__file__).resolve().parent.parent)
        ended = subprocess.run(
            [sys.executable, "-I", "-c", BOOT, root],
            env=starter.clean_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROOF_SECONDS,
        )
        found = json.loads(ended.stdout)
        return Proof(found["level"], tuple(found["layers"]), tuple(found["reasons"]))
    except SandboxUnavailable as error:
        return Proof("N", (), (str(error),))
    except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
        return Proof("N", (), (f"The self-test could not be run: {error}",))
