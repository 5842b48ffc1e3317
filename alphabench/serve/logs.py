"""One log file a role in `var/log`, kept from growing without end."""

import shutil
from pathlib import Path
from typing import IO

MAX_BYTES = 20 * 1024 * 1024


class LogFolder:
    """A LogFolder models where the roles' own words go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, role: str) -> Path:
        """Return the file of one role."""
        return self.folder / f"{role}.log"

    def open(self, role: str) -> IO[bytes]:
        """Open the file of one role for a child to append to."""
        return self.path(role).open("ab")

    def tail(self, role: str, lines: int = 8) -> str:
        """Return the last lines of one role, for a message about its end."""
        try:
            text = self.path(role).read_bytes()[-8192:].decode(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def rotate(self) -> None:
        """Set every file aside that has grown too large; one older copy is kept."""
        for path in self.folder.glob("*.log"):
            if path.stat().st_size > MAX_BYTES:
                # Children hold the file open for appending, so it is emptied, not renamed.
                shutil.copyfile(path, path.with_suffix(".log.1"))
                with path.open("r+b") as file:
                    file.truncate()
