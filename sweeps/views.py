"""The pages of a sweep. The API in `sweeps.api` has the same services."""

import csv
import uuid
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Owner
from backtests.models import BacktestRun
from billing.errors import AllowanceExhausted
from runs.states import Status
from sweeps import services, table
from sweeps.curve import curve
from sweeps.errors import SweepInvalid
from sweeps.forms import RangesForm
from sweeps.models import Sweep

LINES_A_PAGE = 25
RECENT = 10


def visible_sweep(request: HttpRequest, sweep_id: UUID) -> Sweep:
    """The sweep, or 404 for strangers."""
    sweeps = Sweep.objects.visible_to(Owner.of(request)).select_related("run__dataset__symbol")
    return get_object_or_404(sweeps, pk=sweep_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Choose ranges for the parameters of a completed run."""
    runs = BacktestRun.objects.visible_to(Owner.of(request))
    run = get_object_or_404(runs, pk=run_id)
    try:
        proposed = services.proposal(run)
    except SweepInvalid as error:
        return render(
            request, "sweeps/impossible.html", {"run": run, "why": str(error)}, status=409
        )
    if request.method != "POST":
        return _form_page(request, run, RangesForm.of(proposed, uuid.uuid4().hex))
    form = RangesForm.sent(proposed, request.POST.dict())
    arguments = form.arguments()
    if form.errors:
        return _form_page(request, run, form, status=422)
    try:
        sweep = services.start_sweep(owner=Owner.of(request), run=run, **arguments)
    except SweepInvalid as error:
        form.take_errors(error.errors)
        return _form_page(request, run, form, status=422)
    except AllowanceExhausted as error:
        return _form_page(request, run, form, status=429, exhausted=error)
    return redirect(sweep)


def _form_page(
    request: HttpRequest,
    run: BacktestRun,
    form: RangesForm,
    *,
    status: int = 200,
    exhausted: AllowanceExhausted | None = None,
) -> HttpResponse:
    context = {
        "run": run,
        "form": form,
        "limit": settings.SWEEP_MAX_COMBINATIONS,
        "exhausted": exhausted,
        "earlier": list(run.sweeps.newest_first()[:RECENT]),
    }
    return render(request, "sweeps/new.html", context, status=status)


@never_cache
@require_GET
def sweep_page(request: HttpRequest, sweep_id: UUID) -> HttpResponse:
    """A sweep while it runs, and what it found."""
    sweep = visible_sweep(request, sweep_id)
    if sweep.status != Status.COMPLETED:
        return render(request, "sweeps/progress.html", _progress_context(sweep))
    result = sweep.result
    context = {
        "sweep": sweep,
        "run": sweep.run,
        "study": result.study,
        "heat": table.heat_map(sweep, result),
        "best": None
        if result.study["best"] is None
        else table.lines(result, [result.study["best"]])[0],
        "walks": [{**walk, "curve": curve(walk)} for walk in result.study["walk_forward"]],
    }
    return render(request, "sweeps/result.html", context | _table_context(request, sweep))


@never_cache
@require_GET
def progress(request: HttpRequest, sweep_id: UUID) -> HttpResponse:
    """The part of the page that changes while the sweep runs."""
    return render(
        request, "sweeps/_progress.html", _progress_context(visible_sweep(request, sweep_id))
    )


@never_cache
@require_GET
def lines(request: HttpRequest, sweep_id: UUID) -> HttpResponse:
    """Another page or order of the table, for the table alone."""
    sweep = _with_result(request, sweep_id)
    return render(request, "sweeps/_table.html", _table_context(request, sweep))


@never_cache
@require_GET
def as_csv(request: HttpRequest, sweep_id: UUID) -> HttpResponse:
    """Every combination, full precision, in the order of the grid."""
    sweep = _with_result(request, sweep_id)
    columns = sweep.result.columns
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="sweep-{str(sweep.pk)[:8]}.csv"'
    writer = csv.writer(response, lineterminator="\n")
    writer.writerow([name.removeprefix(table.PARAMETER) for name in columns])
    writer.writerows(
        ["" if value is None else _cell(value) for value in row]
        for row in zip(*columns.values(), strict=True)
    )
    return response


def _cell(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return repr(value) if isinstance(value, float) else value


@require_POST
def cancel(request: HttpRequest, sweep_id: UUID) -> HttpResponse:
    """Stop a sweep."""
    sweep = visible_sweep(request, sweep_id)
    if not services.cancel_sweep(sweep=sweep):
        messages.info(request, "It had already ended.")
    return redirect(sweep)


def _progress_context(sweep: Sweep) -> dict[str, Any]:
    return {"sweep": sweep, "run": sweep.run, "progress": services.progress(sweep)}


def _table_context(request: HttpRequest, sweep: Sweep) -> dict[str, Any]:
    result = sweep.result
    order = request.GET.get("order", table.DEFAULT_ORDER)
    if order.removeprefix("-") not in result.columns:
        order = table.DEFAULT_ORDER
    numbers = table.sorted_numbers(result, order)
    page = Paginator(numbers, LINES_A_PAGE).get_page(request.GET.get("page"))
    return {
        "sweep": sweep,
        "page": page,
        "lines": table.lines(result, list(page.object_list)),
        "order": order,
        "heads": [_head(name, order) for name in result.columns],
        "best_number": result.study["best"],
    }


NAMES = {
    "sharpe_ratio": "Sharpe ratio",
    "total_return": "Total return",
    "max_drawdown": "Worst fall",
    "trades": "Trades",
}


def _head(name: str, order: str) -> dict[str, str]:
    """A column's head: its name, the order a click asks for, and how it is sorted now."""
    sorted_now = {name: "ascending", f"-{name}": "descending"}.get(order, "none")
    following = name if order == f"-{name}" else f"-{name}"
    label = NAMES.get(name, name.removeprefix(table.PARAMETER))
    return {"label": label, "order": following, "sorted": sorted_now}


def _with_result(request: HttpRequest, sweep_id: UUID) -> Sweep:
    """The sweep, or 404 for strangers and before it has ended well."""
    sweep = visible_sweep(request, sweep_id)
    if sweep.status != Status.COMPLETED:
        raise Http404("This sweep has no result.")
    return sweep
