"""What one job may use, and what the limits are called when they are hit."""

from dataclasses import asdict, dataclass, fields
from typing import Self

MAX_SCRIPT_BYTES = 1 << 20
MAX_REQUEST_BYTES = 1 << 20
MAX_DATA_BYTES = 512 << 20
# For a job's world to stand; generous, because a busy machine is no reason to refuse.
SETUP_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one job; the defaults are those of an interactive run.

    Which one ended a job is `SandboxResult.limit`; `status_sentence` says it in words.

    Memory counts from what the fork server itself holds: a job's share starts at zero.
    """

    wall_seconds: float = 5.0
    memory_mb: int = 512
    cpus: int = 2
    threads: int = 32
    open_files: int = 64
    file_mb: int = 32
    disk_mb: int = 64
    inodes: int = 1024
    stream_bytes: int = 1 << 20
    result_bytes: int = 8 << 20
    output_files: int = 16
    output_bytes: int = 8 << 20

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            # A bool is an int to Python, a NaN is not above zero.
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise ValueError(f"{field.name} must be a number above zero, not {value!r}")
        if self.wall_seconds > 3600 or self.memory_mb > 1 << 16:
            raise ValueError("a job is limited to one hour and 64 GB")

    @property
    def cpu_seconds(self) -> int:
        return int(self.wall_seconds * self.cpus) + 1

    def as_dict(self) -> dict[str, int | float]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, int | float]) -> Self:
        return cls(**values)  # type: ignore[arg-type]
