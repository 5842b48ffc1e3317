"""Gives every request its visitor."""

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from accounts.visitors import remember, visitor_of


class VisitorMiddleware:
    """Sets `request.visitor`; nothing is read or written before somebody asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        lazy = SimpleLazyObject(partial(visitor_of, request))
        request.visitor = lazy  # type: ignore[attr-defined]
        response = self.get_response(request)
        remember(request, response)
        return response
