"""The pages and files of a report: one load of the facts, and no arithmetic."""

import gzip
import re
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_ratelimit.decorators import ratelimit

from accounts.access import Owner
from accounts.ratelimits import by_network
from backtests import asking_to_explain, fragility
from backtests.api.serializers import FragilityInput
from backtests.choosing import rows
from backtests.errors import BacktestInvalid
from backtests.fidelity import pages as scene_pages
from backtests.holdout import is_sealed
from backtests.models import Artifact, BacktestRun
from backtests.views import origin_context
from reports import cells, evidence, services
from reports.builders import pdf as pdf_builder
from reports.builders.bundle import build_bundle
from reports.builders.trades_csv import write_trades
from reports.glossary import tables
from reports.models import Report
from reports.sources import TRADES_A_PAGE, sources

# As often as the sliders of a report, whose row of figures is run again for its source.
CELL_RATE = "600/m"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def visible_run(request: HttpRequest, run_id: UUID) -> BacktestRun:
    """The run, or 404 for strangers."""
    runs = BacktestRun.objects.visible_to(Owner.of(request)).select_related("user")
    return get_object_or_404(runs, pk=run_id)


def visible_report(request: HttpRequest, run_id: UUID) -> Report:
    """The report of a visible run, or 404 for strangers and for runs without one."""
    report = services.report_of(run=visible_run(request, run_id))
    if report is None:
        raise Http404("This run has no report.")
    return report


@never_cache
@require_safe
def report_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The report; a run without one is shown by its own page."""
    run = visible_run(request, run_id)
    report = services.report_of(run=run)
    if report is None:
        return redirect("backtests:run", run.pk)
    context = page_context(run, report) | trades_context(request, run, report)
    context |= origin_context(run)
    told = report.facts["reading"]
    context["rows"] = rows(told["assumptions"], told.get("assumption_choices", ()))
    context |= asking_to_explain.panel(run, context["script_file"])
    return render(request, "reports/report.html", context)


def page_context(run: BacktestRun, report: Report) -> dict[str, Any]:
    """What the page and the PDF show, but for the trades."""
    # In the order of their versions, so that the newest of each kind stays.
    files = {file.kind: file for file in run.artifacts.filter(kind__in=("script", "scenes"))}
    script = files.get("script")
    return {
        "run": run,
        "report": report,
        "facts": report.facts,
        "tables": tables(report.facts),
        "evidence": evidence.rows(report.facts),
        "sources": sources(report.facts),
        "month_names": MONTHS,
        "script_file": script,
        "script": script.read().decode() if script else "",
        "scenes": scene_pages.of_file(files.get("scenes")),
        "sealed": "holdout" in report.facts and is_sealed(run),
    }


def trades_context(request: HttpRequest, run: BacktestRun, report: Report) -> dict[str, Any]:
    """One page of the trades, the latest first."""
    latest_first = report.facts["trades"][::-1]
    page = Paginator(latest_first, TRADES_A_PAGE).get_page(request.GET.get("trades"))
    symbols = {trade["symbol"] for trade in latest_first}
    numbers = [trade["number"] for trade in page.object_list] or [0]
    return {
        "run": run,
        "trades": page,
        "several_symbols": len(symbols) > 1,
        "first_trade": min(numbers),
        "last_trade": max(numbers),
    }


@never_cache
@require_safe
def trades(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Another page of the trades, for the table alone."""
    report = visible_report(request, run_id)
    context = trades_context(request, report.run, report)
    return render(request, "reports/_trades.html", context)


@never_cache
@require_safe
@ratelimit(group="fragility", key=by_network, rate=CELL_RATE, block=False)
def cell_sources(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Where a cell, a row or a table of figures comes from: a page, or the entries for a panel."""
    if getattr(request, "limited", False):
        return HttpResponse("Too many at once; try again in a minute.", status=429)
    report = visible_report(request, run_id)
    changes = FragilityInput(data=request.GET)
    if not changes.is_valid():
        raise Http404("No slider stands like this.")
    told = cells.Told(
        report.facts,
        lambda: report.run.read_json("chart"),
        lambda asked: fragility.answer(report.run, asked),
        changes.validated_data,
    )
    try:
        found = cells.select(told, request.GET.get("of", ""))
    except BacktestInvalid as error:
        raise Http404("This run cannot be run again.") from error
    if not found:
        raise Http404("No cell of this report has this key.")
    context = {"run": report.run, "facts": report.facts, "sources": found}
    template = "_source_list" if request.headers.get("HX-Request") else "sources"
    return render(request, f"reports/{template}.html", context)


@require_safe
def chart(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """What the chart draws, as the reporting stage wrote it."""
    artifact = visible_run(request, run_id).artifact("chart")
    if artifact is None:
        raise Http404("This run has no chart.")
    etag = quote_etag(artifact.content_hash)
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    elif accepts_gzip(request):
        response = HttpResponse(_zipped(artifact.path), content_type="application/json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(artifact.read(), content_type="application/json")
    response["ETag"] = etag
    response["Vary"] = "Accept-Encoding, Cookie"
    # A run's chart never changes, but only its owner may see it.
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response


def accepts_gzip(request: HttpRequest) -> bool:
    """Whether the client takes gzip."""
    return bool(
        re.search(r"\bgzip\b(?!;\s*q=0(\.0*)?\b)", request.headers.get("Accept-Encoding", ""))
    )


@lru_cache(maxsize=32)
def _zipped(path: str) -> bytes:
    # The path is the hash of the content, so an entry never goes stale.
    content = Artifact(content_hash=path.rsplit("/", 1)[-1]).read()
    return gzip.compress(content, compresslevel=6, mtime=0)


@never_cache
@require_safe
def facts_json(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Every figure of the report."""
    report = visible_report(request, run_id)
    options = {"indent": 2, "ensure_ascii": False}
    response = JsonResponse(report.facts, json_dumps_params=options)
    return as_download(response, f"{report.file_stem}.json")


@never_cache
@require_safe
def markdown(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The report as Markdown, as the reporting stage wrote it."""
    report = visible_report(request, run_id)
    artifact = report.run.artifact("report_markdown")
    if artifact is None:
        raise Http404("This run has no Markdown.")
    response = HttpResponse(artifact.read(), content_type="text/markdown; charset=utf-8")
    return as_download(response, f"{report.file_stem}.md")


@never_cache
@require_safe
def trades_csv(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Every trade, full precision, safe to open in a spreadsheet."""
    report = visible_report(request, run_id)
    response = HttpResponse(
        write_trades(report.facts["trades"]), content_type="text/csv; charset=utf-8"
    )
    return as_download(response, f"{report.file_stem}-trades.csv")


@never_cache
@require_safe
def pdf(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The report as PDF; where the server cannot make one, a page that prints well."""
    report = visible_report(request, run_id)
    context = page_context(report.run, report)
    try:
        content = pdf_builder.pdf_of(report, context)
    except pdf_builder.PdfUnavailable as error:
        drawn = pdf_builder.pictures_of(report, context["scenes"], with_style=False)
        return render(request, "reports/pdf.html", context | drawn | {"notice": str(error)})
    response = HttpResponse(content, content_type="application/pdf")
    return as_download(response, f"{report.file_stem}.pdf")


@never_cache
@require_safe
def bundle(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Script, data and engine in one archive that gives the same numbers again."""
    report = visible_report(request, run_id)
    response = HttpResponse(build_bundle(report), content_type="application/zip")
    return as_download(response, f"{report.file_stem}.zip")


def as_download(response: HttpResponse, name: str) -> HttpResponse:
    """Give the response the name it is saved under."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
