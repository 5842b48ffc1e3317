"""Where a model lives and how to talk to it: everything explicit, nothing from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["auto", "openai", "azure", "openrouter", "compatible"]
Rung = Literal["json_schema", "json_object", "plain"]

# The client library refuses an empty key; local servers ignore whatever is sent.
NO_KEY = "none"


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """One endpoint and model, with the key that opens it.

    `allow_private_addresses` permits plain http and addresses inside our network; it belongs to
    the operator's settings and never to what a user may type. `trust_environment` lets proxies
    and `SSL_CERT_FILE` of the environment count (operators behind a proxy).
    """

    base_url: str
    api_key: str = field(repr=False)
    model: str
    kind: Kind = "auto"
    structured: Rung = "json_schema"
    token_parameter: Literal["auto", "max_tokens", "max_completion_tokens"] = "auto"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    temperature: float | None = None
    reasoning_effort: str | None = None
    idle_seconds: float = 60.0
    connect_seconds: float = 5.0
    allow_private_addresses: bool = False
    trust_environment: bool = False
    # Currency units per million tokens; None means unknown, which is not the same as free.
    price_prompt: float | None = None
    price_completion: float | None = None

    @property
    def server(self) -> Kind:
        """What speaks at the other end, as far as the address tells."""
        if self.kind != "auto":
            return self.kind
        if "api.openai.com" in self.base_url:
            return "openai"
        if ".azure.com" in self.base_url:
            return "azure"
        return "openrouter" if "openrouter.ai" in self.base_url else "compatible"

    @property
    def tokens_named(self) -> str:
        """The name of the token limit; Ollama silently ignores the newer one."""
        if self.token_parameter != "auto":
            return self.token_parameter
        return "max_completion_tokens" if self.server in ("openai", "azure") else "max_tokens"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Strings that must not appear in anything we write."""
        return (self.api_key, *self.headers.values())
