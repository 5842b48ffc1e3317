"""Which browser is asking: the signed cookie and the hashes of where it comes from."""

import ipaddress
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.crypto import salted_hmac

from accounts.models import Visitor

COOKIE = "visitor"
COOKIE_SECONDS = 365 * 24 * 3600


def visitor_of(request: Any) -> Visitor:
    """The visitor behind a request; one that is not stored until something is written for it."""
    request = getattr(request, "_request", request)  # REST framework wraps Django's request
    visitor = getattr(request, "_visitor", None)
    if visitor is None:
        visitor = find_visitor(request.COOKIES) or Visitor(
            address_hash=hash_of("address", client_network(request.META)),
            device_hash=hash_of("device", request.META.get("HTTP_X_DEVICE_ID", "")[:200]),
        )
        request._visitor = visitor
    return visitor


def find_visitor(cookies: Mapping[str, str]) -> Visitor | None:
    """The stored visitor named by a cookie that carries our signature."""
    try:
        value = _signer().unsign(cookies.get(COOKIE, ""), max_age=COOKIE_SECONDS)
        return Visitor.objects.filter(pk=uuid.UUID(value)).first()
    except (signing.BadSignature, ValueError):
        return None


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser its cookie, once its visitor is stored."""
    visitor: Visitor | None = getattr(request, "_visitor", None)
    if visitor is None:
        return
    patch_vary_headers(response, ["Cookie"])
    if not visitor.is_stored:
        return
    if request.COOKIES.get(COOKIE, "").partition(":")[0] == str(visitor.pk):
        return
    response.set_cookie(
        COOKIE,
        _signer().sign(str(visitor.pk)),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def client_network(meta: Mapping[str, Any]) -> str:
    """Where a request comes from: the IPv4 address, or the /64 that one IPv6 customer holds.

    Behind N proxies of our own (`TRUSTED_PROXY_COUNT`) the N-th address from the right is the
    last one that a client cannot write itself.
    """
    text = str(meta.get("REMOTE_ADDR", ""))
    if count := settings.TRUSTED_PROXY_COUNT:
        hops = [hop.strip() for hop in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
        text = hops[-count] if len(hops) >= count else hops[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def blurred(address: str) -> str:
    """An address without the part that names one customer: a /24, or a /48 of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "0.0.0.0"  # unknown, in a column that wants an address
    bits = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network((found, bits), strict=False).network_address)


def hash_of(purpose: str, value: str) -> str:
    """A keyed hash; without the secret key it cannot be tried out. Nothing stays nothing."""
    if not value:
        return ""
    return salted_hmac(f"accounts.visitor.{purpose}", value, algorithm="sha256").hexdigest()


def _signer() -> signing.TimestampSigner:
    # Not Django's signed cookies: a WebSocket has no request to read one from.
    return signing.TimestampSigner(salt="accounts.visitor")
