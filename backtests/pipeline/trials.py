"""Running a strategy script in the sandbox and reading the decisions it hands back."""

import io
import json
import threading
from dataclasses import dataclass
from functools import cache

import numpy as np
import structlog
from django.conf import settings

from backtests.errors import RunFailed, ScriptFault
from engine import Bars, Decisions, DecisionsError
from sandbox import Job, Limits, SandboxClient, SandboxResult, SandboxUnavailable, status_sentence

log = structlog.get_logger(__name__)

ENTRY = "engine.harness:main"
LOG_BYTES = 200_000
TRACEBACK_CHARACTERS = 2000


@dataclass(frozen=True)
class Trial:
    """One execution of a script that ended well."""

    decisions: Decisions
    payload: bytes
    log: str
    level: str


def try_script(
    script: str,
    worlds: list[Bars],
    *,
    params: dict[str, object],
    seconds: float,
    cancelled: threading.Event | None = None,
) -> list[Trial]:
    """Run the script once in each world, each in a process of its own.

    Raises `ScriptFault` when the script is to blame, `RunFailed` when there is no sandbox.
    """
    limits = Limits(wall_seconds=seconds, memory_mb=settings.SANDBOX_MEMORY_MB)
    source = script.encode()
    jobs = [
        Job(script=source, data=matrix(bars), data_suffix=".npy", entry=ENTRY, params=params)
        for bars in worlds
    ]
    results = client().run_many(
        jobs, limits, cancelled=cancelled.is_set if cancelled is not None else None
    )
    return [_read(result, bars, limits) for result, bars in zip(results, worlds, strict=True)]


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


def matrix(bars: Bars) -> bytes:
    """The bars as the sandbox reads them: a `.npy` file without pickle."""
    buffer = io.BytesIO()
    np.save(buffer, bars.to_matrix(), allow_pickle=False)
    return buffer.getvalue()


def _read(result: SandboxResult, bars: Bars, limits: Limits) -> Trial:
    if result.status == "error:sandbox":
        raise RunFailed(f"The sandbox is not available, so nothing was run. {result.reason}")
    if result.status == "error":
        raise ScriptFault("error", _last_error(result.stderr))
    if result.status != "ok":
        raise ScriptFault(result.status, status_sentence(result, limits))
    try:
        decisions = Decisions.from_bytes(result.result, bars=len(bars))
    except DecisionsError as error:
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
