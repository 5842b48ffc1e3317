"""A visitor who signs up or in becomes that user."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from accounts.models import Visitor
from accounts.signals import visitor_claimed
from accounts.visitors import visitor_of


@receiver(user_signed_up)
@receiver(user_logged_in)
def claim_visitor(sender: Any, *, request: Any, user: Any, **_: Any) -> None:
    """Announce that what the visitor made is now the user's."""
    if not hasattr(request, "COOKIES"):  # a session opened by a command has no browser
        return
    visitor = visitor_of(request)
    if visitor.is_stored:
        visitor_claimed.send(Visitor, user=user, visitor=visitor)
