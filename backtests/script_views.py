"""The editor: a script from scratch, or the one of a run."""

import hashlib
import uuid
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_ratelimit.decorators import ratelimit

from accounts.access import Owner
from accounts.ratelimits import by_network
from backtests import examples, scripting
from backtests.errors import BacktestInvalid
from backtests.forms import COSTS, ScriptForm
from backtests.models import BacktestRun
from backtests.views import visible_run
from billing.errors import AllowanceExhausted
from engine import indicators
from engine.contract import ENGINE_NAMES
from engine.indicators.names import TALIB_NAMES

SHOWN = 50
# What the editor colours: names that scripts have from the engine, and those below `ta`.
NAMES = " ".join(sorted(ENGINE_NAMES))
INDICATORS = " ".join(sorted({*indicators.__all__, *(name.lower() for name in TALIB_NAMES)}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A script from scratch, or from an example."""
    example = examples.find(request.GET.get("example", ""))
    script = example.script if example else examples.TEMPLATE
    asked = {"symbol": example.symbols} if example else {}
    return _editor(request, None, script, asked)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The script of a run, with the settings of that run."""
    run = visible_run(request, run_id)
    script = run.script()
    if not script:
        raise Http404("This run has no script yet.")
    return _editor(request, run, script, scripting.settings_of(run))


@require_POST
@ratelimit(key=by_network, rate="240/m", block=False)
def check(request: HttpRequest) -> HttpResponse:
    """What reading the script in the editor finds wrong now."""
    if getattr(request, "limited", False):
        return HttpResponse(status=204)  # leaves on the page what is there
    context = _problems_context(request.POST.get("script", ""))
    return render(request, "backtests/_problems.html", context)


def _editor(
    request: HttpRequest, run: BacktestRun | None, script: str, asked: dict[str, Any]
) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ScriptForm.of(script, asked, uuid.uuid4().hex), run, asked)
    form = ScriptForm(request.POST)
    if request.POST.get("action") == "check":
        return _page(request, form, run, asked)
    if not form.is_valid():
        return _page(request, form, run, asked, status=422)
    wanted = form.request()
    wanted["costs"] = _kept_costs(asked) | wanted["costs"]
    try:
        started = scripting.start_script(
            owner=Owner.of(request), parent=run, idempotency_key=_key(form, run), **wanted
        )
    except BacktestInvalid as error:
        form.take_errors(error.errors)
        return _page(request, form, run, asked, status=422)
    except AllowanceExhausted as error:
        return _page(request, form, run, asked, status=429, exhausted=error)
    return redirect(started)


def _key(form: ScriptForm, run: BacktestRun | None) -> str:
    """One run for one form sent twice, and another one once anything in it was changed."""
    given = form.cleaned_data
    if not given["key"]:
        return ""
    said = repr([run and run.pk, *(str(given[name]) for name in sorted(given))])
    return hashlib.sha256(said.encode()).hexdigest()


def _kept_costs(asked: dict[str, Any]) -> dict[str, Any]:
    """The costs of the edited run that the form has no field for: an edit keeps them."""
    costs = asked.get("costs") or {}
    return {name: value for name, value in costs.items() if name not in COSTS}


def _page(
    request: HttpRequest,
    form: ScriptForm,
    run: BacktestRun | None,
    asked: dict[str, Any],
    *,
    status: int = 200,
    exhausted: AllowanceExhausted | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "run": run,
        "examples": [] if run else examples.there_are(),
        "kept": ", ".join(_kept_costs(asked)),
        "exhausted": exhausted,
        "names": NAMES,
        "indicators": INDICATORS,
    }
    context |= _problems_context(form["script"].value() or "")
    return render(request, "backtests/editor.html", context, status=status)


def _problems_context(script: str) -> dict[str, Any]:
    """The problems with the lines that they are in."""
    lines = scripting.tidy(script).split("\n")
    found = scripting.problems(script)
    texts = dict(enumerate(lines, start=1))
    shown = [
        {"said": problem, "text": texts.get(problem.line, "").strip()[:120]}
        for problem in found[:SHOWN]
    ]
    return {"problems": shown, "count": len(found)}
