"""Plans, subscriptions and the allowance of a day; the ledger of model calls."""

from billing.models.allowance import Plan, Reservation, Subscription, UsageDay
from billing.models.calls import ModelCall

__all__ = ["ModelCall", "Plan", "Reservation", "Subscription", "UsageDay"]
