"""Backtests over JSON; the same services as the pages."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django_ratelimit.core import is_ratelimited
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Owner
from accounts.ratelimits import by_network
from backtests import fragility, scripting, services, variants
from backtests.api.serializers import (
    ArtifactOutput,
    BacktestInput,
    BacktestOutput,
    EventOutput,
    EventPage,
    FragilityInput,
    FragilityOutput,
    ScriptCheckInput,
    ScriptCheckOutput,
    UnsealInput,
)
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun

PAGE = 500
# A slider that is dragged asks some ten times a second.
FRAGILITY_RATE = "600/m"
# An editor that asks while somebody types, and as often as its page may.
CHECK_RATE = "240/m"
# The API's names of the service's fields, for errors.
FIELDS = {
    "idea": "strategy_description",
    "symbol": "instrument_symbol",
    "start": "from_date",
    "end": "to_date",
    "requested_start": "from_date",
    "requested_end": "to_date",
    "own_script": "script",
    "script_params": "params",
}
# What the API and the service call the same.
SAME_NAMES = ("initial_capital", "commission", "costs", "holdout", "choices")


def visible_run(request: Request, run_id: UUID) -> BacktestRun:
    """The run, or 404 for strangers."""
    runs = BacktestRun.objects.visible_to(Owner.of(request)).select_related("dataset__symbol")
    return get_object_or_404(runs, pk=run_id)


def parent_of(
    request: Request, run_id: UUID | None, *, field: str = "parent"
) -> BacktestRun | None:
    """The run that a new one is a variant of; a stranger's is a field error."""
    if run_id is None:
        return None
    found = BacktestRun.objects.visible_to(Owner.of(request)).filter(pk=run_id).first()
    if found is None:
        raise ValidationError({field: ["You have no such run."]})
    return found


