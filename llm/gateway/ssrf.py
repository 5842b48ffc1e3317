"""An address typed by a user must not lead into our own network (server-side request forgery)."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from llm.gateway.errors import LLMConfig, LLMTransient

# Addresses Python calls global that carry another, possibly private, IPv4 address inside.
TRANSLATING = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


def check_base_url(base_url: str, *, allow_private: bool) -> str:
    """The URL without a trailing slash, or `LLMConfig` saying what is wrong with its form.

    Looks at the text only; where the name leads is checked when the connection is made
    (`public_address`), because names can change their address in between.
    """
    parts = _split(base_url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise LLMConfig("the model's address must be an https:// URL", code="base_url")
    if parts.scheme == "http" and not allow_private:
        raise LLMConfig("the model's address must use https", code="base_url")
    if parts.username is not None or parts.password is not None:
        raise LLMConfig("the model's address must not contain a user name", code="base_url")
    if parts.query or parts.fragment:
        raise LLMConfig("the model's address must not contain ? or #", code="base_url")
    if not allow_private:
        _refuse_literal(parts.hostname)
    return base_url.rstrip("/")


def _split(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url)
        _ = parts.port  # raises on a port that is none
    except ValueError:
        raise LLMConfig("the model's address is not a URL", code="base_url") from None
    if any(ord(c) <= 32 or c == "\\" for c in base_url):
        raise LLMConfig("the model's address is not a URL", code="base_url")
    return parts


def _refuse_literal(host: str) -> None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
            raise _not_public(host) from None
        return
    if not is_public(str(address)):
        raise _not_public(host)


def is_public(address: str) -> bool:
    """Whether this IP address is reachable from the whole internet and hides no other one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour is not None or ip.teredo is not None:
            return False
        if any(ip in network for network in TRANSLATING):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


async def public_address(host: str, port: int) -> str:
    """One IP address of this host, after all of them were found public.

    One private address among them is enough to refuse: the connection could go there.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise LLMTransient("the model's host name could not be resolved") from None
    addresses = [str(info[4][0]) for info in found]
    if not addresses or not all(is_public(a) for a in addresses):
        raise _not_public(host)
    return addresses[0]


def _not_public(host: str) -> LLMConfig:
    return LLMConfig(f"the model's address {host} is not public", code="base_url")
