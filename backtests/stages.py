"""The stages of a backtest, in their order."""

from django.db import models


class Stage(models.TextChoices):
    """What a run is doing now; a repaired script goes back to validating."""

    GENERATING = "generating", "generating"
    VALIDATING = "validating", "validating"
    REPAIRING = "repairing", "repairing"
    EXECUTING = "executing", "executing"
    REPORTING = "reporting", "reporting"


# How pages speak of them: while it lasts, and when it is done.
LABELS = {
    Stage.GENERATING: ("Writing", "Written"),
    Stage.VALIDATING: ("Checking", "Checked"),
    Stage.REPAIRING: ("Repairing", "Repaired"),
    Stage.EXECUTING: ("Running", "Run"),
    Stage.REPORTING: ("Reporting", "Reported"),
}