class BacktestList(generics.ListAPIView[BacktestRun]):
    """Start a backtest, or list your own."""

    serializer_class = BacktestOutput

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return BacktestRun.objects.none()
        runs = BacktestRun.objects.visible_to(Owner.of(self.request))
        return runs.select_related("dataset__symbol")

    @extend_schema(
        request=BacktestInput,
        responses={202: BacktestOutput},
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description="The same key gives the same run again; at most 100 characters.",
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Start a backtest; poll `links.events` or listen to `links.socket`."""
        shape = BacktestInput(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > 100:
            raise ValidationError({"Idempotency-Key": ["At most 100 characters."]})
        asked: dict[str, Any] = {
            "owner": Owner.of(request),
            "symbol": given["instrument_symbol"],
            "start": given["from_date"],
            "end": given["to_date"],
            "parent": parent_of(request, given["parent"]),
            "idempotency_key": key,
            **{name: given[name] for name in SAME_NAMES},
        }
        try:
            if given["refines"]:
                run = _refined(request, given, asked)
            elif given["script"]:
                run = scripting.start_script(
                    script=given["script"], params=given["params"], **asked
                )
            else:
                run = services.start_backtest(idea=given["strategy_description"], **asked)
        except BacktestInvalid as error:
            raise ValidationError(
                {FIELDS.get(name, name): said for name, said in error.errors.items()}
            ) from error
        body = BacktestOutput(run).data
        headers = {"Location": f"/api/backtests/{run.pk}"}
        return Response(body, status=status.HTTP_202_ACCEPTED, headers=headers)


def _refined(request: Request, given: dict[str, Any], asked: dict[str, Any]) -> BacktestRun:
    """The run that a change in words starts."""
    refined = parent_of(request, given["refines"], field="refines")
    assert refined is not None
    rest = {k: v for k, v in asked.items() if k not in ("owner", "parent", "idempotency_key")}
    return variants.refine(
        owner=asked["owner"],
        run=refined,
        words=given["strategy_description"],
        key=asked["idempotency_key"],
        asked=rest,
    )


class BacktestDetail(APIView):
    """One backtest."""

    @extend_schema(responses=BacktestOutput)
    def get(self, request: Request, run_id: UUID) -> Response:
        """Where the run stands."""
        return Response(BacktestOutput(visible_run(request, run_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, run_id: UUID) -> Response:
        """Delete the run with its events and files."""
        services.delete_run(run=visible_run(request, run_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BacktestCancel(APIView):
    """Stop a run."""

    @extend_schema(request=None, responses=BacktestOutput)
    def post(self, request: Request, run_id: UUID) -> Response:
        """Stop the run; a run that has ended stays as it is."""
        run = visible_run(request, run_id)
        services.cancel_run(run=run)
        run.refresh_from_db()
        return Response(BacktestOutput(run).data)


class BacktestEvents(APIView):
    """What happened so far."""

    @extend_schema(
        responses=EventPage,
        parameters=[
            OpenApiParameter("after", OpenApiTypes.INT, description="The last number you saw.")
        ],
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        """Events after a number, oldest first, 500 at most."""
        run = visible_run(request, run_id)
        text = request.query_params.get("after", "0")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise ValidationError({"after": ["A whole number, 0 or more."]})
        events = list(run.events.filter(sequence__gt=int(text)).order_by("sequence")[: PAGE + 1])
        return Response(
            {
                "results": EventOutput(events[:PAGE], many=True).data,
                "last_sequence": run.last_sequence,
                "more": len(events) > PAGE,
            }
        )


class BacktestArtifacts(APIView):
    """The files of a run."""

    @extend_schema(responses=ArtifactOutput(many=True))
    def get(self, request: Request, run_id: UUID) -> Response:
        """Every file the run left behind."""
        artifacts = visible_run(request, run_id).artifacts.all()
        return Response(ArtifactOutput(artifacts, many=True).data)


class ScriptCheck(APIView):
    """Read a script without running it."""

    @extend_schema(request=ScriptCheckInput, responses=ScriptCheckOutput)
    def post(self, request: Request) -> Response:
        """What the script breaks of the contract, by line; stores, runs and counts nothing."""
        if is_ratelimited(
            request, group="script-check", key=by_network, rate=CHECK_RATE, increment=True
        ):
            raise Throttled(wait=60)
        shape = ScriptCheckInput(data=request.data)
        shape.is_valid(raise_exception=True)
        found = scripting.problems(shape.validated_data["script"])
        return Response(ScriptCheckOutput({"problems": found}).data)


class BacktestFragility(APIView):
    """What a result hangs on."""

    @extend_schema(parameters=[FragilityInput], responses=FragilityOutput)
    def get(self, request: Request, run_id: UUID) -> Response:
        """The run again under other circumstances: exact, at most 600 times a minute."""
        if is_ratelimited(
            request, group="fragility", key=by_network, rate=FRAGILITY_RATE, increment=True
        ):
            raise Throttled(wait=60)
        run = visible_run(request, run_id)
        shape = FragilityInput(data=request.query_params)
        shape.is_valid(raise_exception=True)
        try:
            return Response(fragility.answer(run, shape.validated_data))
        except BacktestInvalid as error:
            raise ValidationError(error.errors) from error


class BacktestUnseal(APIView):
    """Test the sealed days of a run, once."""

    @extend_schema(request=UnsealInput, responses={202: BacktestOutput})
    def post(self, request: Request, run_id: UUID) -> Response:
        """Run the same script on all days; the new run reports the sealed ones by themselves."""
        run = visible_run(request, run_id)
        shape = UnsealInput(data=request.data)
        shape.is_valid(raise_exception=True)
        if not shape.validated_data["confirm"]:
            raise ValidationError({"confirm": ["Say true: the days can be unsealed only once."]})
        try:
            test = services.unseal(run=run)
        except BacktestInvalid as error:
            raise ValidationError(error.errors) from error
        headers = {"Location": f"/api/backtests/{test.pk}"}
        return Response(BacktestOutput(test).data, status=status.HTTP_202_ACCEPTED, headers=headers)
