"""The HTTP layer under the client library: explicit headers, checked addresses, one trust store.

Imports httpx2 at once; import this module only where a call is about to be made.
"""

from __future__ import annotations

import ssl
from functools import lru_cache

import httpx2

from llm.gateway.connection import NO_KEY, ConnectionSettings
from llm.gateway.ssrf import public_address

# The client library adds headers from OPENAI_ORG_ID, OPENAI_PROJECT_ID and OPENAI_CUSTOM_HEADERS
# and a description of this machine; with a third party's base_url all of them would go there.
SENT_HEADERS = frozenset(
    {
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "content-type",
        "content-length",
        "transfer-encoding",
        "user-agent",
    }
)
USER_AGENT = "alphabench"


class PublicTransport(httpx2.AsyncHTTPTransport):
    """Connects to the very address that was checked, so a name cannot change in between.

    The host name stays in the Host header and in the TLS handshake.
    """

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        address = await public_address(host, request.url.port or 443)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return await super().handle_async_request(request)


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    # Building the trust store takes some 80 ms; once per process, and never before a fork.
    return httpx2.create_ssl_context()


def http_client(connection: ConnectionSettings) -> httpx2.AsyncClient:
    """A client for one call: no redirects, no ambient headers, and, unless allowed, public only."""
    allowed = {name.lower(): value for name, value in connection.headers.items()}

    async def keep_explicit_headers(request: httpx2.Request) -> None:
        for name in list(request.headers):
            if name.lower() not in SENT_HEADERS:
                del request.headers[name]
        request.headers["user-agent"] = USER_AGENT
        request.headers["authorization"] = f"Bearer {connection.api_key or NO_KEY}"
        request.headers.update(allowed)

    guarded = not connection.allow_private_addresses
    transport = PublicTransport(verify=_trust()) if guarded else None
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(connection.idle_seconds, connect=connection.connect_seconds),
        follow_redirects=False,
        # A proxy of the environment would resolve names itself, past our check.
        trust_env=connection.trust_environment and not guarded,
        verify=_trust(),
        transport=transport,
        event_hooks={"request": [keep_explicit_headers]},
    )
