"""What every template knows about the allowance and the model's budget."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import Owner
from billing import model_budget
from billing.services import allowance_for


def allowance(request: HttpRequest) -> dict[str, Any]:
    """`allowance` and `model_day`, asked of the database only by a page that shows them."""
    return {
        "allowance": SimpleLazyObject(lambda: allowance_for(Owner.of(request))),
        "model_day": SimpleLazyObject(lambda: model_budget.today(Owner.of(request))),
    }
