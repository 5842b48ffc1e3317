"""The home page and the pages of a run. The API in `backtests.api` has the same services."""

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_ratelimit.decorators import ratelimit

from accounts.access import Owner
from accounts.ratelimits import by_network
from backtests import (
    asking_to_explain,
    choosing,
    reading,
    refining,
    scripting,
    second_reading,
    services,
)
from backtests.artifacts import media_type
from backtests.errors import BacktestInvalid
from backtests.fidelity import pages as scene_pages
from backtests.forms import PERCENTS, IdeaForm
from backtests.models import Artifact, BacktestRun
from backtests.underline import underlined
from billing.errors import AllowanceExhausted
from llm.provider import Draft
from runs.states import ACTIVE, Status

RECENT = 6
PAGE_SIZE = 25
# The word in the address of the list, and the states it stands for.
FILTERS = {
    "active": ACTIVE,
    "completed": (Status.COMPLETED,),
    "refused": (Status.REFUSED,),
    "failed": (Status.FAILED, Status.CANCELLED),
}
EXAMPLES = [
    (
        "RSI(2) dips in a rising market",
        "Buy the S&P 500 when RSI(2) drops below 10 while the close is above its 200-day "
        "average; sell when the close is above its 5-day average. 2005 to 2018.",
    ),
    (
        "golden cross on the NASDAQ",
        "Buy the NASDAQ when the 50-day average crosses above the 200-day average; "
        "sell when it crosses below. Since 2003.",
    ),
    (
        "three down days in a row",
        "Buy the S&P 500 after three down days in a row; sell at the first up close.",
    ),
    (
        "a new high, with a stop",
        "Buy the NASDAQ when it closes at a new 20-day high; sell when it closes at a new "
        "10-day low. Stop loss 5 %.",
    ),
]


