"""Variants of a run: another choice, a change in words."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django_ratelimit.decorators import ratelimit

from accounts.access import Owner
from accounts.ratelimits import by_network
from backtests import choosing, variants
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from backtests.views import visible_run
from billing.errors import AllowanceExhausted
from llm.provider import Refusal

USED_UP = "Today's {limit} reports are used; the next are there at {at:%H:%M} UTC."


def started(
    request: HttpRequest, run: BacktestRun, start: Callable[[], BacktestRun]
) -> HttpResponse:
    """Go to the new run; stay with the old one, and say why, where there is none."""
    try:
        return redirect(start())
    except BacktestInvalid as error:
        messages.error(request, str(error))
    except AllowanceExhausted as error:
        messages.error(request, USED_UP.format(limit=error.limit, at=error.resets_at))
    return redirect(run)


def form_key(request: HttpRequest, run: BacktestRun) -> str:
    """One run for one form sent twice: its token is another one each time a page is made."""
    if not request.POST.get("csrfmiddlewaretoken"):
        return ""
    said = repr([run.pk, *sorted((name, values) for name, values in request.POST.lists())])
    return hashlib.sha256(said.encode()).hexdigest()


@require_POST
def choose(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """A new run with something settled otherwise."""
    run = visible_run(request, run_id)
    given = choosing.of_form(request.POST)
    owner, key = Owner.of(request), form_key(request, run)
    return started(
        request, run, lambda: variants.choose(owner=owner, run=run, choices=given, key=key)
    )


@require_POST
def refine(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """A new run, changed in words; words that cannot be applied come back with the reason."""
    run = visible_run(request, run_id)
    words, owner = request.POST.get("words", ""), Owner.of(request)
    if request.POST.get("action") == "look":
        return render(request, "backtests/refine.html", _told(run, words))
    try:
        return redirect(
            variants.refine(owner=owner, run=run, words=words, key=form_key(request, run))
        )
    except BacktestInvalid:
        return render(request, "backtests/refine.html", _told(run, words), status=422)
    except AllowanceExhausted as error:
        messages.error(request, USED_UP.format(limit=error.limit, at=error.resets_at))
        return redirect(run)


@require_POST
@ratelimit(key=by_network, rate="240/m", block=False)
def refinement(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """What the words in the box would change, shown while they are typed."""
    if getattr(request, "limited", False):
        return HttpResponse(status=204)  # leaves on the page what is there
    run = visible_run(request, run_id)
    words = request.POST.get("words", "")
    context = _told(run, words) if len(words.strip()) > 1 else {}
    return render(request, "backtests/_refined.html", context)


def _told(run: BacktestRun, words: str) -> dict[str, Any]:
    found = variants.changes(run=run, words=words)
    if isinstance(found, Refusal):
        return {"run": run, "words": words, "refusal": found}
    return {"run": run, "words": words, "changes": found}
