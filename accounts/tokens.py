"""Tokens for scripts: sign in with address and password, without a browser."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.headless import app_settings
from allauth.headless.constants import Client
from allauth.headless.internal import authkit
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import login
from django.http import HttpRequest

from accounts.models import User


class CredentialsRefused(Exception):
    """Address and password do not open an account this way; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def issue_tokens(*, request: HttpRequest, email: str, password: str) -> dict[str, Any]:
    """Open a session of its own and return its access and refresh token.

    Failed attempts count against the same limits as the sign-in page; Django's
    ValidationError says that there were too many. The browser's own session stays as it is.
    """
    user = get_adapter().authenticate(request, email=email, password=password)
    if user is None or not user.is_active:
        raise CredentialsRefused("invalid_credentials", "Address and password do not match.")
    if is_mfa_enabled(user):
        # A password alone must not be worth more here than on the sign-in page.
        raise CredentialsRefused(
            "second_factor_required",
            "This account has a second factor; sign in through /_allauth/app/v1/auth/login.",
        )
    # A bearer token sent along must not decide whose session this becomes.
    request.META.pop("HTTP_AUTHORIZATION", None)
    request.META.pop("HTTP_X_SESSION_TOKEN", None)
    request.__dict__.pop("headers", None)
    mark_request_as_headless(request, Client.APP)
    with authkit.authentication_context(request):
        login(request, cast(User, user))
        request.session.save()
        tokens = app_settings.TOKEN_STRATEGY.create_access_token_payload(request)
    return {
        **cast(dict[str, Any], tokens),
        "token_type": "Bearer",
        "expires_in": app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN,
    }
