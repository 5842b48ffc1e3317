"""What every endpoint shares: the shape of an error, and how a list is cut into pages.

Every error body is `{"detail": sentence, "code": word, "errors": {field: [sentences]}}`.
"""

import math
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils import timezone
from django_ratelimit.exceptions import Ratelimited
from rest_framework import exceptions, pagination, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as framework_handler
from rest_framework.views import set_rollback

from billing.errors import AllowanceExhausted

WHOLE = "non_field_errors"
RATE_LIMIT_SECONDS = 60


class CursorPagination(pagination.CursorPagination):
    """Newest first; a page stays the same while new rows arrive. `?limit=` up to 100."""

    ordering = "-created_at"
    page_size_query_param = "limit"
    max_page_size = 100


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into our error body; None (a server error) for the unexpected."""
    if isinstance(exc, AllowanceExhausted):
        return _allowance_exhausted(exc)
    if isinstance(exc, Ratelimited):
        exc = exceptions.Throttled(wait=RATE_LIMIT_SECONDS)
    if isinstance(exc, DjangoValidationError):
        exc = exceptions.ValidationError(_django_errors(exc))
    response = framework_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, exceptions.ValidationError):
        errors = flatten(exc.detail)
        response.data = body(_summary(errors), "invalid", errors)
    else:
        # The framework has turned Django's 404 and 403 into a body with `detail` by now.
        detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
        code = getattr(detail, "code", "") or "error"
        response.data = body(str(detail), code)
    return response


def body(detail: str, code: str, errors: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """Return the error body."""
    return {"detail": detail, "code": code, "errors": errors or {}}


def flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Sentences by field, nested fields by their dotted path."""
    if isinstance(detail, dict):
        pairs = [(f"{path}.{key}" if path else str(key), value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(part, dict | list) for part in detail):
        pairs = [(f"{path}.{index}" if path else str(index), v) for index, v in enumerate(detail)]
    else:
        sentences = detail if isinstance(detail, list) else [detail]
        return {path or WHOLE: [str(sentence) for sentence in sentences]} if sentences else {}
    errors: dict[str, list[str]] = {}
    for name, value in pairs:
        errors |= flatten(value, name)
    return errors


def seconds_until(moment: datetime) -> int:
    """Whole seconds until a moment, at least one: what `Retry-After` carries."""
    return max(math.ceil((moment - timezone.now()).total_seconds()), 1)


def _allowance_exhausted(exc: AllowanceExhausted) -> Response:
    set_rollback()
    wait = str(seconds_until(exc.resets_at))
    headers = {
        "Retry-After": wait,
        "RateLimit-Limit": str(exc.limit),
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": wait,
    }
    return Response(
        body(str(exc), exc.code), status=status.HTTP_429_TOO_MANY_REQUESTS, headers=headers
    )


def _django_errors(exc: DjangoValidationError) -> dict[str, list[str]]:
    if hasattr(exc, "error_dict"):
        return {WHOLE if key == "__all__" else key: v for key, v in exc.message_dict.items()}
    return {WHOLE: exc.messages}


def _summary(errors: dict[str, list[str]]) -> str:
    sentences = [sentence for group in errors.values() for sentence in group]
    return sentences[0] if len(sentences) == 1 else "Some values are not valid."
