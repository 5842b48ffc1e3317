"""Whose things are whose: the one place that answers it, for pages, API and WebSockets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie
from typing import Any, Self, cast

from allauth.headless.tokens.strategies.jwt.internal import validate_access_token
from django.db.models import Q

from accounts.models import User, Visitor
from accounts.visitors import find_visitor, visitor_of


@dataclass(frozen=True)
class Owner:
    """Who owns what a request makes: a user, or else a visitor, or (command line) nobody."""

    user: User | None = None
    visitor: Visitor | None = None

    @classmethod
    def of(cls, request: Any) -> Self:
        """The owner behind a request of Django or REST framework."""
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            return cls(user=_unwrapped(user))
        return cls(visitor=visitor_of(request))

    @classmethod
    def of_scope(cls, scope: Mapping[str, Any]) -> Self:
        """The owner behind a WebSocket: session, bearer token or visitor cookie.

        Reads the database, so an async consumer calls it in a thread.
        """
        user = scope.get("user")
        if user is not None and user.is_authenticated:
            return cls(user=_unwrapped(user))
        headers = {key.lower(): value.decode("latin-1") for key, value in scope.get("headers", [])}
        scheme, _, token = headers.get(b"authorization", "").partition(" ")
        if scheme.lower() == "bearer" and (found := validate_access_token(token.strip())):
            return cls(user=found[0])
        cookies = scope.get("cookies") or _cookies(headers.get(b"cookie", ""))
        # A stranger gets a fresh visitor that is never stored: it owns nothing.
        return cls(visitor=find_visitor(cookies) or Visitor())

    @classmethod
    def local(cls) -> Self:
        """Whoever sits at the command line: no account, no allowance."""
        return cls()

    @property
    def is_local(self) -> bool:
        """Whether this is the command line."""
        return self.user is None and self.visitor is None

    def q(self, prefix: str = "") -> Q:
        """The rows of this owner, of a model with `user` and `visitor` (below `prefix`, if any).

        The command line owns what nobody else does; a visitor that is not stored owns nothing.
        """
        if self.user is not None:
            return Q(**{f"{prefix}user": self.user.pk})
        if self.visitor is None:
            return Q(**{f"{prefix}user__isnull": True, f"{prefix}visitor__isnull": True})
        if not self.visitor.is_stored:
            return Q(pk__in=[])
        return Q(**{f"{prefix}visitor": self.visitor.pk, f"{prefix}user__isnull": True})

    def fields(self) -> dict[str, User | Visitor | None]:
        """The values of `user` and `visitor` for a new row."""
        return {"user": self.user, "visitor": self.visitor}

    def ensure(self) -> Self:
        """Store the visitor if it is new, so that rows can point at it."""
        if self.visitor is not None and not self.visitor.is_stored:
            self.visitor.save(force_insert=True)
        return replace(self)


def _unwrapped(user: Any) -> User:
    """The real user: what Channels and Django hand out is lazy."""
    return cast(User, getattr(user, "_wrapped", user))


def _cookies(header: str) -> dict[str, str]:
    try:
        return {key: morsel.value for key, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
