"""The market app: what can be traded, and the prices it is known by."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    """Symbols and datasets."""

    name = "market"
    default_auto_field = "django.db.models.BigAutoField"
