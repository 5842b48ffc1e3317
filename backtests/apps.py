"""The backtests app: ideas, their runs, what the runs leave behind."""

from django.apps import AppConfig


class BacktestsConfig(AppConfig):
    """Connects the receivers of signals from the floors below."""

    name = "backtests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backtests import receivers  # noqa: F401
