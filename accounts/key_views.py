"""What one does with a stored key on the account page."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_ratelimit.decorators import ratelimit

from accounts import api_keys
from accounts.models import ApiKey, User
from accounts.ratelimits import CHECKS_OF_KEYS, by_user


@never_cache
@login_required
@require_POST
@ratelimit(group="api-key-check", key=by_user, rate=CHECKS_OF_KEYS, method="POST")
def try_key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Ask the model one word, and say what came of it."""
    found = api_keys.try_key(api_key=_own_key(request, key_id))
    level = messages.SUCCESS if found.ok else messages.ERROR
    messages.add_message(request, level, found.message)
    return redirect("accounts:account")


@never_cache
@login_required
@require_POST
def use_key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Put a key in use, or out of use (`use` empty)."""
    use = bool(request.POST.get("use"))
    api_keys.change_key(api_key=_own_key(request, key_id), is_active=use)
    messages.success(
        request, "Your next runs ask its model." if use else "Your next runs do not use it."
    )
    return redirect("accounts:account")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Remove a key, after asking once more."""
    row = _own_key(request, key_id)
    if request.method != "POST":
        return render(request, "accounts/remove_key.html", {"key": row})
    api_keys.delete_key(api_key=row)
    messages.success(request, "The key is gone.")
    return redirect("accounts:account")


def _own_key(request: HttpRequest, key_id: UUID) -> ApiKey:
    """The user's key, or 404 for strangers."""
    return get_object_or_404(ApiKey, pk=key_id, user=cast(User, request.user))
