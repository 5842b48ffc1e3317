"""The stages of a sweep, in their order."""

from django.db import models


class Stage(models.TextChoices):
    """What a sweep is doing now."""

    COMPUTING = "computing", "computing"
    STUDYING = "studying", "studying"


# How pages speak of them: while it lasts, and when it is done.
LABELS = {
    Stage.COMPUTING: ("Trying the combinations", "Tried"),
    Stage.STUDYING: ("Testing the best", "Tested"),
}
