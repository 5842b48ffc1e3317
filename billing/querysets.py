"""Questions about many subscriptions, and about many model calls."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Count, Q, Sum


class SubscriptionQuerySet(models.QuerySet[Any]):
    """Subscriptions by time."""

    def running_at(self, moment: datetime) -> Self:
        """Those that give a right at a moment; a cancelled one does until it runs out."""
        return self.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=moment),
            status__in=["active", "cancelled"],
            started_at__lte=moment,
        )


class ModelCallQuerySet(models.QuerySet[Any]):
    """Attempts to ask a model."""

    def totals(self) -> dict[str, Any]:
        """What these calls took together; `unknown_cost` of them have no known price.

        A user's own key is paid by the user.
        """
        found: dict[str, Any] = self.order_by().aggregate(
            calls=Count("pk"),
            failed=Count("pk", filter=~Q(status="ok")),
            cached=Count("pk", filter=Q(from_cache=True)),
            tokens_asked=Sum("prompt_tokens", default=0),
            tokens_answered=Sum("completion_tokens", default=0),
            paid_by_site=Sum("cost", filter=Q(own_key=False), default=0),
            paid_by_users=Sum("cost", filter=Q(own_key=True), default=0),
            unknown_cost=Count("pk", filter=Q(cost__isnull=True)),
        )
        return found
