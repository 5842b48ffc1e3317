"""What a stage is given and what it hands back."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backtests.artifacts import NewArtifact
from backtests.models import BacktestRun
from backtests.stages import Stage


@dataclass(frozen=True)
class Work:
    """One claimed stage of one run; `cancelled` is set when the run was taken from us."""

    run: BacktestRun
    cancelled: threading.Event

    @property
    def spec(self) -> dict[str, Any]:
        """What the generating stage wrote down (`spec.json`)."""
        spec = self.run.read_json("spec")
        if spec is None:
            raise LookupError("the run has no specification yet")
        return dict(spec)

    def script(self) -> str:
        """The newest version of the script."""
        artifact = self.run.artifact("script")
        if artifact is None:
            raise LookupError("the run has no script yet")
        return artifact.read().decode()

    def scripts(self) -> list[str]:
        """Every version of the script, the newest last."""
        versions = self.run.artifacts.filter(kind="script").order_by("version")
        return [version.read().decode() for version in versions]


@dataclass(frozen=True)
class Done:
    """A stage's result; it takes effect in one transaction, or not at all."""

    next_stage: Stage | None
    note: str = ""
    artifacts: Sequence[NewArtifact] = ()
    remove: Sequence[str] = ()
    events: Sequence[tuple[str, dict[str, Any]]] = ()
    changes: dict[str, Any] = field(default_factory=dict)
