"""What every template knows about the allowance."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import Owner
from billing.services import allowance_for


def allowance(request: HttpRequest) -> dict[str, Any]:
    """`allowance`, asked of the database only by a page that shows it."""
    return {"allowance": SimpleLazyObject(lambda: allowance_for(Owner.of(request)))}
