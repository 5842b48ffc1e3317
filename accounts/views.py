"""The account page: one column of sections, each with its own form."""

# mypy: disable-error-code="type-arg"
# Django's ModelForm takes a type argument only while types are checked.
from typing import cast

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.export import personal_data
from accounts.forms import DefaultsForm, NameForm, NewKeyForm, ThemeForm
from accounts.models import ApiKey, User, UserSettings


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show every section; a POST names the one it saves."""
    user = cast(User, request.user)
    stored = UserSettings.of(user)
    section = request.POST.get("section", "")
    forms: dict[str, ModelForm] = {
        "profile": NameForm(request.POST if section == "profile" else None, instance=user),
        "theme": ThemeForm(request.POST if section == "theme" else None, instance=stored),
        "defaults": DefaultsForm(request.POST if section == "defaults" else None, instance=stored),
        # Another form on the page has a field called "name", too.
        "key": NewKeyForm(
            request.POST if section == "key" else None,
            instance=ApiKey(user=user),
            auto_id="key_%s",
        ),
    }
    if section in forms and forms[section].is_valid():
        forms[section].save()
        messages.success(request, "Saved.")
        return redirect("accounts:account")
    context = {
        "forms": forms,
        "api_keys": user.api_keys.all(),
        "site_commission": settings.DEFAULT_COMMISSION,
        "site_capital": settings.DEFAULT_INITIAL_CAPITAL,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/account.html", context, status=status)


@never_cache
@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """What is known about the user, as a JSON file."""
    response = JsonResponse(
        personal_data(cast(User, request.user)), json_dumps_params={"indent": 2}
    )
    response["Content-Disposition"] = 'attachment; filename="account.json"'
    return response


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account with everything in it, after asking once more."""
    if request.method != "POST":
        return render(request, "accounts/delete.html")
    user = cast(User, request.user)
    logout(request)
    user.delete()
    messages.success(request, "Your account and everything in it is gone.")
    return redirect("home")
