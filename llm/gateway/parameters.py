"""What each server has taught us: parameters it rejects, names it wants, schemas it can follow."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from llm.gateway.connection import ConnectionSettings, Rung
from llm.gateway.errors import LLMConfig, LLMError, LLMTransient

TOKEN_NAMES = ("max_tokens", "max_completion_tokens")
LEARNABLE = re.compile(
    r"max_completion_tokens|max_tokens|temperature|seed|stream_options|reasoning_effort|top_p"
)
# A complaint about structured output is the ladder's business, not a parameter to drop.
ABOUT_STRUCTURE = re.compile(
    r"response_format|json_schema|json_object|structured[_ ]output|grammar|guided", re.IGNORECASE
)


@dataclass(slots=True)
class Learned:
    """What is known of one (base_url, model)."""

    tokens_named: str | None
    dropped: set[str] = field(default_factory=set)
    rung: Rung | None = None
    refused_token_names: set[str] = field(default_factory=set)


Memory = MutableMapping[tuple[str, str], Learned]

# Per process. A rejected parameter costs one round trip to learn again after a restart.
_PROCESS_MEMORY: Memory = {}


def learned(connection: ConnectionSettings, memory: Memory | None = None) -> Learned:
    memory = _PROCESS_MEMORY if memory is None else memory
    key = (connection.base_url.rstrip("/"), connection.model)
    return memory.setdefault(key, Learned(tokens_named=connection.tokens_named))


def learn_from(error: LLMError, body: dict[str, Any], known: Learned) -> bool:
    """Remember the parameter this error rejects; True when the call is worth repeating."""
    if type(error) is not LLMError or error.status not in (400, 422):
        return False
    name = _rejected(error, body)
    if name is None:
        return False
    if name in TOKEN_NAMES:
        known.refused_token_names.add(name)
        left = [n for n in TOKEN_NAMES if n not in known.refused_token_names]
        known.tokens_named = left[0] if left else None
    else:
        known.dropped.add(name)
    return True


def _rejected(error: LLMError, body: dict[str, Any]) -> str | None:
    if error.param in body and LEARNABLE.fullmatch(error.param or ""):
        return error.param
    if ABOUT_STRUCTURE.search(str(error)):
        return None
    # Only what was really sent: messages often name the replacement too.
    return next((n for n in LEARNABLE.findall(str(error)) if n in body), None)


def structure_refused(error: LLMError) -> bool:
    """Whether the server says it cannot do this kind of structured output.

    Some say so with 404 (no provider supports the parameter) or 500 (a grammar that fails).
    """
    if not isinstance(error, LLMTransient | LLMConfig) and type(error) is not LLMError:
        return False
    about = error.param == "response_format" or ABOUT_STRUCTURE.search(str(error))
    return bool(about) and error.status in (400, 404, 422, 500, 501)
