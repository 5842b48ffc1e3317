"""The sweeps app: many parameters for one run, and an honest word about the best."""

from django.apps import AppConfig


class SweepsConfig(AppConfig):
    """Sweeps of completed backtests."""

    name = "sweeps"
    default_auto_field = "django.db.models.BigAutoField"
