"""What billing does when the floor below announces something."""

from typing import Any

from django.dispatch import receiver

from accounts.access import Owner
from accounts.signals import model_asked, personal_data_wanted, visitor_claimed
from billing import model_calls


@receiver(visitor_claimed)
def keep_model_calls(sender: Any, *, user: Any, visitor: Any, **_: Any) -> None:
    """A visitor who signs up or in keeps what was asked for them."""
    model_calls.claim(user=user, visitor=visitor)


@receiver(personal_data_wanted)
def give_model_calls(sender: Any, *, user: Any, **_: Any) -> dict[str, Any]:
    """The user's part of the ledger."""
    return {"model_calls": model_calls.calls_of(user)}


@receiver(model_asked)
def enter_model_call(sender: Any, *, user: Any, record: Any, **_: Any) -> None:
    """Trying a key is a call like any other."""
    model_calls.record_model_call(record, owner=Owner(user=user), own_key=True)
