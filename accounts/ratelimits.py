"""What requests are counted by."""

from typing import Any

from django.http import HttpRequest

from accounts.visitors import client_network, hash_of


def by_network(group: str, request: HttpRequest) -> str:
    """Count by where a request comes from, believing only our own proxies; hashed, never raw."""
    meta: dict[str, Any] = request.META
    return hash_of("ratelimit", client_network(meta) or "unknown")


# Each check is a request of ours to a server that somebody else named.
CHECKS_OF_KEYS = "10/m"


def by_user(group: str, request: Any) -> str:
    """Count by who is signed in; whoever is not is turned away elsewhere."""
    return str(request.user.pk)


# What is asked of a model on a person's wish; the day's budget counts besides.
EXPLANATIONS = "10/m"
TOO_MANY = "That was asked often within a minute. Wait a little, and ask again."


def by_owner(group: str, request: Any) -> str:
    """Count by who is signed in, and visitors by where they come from."""
    return by_user(group, request) if request.user.is_authenticated else by_network(group, request)
