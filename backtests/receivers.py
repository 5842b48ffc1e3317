"""What backtests do when the floors below announce something."""

from typing import Any

from django.dispatch import receiver

from accounts.signals import visitor_claimed
from backtests import ledger
from backtests.models import BacktestRun


@receiver(visitor_claimed)
def keep_runs(sender: Any, *, user: Any, visitor: Any, **_: Any) -> None:
    """A visitor who signs up or in keeps the runs made before, and all that was tried."""
    # Keys are unique per owner; a visitor's used-up key has no meaning for the user.
    BacktestRun.objects.filter(visitor=visitor).update(user=user, visitor=None, idempotency_key="")
    ledger.claim(user=user, visitor=visitor)
