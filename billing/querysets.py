"""Questions about many subscriptions."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q


class SubscriptionQuerySet(models.QuerySet[Any]):
    """Subscriptions by time."""

    def running_at(self, moment: datetime) -> Self:
        """Those that give a right at a moment; a cancelled one does until it runs out."""
        return self.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=moment),
            status__in=["active", "cancelled"],
            started_at__lte=moment,
        )
