"""Running a strategy script in the sandbox and reading the decisions it hands back."""

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import structlog
from django.conf import settings

from backtests.errors import RunFailed, ScriptFault
from engine import EngineError
from engine.worlds import Intent, World, file_of, read_decisions
from sandbox import Job, Limits, SandboxClient, SandboxResult, SandboxUnavailable, status_sentence

log = structlog.get_logger(__name__)

ENTRY = "engine.harness:main"
LOG_BYTES = 200_000
TRACEBACK_CHARACTERS = 2000


@dataclass(frozen=True)
class Task:
    """One execution to be made."""

    script: str
    world: World
    params: dict[str, object]


@dataclass(frozen=True)
class Trial:
    """One execution of a script that ended well."""

    decisions: Intent
    payload: bytes
    log: str
    level: str

    @property
    def fingerprint(self) -> str:
        """A name for exactly these decisions."""
        return hashlib.sha256(self.payload).hexdigest()


def try_script(
    script: str,
    worlds: Sequence[World],
    *,
    params: dict[str, object],
    seconds: float,
    cancelled: threading.Event | None = None,
) -> list[Trial]:
    """Run the script once in each world, each in a process of its own.

    Raises `ScriptFault` when the script is to blame, `RunFailed` when there is no sandbox.
    """
    outcomes = try_each(script, worlds, params=params, seconds=seconds, cancelled=cancelled)
    for outcome in outcomes:
        if isinstance(outcome, ScriptFault):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Trial)]


def try_each(
    script: str,
    worlds: Sequence[World],
    *,
    params: dict[str, object],
    seconds: float,
    cancelled: threading.Event | None = None,
) -> list[Trial | ScriptFault]:
    """Run the script once in each world; where it is to blame, its fault stands for the trial."""
    tasks = [Task(script, world, params) for world in worlds]
    return try_all(tasks, seconds=seconds, cancelled=cancelled)


def try_all(
    tasks: Sequence[Task], *, seconds: float, cancelled: threading.Event | None = None
) -> list[Trial | ScriptFault]:
    """Run scripts side by side, each in a process of its own; a fault stands for its trial."""
    limits = limits_of(seconds)
    files: dict[int, tuple[bytes, str]] = {}  # two scripts over one world share its file
    jobs = []
    for task in tasks:
        if id(task.world) not in files:
            files[id(task.world)] = file_of(task.world)
        data, suffix = files[id(task.world)]
        jobs.append(
            Job(
                script=task.script.encode(),
                data=data,
                data_suffix=suffix,
                entry=ENTRY,
                params=task.params,
            )
        )
    results = client().run_many(
        jobs, limits, cancelled=cancelled.is_set if cancelled is not None else None
    )
    return [
        _outcome(result, task.world, limits) for result, task in zip(results, tasks, strict=True)
    ]


def limits_of(seconds: float, **more: int) -> Limits:
    """What a strategy script may use: one thread on one processor, so that jobs stay fair."""
    return Limits(
        wall_seconds=seconds, memory_mb=settings.SANDBOX_MEMORY_MB, cpus=1, threads=1, **more
    )


def client() -> SandboxClient:
    """The fork server's client, one a process; a server is started when none answers."""
    try:
        return _client(str(settings.SANDBOX_SOCKET), settings.SANDBOX_MIN_LEVEL)
    except SandboxUnavailable as error:
        log.error("sandbox_unavailable", reason=str(error))
        raise RunFailed(f"The sandbox is not available, so nothing was run. {error}") from error


@cache
def _client(socket_path: str, min_level: str) -> SandboxClient:
    return SandboxClient.start_or_connect(socket_path, min_level=min_level)


def _outcome(result: SandboxResult, world: World, limits: Limits) -> Trial | ScriptFault:
    try:
        return _read(result, world, limits)
    except ScriptFault as fault:
        return fault


def _read(result: SandboxResult, world: World, limits: Limits) -> Trial:
    if result.status == "error:sandbox":
        raise RunFailed(f"The sandbox is not available, so nothing was run. {result.reason}")
    if result.status == "error":
        traceback = _last_error(result.stderr)
        said = status_sentence(result, limits) if result.limit else traceback.splitlines()[-1]
        raise ScriptFault("error", f"{said}\n{traceback}")
    if result.status != "ok":
        raise ScriptFault(result.status, status_sentence(result, limits))
    try:
        decisions = read_decisions(result.result, world)
    except EngineError as error:
        raise ScriptFault("contract", str(error)) from error
    return Trial(
        decisions, result.result, (result.stdout + result.stderr)[:LOG_BYTES], result.level
    )


def _last_error(stderr: str) -> str:
    """The end of a traceback: the script's own frames and the last line."""
    return stderr.strip()[-TRACEBACK_CHARACTERS:] or "The script ended with an error."


def log_lines(text: str) -> list[dict[str, str]]:
    """What the script printed, as lines of the run's log; JSON lines keep their level."""
    lines = []
    for line in text.splitlines():
        if not line.strip():
            continue
        level, message = "info", line
        if line.startswith("{"):
            try:
                parsed = json.loads(line)
                level = str(parsed.get("level", "info")).lower()[:10]
                message = str(parsed.get("message", parsed.get("msg", line)))
            except (ValueError, AttributeError, RecursionError):
                pass
        lines.append({"level": level, "message": message[:500]})
    return lines
