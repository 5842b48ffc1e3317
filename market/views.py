"""Pages on the data: what there is, how long, and what is odd with it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from market import services
from market.errors import UnknownSymbol
from market.models import Symbol

# More are found by searching.
SHOWN = 200


@require_safe
def symbols(request: HttpRequest) -> HttpResponse:
    """List what can be traded."""
    wanted = request.GET.get("q", "").strip()[:120]
    found = Symbol.objects.tradable().search(wanted)[:SHOWN]
    near = services.near_tickers(wanted) if wanted and not found else []
    return render(
        request, "market/symbols.html", {"symbols": found, "wanted": wanted, "near": near}
    )


@require_safe
def symbol(request: HttpRequest, ticker: str) -> HttpResponse:
    """Show one symbol with its datasets and their findings."""
    try:
        found = services.resolve_symbol(ticker)
    except UnknownSymbol as error:
        raise Http404(str(error)) from error
    if found.ticker != ticker:
        return redirect(found)
    datasets = found.datasets.select_related("symbol").newest_first()
    return render(request, "market/symbol.html", {"symbol": found, "datasets": datasets})
