"""An address typed by a user must not lead into our own network (server-side request forgery)."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from contextlib import suppress
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
        addresses = await _resolve(host, port)
    except (OSError, UnicodeError):
        raise LLMTransient("the model's host name could not be resolved") from None
    if not addresses or not all(is_public(a) for a in addresses):
        raise _not_public(host)
    return addresses[0]


async def _resolve(host: str, port: int) -> list[str]:
    """Every address of a name, in a thread that nobody waits for when the deadline has passed.

    The event loop's own lookup would be joined when the loop closes, and a dead name server
    takes half a minute to be noticed.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(addresses: list[str] | None, error: Exception | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(addresses or [])

    def look_up() -> None:
        addresses, failure = None, None
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = [str(info[4][0]) for info in found]
        except (OSError, UnicodeError) as error:
            failure = error
        with suppress(RuntimeError):  # the loop is closed: too late
            loop.call_soon_threadsafe(settle, addresses, failure)

    threading.Thread(target=look_up, daemon=True).start()
    return await answer


def _not_public(host: str) -> LLMConfig:
    return LLMConfig(f"the model's address {host} is not public", code="base_url")
