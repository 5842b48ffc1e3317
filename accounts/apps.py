"""The accounts app: users, visitors and who may see what."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Connects the receivers that let a visitor become a user."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401
