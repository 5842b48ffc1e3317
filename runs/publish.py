"""Announce that a run has news. The event table is the truth; a lost announcement costs nothing.

Listeners re-read the table from the last number they saw, so several events of one transaction
need one announcement only.
"""

from dataclasses import dataclass

import structlog
from asgiref.sync import async_to_sync
from django.db import transaction

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Announcement:
    """An on-commit callback that can be recognised among those already pending."""

    group: str

    def __call__(self) -> None:
        from channels.layers import get_channel_layer

        layer = get_channel_layer()
        if layer is None:
            return
        try:
            async_to_sync(layer.group_send)(self.group, {"type": "run.news"})
        except Exception as error:  # the layer may be down: followers poll the table as well
            log.debug("announcement_lost", group=self.group, error=type(error).__name__)


def announce(group: str) -> None:
    """Tell followers of `group`, once, after the present transaction has committed."""
    announcement = Announcement(group)
    if announcement not in [
        callback for _, callback, _ in transaction.get_connection().run_on_commit
    ]:
        transaction.on_commit(announcement, robust=True)
