"""What goes into the sandbox and what comes out of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.limits import MAX_DATA_BYTES, MAX_SCRIPT_BYTES, Limits

LEVELS = "ABN"
SUFFIX = re.compile(r"(\.[a-z0-9]{1,8})?")
ENTRY = re.compile(r"[A-Za-z_][\w.]{0,127}:[A-Za-z_]\w{0,63}")


class SandboxUnavailable(Exception):
    """No sandbox can be reached or started here; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One script with its data.

    `entry=None` runs the script as `__main__`; `entry="module:function"` calls that function as
    `function(source, data_path, params) -> bytes` with every layer already on.
    """

    script: bytes
    data: bytes | None = None
    data_suffix: str = ".csv"
    entry: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.script) > MAX_SCRIPT_BYTES:
            raise ValueError(f"a script may have at most {MAX_SCRIPT_BYTES} bytes")
        if len(self.data or b"") > MAX_DATA_BYTES:
            raise ValueError(f"a script may be given at most {MAX_DATA_BYTES >> 20} MB of data")
        if not SUFFIX.fullmatch(self.data_suffix):
            raise ValueError(f"not a file suffix: {self.data_suffix!r}")
        if self.entry is not None and not ENTRY.fullmatch(self.entry):
            raise ValueError(f"not of the form module:function: {self.entry!r}")


@dataclass(frozen=True, kw_only=True)
class SandboxResult:
    """How a job ended, by the supervisor's word, and what it left, which nobody vouches for."""

    status: str
    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""
    result: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    layers: tuple[str, ...] = ()
    level: str = "N"
    reason: str = ""
    limit: str = ""
    first_output_s: float | None = None

    @property
    def ok(self) -> bool:
        return self.status == "ok"


def meets(level: str, least: str) -> bool:
    """Level N meets nothing, whatever is asked for."""
    return level != "N" and LEVELS.index(level) <= LEVELS.index(least)


def status_sentence(result: SandboxResult, limits: Limits) -> str:
    """One sentence for the person who wrote the script: what happened, and what to do about it."""
    usual = {"killed:timeout": "wall", "killed:memory": "memory", "output-truncated": "stdout"}
    limit = result.limit or usual.get(result.status, "")
    if limit and (said := _limit_sentences(limits).get(limit)):
        return said
    sentences = {
        "ok": "The script finished.",
        "error": f"The script stopped with an error (exit code {result.exit_code}).",
        "killed:cancelled": "The run was cancelled.",
        "error:sandbox": f"The script was not run safely: {result.reason or 'unknown reason'}",
    }
    if result.status.startswith("killed:signal:"):
        number = result.status.rpartition(":")[2]
        return f"The script crashed (signal {number})."
    return sentences.get(result.status, f"The script ended with status {result.status}.")


def _limit_sentences(limits: Limits) -> dict[str, str]:
    return {
        "wall": f"The script was stopped at its time limit of {limits.wall_seconds:g} s: use "
        "whole columns instead of loops, or fewer bars.",
        "cpu": f"The script was stopped after {limits.cpu_seconds} s of processor time, all its "
        "threads together.",
        "memory": f"The script needed more than {limits.memory_mb} MB, its memory limit.",
        "stdout": f"The script was stopped because it printed more than {limits.stream_bytes >> 10}"
        " kB.",
        "stderr": "The script was stopped because it wrote more than "
        f"{limits.stream_bytes >> 10} kB of messages and errors.",
        "result": "The script was stopped because its result is larger than "
        f"{limits.result_bytes >> 10} kB.",
        "file size": f"A file of the script grew beyond {limits.file_mb} MB.",
        "disk": f"The script filled its scratch space of {limits.disk_mb} MB or "
        f"{limits.inodes:,} files.",
        "open files": f"The script held more than {limits.open_files} files open: close them, or "
        "use `with`.",
        "processes": f"A script is one process with {_threads(limits.threads)}: no subprocess, no "
        "multiprocessing.",
        "network": "A script has no network: everything it may use is in its data.",
    }


def _threads(most: int) -> str:
    return "one thread" if most == 1 else f"at most {most} threads"
