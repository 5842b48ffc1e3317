"""The life of a run, in words that the database checks."""

from django.db import models


class Status(models.TextChoices):
    """Where a run stands."""

    QUEUED = "queued", "queued"
    RUNNING = "running", "running"
    COMPLETED = "completed", "completed"
    REFUSED = "refused", "refused"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


ACTIVE = (Status.QUEUED, Status.RUNNING)
FINAL = (Status.COMPLETED, Status.REFUSED, Status.FAILED, Status.CANCELLED)
