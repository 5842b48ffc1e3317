"""What goes into the sandbox and what comes out of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.limits import MAX_SCRIPT_BYTES, Limits

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
    first_output_s: float | None = None

    @property
    def ok(self) -> bool:
        return self.status == "ok"


def meets(level: str, least: str) -> bool:
    """Level N meets nothing, whatever is asked for."""
    return level != "N" and LEVELS.index(level) <= LEVELS.index(least)


def status_sentence(result: SandboxResult, limits: Limits) -> str:
    """One sentence for the person who wrote the script."""
    sentences = {
        "ok": "The script finished.",
        "error": f"The script stopped with an error (exit code {result.exit_code}).",
        "killed:timeout": f"The script was stopped at its time limit of {limits.wall_seconds:g} s.",
        "killed:memory": f"The script needed more than {limits.memory_mb} MB, its memory limit.",
        "output-truncated": "The script was stopped because it wrote more than is kept "
        f"({limits.stream_bytes >> 10} kB of text, {limits.result_bytes >> 10} kB of result).",
        "killed:cancelled": "The run was cancelled.",
        "error:sandbox": f"The script was not run safely: {result.reason or 'unknown reason'}",
    }
    if result.status.startswith("killed:signal:"):
        number = result.status.rpartition(":")[2]
        return f"The script crashed (signal {number})."
    return sentences.get(result.status, f"The script ended with status {result.status}.")
