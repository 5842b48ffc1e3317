"""The reports app: renders what others computed, and keeps it."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Connects the receivers of signals from the floors below."""

    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from reports import receivers  # noqa: F401
