"""What requests are counted by."""

from typing import Any

from django.http import HttpRequest

from accounts.visitors import client_network, hash_of


def by_network(group: str, request: HttpRequest) -> str:
    """Count by where a request comes from, believing only our own proxies; hashed, never raw."""
    meta: dict[str, Any] = request.META
    return hash_of("ratelimit", client_network(meta) or "unknown")