def visible_run(request: HttpRequest, run_id: UUID) -> BacktestRun:
    """The run, or 404 for strangers."""
    runs = BacktestRun.objects.visible_to(Owner.of(request)).select_related("dataset__symbol")
    return get_object_or_404(runs, pk=run_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The idea box, and what was asked lately."""
    if request.method != "POST":
        return _home_page(request, IdeaForm(initial=_initial(request)))
    form = IdeaForm(request.POST)
    if request.POST.get("action") == "read":
        return _home_page(request, form)
    if not form.is_valid():
        return _home_page(request, form, status=422)
    try:
        run = services.start_backtest(
            owner=Owner.of(request),
            idempotency_key=form.cleaned_data["key"],
            parent=_parent(request, form.cleaned_data["parent"]),
            choices=choosing.of_form(request.POST),
            **form.request(),
        )
    except BacktestInvalid as error:
        form.take_errors(error.errors)
        return _home_page(request, form, status=422)
    except AllowanceExhausted as error:
        return _home_page(request, form, status=429, exhausted=error)
    return redirect(run)


def _parent(request: HttpRequest, run_id: UUID | None) -> BacktestRun | None:
    """The run that a new one was refined from; one that is gone is no obstacle."""
    return BacktestRun.objects.visible_to(Owner.of(request)).filter(pk=run_id).first()


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What the box holds at first: nothing, an example, or the idea of an earlier run."""
    values: dict[str, Any] = {"key": uuid.uuid4().hex, "idea": request.GET.get("idea", "")}
    try:
        run = visible_run(request, UUID(request.GET.get("from", "")))
    except (ValueError, Http404):
        return values
    return (
        values
        | {
            "idea": run.idea,
            "symbol": run.symbol_text,
            "start": run.requested_start,
            "end": run.requested_end,
            "parent": run.pk,
            "choices": run.choices,
        }
        | _said_costs(run)
    )


def _said_costs(run: BacktestRun) -> dict[str, Any]:
    """The costs of an earlier run as the form shows them."""
    said = {"commission": run.commission, **run.costs}
    return {
        name: float(value) * 100 if name in PERCENTS else value
        for name, value in said.items()
        if value is not None
    }


def _home_page(
    request: HttpRequest,
    form: IdeaForm,
    *,
    status: int = 200,
    exhausted: AllowanceExhausted | None = None,
) -> HttpResponse:
    runs = BacktestRun.objects.visible_to(Owner.of(request)).newest_first()[:RECENT]
    context = {"form": form, "examples": EXAMPLES, "runs": list(runs), "exhausted": exhausted}
    if request.method == "POST":
        context |= _reading_context(request, request.POST, choosing.of_form(request.POST))
    else:
        context |= _reading_context(request, form.initial, form.initial.get("choices", {}))
    return render(request, "backtests/home.html", context, status=status)


@require_POST
@ratelimit(key=by_network, rate="240/m", block=False)
def preview(request: HttpRequest) -> HttpResponse:
    """How the idea in the box would be read now."""
    if getattr(request, "limited", False):
        return HttpResponse(status=204)  # leaves on the page what is there
    context = _reading_context(request, request.POST, choosing.of_form(request.POST))
    return render(request, "backtests/_reading.html", context)


def _reading_context(request: HttpRequest, said: Any, chosen: dict[str, Any]) -> dict[str, Any]:
    """The reading of an idea with what was chosen; what was chosen wrongly is said."""
    found, rows, wrong = reading.with_choices(
        idea=said.get("idea", ""),
        symbol=said.get("symbol", ""),
        user=Owner.of(request).user,
        chosen=chosen,
        opened=request.headers.get("HX-Trigger-Name", ""),
    )
    context: dict[str, Any] = {"reading": found, "rows": rows, "wrong": wrong}
    if isinstance(found, Draft) and found.specification is not None:
        context["scenes_key"] = key = scene_pages.ask_for(found.specification)
        context["scenes"] = scene_pages.ready(key)
    return context


@require_GET
@ratelimit(key=by_network, rate="240/m", block=False)
def preview_scenes(request: HttpRequest, key: str) -> HttpResponse:
    """What the rules that are being read would do, on a few made-up weeks."""
    if getattr(request, "limited", False):
        return HttpResponse("")
    context = {"scenes": scene_pages.build(key)}
    return render(request, "backtests/_preview_scenes.html", context)


@never_cache
@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """Every run of this owner, newest first."""
    runs = BacktestRun.objects.visible_to(Owner.of(request)).newest_first()
    chosen = request.GET.get("status", "")
    if chosen in FILTERS:
        runs = runs.filter(status__in=FILTERS[chosen])
    page = Paginator(runs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "chosen": chosen, "filters": list(FILTERS)}
    return render(request, "backtests/list.html", context)


@never_cache
@require_GET
def run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """A run while it happens; a completed one is shown by its report."""
    run = visible_run(request, run_id)
    if run.status == Status.COMPLETED and "stages" not in request.GET:
        return redirect("reports:report", run.pk)
    return render(request, "backtests/run.html", _progress_context(run))


@never_cache
@require_GET
def run_progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The part of the run page that changes."""
    run = visible_run(request, run_id)
    return render(request, "backtests/_progress.html", _progress_context(run))


def _progress_context(run: BacktestRun) -> dict[str, Any]:
    progress = services.progress(run)
    return {
        "run": run,
        "progress": progress,
        "repairs": _repairs(progress.script_versions),
        **origin_context(run),
        "rows": reading.rows_of(run),
        **asking_to_explain.panel(run, progress.script_file),
        "scenes": scene_pages.of_file(run.artifact("scenes")),
        "second": second_reading.of(run),
        "idea_parts": underlined(run.idea, (run.refusal or {}).get("words", [])),
    }


def origin_context(run: BacktestRun) -> dict[str, Any]:
    """What a run came from, and what it does differently."""
    parent = None if run.own_script or run.unseals_id else run.parent
    changes = refining.difference_of(run, parent) if parent else None
    return {"origin": scripting.origin_of(run), "came_from": parent, "changes": changes}


def _repairs(versions: list[Artifact]) -> list[dict[str, str]]:
    """What each repair started from and came to."""
    texts = [version.read().decode() for version in versions] if len(versions) > 1 else []
    return [
        {"before": before, "after": after, "note": version.note}
        for before, after, version in zip(texts, texts[1:], versions[1:], strict=False)
    ]


@require_POST
def cancel(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Stop a run."""
    run = visible_run(request, run_id)
    if not services.cancel_run(run=run):
        messages.info(request, "It had already ended.")
    return redirect("backtests:run", run.pk)


@require_POST
def unseal(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Test the sealed days of a run, once."""
    run = visible_run(request, run_id)
    if request.POST.get("confirm") != "yes":
        messages.error(request, "Say that you mean it: the days can be unsealed only once.")
        return redirect("reports:report", run.pk)
    try:
        test = services.unseal(run=run)
    except BacktestInvalid as error:
        messages.error(request, str(error))
        return redirect("backtests:run", run.pk)
    return redirect(test)


@require_POST
def delete(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Delete a run with its events, files and report."""
    run = visible_run(request, run_id)
    title = str(run)
    services.delete_run(run=run)
    messages.success(request, f"Deleted: {title}")
    return redirect("backtests:list")


@never_cache
@require_GET
def artifact(request: HttpRequest, run_id: UUID, kind: str) -> HttpResponse:
    """One file a run left behind, as a download; the newest version unless one is named."""
    run = visible_run(request, run_id)
    files = run.artifacts.filter(kind=kind)
    version = request.GET.get("version", "")
    if version.isascii() and version.isdigit() and len(version) < 5:
        files = files.filter(version=int(version))
    found = files.order_by("-version").first()
    if found is None:
        raise Http404("This run has no such file.")
    response = HttpResponse(found.read(), content_type=media_type(found.name))
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response
