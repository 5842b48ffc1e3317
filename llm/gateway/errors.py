"""Every way a model call can fail, in nine words of our own.

Seven families of exceptions that are not `OpenAIError` escape from the client library under
faults (a proxy's web page gives `AttributeError`, a cut body `JSONDecodeError`, ...). Callers of
this room see the tree below and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from llm.gateway.redact import redact

if TYPE_CHECKING:
    from llm.gateway.usage import Usage


class LLMError(Exception):
    """A call to a model failed. The message is redacted and safe to show and to log."""

    retryable = False

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        param: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        partial: str = "",
        usage: Usage | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        secrets = tuple(secrets)
        super().__init__(redact(message, secrets)[:500])
        self.status = status
        # Servers choose these too, and the ledger's log keeps them.
        self.code = code and redact(code, secrets)[:100]
        self.param = param
        self.request_id = request_id and redact(request_id, secrets)[:200]
        self.retry_after = retry_after
        self.partial = redact(partial, secrets)
        self.usage = usage


class LLMTransient(LLMError):
    """Trying again may help: 408, 409, 425, 429, 5xx, a broken connection, a cut stream."""

    retryable = True


class LLMTimeout(LLMTransient):
    """Our wall clock, or silence longer than the idle limit."""


class LLMConfig(LLMError):
    """Someone must act: key, quota, address, or model name is wrong."""


class LLMContext(LLMError):
    """The prompt is longer than the model's window; the caller must shorten it."""


class LLMRefused(LLMError):
    """The model or its content filter declined."""


class LLMBadOutput(LLMError):
    """An answer came, and it cannot be used: cut, empty, not JSON, against the schema."""


class LLMBudget(LLMError):
    """The call would exceed what this run may spend."""


class LLMPaused(LLMError):
    """Nothing was asked: this model failed too often (`breaker`). The message is its last failure,
    `code` says `failures` or `configuration`, `retry_after` in how many seconds it is tried."""


class LLMCancelled(LLMError):
    """The caller asked to stop."""


TRANSIENT_STATUS = frozenset({408, 409, 425, 429})
CONFIG_STATUS = frozenset({401, 402, 403, 404, 405})
CONFIG_CODES = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "invalid_api_key",
        "model_not_found",
        "account_deactivated",
    }
)
TRANSIENT_CODES = frozenset({"rate_limit_exceeded", "server_error", "overloaded", "timeout"})
# Where servers put their sentence.
SAID = ("message", "detail", "error")
# A reader takes in no more, and what tells the kind of failure stands at the beginning.
MOST_SAID = 300
# Servers word it differently and most send no code.
CONTEXT_WORDS = re.compile(
    r"context[_ ](length|window|size)|maximum context|too many tokens|prompt is too long"
    r"|exceed\w* .{0,40}(context|tokens)|n_ctx",
    re.IGNORECASE,
)


def classify(
    error: BaseException,
    *,
    partial: str = "",
    usage: Usage | None = None,
    secrets: Iterable[str] = (),
) -> LLMError:
    """The member of our tree that this exception means.

    The original is not chained: its request carries the key in a header and its message may
    quote it.
    """
    import openai

    extra: dict[str, Any] = {"partial": partial, "usage": usage, "secrets": tuple(secrets)}
    if isinstance(error, LLMError):
        return error
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return LLMTimeout("the model did not answer in time", **extra)
    if isinstance(error, openai.APIConnectionError):
        # Our own transport's refusals (an address that is not public) arrive wrapped.
        if isinstance(error.__cause__, LLMError):
            return error.__cause__
        kind = type(error.__cause__ or error).__name__
        return LLMTransient(f"the connection to the model failed ({kind})", **extra)
    if isinstance(error, openai.APIError):
        return _from_api_error(error, extra)
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return LLMTransient(f"malformed response ({type(error).__name__})", **extra)
    if isinstance(error, AttributeError | TypeError | IndexError | AssertionError | ValueError):
        # What the client library raises on bodies of an unexpected shape.
        return LLMTransient(f"malformed response ({type(error).__name__})", **extra)
    if type(error).__module__.startswith(("httpx", "httpcore", "ssl")) or isinstance(
        error, OSError
    ):
        return LLMTransient(f"the connection to the model failed ({type(error).__name__})", **extra)
    return LLMError(f"{type(error).__name__}: {error}", **extra)


def from_error_object(payload: object, *, status: int | None = None, **extra: Any) -> LLMError:
    """Our error for a JSON `{"error": ...}` that came where an answer should be."""
    body: Mapping[str, Any] = payload if isinstance(payload, Mapping) else {"message": str(payload)}
    code = body.get("code")
    message = str(body.get("message") or "the model's server reported an error")
    if status is None or status < 400:
        status = _status_in(code)
    return _by_status(
        message,
        status=status,
        code=None if code is None else str(code),
        param=body.get("param"),
        **extra,
    )


def _from_api_error(error: Any, extra: dict[str, Any]) -> LLMError:
    status = getattr(error, "status_code", None)
    if status is None:
        # In-band {"error": ...} within a 200 stream.
        status = _status_in(error.code)
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    return _by_status(
        _servers_words(error, status, extra["secrets"]),
        status=status,
        code=None if error.code is None else str(error.code),
        param=error.param if isinstance(error.param, str) else None,
        request_id=getattr(error, "request_id", None),
        retry_after=retry_after_seconds(headers),
        **extra,
    )


def _servers_words(error: Any, status: int, secrets: Iterable[str]) -> str:
    """What the server itself said, without the client library's "Error code: 429 - " before it."""
    body = error.body
    body = body[0] if isinstance(body, list) and body else body
    if isinstance(body, Mapping):
        body = body.get("error", body)
    said = next((body[k] for k in SAID if body.get(k)), "") if isinstance(body, Mapping) else body
    if isinstance(said, str) and said.strip() and not said.lstrip().startswith("<"):
        said = redact(" ".join(said.split()), secrets)  # before it is cut: half a key is none
        return said if len(said) <= MOST_SAID else f"{said[:MOST_SAID].rstrip()} …"
    if getattr(error, "response", None) is None:
        return str(error.message)  # within a stream the library adds nothing
    return f"its server answered with status {status} and no reason"


def _by_status(message: str, *, status: int, code: str | None, **extra: Any) -> LLMError:
    extra.update(status=status, code=code)
    if code == "context_length_exceeded" or (
        status in (400, 413, 422) and CONTEXT_WORDS.search(message)
    ):
        return LLMContext(message, **extra)
    if code == "content_filter":
        return LLMRefused(message, **extra)
    # Before 429: a used-up quota comes as 429 and never heals by waiting.
    if code in CONFIG_CODES or status in CONFIG_STATUS:
        return LLMConfig(message, **extra)
    if 300 <= status < 400:
        return LLMConfig("the server redirects; redirects are not followed", **extra)
    if status in TRANSIENT_STATUS or status >= 500 or code in TRANSIENT_CODES:
        return LLMTransient(message, **extra)
    return LLMError(message, **extra)


def _status_in(code: object) -> int:
    """The HTTP status an in-band error's code stands for; 502 where it says none."""
    try:
        number = int(str(code))
    except ValueError:
        return 502
    return number if 400 <= number < 600 else 502


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Seconds from `retry-after-ms` or `retry-after` (seconds or an HTTP date)."""
    try:
        if headers.get("retry-after-ms"):
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        value = headers.get("retry-after")
        if not value:
            return None
        if re.fullmatch(r"\d+(\.\d+)?", value.strip()):
            return float(value)
        when = parsedate_to_datetime(value)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
