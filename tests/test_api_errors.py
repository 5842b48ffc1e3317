"""Every error of the API has one shape."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.utils import timezone
from django_ratelimit.exceptions import Ratelimited
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from alphabench.api import CursorPagination, flatten, seconds_until
from billing.errors import AllowanceExhausted
from billing.models import Plan, Reservation, UsageDay


def answer_to(error: Exception) -> Response:
    class Raising(APIView):
        authentication_classes = ()

        def get(self, request: Request) -> Response:
            raise error

    return Raising.as_view()(APIRequestFactory().get("/"))


@pytest.mark.parametrize(
    ("error", "status", "code", "detail"),
    [
        (Http404(), 404, "not_found", "Not found."),
        (exceptions.NotFound("No such run."), 404, "not_found", "No such run."),
        (PermissionDenied(), 403, "permission_denied", "You do not have permission"),
        (exceptions.ParseError(), 400, "parse_error", "Malformed request."),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed", 'Method "PUT" not'),
        (exceptions.Throttled(wait=7), 429, "throttled", "Request was throttled."),
        (exceptions.APIException("Busy.", code="busy"), 500, "busy", "Busy."),
    ],
)
def test_an_error_has_a_sentence_and_a_word(
    error: Exception, status: int, code: str, detail: str
) -> None:
    response = answer_to(error)
    assert response.status_code == status
    assert response.data["code"] == code
    assert response.data["detail"].startswith(detail)
    assert response.data["errors"] == {}
    assert set(response.data) == {"detail", "code", "errors"}


def test_one_wrong_field_is_the_detail_as_well() -> None:
    response = answer_to(exceptions.ValidationError({"idea": ["Write an idea."]}))
    assert response.status_code == 400
    assert response.data == {
        "detail": "Write an idea.",
        "code": "invalid",
        "errors": {"idea": ["Write an idea."]},
    }


def test_several_wrong_fields_are_listed() -> None:
    response = answer_to(exceptions.ValidationError({"a": ["One."], "b": ["Two.", "Three."]}))
    assert response.data["detail"] == "Some values are not valid."
    assert response.data["errors"] == {"a": ["One."], "b": ["Two.", "Three."]}


def test_djangos_own_validation_errors_are_the_callers_fault() -> None:
    by_field = answer_to(DjangoValidationError({"end": ["Too late."], "__all__": ["No."]}))
    assert by_field.status_code == 400
    assert by_field.data["errors"] == {"end": ["Too late."], "non_field_errors": ["No."]}
    whole = answer_to(DjangoValidationError("Not like this."))
    assert whole.data["errors"] == {"non_field_errors": ["Not like this."]}


def test_nested_errors_are_named_by_their_path() -> None:
    detail = {"rows": [{}, {"price": ["No."]}], "settings": {"costs": ["Too high."]}}
    assert flatten(detail) == {"rows.1.price": ["No."], "settings.costs": ["Too high."]}
    assert flatten(["A.", "B."]) == {"non_field_errors": ["A.", "B."]}


def test_a_used_up_allowance_says_when_to_come_back() -> None:
    resets_at = timezone.now() + timedelta(hours=2)
    response = answer_to(AllowanceExhausted(5, resets_at))
    assert response.status_code == 429
    assert response.data["code"] == "allowance_exhausted"
    assert response.data["detail"].startswith("Today's 5 backtests are used up")
    assert 7190 <= int(response.headers["Retry-After"]) <= 7200
    assert response.headers["RateLimit-Limit"] == "5"
    assert response.headers["RateLimit-Remaining"] == "0"
    assert response.headers["RateLimit-Reset"] == response.headers["Retry-After"]


def test_a_single_backtest_is_not_plural() -> None:
    error = AllowanceExhausted(1, datetime(2026, 1, 1, tzinfo=UTC))
    assert str(error).startswith("Today's backtest is used up")


def test_a_rate_limit_says_when_to_come_back() -> None:
    response = answer_to(Ratelimited())
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert response.data["code"] == "throttled"


def test_waiting_is_never_zero_seconds() -> None:
    assert seconds_until(timezone.now() - timedelta(days=1)) == 1


def test_the_unexpected_stays_a_server_error() -> None:
    with pytest.raises(ZeroDivisionError):
        answer_to(ZeroDivisionError())


class ReservationSerializer(serializers.ModelSerializer[Reservation]):
    class Meta:
        model = Reservation
        fields = ("id",)


def test_pages_stay_the_same_while_new_rows_arrive(alice: Any) -> None:
    day = UsageDay.objects.create(day="2026-01-01", user=alice)
    began = datetime(2026, 1, 1, tzinfo=UTC)

    def add(second: int) -> str:
        row = Reservation.objects.create(
            usage_day=day, created_at=began + timedelta(seconds=second)
        )
        return str(row.pk)

    old = [add(second) for second in range(5)]
    factory = APIRequestFactory()

    def page(url: str) -> dict[str, Any]:
        pagination = CursorPagination()
        rows = pagination.paginate_queryset(Reservation.objects.all(), Request(factory.get(url)))
        found: dict[str, Any] = pagination.get_paginated_response(
            ReservationSerializer(rows, many=True).data
        ).data
        return found

    first = page("/?limit=2")
    add(99)
    second = page(first["next"])
    third = page(second["next"])
    seen = [row["id"] for part in (first, second, third) for row in part["results"]]
    assert seen == old[::-1]
    assert third["next"] is None
    assert len(page("/?limit=100000")["results"]) == 6


def test_a_page_has_at_most_a_hundred_rows() -> None:
    assert CursorPagination.max_page_size == 100
    assert CursorPagination().get_page_size(Request(APIRequestFactory().get("/?limit=999"))) == 100


def test_plans_need_a_currency_code() -> None:
    with pytest.raises(DjangoValidationError):
        Plan(code="x", name="X", currency="euro").clean_fields()
