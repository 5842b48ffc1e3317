"""The comparison page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import Owner
from backtests import comparing
from backtests.errors import BacktestInvalid


@never_cache
@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Two to four own runs side by side; 404 where one is a stranger's."""
    try:
        ids = comparing.wanted(request.GET.getlist("runs"))
    except BacktestInvalid as error:
        messages.error(request, str(error))
        return redirect("backtests:list")
    found = comparing.compare(Owner.of(request), ids)
    if found is None:
        raise Http404("One of these runs is not there.")
    context = {
        "columns": found.columns,
        "note": found.note,
        "figures": comparing.figures(found.columns),
        "settings": comparing.settings_rows(found.columns),
        "curves": [column for column in found.columns if column.facts],
    }
    return render(request, "backtests/compare.html", context)
