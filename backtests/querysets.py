"""Questions about many backtests."""

from typing import Any, Self

from django.db import models

from accounts.access import Owner
from runs.models import RunQuerySet


class BacktestRunQuerySet(RunQuerySet):
    """Runs as their owners and lists see them."""

    def visible_to(self, owner: Owner) -> Self:
        """The owner's runs; a stranger's run is simply not there."""
        return self.filter(owner.q())

    def newest_first(self) -> Self:
        """Latest created first."""
        return self.order_by("-created_at", "-pk")


class ArtifactQuerySet(models.QuerySet[Any]):
    """Artifacts by kind."""

    def newest(self, kind: str) -> Any:
        """The highest version of a kind, or None."""
        return self.filter(kind=kind).order_by("-version").first()
