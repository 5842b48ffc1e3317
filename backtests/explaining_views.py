"""The page's way to a model's explanation of a script."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_ratelimit.core import is_ratelimited

from accounts.ratelimits import EXPLANATIONS, TOO_MANY, by_owner
from backtests import asking_to_explain
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from backtests.views import visible_run


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def explanation(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The part of the page that asks for an explanation; by POST, ask for it."""
    run = visible_run(request, run_id)
    wrong = _ask(request, run) if request.method == "POST" else ""
    if not request.headers.get("HX-Request"):
        if wrong:
            messages.error(request, wrong)
        return redirect(f"{run.get_absolute_url()}#script")
    context = asking_to_explain.panel(run, run.artifact("script")) | {"run": run, "wrong": wrong}
    response = render(request, "backtests/_explain.html", context)
    if context["explanation"].lines:
        response["HX-Refresh"] = "true"  # now the whole page is laid out otherwise
    return response


def _ask(request: HttpRequest, run: BacktestRun) -> str:
    """Ask, and say what stands in the way."""
    if is_ratelimited(
        request, group="explanation", key=by_owner, rate=EXPLANATIONS, increment=True
    ):
        return TOO_MANY
    try:
        asking_to_explain.ask(run=run)
    except BacktestInvalid as error:
        return str(error)
    return ""
