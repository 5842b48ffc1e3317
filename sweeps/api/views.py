"""Sweeps over JSON; the same services as the pages."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Owner
from backtests.models import BacktestRun
from runs.states import Status
from sweeps import services, table
from sweeps.api.serializers import ResultPage, SweepInput, SweepOutput
from sweeps.errors import SweepInvalid
from sweeps.models import Sweep, SweepChunk

PAGE, LARGEST_PAGE = 100, 1000


def visible_sweeps(request: Request) -> Any:
    """The sweeps of whoever asks."""
    chunks = SweepChunk.objects.defer("decisions")
    sweeps = Sweep.objects.visible_to(Owner.of(request))
    return sweeps.prefetch_related(Prefetch("chunks", queryset=chunks))


def visible_sweep(request: Request, sweep_id: UUID) -> Sweep:
    """The sweep, or 404 for strangers."""
    found: Sweep = get_object_or_404(visible_sweeps(request), pk=sweep_id)
    return found


class SweepList(generics.ListAPIView[Sweep]):
    """Start a sweep, or list your own."""

    serializer_class = SweepOutput

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Sweep.objects.none()
        return visible_sweeps(self.request)

    @extend_schema(
        request=SweepInput,
        responses={202: SweepOutput},
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description="The same run and key give the same sweep again; at most 100 "
                "characters.",
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Start a sweep of a completed backtest; listen to `links.socket`, or poll."""
        shape = SweepInput(data=request.data)
        shape.is_valid(raise_exception=True)
        given = dict(shape.validated_data)
        owner = Owner.of(request)
        run = BacktestRun.objects.visible_to(owner).filter(pk=given.pop("run")).first()
        if run is None:
            raise ValidationError({"run": ["You have no backtest with this id."]})
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > 100:
            raise ValidationError({"Idempotency-Key": ["At most 100 characters."]})
        try:
            sweep = services.start_sweep(owner=owner, run=run, idempotency_key=key, **given)
        except SweepInvalid as error:
            raise ValidationError(error.errors) from error
        headers = {"Location": f"/api/sweeps/{sweep.pk}"}
        return Response(SweepOutput(sweep).data, status=status.HTTP_202_ACCEPTED, headers=headers)


class SweepDetail(APIView):
    """One sweep."""

    @extend_schema(responses=SweepOutput)
    def get(self, request: Request, sweep_id: UUID) -> Response:
        """Where the sweep stands."""
        return Response(SweepOutput(visible_sweep(request, sweep_id)).data)


class SweepCancel(APIView):
    """Stop a sweep."""

    @extend_schema(request=None, responses=SweepOutput)
    def post(self, request: Request, sweep_id: UUID) -> Response:
        """Stop the sweep; one that has ended stays as it is."""
        services.cancel_sweep(sweep=visible_sweep(request, sweep_id))
        return Response(SweepOutput(visible_sweep(request, sweep_id)).data)


class SweepResults(APIView):
    """What a sweep found."""

    @extend_schema(
        responses=ResultPage,
        parameters=[
            OpenApiParameter(
                "order",
                OpenApiTypes.STR,
                description="A measure, or params.<name>; a minus before it turns it round.",
                default=table.DEFAULT_ORDER,
            ),
            OpenApiParameter("page", OpenApiTypes.INT, default=1),
            OpenApiParameter("limit", OpenApiTypes.INT, default=PAGE),
        ],
    )
    def get(self, request: Request, sweep_id: UUID) -> Response:
        """The study and a page of the combinations; 404 until the sweep is completed."""
        sweep = visible_sweep(request, sweep_id)
        if sweep.status != Status.COMPLETED:
            raise Http404("This sweep has no result.")
        result = sweep.result
        order = request.query_params.get("order", table.DEFAULT_ORDER)
        if order.removeprefix("-") not in table.orders(result):
            known = ", ".join(table.orders(result))
            raise ValidationError({"order": [f"There is no column “{order}”; there are {known}."]})
        page, limit = _whole(request, "page", 1, None), _whole(request, "limit", PAGE, LARGEST_PAGE)
        numbers = table.sorted_numbers(result, order)
        shown = numbers[(page - 1) * limit : page * limit]
        return Response(
            {
                "study": result.study,
                "count": len(numbers),
                "page": page,
                "pages": -(-len(numbers) // limit),
                "order": order,
                "results": table.lines(result, shown),
            }
        )


def _whole(request: Request, name: str, default: int, most: int | None) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= 1):
        raise ValidationError({name: ["A whole number, 1 or more."]})
    if most is not None and int(text) > most:
        raise ValidationError({name: [f"{most:,} is the most."]})
    return int(text)
