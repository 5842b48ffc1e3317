"""The billing app: plans, subscriptions and the daily allowance."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Knows users and visitors, not what they spend their allowance on."""

    name = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from billing import receivers  # noqa: F401
