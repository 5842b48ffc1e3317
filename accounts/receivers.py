"""A visitor who signs up or in becomes that user; sessions forget whole addresses."""

from typing import Any

from allauth.account.signals import user_signed_up
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import pre_save
from django.dispatch import receiver

from accounts.models import Visitor
from accounts.signals import visitor_claimed
from accounts.visitors import blurred, visitor_of


@receiver(user_signed_up)
@receiver(user_logged_in)
def claim_visitor(sender: Any, *, request: Any, user: Any, **_: Any) -> None:
    """Announce that what the visitor made is now the user's."""
    if not hasattr(request, "COOKIES"):  # a session opened by a command has no browser
        return
    visitor = visitor_of(request)
    if visitor.is_stored:
        visitor_claimed.send(Visitor, user=user, visitor=visitor)


@receiver(pre_save, sender=UserSession)
def blur_address(sender: Any, *, instance: UserSession, **_: Any) -> None:
    """The list of sessions tells networks apart; whole addresses are never kept."""
    instance.ip = blurred(str(instance.ip))
