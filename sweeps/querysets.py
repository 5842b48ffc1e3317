"""Questions about many sweeps and their chunks."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.access import Owner
from runs.models import RunQuerySet


class SweepQuerySet(RunQuerySet):
    """Sweeps as their owners and lists see them."""

    def visible_to(self, owner: Owner) -> Self:
        """The sweeps of the owner's runs; a stranger's sweep is simply not there."""
        return self.filter(owner.q("run__"))

    def newest_first(self) -> Self:
        """Latest created first."""
        return self.order_by("-created_at", "-pk")


class SweepChunkQuerySet(models.QuerySet[Any]):
    """Chunks by what is still to be done."""

    def unfinished(self) -> Self:
        """Chunks without a result."""
        return self.filter(done_at__isnull=True)

    def free(self, now: datetime) -> Self:
        """Unfinished chunks nobody works on."""
        return self.unfinished().filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))

    def held(self, now: datetime) -> Self:
        """Unfinished chunks somebody works on."""
        return self.unfinished().filter(lease_until__gte=now)
