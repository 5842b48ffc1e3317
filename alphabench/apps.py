"""The project itself as an app: system checks and what every template can use."""

from django.apps import AppConfig


class AlphabenchConfig(AppConfig):
    """Registers the checks."""

    name = "alphabench"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alphabench import checks  # noqa: F401
