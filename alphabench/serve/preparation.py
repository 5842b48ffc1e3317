"""What a working copy needs before its first page: tables, data, static files, kernels.

Every step asks first whether it has anything to do, so a later start costs a glance.
"""

import fcntl
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from alphabench.serve.errors import ServeError

Say = Callable[[str], None]


def prepare(*, say: Say) -> None:
    """Do whatever is still to do; two at once wait for each other."""
    with (settings.VAR_DIR / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _migrate(say)
        _import_data(say)
        _collect_static(say)


def _migrate(say: Say) -> None:
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise ServeError(f"The database does not answer ({reason}). Check DATABASE_URL.") from None
    if pending := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say(f"Bringing the database up to date ({len(pending)} migrations)")
        call_command("migrate", interactive=False, verbosity=0)


def _import_data(say: Say) -> None:
    stamp = Stamp("datasets")
    sources = (settings.BASE_DIR / "market").rglob("*.py")
    digest = _digest([settings.BASE_DIR / "requirements.txt", *sources])
    if apps.get_model("market", "Dataset").objects.exists() and stamp.equals(digest):
        return
    say("Reading the bundled market data")
    # In a process of its own: the supervisor stays small for as long as the site runs.
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_bundled"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ServeError(f"The bundled market data cannot be read: {last}")
    stamp.write(digest)


def _collect_static(say: Say) -> None:
    files = (
        Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])
    )
    digest = _digest_of_times(files)
    stamp = Stamp("static")
    if settings.STATIC_ROOT.exists() and stamp.equals(digest):
        return
    say("Collecting static files")
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write(digest)


def kernels_to_warm() -> list[str] | None:
    """Return the command that compiles the engine's kernels and builds the grammar, if need be."""
    folder = settings.BASE_DIR / "engine"
    translator = settings.BASE_DIR / "llm" / "translator"
    # The parser that is kept depends on both, see `built.py`.
    grammar = [*translator.glob("grammar/*.lark"), *translator.glob("*.py")]
    requirements = settings.BASE_DIR / "requirements.txt"
    digest = _digest([requirements, *folder.rglob("*.py"), *grammar])
    # Beside the compiled code: `make clean` takes both, a fresh clone has neither.
    mark = folder / "__pycache__" / f"warm-{sys.implementation.cache_tag}-{digest[:16]}"
    if mark.exists():
        return None
    program = (
        "import engine, pathlib; engine.warm(); "
        "from llm.translator import grammar; grammar(); "
        f"mark = pathlib.Path({str(mark)!r}); mark.parent.mkdir(exist_ok=True); mark.touch()"
    )
    return [sys.executable, "-c", program]


class Stamp:
    """A Stamp models what was prepared last: one line in `var/prepared.json`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = settings.VAR_DIR / "prepared.json"

    def _all(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.path.read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def equals(self, digest: str) -> bool:
        """Tell whether this is what was prepared last."""
        return self._all().get(self.name) == digest

    def write(self, digest: str) -> None:
        """Remember what was prepared."""
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps({**self._all(), self.name: digest}))
        draft.replace(self.path)


def _digest(paths: Iterable[Path]) -> str:
    """Hash the content of files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _digest_of_times(paths: Iterable[Path]) -> str:
    """Hash the names, sizes and times of files: enough to see a change, and quick."""
    total = hashlib.sha256()
    for path in sorted(paths):
        facts = path.stat()
        total.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return total.hexdigest()
