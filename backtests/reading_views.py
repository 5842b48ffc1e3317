"""The page's way to the other reading of an idea."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from backtests import second_reading
from backtests.errors import BacktestInvalid
from backtests.views import visible_run
from billing.errors import AllowanceExhausted


@require_POST
def run_second_reading(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Run the translator's reading instead of the model's, in a run of its own."""
    run = visible_run(request, run_id)
    try:
        return redirect(second_reading.run_instead(run=run))
    except (BacktestInvalid, AllowanceExhausted) as error:
        messages.error(request, str(error))
        return redirect(run)
